"""One value of an instrument that watches something other than blocks."""

from collections.abc import Iterable
from dataclasses import dataclass

from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one instrument said of one subject over one window.

    Parameters
    ----------
    subject : str
        Such as ``country:KZ`` or ``pool:braiins``.
    quantity : str
        What is measured, its unit as the last word, such as ``connectivity_share``.
    window : Window
        The time the value is about.
    value : float
        In the quantity's unit.
    normal : float or None
        The usual value, where the instrument tells it.
    source : str
        The source plugin, or the citation of a transcribed value.
    """

    subject: str
    quantity: str
    window: Window
    value: float
    source: str
    normal: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSpan:
    """From when to when a series of readings runs; there may be gaps inside.

    Parameters
    ----------
    subject, quantity, source : str
        As in its readings.
    window : Window
        From the first reading's start to the last one's end.
    n_readings : int
        How many are stored.
    """

    subject: str
    quantity: str
    source: str
    window: Window
    n_readings: int


def reading_spans(readings: Iterable[Reading]) -> tuple[ReadingSpan, ...]:
    """Return when each series of readings begins and ends, and how many readings it has.

    Parameters
    ----------
    readings : iterable of Reading
        In any order.

    Returns
    -------
    tuple of ReadingSpan
        By subject, quantity and source.
    """
    series: dict[tuple[str, str, str], list[Window]] = {}
    for reading in readings:
        name = (reading.subject, reading.quantity, reading.source)
        series.setdefault(name, []).append(reading.window)
    return tuple(
        ReadingSpan(
            subject=subject,
            quantity=quantity,
            source=source,
            window=Window(
                start_s=min(window.start_s for window in windows),
                end_s=max(window.end_s for window in windows),
            ),
            n_readings=len(windows),
        )
        for (subject, quantity, source), windows in sorted(series.items())
    )
