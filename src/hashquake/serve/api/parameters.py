"""Parameters of the paths: how each is described, and those that nobody knows refused."""

from math import isfinite
from typing import Annotated

from fastapi import Query
from fastapi.routing import APIRoute
from starlette.requests import Request

from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.serve.api.language_asked import LANGUAGE_PARAMETER
from hashquake.serve.cli.faults import suggestion

_TIME = "ISO 8601, UTC unless it carries an offset, such as 2022-01-05T10:45Z"
_LONGEST_NAME = 60

At = Annotated[str | None, Query(description=f"The instant asked about: {_TIME}.")]
AsOf = Annotated[str | None, Query(description=f"Use only what was known then: {_TIME}.")]
Since = Annotated[str | None, Query(description=f"Start: {_TIME}.")]
Until = Annotated[str | None, Query(description=f"End, not included: {_TIME}.")]
Span = Annotated[str, Query(description="Length of a window given by its end, such as 24h.")]
Country = Annotated[str | None, Query(description="Two letters (ISO 3166-1 alpha-2), such as KZ.")]
Cursor = Annotated[
    str | None, Query(description="`next` of the page before; the first page without it.")
]
Limit = Annotated[str | None, Query(description="Most rows of a page, 1 to 5000. Default: 500.")]
All = Annotated[str | None, Query(alias="all", description="`true` adds rejected opinions.")]


def check_parameters(request: Request) -> None:
    """Refuse parameters that the path does not know, and any but ``subject`` given twice.

    Parameters
    ----------
    request : Request
        After its route is known.

    Raises
    ------
    UsageError
        ``usage``: a filter that is misspelt would otherwise answer another question.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = {field.alias for field in route.dependant.query_params}
    if not route.include_in_schema:
        known.add(LANGUAGE_PARAMETER)  # pages alone speak to people
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in known:
            shown = visible_text(name, limit=_LONGEST_NAME)
            raise UsageError(
                f"the parameter {shown!r} does not exist{suggestion(name, known)}",
                code="usage",
                hint=f"known here: {', '.join(sorted(known))}" if known else "none is known here",
            )
        if name in seen and name != "subject":
            raise UsageError(f"the parameter {name} is given twice", code="usage")
        seen.add(name)


def number(name: str, text: str | None) -> float | None:
    """Return a parameter as a number; None where it is not given.

    Parameters
    ----------
    name : str
        Of the parameter, for the message.
    text : str or None
        As given.

    Raises
    ------
    UsageError
        ``usage`` when it is not a finite number.
    """
    if text is None:
        return None
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise UsageError(
            f"{name} must be a finite number, got {visible_text(text, limit=_LONGEST_NAME)!r}",
            code="usage",
        )
    return found


def whole_number(name: str, text: str, *, least: int, most: int) -> int:
    """Return a parameter as a whole number within limits.

    Parameters
    ----------
    name, text : str
        The parameter, and what was given.
    least, most : int
        Both allowed.

    Raises
    ------
    UsageError
        ``usage`` when it is not one, or beyond the limits.
    """
    plain = text.strip()
    found = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 19 else None
    if found is None or not least <= found <= most:
        raise UsageError(
            f"{name} must be a whole number from {least:,} to {most:,}, got "
            f"{visible_text(text, limit=_LONGEST_NAME)!r}",
            code="usage",
        )
    return found


def truth(name: str, text: str | None) -> bool:
    """Return a parameter as true or false; False where it is not given.

    Parameters
    ----------
    name : str
        Of the parameter, for the message.
    text : str or None
        As given.

    Raises
    ------
    UsageError
        ``usage`` for another word.
    """
    if text in (None, "false", "0", "no"):
        return False
    if text in ("true", "1", "yes", ""):
        return True
    raise UsageError(
        f"{name} must be true or false, got {visible_text(text or '', limit=_LONGEST_NAME)!r}",
        code="usage",
    )
