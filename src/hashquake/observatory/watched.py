"""What of a country's connectivity a record has watched, for whoever finds no outage in it."""

from collections.abc import Sequence

from hashquake.core.errors import NoCoverage
from hashquake.core.reading import ReadingSpan
from hashquake.core.record import Record
from hashquake.core.window import Window
from hashquake.observatory.cards import installed_detectors


def watched(
    record: Record, *, subjects: Sequence[str] | None = None, window: Window | None = None
) -> tuple[ReadingSpan, ...]:
    """List the series that are about connectivity.

    Parameters
    ----------
    record : Record
        Where readings are kept.
    subjects : sequence of str or None
        Countries; None is all that have readings.
    window : Window or None
        Series that reach into it; None is all.

    Returns
    -------
    tuple of ReadingSpan
        At least one for each country asked.

    Raises
    ------
    NoCoverage
        When nothing watched a country asked for, at all or in the window: that no outage is
        known says nothing then.
    """
    detectors = installed_detectors()
    signals = [
        span
        for span in record.reading_spans()
        if span.subject.startswith("country:") and detectors.signal_of(span.quantity) is not None
    ]
    if not signals:
        raise NoCoverage(
            "the record holds no readings of any country's connectivity",
            hint="fill it with hashquake ingest ioda --country KZ --since TIME, or another source",
        )
    asked = sorted({span.subject for span in signals}) if subjects is None else subjects
    reaching = [
        span for span in signals if window is None or span.window.overlap(window) is not None
    ]
    for subject in asked:
        mine = [span for span in signals if span.subject == subject]
        if not mine:
            others = ", ".join(sorted({span.subject.partition(":")[2] for span in signals})[:12])
            raise NoCoverage(
                f"the record holds no readings of the connectivity of {subject}, only of {others}",
                hint="that no outage is known there does not mean that there was none",
            )
        if subjects is not None and not any(span.subject == subject for span in reaching):
            watched_in = "; ".join(sorted({str(span.window) for span in mine}))
            raise NoCoverage(
                f"the connectivity of {subject} was not observed from {window}",
                hint=f"it was observed from {watched_in}",
            )
    if not reaching:
        raise NoCoverage(
            f"no country's connectivity was observed from {window}",
            hint="ask for another time; hashquake doctor shows what each source covers",
        )
    return tuple(span for span in reaching if span.subject in asked)
