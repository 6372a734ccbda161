"""The hash rate before, during and after an event, with its bands."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from hashquake.core.incident import Incident
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.serve.format import NBSP, eh_s, hashrate_unit
from hashquake.serve.format_times import days
from hashquake.serve.language import spoken, translate
from hashquake.serve.report.style import (
    DARK,
    DARK_BAR,
    INK,
    MEASURED,
    MEASURED_PALE,
    MEASURED_PALEST,
    MUTED,
    NARROW,
    PAPER,
    WIDE,
    Size,
    bare,
    drawn,
    whole_numbers,
)


def rate_charts(incident: Incident) -> tuple[str, ...]:
    """Draw the network's hash rate over the event, wide and narrow.

    Parameters
    ----------
    incident : Incident
        Its `rates` are drawn; with none, nothing is.

    Returns
    -------
    tuple of str
        SVG elements.
    """
    if not incident.rates:
        return ()
    before = eh_s(incident.hashrate_before.quantiles.median)
    during = eh_s(incident.hashrate_during.quantiles.median)
    return tuple(
        drawn(
            lambda figure, size: _draw(incident, figure, size),
            size,
            name="rate",
            title=translate("The network's hash rate before, during and after the event"),
            description=translate(
                "{before} in the baseline, {during} in the event; each step with "
                "its 50 and 90 percent bands.",
                before=before,
                during=during,
            ),
        )
        for size in (WIDE, NARROW)
    )


def moment_key(at: int) -> str:
    """Return the letter that stands for a moment on the chart and in the list below it.

    Parameters
    ----------
    at : int
        Number of the moment, from 0.
    """
    return chr(ord("a") + at) if at < 26 else "z"


def _draw(incident: Incident, figure: Figure, size: Size) -> None:
    left = 46 if not size.is_narrow else 34
    axes = figure.add_axes(
        (
            left / size.width_px,
            34 / size.height_px,
            1 - (left + (118 if not size.is_narrow else 8)) / size.width_px,
            1 - (34 + 44) / size.height_px,
        )
    )
    bare(axes, size=size)
    baseline_hps = incident.hashrate_before.quantiles.median
    unit_hps, unit = hashrate_unit(baseline_hps)
    levels = np.array([rate.quantiles.values for rate in incident.rates]) / unit_hps
    starts = np.array([rate.window.start_s for rate in incident.rates])
    edges = np.append(starts, incident.rates[-1].window.end_s)
    axes.set_xlim(edges[0], edges[-1])
    low, high = levels[:, 1].min(), levels[:, 5].max()
    axes.set_ylim(max(0.0, low - 0.12 * (high - low)), high + 0.09 * (high - low))
    _shade(incident, axes, size)
    for lower, upper, colour in ((1, 5, MEASURED_PALEST), (2, 4, MEASURED_PALE)):
        axes.fill_between(
            edges,
            np.append(levels[:, lower], levels[-1, lower]),
            np.append(levels[:, upper], levels[-1, upper]),
            step="post",
            color=colour,
            alpha=0.85,
            linewidth=0,
        )
    axes.hlines(levels[:, 3], edges[:-1], edges[1:], color=MEASURED, linewidth=1.8)
    baseline = baseline_hps / unit_hps
    axes.axhline(baseline, color=INK, linewidth=1, linestyle=(0, (5, 3)))
    _mark_moments(incident, axes, size)
    _label(incident, axes, size, baseline=baseline, unit=unit)
    tick_days(axes, size, edges[0], edges[-1])
    whole_numbers(axes, unit, size=size, left_px=left)


def _shade(incident: Incident, axes: Any, size: Size) -> None:
    """Shade what was dark, or the whole window where no outage is known."""
    known = bool(incident.outages)
    left, right = axes.get_xlim()
    for stretch in incident.dark_windows or (incident.window,):
        start_s, end_s = max(left, stretch.start_s), min(right, stretch.end_s)
        if start_s >= end_s:
            continue
        axes.axvspan(start_s, end_s, color=DARK, alpha=0.75, linewidth=0, zorder=0)
        if known:
            # The bands cover the shading, so the same hours stand as bars along the top.
            axes.axvspan(start_s, end_s, ymin=0.972, color=DARK_BAR, linewidth=0)
    if size.is_narrow:
        return
    axes.annotate(
        translate("no Internet") if known else translate("the event"),
        (1, 0.986) if known else (incident.window.start_s, 0.03),
        xycoords="axes fraction" if known else ("data", "axes fraction"),
        xytext=(size.points(8), 0),
        textcoords="offset points",
        color=MUTED,
        ha="left",
        va="center" if known else "bottom",
        annotation_clip=False,
    )


def _mark_moments(incident: Incident, axes: Any, size: Size) -> None:
    """Draw a line for each moment, keyed by a letter to the list under the chart."""
    left, right = axes.get_xlim()
    used: list[float] = []
    width_s = (right - left) * 17 / size.width_px
    for at, moment in enumerate(incident.event.moments):
        if not left <= moment.time_s <= right:
            continue
        crowded = any(abs(moment.time_s - other) < width_s for other in used)
        used.append(moment.time_s)
        axes.axvline(moment.time_s, color=MUTED, linewidth=0.9)
        axes.annotate(
            moment_key(at),
            (moment.time_s, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, size.points(22 if crowded else 4)),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=INK,
            weight="bold",
        )


def _label(incident: Incident, axes: Any, size: Size, *, baseline: float, unit: str) -> None:
    """Write what the dashed line is beside it: in the margin, or on it where there is none."""
    before = days(incident.baseline.duration_s)
    place: dict[str, Any] = (
        {"xy": (0, baseline), "xytext": (size.points(4), size.points(3)), "va": "bottom"}
        if size.is_narrow
        else {"xy": (1, baseline), "xytext": (size.points(8), 0), "va": "center"}
    )
    level = f"{baseline:,.0f}{NBSP}{unit}"
    axes.annotate(
        translate("{level}, {before} before", level=level, before=before)
        if size.is_narrow
        else translate("{level}\nin the {before}\nbefore", level=level, before=before),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="left",
        color=INK,
        annotation_clip=False,
        bbox={"facecolor": PAPER, "alpha": 0.75, "linewidth": 0, "pad": 1},
        **place,
    )


def tick_days(axes: Any, size: Size, start_s: float, end_s: float) -> None:
    """Put ticks at midnights (UTC), as many as leave their labels room.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of time, UTC Unix seconds.
    size : Size
        Of the drawing.
    start_s, end_s : float
        Limits of the axis, UTC Unix seconds.
    """
    room = (size.width_px - 120) / (58 if not size.is_narrow else 52)
    step = max(1, int(np.ceil((end_s - start_s) / DAY_S / room)))
    first = int(np.ceil(start_s / DAY_S))
    ticks = [day * DAY_S for day in range(first, int(end_s // DAY_S) + 1, step)]
    hours = (end_s - start_s) < 2 * DAY_S
    if hours:
        ticks = list(np.arange(np.ceil(start_s / HOUR_S) * HOUR_S, end_s, 6 * HOUR_S))
    # Without a margin on the right, a label at the very end would leave the page.
    room_s = (end_s - start_s) * 18 / size.width_px if size.is_narrow else 0.0
    ticks = [tick for tick in ticks if tick <= end_s - room_s]
    axes.set_xticks(ticks)
    moments = [datetime.fromtimestamp(tick, tz=UTC) for tick in ticks]
    axes.set_xticklabels([f"{m:%H:%M}" if hours else spoken().date(m, "day") for m in moments])
