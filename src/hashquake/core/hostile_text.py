"""Text written by strangers (coinbases, pools, articles), made safe to show.

Nothing is lost: what cannot be shown is escaped, so the bytes can be read back.
"""

import reprlib
import unicodedata
from typing import Any

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def visible_text(raw: bytes | str, *, limit: int = 200, sentences: bool = False) -> str:
    r"""Render hostile bytes or text as printable characters on one line.

    Letters, emoji and ideographs stay; control characters (terminal escapes), direction
    overrides, invisible and unassigned characters and bytes that are not UTF-8 become escapes.

    Parameters
    ----------
    raw : bytes or str
        What the stranger wrote.
    limit : int
        Characters to show before an ellipsis.
    sentences : bool
        Whether it is made of sentences: then no-break, thin and other spaces stay, and soft
        hyphens are left out.

    Examples
    --------
    >>> visible_text(b"/ViaBTC/\x1b[31m\xff")
    '/ViaBTC/\\x1b[31m\\xff'
    """
    # A character has at most four bytes, and what is not shown need not be rendered.
    raw = raw[: 4 * limit + 4] if isinstance(raw, bytes) else raw[: limit + 1]
    text = raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
    if sentences:
        text = text.replace("\N{SOFT HYPHEN}", "")
    shown = "".join(
        character if _is_showable(character, sentences=sentences) else _escaped(character)
        for character in text
    )
    return shown if len(shown) <= limit else shown[: limit - 1] + "\u2026"


def visible_repr(value: Any, *, limit: int = 60) -> str:
    """Render a value from outside for a message, whatever its size.

    Parameters
    ----------
    value : object
        Such as a part of a JSON answer; only its first few items are looked at.
    limit : int
        Characters to show before an ellipsis.

    Examples
    --------
    >>> visible_repr([{"a": 1}] * 1_000_000, limit=30)
    "[{'a': 1}, {'a': 1}, {'a': 1}…"
    """
    try:
        shown = _SHORT.repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits; a list in itself
        shown = f"a {type(value).__name__} too large to show"
    return visible_text(shown, limit=limit)


def _short_repr() -> reprlib.Repr:
    made = reprlib.Repr()
    made.maxlevel, made.maxdict, made.maxlist, made.maxtuple = 3, 4, 4, 4
    made.maxstring = made.maxother = made.maxlong = 200
    return made


_SHORT = _short_repr()


def _is_showable(character: str, *, sentences: bool) -> bool:
    category = unicodedata.category(character)
    return character == " " or category[0] in "LMNPS" or (sentences and category == "Zs")


def _escaped(character: str) -> str:
    code = ord(character)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else (f"\\U{code:08x}")
    )


def csv_safe(text: str) -> str:
    """Keep a spreadsheet from reading a cell as a formula, by a leading apostrophe.

    >>> csv_safe("=HYPERLINK(1)")
    "'=HYPERLINK(1)"

    Parameters
    ----------
    text : str
        A cell, already rendered by `visible_text`.
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
