"""The time axis of an outage's rows: what they show, and where its days are."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hashquake.core.outage import Outage
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.datasets.transcribed import Instrument
from hashquake.serve.format_times import short_time

_TICKS_AT_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSegment:
    """A stretch of a row, in percent of its width.

    Parameters
    ----------
    left, width : float
        Where it begins and how long it is, percent of the row's width.
    is_dark : bool
        Whether the instrument saw the outage; else it had no values.
    """

    left: float
    width: float
    is_dark: bool


def span_of(outage: Outage, instruments: Iterable[Instrument]) -> Window:
    """Return the time that all rows show, with a margin.

    Parameters
    ----------
    outage : Outage
        With its dark windows.
    instruments : iterable of Instrument
        Those whose statements are drawn.
    """
    stated = [
        one.window
        for instrument in instruments
        if instrument.subject == outage.subject
        for one in instrument.statements
    ]
    windows = [outage.onset, *outage.dark_windows, *stated]
    start_s = min(window.start_s for window in windows)
    end_s = max(window.end_s for window in windows)
    margin_s = max(HOUR_S, 0.02 * (end_s - start_s))
    return Window(start_s=start_s - margin_s, end_s=end_s + margin_s)


def segment(window: Window, span: Window, *, is_dark: bool) -> RowSegment:
    """Place a stretch of time in a row.

    Parameters
    ----------
    window : Window
        The stretch.
    span : Window
        What the row shows.
    is_dark : bool
        Whether the instrument saw the outage.
    """
    return RowSegment(
        left=100.0 * (window.start_s - span.start_s) / span.duration_s,
        width=100.0 * window.duration_s / span.duration_s,
        is_dark=is_dark,
    )


def ticks_of(span: Window) -> tuple[tuple[float, str], ...]:
    """Place midnights; hours where the outage is shorter than two days.

    Parameters
    ----------
    span : Window
        What the rows show.
    """
    short = span.duration_s < 2 * DAY_S
    steps = (3 * HOUR_S, 6 * HOUR_S, 12 * HOUR_S) if short else (DAY_S, 2 * DAY_S, 7 * DAY_S)
    step_s = next(
        (step for step in steps if span.duration_s / step <= _TICKS_AT_MOST),
        np.ceil(span.duration_s / _TICKS_AT_MOST / DAY_S) * DAY_S,
    )
    first = int(np.ceil(span.start_s / step_s))
    times = [at * step_s for at in range(first, int(span.end_s // step_s) + 1)]
    return tuple(
        (
            100.0 * (time_s - span.start_s) / span.duration_s,
            short_time(time_s) if short else short_time(time_s).partition(" ")[0],
        )
        for time_s in times
    )
