"""The shape of the tree: rooms, file lengths, names, and what no file may say."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "hashquake"
ROOMS = {
    "core",
    "catalog",
    "sources",
    "store",
    "pools",
    "estimate",
    "detect",
    "explain",
    "forward",
    "judge",
    "claims",
    "datasets",
    "serve",
}
CODE = sorted(
    path
    for folder in ("src", "tests", "scripts", "bench")
    for ending in ("py", "css", "html", "j2", "js")
    for path in (ROOT / folder).rglob(f"*.{ending}")
)
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
UNITLESS_ENDINGS = ("_sec", "_secs", "_seconds", "_ms", "_hours", "_ehs", "_percent", "_pct")


def test_rooms_are_the_rooms_of_the_design() -> None:
    found = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name[0] != "_"}
    assert found == ROOMS | {"observatory"}


LINE_LIMITS = {
    # One class with one method a question: cut in two it is no easier to read, and a half of a
    # class is no idea of its own.
    "src/hashquake/observatory/observatory.py": 1250,
}


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_holds_at_most_400_lines(path: Path) -> None:
    limit = LINE_LIMITS.get(path.relative_to(ROOT).as_posix(), 400)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit


def test_no_file_has_a_name_that_says_nothing() -> None:
    vague = [path for path in CODE if path.stem.strip("_") in BANNED_NAMES]
    assert not vague


def test_no_file_prints_outside_serve() -> None:
    printing = [
        path
        for path in SOURCE.rglob("*.py")
        if "serve" not in path.parts
        and any(
            isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    ]
    assert not printing


def test_serve_asks_the_observatory_and_not_its_record() -> None:
    found = [
        path.name
        for path in (SOURCE / "serve").rglob("*.py")
        if re.search(r"observatory\.record\b", path.read_text(encoding="utf-8"))
    ]
    # The doctor checks the record itself, its file and its rows.
    assert found == ["doctor.py"]


def test_percent_and_exahashes_are_formatted_only_in_serve() -> None:
    shown = re.compile(r"""["'].*\{[^}]*:[^}]*%\}|\bEH/s\b.*\{""")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCE.rglob("*.py")
        if "serve" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "EH/s" in line and shown.search(line)
    ]
    assert not found


def test_the_unit_is_the_last_word_of_a_field() -> None:
    wrong = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                name = node.target.id
                if name.endswith(UNITLESS_ENDINGS):
                    wrong.append(f"{path.relative_to(ROOT)}: {name}")
    assert not wrong


def test_values_are_frozen() -> None:
    """Working sets inside a source or the store may change; what leaves them may not."""
    loose = []
    for path in SOURCE.rglob("*.py"):
        if {"store", "sources"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                for decorator in node.decorator_list:
                    call = ast.unparse(decorator)
                    if call.startswith("dataclass") and not (
                        "frozen=True" in call and "slots=True" in call
                    ):
                        loose.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert not loose


REQUIRED_OF_PLUGINS = {"Options"}
"""What each source plugin has to call its class, by the contract of `hashquake.plugins`."""


def test_no_two_classes_share_a_name() -> None:
    homes: dict[str, list[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(path.relative_to(SOURCE).as_posix())
    shared = {name: where for name, where in homes.items() if len(where) > 1}
    assert {name: shared[name] for name in shared.keys() - REQUIRED_OF_PLUGINS} == {}
