"""The outages of an event's country, found in its readings."""

from hashquake.catalog.fallback_readings import FallbackReadings
from hashquake.catalog.outages import outages
from hashquake.core.contracts import Record
from hashquake.core.event import Event
from hashquake.core.outage import Outage
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

AFTER_S = 2 * DAY_S
"""How far past an event its country's readings are read."""


def outages_of_event(record: Record, event: Event) -> tuple[tuple[Outage, ...], bool]:
    """Find the outages of the event's country, the bundled readings standing in for silence.

    Parameters
    ----------
    record : Record
        Whose readings are used.
    event : Event
        An event without a country has none.

    Returns
    -------
    tuple of Outage and bool
        Those dark at some time of the event; whether any rests on readings that are not in the
        record.
    """
    if event.country is None:
        return (), False
    subject = f"country:{event.country}"
    # What comes after the event tells whether an outage ended with it.
    wide = Window(start_s=event.window.start_s, end_s=event.window.end_s + AFTER_S)
    found = tuple(
        outage
        for outage in outages(FallbackReadings(record, subject), subjects=(subject,), window=wide)
        if any(event.window.overlap(dark) for dark in outage.dark_windows)
    )
    held = {reading.source for reading in record.readings(subject=subject, window=wide)}
    saw = {witness.source for outage in found for witness in outage.seen_by}
    return found, not saw <= held
