"""Every public definition is used by the program, or documented for whoever calls it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "hashquake"
ALLOWED = {
    "HELD_OUT_REPORTS": "of the measurement of reported drops",
    "reported_delays_s": "of the measurement of reported drops",
    "capture_signals": "a hook that uvicorn calls",
    "send_400_response": "a hook that uvicorn calls",
    "settings_customise_sources": "a hook that pydantic-settings calls",
    "_fits": "a check of settings that pydantic calls",
    "_close_idle": "the interpreter calls it at its end: its decorator registers it",
    "FIXED": "sentences of lower rooms: message catalogs read them here",
    "MARKS": "codes that pages show: message catalogs read them here",
    "OF_RULES": "sentences in a language that is known and not spoken: message catalogs read them",
    "QUANTITIES": "codes that pages show: message catalogs read them here",
    "Source": "the contract of sources as a type: modules follow it, nothing holds one",
}
"""Names that no code mentions and no page documents, and why they stay."""
CALLED = re.compile(r"\w+")
SPANS = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _definitions(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Yield the names of functions, classes and methods, and of a module's constants.

    A path of a router is used by whoever asks for it.
    """
    for node in tree.body:
        if isinstance(node, Definition):
            path = any("router." in ast.unparse(one) for one in node.decorator_list)
            if not path and not re.fullmatch("__.*__", node.name):
                yield node.name
            if isinstance(node, ast.ClassDef):
                yield from _definitions(node)
        elif isinstance(tree, ast.Module) and isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                for name in names:
                    if isinstance(name, ast.Name) and not re.fullmatch("_|__.*__", name.id):
                        yield name.id


def _mentioned(tree: ast.AST) -> Iterator[str]:
    """Yield the names that code reads; importing a name or writing of it is not using it."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and id(node) not in prose:
            # Annotations in quotes, names for getattr, and names that load when first used.
            yield from CALLED.findall(str(node.value)) if len(str(node.value)) < 80 else ()


def unused(
    definitions: dict[str, list[str]], code: set[str], templates: str, docs: str
) -> list[str]:
    """Return the definitions, by file, that nothing mentions."""
    shown = set(CALLED.findall(templates)) | {
        word for span in SPANS.findall(docs) for word in CALLED.findall(span)
    }
    return [
        f"{path}: {name}"
        for path, names in definitions.items()
        for name in names
        if name not in code and name not in shown and name not in ALLOWED
    ]


def test_every_definition_is_used_or_documented() -> None:
    """What only tests call belongs to the tests."""
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for folder in ("src", "scripts", "bench")
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
    code = {name for tree in trees.values() for name in _mentioned(tree)}
    templates = "\n".join(
        path.read_text(encoding="utf-8")
        for ending in ("html", "j2", "js", "toml")
        for path in SOURCE.rglob(f"*.{ending}")
    )
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    docs = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    definitions = {
        path.relative_to(ROOT).as_posix(): list(_definitions(tree))
        for path, tree in trees.items()
        if SOURCE in path.parents and "migrations" not in path.parts
    }
    assert len(definitions) > 400
    assert unused(definitions, code, templates, docs) == []


def test_the_check_sees_what_only_tests_call() -> None:
    tree = ast.parse(
        "def used(): ...\ndef left(): ...\ndef shown(): ...\nROW, SPARE = 0, 1\nused(ROW)\n"
    )
    found = unused(
        {"a.py": list(_definitions(tree))},
        set(_mentioned(tree)),
        "",
        "Call `a.shown()`, not left or SPARE.",
    )
    assert found == ["a.py: left", "a.py: SPARE"]
