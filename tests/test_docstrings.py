"""Docstrings name every parameter: all of the public API, most of the rooms below serve."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "hashquake"
PUBLIC = (
    "core/block.py",
    "core/cards.py",
    "core/claim.py",
    "core/columns.py",
    "core/contracts.py",
    "core/record.py",
    "core/errors.py",
    "core/estimate.py",
    "core/interval.py",
    "core/reading.py",
    "core/window.py",
    "observatory/observatory.py",
    "observatory/simulating.py",
    "plugins.py",
    "serve/python_api.py",
    "testing.py",
)
"""Where the names of `hashquake`, the contracts of plugins and their checks are defined."""
LEAST_SHARE = 0.85
PARAMETERS = re.compile(r"^Parameters\n-+\n(.*?)(?=^\w+\n-{3,}|\Z)", re.DOTALL | re.MULTILINE)
HEADS = re.compile(r"^(\S[^:\n]*?)(?: :.*)?$", re.MULTILINE)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _definitions(path: Path) -> Iterator[tuple[str, Definition]]:
    """Yield a file's public functions, classes and methods with their qualified names."""

    def inside(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, Definition]]:
        for child in node.body:
            if isinstance(child, Definition) and not child.name.startswith("_"):
                yield prefix + child.name, child
                if isinstance(child, ast.ClassDef):
                    yield from inside(child, f"{prefix}{child.name}.")

    yield from inside(ast.parse(path.read_text(encoding="utf-8")), "")


def _parameters(node: Definition) -> set[str]:
    """Return what a docstring has to name: parameters, or a class's fields."""
    if isinstance(node, ast.ClassDef):
        if any(ast.unparse(base).endswith(("BaseModel", "BaseSettings")) for base in node.bases):
            return set()  # each field carries its own description
        fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
        names = [
            one.target.id
            for one in fields
            if isinstance(one.target, ast.Name) and "ClassVar" not in ast.unparse(one.annotation)
        ]
    else:
        given = node.args
        several = [one for one in (given.vararg, given.kwarg) if one is not None]
        names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs, *several)]
    return {name for name in names if name not in ("self", "cls") and not name.startswith("_")}


def _named(node: Definition) -> set[str]:
    """Return the names at the head of entries under "Parameters"."""
    found = PARAMETERS.search(ast.get_docstring(node) or "")
    heads = HEADS.findall(found[1]) if found else []
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


def _missing(path: Path) -> list[str]:
    return [
        f"{path.relative_to(SOURCE)}: {name}: {', '.join(sorted(left))}"
        for name, node in _definitions(path)
        if (left := _parameters(node) - _named(node))
    ]


@pytest.mark.parametrize("name", PUBLIC)
def test_the_public_api_names_every_parameter(name: str) -> None:
    assert _missing(SOURCE / name) == []


def test_most_definitions_below_serve_name_every_parameter() -> None:
    """Commands are left out: their docstrings are help texts, and each option has its own."""
    paths = [path for path in SOURCE.rglob("*.py") if "serve" not in path.parts]
    missing = [one for path in paths for one in _missing(path)]
    total = sum(1 for path in paths for _ in _definitions(path))
    assert total > 1500
    assert 1.0 - len(missing) / total >= LEAST_SHARE, "\n".join(missing)


def test_the_check_sees_a_parameter_that_is_not_named() -> None:
    (node,) = ast.parse(
        'def f(a, b, *, c=0):\n    """Do.\n\n    Parameters\n    ----------\n'
        '    a, c : int\n        Two.\n\n    Raises\n    ------\n    b : x\n    """\n'
    ).body
    assert isinstance(node, ast.FunctionDef)
    assert _parameters(node) - _named(node) == {"b"}
