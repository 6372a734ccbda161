"""The waits between blocks, compared with the exponential law they would follow by luck alone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from math import log

import numpy as np

from hashquake.core.incident import BlockIntervals, Incident
from hashquake.core.times import MINUTE_S
from hashquake.serve.drawing.axes import x_axis, y_axis
from hashquake.serve.drawing.elements import written
from hashquake.serve.drawing.frame import Frame, frame
from hashquake.serve.drawing.picture import drawn
from hashquake.serve.drawing.style import (
    CLAIMED,
    INK,
    MEASURED,
    MEASURED_PALEST,
    MUTED,
    NARROW,
    PAPER,
    WIDE,
    Size,
)
from hashquake.serve.format import NBSP
from hashquake.serve.format_times import duration
from hashquake.serve.language import number, spoken, translate
from hashquake.serve.report.chart_rate import days_along

_TICKS_S = (10, 60, 600, 3600)
_FLOOR_S = 5.0
"""Where waits of a few seconds, of none and of less than none are drawn."""


def gap_charts(incident: Incident) -> tuple[str, ...]:
    """Draw every wait between blocks over the event, wide and narrow.

    Parameters
    ----------
    incident : Incident
        What a report knows of the event.

    Returns
    -------
    tuple of str
        SVG elements; none when the incident has no intervals.
    """
    gaps = incident.gaps
    if gaps is None:
        return ()
    return tuple(
        drawn(
            partial(_draw, gaps, incident),
            size._replace(height_px=300),
            title=translate("Every wait between blocks in the event"),
            description=translate(
                "{n_intervals} intervals; the longest {duration}, where "
                "{mean} is the expected mean.",
                n_intervals=gaps.n_intervals,
                duration=duration(gaps.longest_s),
                mean=duration(gaps.expected_mean_s),
            ),
        )
        for size in (WIDE, NARROW)
    )


def _draw(gaps: BlockIntervals, incident: Incident, size: Size) -> Iterator[str]:
    start_s, end_s = incident.window.start_s, incident.window.end_s
    ends = (_FLOOR_S * 0.75, max(gaps.longest_s * 1.9, 7200))
    left, right = (56, 8) if size.is_narrow else (60, 126)
    box = frame(size, (start_s, end_s), ends, margins_px=(22, right, 30, left), log_y=True)
    # The middle 90 % of an exponential law with the baseline's mean.
    short_s, long_s = (-gaps.expected_mean_s * log(1 - tail) for tail in (0.05, 0.95))
    yield box.bars(start_s, end_s, short_s, long_s, colour=MEASURED_PALEST)
    yield y_axis(box, [(one, duration(one)) for one in _TICKS_S if one < ends[1]], size=size)
    yield box.level(gaps.expected_mean_s, colour=INK, width=1.2, dash="6 4")
    at_s, gap_s = np.array(gaps.header_s), np.array(gaps.gap_s, dtype=float)
    forward = gap_s >= _FLOOR_S
    width = max(2.6, min(4.2, 110 / np.sqrt(max(1, len(gap_s))))) * (0.8 if size.is_narrow else 1)
    yield box.dots(at_s[forward], gap_s[forward], colour=MEASURED, width=round(width, 1))
    at_floor = np.full(int((~forward).sum()), _FLOOR_S)
    yield box.rings(at_s[~forward], at_floor, colour=MUTED, width=round(1.3 * width, 1))
    yield from _mark_longest(gaps, box, size)
    yield from _label(gaps, box, size, short_s=short_s, long_s=long_s)
    yield x_axis(box, days_along(size, start_s, end_s), size=size)


def _mark_longest(gaps: BlockIntervals, box: Frame, size: Size) -> Iterator[str]:
    when_s = gaps.header_s[int(np.argmax(gaps.gap_s))]
    longest = duration(gaps.longest_s)
    ended = datetime.fromtimestamp(when_s, tz=UTC)
    x, y = float(box.x(when_s)), float(box.y(gaps.longest_s))
    on_left = x > box.left_px + box.width_px / 2
    yield box.rings(when_s, gaps.longest_s, colour=CLAIMED, width=9)
    until = f"{spoken().date(ended, 'day')} {ended:%H:%M}"
    words = (
        longest
        if size.is_narrow
        else translate("{longest} without a block, to {until}", longest=longest, until=until)
    )
    yield written(
        words, x + (-9 if on_left else 9), y - 2, size=size, colour=CLAIMED,
        anchor="end" if on_left else "start", upright="bottom", halo=PAPER,
    )  # fmt: skip


def _label(
    gaps: BlockIntervals, box: Frame, size: Size, *, short_s: float, long_s: float
) -> Iterator[str]:
    if size.is_narrow:
        return
    for level_s, text, colour in (
        (long_s, translate("95 % are shorter\nthan {duration}", duration=duration(long_s)), MUTED),
        (
            gaps.expected_mean_s,
            translate(
                "mean {minutes}\N{NO-BREAK SPACE}min",
                minutes=number(f"{gaps.expected_mean_s / MINUTE_S:.1f}"),
            ),
            INK,
        ),
        (short_s, translate("5 % are shorter\nthan {duration}", duration=duration(short_s)), MUTED),
    ):
        yield written(
            text.replace(" %", f"{NBSP}%"), box.right_px + 8, float(box.y(level_s)), size=size,
            colour=colour, upright="bottom" if level_s == long_s else "middle",
        )  # fmt: skip
