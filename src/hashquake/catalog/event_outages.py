"""The outages around a time: the catalog's, or those that the transcribed readings show too."""

from hashquake.catalog.documents import outage_of
from hashquake.catalog.fallback_readings import FallbackReadings
from hashquake.catalog.ledger import extent, is_rejected, latest
from hashquake.catalog.outage_search import signal_spans, unsearched
from hashquake.catalog.outages import outages
from hashquake.core.coverage import Coverage
from hashquake.core.event import Event
from hashquake.core.outage import Outage
from hashquake.core.record import Record
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.detect.detector_choice import OWN, Detectors

AFTER_S = 2 * DAY_S
"""How far past an event its country's readings are read."""


def outages_of_event(
    record: Record, event: Event, *, detectors: Detectors = OWN
) -> tuple[tuple[Outage, ...], bool]:
    """Return the outages of the event's country.

    Parameters
    ----------
    record : Record
        Whose catalog, or else whose readings are used.
    event : Event
        An event without a country has none.
    detectors : Detectors
        As for `hashquake.catalog.outages.outages`.

    Returns
    -------
    tuple of Outage and bool
        Those dark at some time of the event; whether any rests on readings that are not in the
        record.
    """
    if event.country is None:
        return (), False
    subject = f"country:{event.country}"
    # What comes after the event shows whether an outage ended with it.
    wide = Window(start_s=event.window.start_s, end_s=event.window.end_s + AFTER_S)
    found = tuple(
        outage
        for outage in outages_around(record, subject, wide, about=event.window, detectors=detectors)
        if any(event.window.overlap(dark) for dark in outage.dark_windows)
    )
    stored = {reading.source for reading in record.readings(subject=subject, window=wide)}
    saw = {witness.source for outage in found for witness in outage.seen_by}
    return found, not saw <= stored


def outages_around(
    record: Record,
    subject: str,
    window: Window,
    *,
    about: Window,
    detectors: Detectors = OWN,
) -> tuple[Outage, ...]:
    """Return the outages of a country that overlap a window.

    Parameters
    ----------
    record : Record
        Whose catalog is read.
    subject : str
        Such as ``country:KZ``.
    window : Window
        The time.
    about : Window
        The part of it that the question is about.
    detectors : Detectors
        As for `hashquake.catalog.outages.outages`.

    Returns
    -------
    tuple of Outage
        The catalog's, where it was searched, holds some, and rests on readings of all of `about`:
        a report and a list then show the same. Else what a search finds in the readings, the
        bundled transcribed ones standing in where the record has none.
    """
    spans = Coverage(signal_spans(record, detectors=detectors).get(subject, ()))
    if not spans.gaps(about) and not unsearched(
        record, subjects=(subject,), window=window, detectors=detectors
    ):
        believed = tuple(
            outage_of(one.document)
            for one in latest(record.opinions("outage", latest_only=True))
            if one.document["subject"] == subject
            and not is_rejected(one)
            and extent(one.document).overlap(window) is not None
        )
        if believed:
            return believed
    return outages(
        FallbackReadings(record, subject), subjects=(subject,), window=window, detectors=detectors
    )
