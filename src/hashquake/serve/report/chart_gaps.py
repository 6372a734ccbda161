"""The waits between blocks, beside the exponential law they would follow by luck alone."""

from datetime import UTC, datetime
from math import log
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from hashquake.core.incident import BlockIntervals, Incident
from hashquake.core.times import MINUTE_S
from hashquake.serve.format import NBSP
from hashquake.serve.format_times import duration
from hashquake.serve.language import number, spoken, translate
from hashquake.serve.report.chart_rate import tick_days
from hashquake.serve.report.style import (
    CLAIMED,
    INK,
    MEASURED,
    MEASURED_PALEST,
    MUTED,
    NARROW,
    RULE,
    WIDE,
    Size,
    bare,
    drawn,
)

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
            lambda figure, size: _draw(gaps, incident, figure, size),
            size._replace(height_px=300),
            name="gaps",
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


def _draw(gaps: BlockIntervals, incident: Incident, figure: Figure, size: Size) -> None:
    left, right = (52, 126) if not size.is_narrow else (46, 8)
    axes = figure.add_axes(
        (
            left / size.width_px,
            30 / size.height_px,
            1 - (left + right) / size.width_px,
            1 - (30 + 22) / size.height_px,
        )
    )
    bare(axes, size=size)
    start_s, end_s = incident.window.start_s, incident.window.end_s
    axes.set_xlim(start_s, end_s)
    axes.set_yscale("log")
    axes.set_ylim(_FLOOR_S * 0.75, max(gaps.longest_s * 1.9, 7200))
    # The middle 90 % of an exponential law with the baseline's mean.
    short_s, long_s = (-gaps.expected_mean_s * log(1 - tail) for tail in (0.05, 0.95))
    axes.axhspan(short_s, long_s, color=MEASURED_PALEST, linewidth=0, zorder=0)
    axes.axhline(gaps.expected_mean_s, color=INK, linewidth=1, linestyle=(0, (5, 3)))
    at_s, gap_s = np.array(gaps.header_s), np.array(gaps.gap_s, dtype=float)
    forward = gap_s >= _FLOOR_S
    width = max(2.6, min(4.2, 110 / np.sqrt(max(1, len(gap_s))))) * (0.8 if size.is_narrow else 1)
    _dots(axes, at_s[forward], gap_s[forward], width=size.points(width))
    axes.scatter(
        at_s[~forward],
        np.full((~forward).sum(), _FLOOR_S),
        s=width**2,
        facecolors="none",
        edgecolors=MUTED,
        linewidths=0.8,
    )
    _mark_longest(gaps, axes, size, start_s=start_s, end_s=end_s)
    _label(gaps, axes, size, short_s=short_s, long_s=long_s)
    axes.yaxis.set_major_locator(FixedLocator(list(_TICKS_S)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _at: duration(value)))
    axes.grid(visible=True, axis="y", color=RULE, linewidth=0.6)
    tick_days(axes, size, start_s, end_s)


def _dots(axes: Any, at_s: Any, gap_s: Any, *, width: float) -> None:
    """Draw all dots as one path of strokes without length: a scatter of months weighs megabytes."""
    vertices = np.repeat(np.column_stack([at_s, gap_s]), 2, axis=0)
    codes = np.tile([Path.MOVETO, Path.LINETO], len(at_s))
    path = Path(vertices, codes)
    path.should_simplify = False
    axes.add_patch(
        PathPatch(path, edgecolor=MEASURED, fill=False, linewidth=width, capstyle="round")
    )


def _mark_longest(
    gaps: BlockIntervals, axes: Any, size: Size, *, start_s: float, end_s: float
) -> None:
    at = int(np.argmax(gaps.gap_s))
    when_s = gaps.header_s[at]
    longest = duration(gaps.longest_s)
    ended = datetime.fromtimestamp(when_s, tz=UTC)
    until = f"{spoken().date(ended, 'day')} {ended:%H:%M}"
    on_left = when_s > (start_s + end_s) / 2
    axes.scatter([when_s], [gaps.longest_s], s=46, facecolors="none", edgecolors=CLAIMED)
    axes.annotate(
        longest
        if size.is_narrow
        else translate("{longest} without a block, to {until}", longest=longest, until=until),
        (when_s, gaps.longest_s),
        xytext=(size.points(-9 if on_left else 9), size.points(2)),
        textcoords="offset points",
        ha="right" if on_left else "left",
        va="bottom",
        color=CLAIMED,
    )


def _label(gaps: BlockIntervals, axes: Any, size: Size, *, short_s: float, long_s: float) -> None:
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
        axes.annotate(
            text.replace(" %", f"{NBSP}%"),
            (1, level_s),
            xycoords=("axes fraction", "data"),
            xytext=(size.points(8), 0),
            textcoords="offset points",
            ha="left",
            va="bottom" if level_s == long_s else "center",
            color=colour,
            annotation_clip=False,
        )
