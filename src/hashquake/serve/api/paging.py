"""Lists cut into pages; a cursor is the place after the last row of the page before."""

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from hashquake.core.errors import UsageError
from hashquake.serve.api.parameters import whole_number

USUAL_ROWS = 500
MOST_ROWS = 5_000
_LONGEST_CURSOR = 400
Place = tuple[float, str]
"""What rows are in order of, and the name that tells equal ones apart."""


def page(
    documents: Sequence[dict[str, Any]],
    places: Sequence[Place],
    *,
    cursor: str | None,
    limit: str | None,
) -> dict[str, Any]:
    """Return one page as ``{"items", "next"}``; ``next`` is None after the last row.

    Rows that are added or revised between two pages leave the others where they were.

    Parameters
    ----------
    documents : sequence of dict
        All rows.
    places : sequence of (float, str), shape (n,)
        The place of each, ascending.
    cursor, limit : str or None
        As asked.

    Raises
    ------
    UsageError
        ``cursor-unknown``; ``usage`` for a limit beyond 1 to 5,000.
    """
    rows = USUAL_ROWS if limit is None else whole_number("limit", limit, least=1, most=MOST_ROWS)
    first = 0 if not cursor else bisect_right(places, _read(cursor))
    end = first + rows
    last = len(documents) <= end
    return {
        "items": list(documents[first:end]),
        "next": None if last else _written(places[end - 1]),
    }


def in_order(documents: Sequence[dict[str, Any]]) -> list[Place]:
    """Return the places of rows that have no order but their own.

    Parameters
    ----------
    documents : sequence of dict
        All rows.
    """
    return [(float(at), "") for at in range(len(documents))]


def _written(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(cursor: str) -> Place:
    unknown = UsageError(
        "the cursor is not one that this list gave",
        code="cursor-unknown",
        hint="take next of the page before as it is, or begin without a cursor",
    )
    if len(cursor) > _LONGEST_CURSOR:
        raise unknown
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        number, name = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return float(number), str(name)
    except (binascii.Error, ValueError, TypeError, RecursionError, OverflowError):
        raise unknown from None
