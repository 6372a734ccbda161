"""Cells of the bundled TOML files, checked as they are read.

Each raises ``ValueError`` with what is wrong; whoever reads the file says which file it was.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from hashquake.core.window import Window

_WINDOW_KEYS = ("start", "end")
_WINDOW_EXAMPLE = "{ start = 2022-01-05T10:45:00Z, end = 2022-01-06T00:00:00Z }"


def window_of(table: Mapping[str, Any]) -> Window:
    """Read ``start`` and ``end``.

    Parameters
    ----------
    table : mapping of str to object
        With ``start`` and ``end``, times with an offset.
    """
    return Window(start_s=time_s_of(table["start"]), end_s=time_s_of(table["end"]))


def window_table_of(value: object, what: str) -> Window:
    """Read a table that is a window and nothing else: ``{ start = ..., end = ... }``.

    Parameters
    ----------
    value : object
        What TOML read.
    what : str
        Whose it is, for the message.

    Raises
    ------
    ValueError
        When it is not a table or has other keys, naming those found and those expected.
    """
    if not isinstance(value, Mapping):
        fail(f"{what} must be a table such as {_WINDOW_EXAMPLE}, got {value!s}")
    refuse_lacking(value, _WINDOW_KEYS, what)
    refuse_strangers(value, set(_WINDOW_KEYS), what)
    return window_of(value)


def refuse_lacking(table: Mapping[str, Any], needed: Sequence[str], what: str) -> None:
    """Refuse a table without a key that it needs, naming the keys found and expected.

    Parameters
    ----------
    table : mapping of str to object
        A table of the file.
    needed : sequence of str
        Names of fields that must occur.
    what : str
        Whose table it is, for the message.

    Raises
    ------
    ValueError
        When one of them is missing.
    """
    missing = [key for key in needed if key not in table]
    if not missing:
        return
    strangers = [key for key in table if key not in needed]
    near = difflib.get_close_matches(missing[0], strangers, n=1)
    meant = f"; did you mean {missing[0]!r} by {near[0]!r}?" if near else ""
    found = f"found {_listed(table)}" if table else "found none"
    fail(f"{what} lacks the key {missing[0]!r}: expected {_listed(needed)}, {found}{meant}")


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(repr(key) for key in keys)


def time_s_of(value: object) -> float:
    """Read a TOML time with an offset as UTC Unix seconds.

    Parameters
    ----------
    value : object
        What TOML read.

    Raises
    ------
    ValueError
        When it is not a time, or has no offset.
    """
    if not isinstance(value, datetime) or value.tzinfo is None:
        fail(f"{value!s} is not a time with an offset, such as 2022-01-05T10:45:00Z")
    return value.timestamp()


def text_of(table: Mapping[str, Any], key: str) -> str:
    """Read a text that is not empty.

    Parameters
    ----------
    table : mapping of str to object
        A table of the file.
    key : str
        The field's name.

    Raises
    ------
    ValueError
        When the field is missing, empty or not text.
    """
    value = table[key]
    if not isinstance(value, str) or not value.strip():
        fail(f"{key} is {value!r}, which is not text")
    return value


def address_of(value: object) -> str:
    """Read a web address.

    Parameters
    ----------
    value : object
        What TOML read.
    """
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        fail(f"{value!r} is not a web address")
    return value


def refuse_strangers(table: Mapping[str, Any], known: set[str], what: str) -> None:
    """Refuse keys that are not known, with the nearest that is.

    Parameters
    ----------
    table : mapping of str to object
        A table of the file.
    known : set of str
        Names of fields that may occur.
    what : str
        Whose table it is, for the message.

    Raises
    ------
    ValueError
        When there is a key that is not known.
    """
    strangers = sorted(set(table) - known)
    if strangers:
        near = difflib.get_close_matches(strangers[0], known, n=1)
        meant = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(known))}"
        fail(f"{what} has an unknown key {strangers[0]!r}{meant}")


def fail(message: str) -> NoReturn:
    """Raise the error of a file that says what is wrong.

    Parameters
    ----------
    message : str
        What is wrong and where.

    Raises
    ------
    ValueError
        Always.
    """
    raise ValueError(message)
