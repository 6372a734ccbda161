"""What commands print: one JSON document or text for people, and errors in one shape."""

import json
import math
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

EXIT_ERROR = 2
EXIT_PARTIAL = 3


def print_json(document: Any) -> None:
    """Print exactly one JSON document on standard output.

    Numbers that JSON cannot hold (infinite limits, not-a-number) become null.
    """
    sys.stdout.write(
        json.dumps(finite_document(document), ensure_ascii=False, allow_nan=False) + "\n"
    )
    sys.stdout.flush()


def show_error(message: str, code: str, hint: str = "", *, as_json: bool) -> None:
    """Show an error: one line on standard error, and with ``--json`` a document as well."""
    if as_json:
        print_json({"error": {"code": code, "message": message, "hint": hint}})
    ending = f"; {hint}" if hint else ""
    line = " ".join(f"{message}{ending}".split())
    sys.stderr.write(f"hashquake: {line} [{code}]\n")


def console() -> "Console":
    """Give the console for people: standard output, at most 110 characters wide."""
    from rich.console import Console

    made = Console(highlight=False, emoji=False)
    made.width = min(made.width, 110)
    return made


def note(text: str) -> None:
    """Tell the reader something that is not the result, on standard error."""
    sys.stderr.write(f"{text}\n")


def finite_document(value: Any) -> Any:
    """Give a document with every number that JSON cannot hold as None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite_document(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite_document(item) for item in value]
    return value
