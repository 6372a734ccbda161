"""Messages, docstrings and pages are in plain technical English."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "hashquake"
QUAINT = re.compile(
    r"\b(?:(?:is|are|be|was|were|been) (?:told|held(?! out))|told apart"
    r"|(?<![Tt]here )is no(?! longer| more|t)|(?<!there )(?:is|are|was|were) none"
    r"|gives nothing|reckons?|reckoned|anew|beside)\b"
)
FILES = sorted((SOURCE / "serve").rglob("*.py"))


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file with their lines, parts of f-strings among them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_text_is_quaint(path: Path) -> None:
    found = [
        (line, match.group(0)) for line, text in _texts(path) if (match := QUAINT.search(text))
    ]
    assert found == []


def test_the_guard_sees_what_it_is_for() -> None:
    assert QUAINT.search("No country is told for it")
    assert QUAINT.search("'x' is no share")
    assert not QUAINT.search("there is no option --x; this is not known and is no longer asked")


REFUSALS = re.compile(
    r"\b(?:tells|told|speaks?|at hand|holds no time|knows no|fewer than none|less than nothing"
    r"|(?:is|are|be) endless|reckons?)\b|cannot be$"
)
"""What messages of errors used to say in place of "X must be Y, got Z" and "X does not exist"."""


def _refusals(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the messages and hints that errors are made with, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("Error", "NoCoverage")):
            for part in (*node.args, *(one.value for one in node.keywords if one.arg == "hint")):
                for text in ast.walk(part):
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        yield text.lineno, text.value


def test_errors_are_in_plain_english() -> None:
    found = [
        (path.relative_to(SOURCE).as_posix(), line, match.group(0))
        for path in sorted(SOURCE.rglob("*.py"))
        for line, text in _refusals(path)
        if (match := REFUSALS.search(text))
    ]
    assert found == []


def test_the_guard_sees_an_error_that_is_quaint(tmp_path: Path) -> None:
    path = tmp_path / "made.py"
    path.write_text('raise UsageError(f"--span {span} holds no time", hint="6h tells it")\n')
    assert sum(bool(REFUSALS.search(text)) for _, text in _refusals(path)) == 2


OLD_OPENINGS = ("Give ", "Give, ", "Gives ", "Tell ", "Tells ", "Say ", "Says ")


def test_docstrings_say_what_is_returned_in_the_usual_word() -> None:
    """A reader looks for "Return"; "Give", "Tell" and "Say" leave open what the caller gets."""
    found = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
                doc = ast.get_docstring(node) or ""
                if doc.startswith(OLD_OPENINGS):
                    found.append(f"{path.relative_to(SOURCE)}: {doc.splitlines()[0]}")
    assert found == []
