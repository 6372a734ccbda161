"""What commands print: one JSON document or text for people, and errors in one shape."""

import json
import math
import re
import sys
from typing import TYPE_CHECKING, Any

from hashquake.core.hostile_text import visible_text

if TYPE_CHECKING:
    from rich.console import Console

_LONGEST_LINE = 1_000
_SHOWN_OF_A_WORD = 120
_ENDLESS_WORD = re.compile(r"\S{200,}")
EXIT_ERROR = 2
EXIT_PARTIAL = 3


def print_json(document: Any) -> None:
    """Print exactly one JSON document on standard output.

    Numbers that JSON cannot hold (infinite limits, not-a-number) become null.

    Parameters
    ----------
    document : object
        Of dictionaries, lists, texts, numbers, truth values and None.
    """
    # Where the output holds no Unicode, JSON has escapes of its own for it.
    escaped = not (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(finite_document(document), ensure_ascii=escaped, allow_nan=False)
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def show_error(message: str, code: str, hint: str = "", *, as_json: bool) -> None:
    """Show an error: one line on standard error, and with ``--json`` a document as well.

    Parameters
    ----------
    message : str
        What went wrong.
    code : str
        The error's code.
    hint : str
        What to try; may be empty.
    as_json : bool
        Whether ``--json`` was given.
    """
    message, hint = _without_endless_words(message), _without_endless_words(hint)
    if as_json:
        print_json(error_document(message, code, hint))
    ending = f"; {hint}" if hint else ""
    # Names of files and options are written by whoever calls: no escape of a terminal passes.
    line = visible_text(" ".join(f"{message}{ending}".split()), limit=_LONGEST_LINE)
    sys.stderr.write(f"hashquake: {line} [{code}]\n")


def error_document(message: str, code: str, hint: str) -> dict[str, dict[str, str]]:
    """Return an error as JSON has it, here and in the API.

    Parameters
    ----------
    message, code, hint : str
        Of the error; words without an end are cut.
    """
    message, hint = _without_endless_words(message), _without_endless_words(hint)
    return {"error": {"code": code, "message": message[:_LONGEST_LINE], "hint": hint}}


def _without_endless_words(text: str) -> str:
    """Cut words that nobody would read to their end, such as a number of 5,000 digits."""
    return _ENDLESS_WORD.sub(lambda word: word[0][:_SHOWN_OF_A_WORD] + "\u2026", text)


def console() -> "Console":
    """Return the console for people: standard output, at most 110 characters wide."""
    from hashquake.serve.cli.terminal import Terminal

    made = Terminal(highlight=False, emoji=False)
    made.width = min(made.width, 110)
    return made


def note(text: str) -> None:
    """Print a message that is not the result, on standard error.

    Parameters
    ----------
    text : str
        One line.
    """
    sys.stderr.write(f"{text}\n")


def finite_document(value: Any) -> Any:
    """Return a document with every number that JSON cannot hold as None.

    Parameters
    ----------
    value : object
        As for `print_json`.
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite_document(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite_document(item) for item in value]
    return value
