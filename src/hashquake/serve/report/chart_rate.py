"""The hash rate before, during and after an event, with its bands."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from hashquake.core.incident import Incident
from hashquake.serve.drawing.axes import whole_numbers, x_axis, y_axis
from hashquake.serve.drawing.elements import written
from hashquake.serve.drawing.frame import Frame, frame
from hashquake.serve.drawing.picture import drawn
from hashquake.serve.drawing.style import (
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
)
from hashquake.serve.drawing.ticks import time_ticks
from hashquake.serve.format import NBSP, eh_s, hashrate_unit
from hashquake.serve.format_times import days
from hashquake.serve.language import translate

_TICK_PX = 58
"""Room for the label of a tick along time."""


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
            partial(_draw, incident),
            size,
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


def days_along(size: Size, start_s: float, end_s: float) -> list[tuple[float, str]]:
    """Return ticks along time (UTC), as many as leave their labels room.

    Parameters
    ----------
    size : Size
        Of the drawing.
    start_s, end_s : float
        Ends of the axis, UTC Unix seconds.
    """
    return time_ticks(start_s, end_s, most=max(2, (size.width_px - 120) // _TICK_PX))


def _draw(incident: Incident, size: Size) -> Iterator[str]:
    baseline_hps = incident.hashrate_before.quantiles.median
    unit_hps, unit = hashrate_unit(baseline_hps)
    levels = np.array([rate.quantiles.values for rate in incident.rates]) / unit_hps
    starts = np.array([rate.window.start_s for rate in incident.rates])
    edges = np.append(starts, incident.rates[-1].window.end_s)
    low, high = float(levels[:, 1].min()), float(levels[:, 5].max())
    ends = (max(0.0, low - 0.12 * (high - low)), high + 0.09 * (high - low))
    left, right = (34, 8) if size.is_narrow else (46, 118)
    box = frame(size, (edges[0], edges[-1]), ends, margins_px=(44, right, 34, left))
    yield from _shade(incident, box, size)
    yield y_axis(box, whole_numbers(*ends), size=size, unit=unit)
    yield box.step_band(edges, levels[:, 1], levels[:, 5], colour=MEASURED_PALEST)
    yield box.step_band(edges, levels[:, 2], levels[:, 4], colour=MEASURED_PALE)
    yield box.levels(edges, levels[:, 3], colour=MEASURED, width=2.4)
    baseline = baseline_hps / unit_hps
    yield box.level(baseline, colour=INK, width=1.2, dash="6 4")
    yield from _mark_moments(incident, box, size)
    yield _label(incident, box, size, baseline=baseline, unit=unit)
    yield x_axis(box, days_along(size, edges[0], edges[-1]), size=size)


def _shade(incident: Incident, box: Frame, size: Size) -> Iterator[str]:
    """Shade what was dark, or the whole window where no outage is known."""
    known = bool(incident.outages)
    left, right = incident.rates[0].window.start_s, incident.rates[-1].window.end_s
    for stretch in incident.dark_windows or (incident.window,):
        start_s, end_s = max(left, stretch.start_s), min(right, stretch.end_s)
        if start_s >= end_s:
            continue
        yield box.span(start_s, end_s, colour=DARK, opacity=0.75)
        if known:
            # The bands cover the shading, so the same hours stand as bars along the top.
            yield box.span(start_s, end_s, colour=DARK_BAR, from_top=(0.0, 0.028))
    if size.is_narrow:
        return
    if known:
        at_px = (box.right_px + 8, box.top_px + 0.014 * box.height_px)
        yield written(translate("no Internet"), *at_px, size=size, colour=MUTED)
    else:
        at_px = (float(box.x(incident.window.start_s)) + 8, box.bottom_px - 8)
        yield written(translate("the event"), *at_px, size=size, colour=MUTED, upright="bottom")


def _mark_moments(incident: Incident, box: Frame, size: Size) -> Iterator[str]:
    """Draw a line for each moment, keyed by a letter to the list under the chart."""
    used: list[float] = []
    for at, moment in enumerate(incident.event.moments):
        x = float(box.x(moment.time_s))
        if not box.left_px <= x <= box.right_px:
            continue
        crowded = any(abs(x - other) < 13 for other in used)
        used.append(x)
        yield box.moment(moment.time_s, colour=MUTED, width=1.1)
        y = box.top_px - (22 if crowded else 4)
        yield written(moment_key(at), x, y, size=size, anchor="middle", upright="bottom", bold=True)


def _label(incident: Incident, box: Frame, size: Size, *, baseline: float, unit: str) -> str:
    """Write what the dashed line is: in the margin, or on it where there is none."""
    before = days(incident.baseline.duration_s)
    level, y = f"{baseline:,.0f}{NBSP}{unit}", float(box.y(baseline))
    if size.is_narrow:
        words = translate("{level}, {before} before", level=level, before=before)
        return written(words, box.left_px + 4, y - 3, size=size, upright="bottom", halo=PAPER)
    words = translate("{level}\nin the {before}\nbefore", level=level, before=before)
    return written(words, box.right_px + 8, y, size=size)
