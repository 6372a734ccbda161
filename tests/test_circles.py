"""Files import each other in one direction, also for types alone and inside functions."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import hashquake

PACKAGE = Path(hashquake.__file__).parent


def names() -> dict[str, Path]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(text: str, known: set[str]) -> set[str]:
    """Return which of the known modules a text imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
            within = {f"{node.module}.{one.name}" for one in node.names}
            found |= (within & known) or {node.module}
    return found & known


def test_no_files_import_each_other_in_a_circle() -> None:
    files = names()
    assert len(files) > 400
    graph = {
        name: imported(path.read_text(encoding="utf-8"), set(files)) - {name}
        for name, path in files.items()
    }
    TopologicalSorter(graph).prepare()


def test_a_circle_is_found_where_one_import_is_for_types_alone() -> None:
    known = {"a", "b"}
    graph = {
        "a": imported("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  import b\n", known),
        "b": imported("def f():\n  from a import g\n", known),
    }
    with pytest.raises(CycleError):
        TopologicalSorter(graph).prepare()
