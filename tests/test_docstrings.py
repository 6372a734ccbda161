"""Docstrings name every parameter: those of all public functions, classes and methods.

A parameter is also documented where its docstring refers to a definition that documents one of the
same name ("see `hashquake.core.change_view.ChangeView.blocks`", "parameters are those of
`read_reports`"), where it is an option of a command that has a help text, and where it is a field
of a source's options that has a description: those are what a user reads.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from starlette.requests import Request
from typer import Context

from hashquake.serve.api.claim_documents import CheckRequest
from hashquake.serve.api.documents import SimulationRequest

SOURCE = Path(__file__).parents[1] / "src" / "hashquake"
SECTION = re.compile(r"^(\w+)\n-{3,}$", re.MULTILINE)
PARAMETERS = re.compile(
    r"^(?:Parameters|Attributes)\n-+\n(.*?)(?=^\w+\n-{3,}|\Z)", re.DOTALL | re.MULTILINE
)
HEADS = re.compile(r"^(\S[^:\n]*?)(?: :.*)?$", re.MULTILINE)
REFERENCE = re.compile(r"(?:[Ss]ee|of|for|as)\s+`([\w.]+)`")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _definitions(path: Path) -> Iterator[tuple[str, Definition]]:
    """Yield a file's public functions, classes and methods with their qualified names."""

    def inside(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, Definition]]:
        for child in node.body:
            if isinstance(child, Definition) and not child.name.startswith("_"):
                if "overload" not in map(ast.unparse, child.decorator_list):
                    yield prefix + child.name, child
                if isinstance(child, ast.ClassDef):
                    yield from inside(child, f"{prefix}{child.name}.")

    yield from inside(ast.parse(path.read_text(encoding="utf-8")), "")


def _module(path: Path) -> str:
    return ".".join(("hashquake", *path.relative_to(SOURCE).with_suffix("").parts))


@cache
def _all_definitions() -> dict[str, Definition]:
    """Return every public definition by its full dotted name."""
    return {
        f"{_module(path)}.{name}": node
        for path in sorted(SOURCE.rglob("*.py"))
        for name, node in _definitions(path)
    }


def _described(field: ast.AnnAssign) -> bool:
    """Whether a field of a source's options carries its own description."""
    value = field.value
    return isinstance(value, ast.Call) and any(one.arg == "description" for one in value.keywords)


def _parameters(node: Definition) -> set[str]:
    """Return what a docstring has to name: parameters, or a class's fields."""
    if isinstance(node, ast.ClassDef):
        fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
        names = [
            one.target.id
            for one in fields
            if isinstance(one.target, ast.Name)
            and "ClassVar" not in ast.unparse(one.annotation)
            and not _described(one)
        ]
    else:
        given = node.args
        several = [one for one in (given.vararg, given.kwarg) if one is not None]
        names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs, *several)]
    return {name for name in names if name not in ("self", "cls") and not name.startswith("_")}


def _named(node: Definition) -> set[str]:
    """Return the names at the head of entries under "Parameters" and "Attributes"."""
    sections = PARAMETERS.findall(ast.get_docstring(node) or "")
    heads = [head for section in sections for head in HEADS.findall(section)]
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


def _referred(full_name: str, node: Definition) -> set[str]:
    """Return the names that the definitions a docstring refers to document."""
    module = full_name.rsplit(".", 1)[0]
    found: set[str] = set()
    known = _all_definitions()
    for reference in REFERENCE.findall(ast.get_docstring(node) or ""):
        # In full, next to it in its class or module, or a method of a class of another module.
        names = {reference, f"{module}.{reference}", f"{module.rsplit('.', 1)[0]}.{reference}"}
        if "." in reference and not reference.startswith("hashquake."):
            names |= {one for one in known if one.endswith(f".{reference}")}
        found |= {name for one in names if one in known for name in _named(known[one])}
    return found


def _helped(full_name: str) -> set[str]:
    """Return what users read of elsewhere: options and parameters that carry their own text.

    Those of a command have a help, those of a path of the API a description; a body describes its
    fields itself. What the framework hands over needs no words.
    """
    module, name = full_name.rsplit(".", 1)
    path = SOURCE.joinpath(*module.split(".")[1:]).with_suffix(".py")
    shown = (
        "hashquake.serve.cli.",
        "hashquake.serve.api.routes_",
        "hashquake.serve.page.routes",
    )
    if not module.startswith(shown) or not path.is_file():
        return set()
    function = getattr(import_module(module), name, None)
    return {
        parameter
        for parameter, annotation in getattr(function, "__annotations__", {}).items()
        if annotation in (CheckRequest, Context, Request, SimulationRequest)
        or any(
            getattr(one, "help", None) or getattr(one, "description", None)
            for one in getattr(annotation, "__metadata__", ())
        )
    }


def _missing() -> list[str]:
    return [
        f"{name}: {', '.join(sorted(left))}"
        for name, node in _all_definitions().items()
        if not name.startswith("hashquake.serve.api.documents.")  # docs/reference/json.md has them
        and (left := _parameters(node) - _named(node) - _referred(name, node))
        and (left := left - _helped(name))
    ]


def test_every_public_definition_documents_its_parameters() -> None:
    assert len(_all_definitions()) > 2000
    assert _missing() == []


def test_no_docstring_has_a_section_or_an_entry_twice() -> None:
    """Merges leave such doubles behind."""
    twice = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = ast.get_docstring(node) or "" if isinstance(node, Definition) else ""
            sections = SECTION.findall(text)
            raised = text.partition("\nRaises\n------\n")[2]
            entries = [one.strip() for one in re.split(r"\n(?=\S)", raised)]
            if len(sections) != len(set(sections)) or len(entries) != len(set(entries)):
                twice.append(f"{_module(path)}: {getattr(node, 'name', '')}")
    assert twice == []


def test_the_check_sees_a_parameter_that_is_not_named() -> None:
    (node,) = ast.parse(
        'def f(a, b, *, c=0):\n    """Do.\n\n    Parameters\n    ----------\n'
        '    a, c : int\n        Two.\n\n    Raises\n    ------\n    b : x\n    """\n'
    ).body
    assert isinstance(node, ast.FunctionDef)
    assert _parameters(node) - _named(node) == {"b"}


def test_the_check_follows_references_to_what_is_documented() -> None:
    (node,) = ast.parse(
        "def blocks(window, other):\n"
        '    """See `hashquake.core.change_view.ChangeView.blocks`."""\n'
    ).body
    assert isinstance(node, ast.FunctionDef)
    referred = _referred("hashquake.core.made.blocks", node)
    assert _parameters(node) - referred == {"other"}
