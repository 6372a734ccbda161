"""Text written by strangers (coinbases, pools, articles), made safe to show.

Nothing is lost: what cannot be shown is escaped, so the bytes can be read back.
"""

import unicodedata

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def visible_text(raw: bytes | str, *, limit: int = 200) -> str:
    r"""Render hostile bytes or text as printable characters on one line.

    Letters, emoji and ideographs stay; control characters (terminal escapes), direction
    overrides, invisible and unassigned characters and bytes that are not UTF-8 become escapes.

    Parameters
    ----------
    raw : bytes or str
        What the stranger wrote.
    limit : int
        Characters to show before an ellipsis.

    Examples
    --------
    >>> visible_text(b"/ViaBTC/\x1b[31m\xff")
    '/ViaBTC/\\x1b[31m\\xff'
    """
    text = raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
    shown = "".join(
        character if _is_showable(character) else _escaped(character) for character in text
    )
    return shown if len(shown) <= limit else shown[: limit - 1] + "\u2026"


def _is_showable(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] in "LMNPS"


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
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
