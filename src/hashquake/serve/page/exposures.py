"""How much of each pool sits in places that went dark, for the pages of pools and countries."""

from typing import Any

from hashquake.core.errors import NoCoverage, UsageError
from hashquake.datasets.events import event_named
from hashquake.observatory import Observatory
from hashquake.serve.exposure_table import exposure_shapes
from hashquake.serve.language import translate


def exposure_rows(ask: Observatory) -> list[dict[str, Any]]:
    """Return the rows of ``hashquake exposure``, largest first.

    Parameters
    ----------
    ask : Observatory
        Of the record.

    Returns
    -------
    list of dict
        Each with ``seen_in``, the names of the events that its blocks were compared with. Empty
        where the record covers no event that darkened a place.
    """
    try:
        rows = exposure_shapes(ask.exposure())
    except NoCoverage:
        return []
    named = [row | {"seen_in": [_event_name(one) for one in row["events"]]} for row in rows]
    return sorted(named, key=lambda row: -row["exposure_share"]["median"])


def _event_name(event: str) -> str:
    try:
        return translate(event_named(event).name)
    except UsageError:
        return event  # one of the reader's own
