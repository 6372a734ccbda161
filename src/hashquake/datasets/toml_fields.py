"""Cells of the bundled TOML files, checked as they are read.

Each raises ``ValueError`` with what is wrong; whoever reads the file says which file it was.
"""

import difflib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

from hashquake.core.window import Window


def window_of(table: Mapping[str, Any]) -> Window:
    """Read ``start`` and ``end``.

    Parameters
    ----------
    table : mapping of str to object
        With ``start`` and ``end``, times with an offset.
    """
    return Window(start_s=time_s_of(table["start"]), end_s=time_s_of(table["end"]))


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
        meant = f"; did you mean {near[0]}?" if near else ""
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
