"""Shares as people write them on a command line."""

import re

from hashquake.core.errors import UsageError

_SHARE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<percent>%?)")


def parse_share(text: str, *, what: str, code: str) -> float:
    """Read a share.

    Parameters
    ----------
    text : str
        Such as ``12%`` or ``0.12``.
    what, code : str
        What it is, and the code of the error when it is not one.

    Raises
    ------
    UsageError
        With that code.

    Examples
    --------
    >>> parse_share("12%", what="a drop", code="drop-syntax")
    0.12
    """
    found = _SHARE.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{text!r} is not {what}", code=code, hint="write it like 12% or 0.12")
    return float(found["number"]) / (100 if found["percent"] else 1)
