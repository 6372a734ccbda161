"""How much of each pool sits in places that went dark, for the pages of pools and countries."""

from typing import Any

from hashquake.core.errors import NoCoverage
from hashquake.observatory import Observatory
from hashquake.serve.exposure_table import exposure_shapes


def exposure_rows(ask: Observatory) -> list[dict[str, Any]]:
    """Return the rows of ``hashquake exposure``, largest first.

    Parameters
    ----------
    ask : Observatory
        Of the record.

    Returns
    -------
    list of dict
        Empty where the record covers no event that darkened a place.
    """
    try:
        rows = exposure_shapes(ask.exposure())
    except NoCoverage:
        return []
    return sorted(rows, key=lambda row: -row["exposure_share"]["median"])
