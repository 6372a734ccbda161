"""The signals of a country, stacked over one time axis with its dark windows."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
from markupsafe import Markup

from hashquake.core.outage import Outage
from hashquake.observatory.signal_series import SignalSeries
from hashquake.serve.drawing.axes import x_axis, y_axis
from hashquake.serve.drawing.elements import written
from hashquake.serve.drawing.frame import frame
from hashquake.serve.drawing.picture import drawn
from hashquake.serve.drawing.style import DARK, MEASURED, MUTED, NARROW, PAPER, RULE, WIDE, Size
from hashquake.serve.format import percent, prose
from hashquake.serve.language import translate, translate_plural
from hashquake.serve.outages.seismogram import cut
from hashquake.serve.own_markup import own_drawings
from hashquake.serve.report.chart_rate import days_along
from hashquake.serve.source_names import source_name

_TRACK_PX, _HEAD_PX, _FOOT_PX = 62, 18, 30
_TOP_SHARE = 1.35
"""Shares above it are drawn at it: a burst must not flatten a fall."""


def signal_tracks(
    found: Sequence[SignalSeries], outages: Sequence[Outage], *, title: str
) -> Markup | None:
    """Draw the signals, wide and narrow; None without signals.

    Parameters
    ----------
    found : sequence of SignalSeries
        Over the same steps.
    outages : sequence of Outage
        Of the country; their dark windows are shaded.
    title : str
        What a screen reader says.
    """
    if not found:
        return None
    height_px = _TRACK_PX * len(found) + _FOOT_PX
    description = translate_plural(
        "{count} signal as a share of its usual level.",
        "{count} signals as shares of their usual levels.",
        len(found),
    )
    return own_drawings(
        drawn(
            partial(_draw, found, outages),
            size._replace(height_px=height_px),
            title=title,
            description=description,
        )
        for size in (WIDE, NARROW)
    )


def _draw(found: Sequence[SignalSeries], outages: Sequence[Outage], size: Size) -> Iterator[str]:
    n, start_s, step_s = len(found[0].usual_share), found[0].start_s, found[0].step_s
    edges_s = start_s + np.arange(n + 1) * step_s
    times = (float(edges_s[0]), float(edges_s[-1]))
    left, right = (44, 12) if size.is_narrow else (52, 20)
    ticks = days_along(size, *times)
    for at, one in enumerate(found):
        above = _TRACK_PX * at + _HEAD_PX
        below = size.height_px - _TRACK_PX * (at + 1)
        box = frame(size, times, (0.0, _TOP_SHARE), margins_px=(above, right, below, left))
        for outage in outages:
            for dark in outage.dark_windows:
                if dark.end_s > times[0] and dark.start_s < times[1]:
                    yield box.span(dark.start_s, dark.end_s, colour=DARK)
        unseen = np.flatnonzero(np.diff(np.r_[0, np.isnan(one.usual_share), 0]))
        for first, past in list(pairwise(unseen.tolist()))[::2]:
            # A gap is hatched, never drawn at zero and never bridged by a line.
            yield box.span(edges_s[first], edges_s[past], colour=PAPER)
            yield box.hatch(edges_s[first], edges_s[past], colour=RULE)
        yield y_axis(box, [(share, percent(share)) for share in (0.0, 1.0)], size=size,
                     smaller_px=1.5)  # fmt: skip
        shares = np.minimum(one.usual_share, _TOP_SHARE)
        yield box.steps(edges_s, shares, colour=MEASURED, width=1.6)
        quantity = translate(one.span.quantity.replace("_", " ")).removesuffix(" share")
        words = f"{quantity}, {prose(source_name(one.span.source), limit=44)}"
        words = cut(words, 48 if size.is_narrow else 110)
        yield written(words, box.left_px, box.top_px - 3, size=size, colour=MUTED,
                      upright="bottom", smaller_px=1.5)  # fmt: skip
        yield x_axis(box, ticks if at == len(found) - 1 else (), size=size)
