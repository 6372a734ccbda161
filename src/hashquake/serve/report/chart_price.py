"""The price before, during and after an event, split where something else may have moved it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.serve.drawing.axes import whole_numbers, x_axis, y_axis
from hashquake.serve.drawing.elements import written
from hashquake.serve.drawing.frame import Frame, frame
from hashquake.serve.drawing.picture import drawn
from hashquake.serve.drawing.style import (
    CLAIMED,
    DARK,
    INK,
    MEASURED,
    MEASURED_PALE,
    NARROW,
    PAPER,
    WIDE,
    Size,
)
from hashquake.serve.format import percent
from hashquake.serve.language import translate
from hashquake.serve.report.chart_rate import days_along, moment_key

if TYPE_CHECKING:
    from hashquake.core.candles import Candles
    from hashquake.explain.price import PriceStudy

_MARGIN_SHARE = 0.25
_LONGEST_MARGIN_S = 2 * DAY_S


def price_charts(candles: "Candles", study: "PriceStudy") -> tuple[str, ...]:
    """Draw the price over an event, wide and narrow.

    Parameters
    ----------
    candles : Candles
        Prices of the event and some time around it.
    study : PriceStudy
        What was made of them.

    Returns
    -------
    tuple of str
        SVG elements; the letters of confounders are those of `moment_key`, in the study's order.
    """
    window = study.whole.window
    margin_s = min(_LONGEST_MARGIN_S, _MARGIN_SHARE * window.duration_s)
    shown = candles.between(
        Window(start_s=window.start_s - margin_s, end_s=window.end_s + margin_s)
    )
    if not len(shown):
        return ()
    change = percent(study.whole.change_share, digits=1, signed=True)
    return tuple(
        drawn(
            partial(_draw, shown, study),
            size,
            title=translate("Bitcoin's price before, during and after the event"),
            description=translate(
                "{change} over the event; lines mark what else may have moved it.", change=change
            ),
        )
        for size in (WIDE, NARROW)
    )


def _draw(candles: "Candles", study: "PriceStudy", size: Size) -> Iterator[str]:
    start_s, end_s = float(candles.start_s[0]), float(candles.start_s[-1]) + candles.step_s
    low, high = float(candles.low_usd.min()), float(candles.high_usd.max())
    ends = (low - 0.06 * (high - low), high + 0.12 * (high - low))
    left, right = (52, 8) if size.is_narrow else (60, 20)
    box = frame(size, (start_s, end_s), ends, margins_px=(44, right, 34, left))
    window = study.whole.window
    yield box.span(window.start_s, window.end_s, colour=DARK, opacity=0.75)
    yield y_axis(box, whole_numbers(*ends), size=size, unit="US$")
    for part in _unbroken(candles):
        ends_s = candles.start_s[part] + candles.step_s
        middles_s = ends_s - candles.step_s / 2
        lows, highs = candles.low_usd[part], candles.high_usd[part]
        yield box.strokes(middles_s, lows, highs, colour=MEASURED_PALE, width=1.6)
        yield box.line(ends_s, candles.close_usd[part], colour=MEASURED, width=2.0)
    yield from _mark_confounders(study, box, size)
    yield from _label_clean(study, box, size)
    yield x_axis(box, days_along(size, start_s, end_s), size=size)


def _unbroken(candles: "Candles") -> list[slice]:
    """Return the runs of steps without a gap, so that no line is drawn over one."""
    breaks = (np.flatnonzero(np.diff(candles.start_s) > candles.step_s) + 1).tolist()
    return [slice(a, b) for a, b in zip([0, *breaks], [*breaks, len(candles)], strict=True)]


def _mark_confounders(study: "PriceStudy", box: Frame, size: Size) -> Iterator[str]:
    for at, one in enumerate(study.confounders):
        time_s = max(one.window.start_s, study.whole.window.start_s)
        yield box.moment(time_s, colour=CLAIMED, width=1.4, dash="6 4")
        key = moment_key(at)
        timed = not size.is_narrow and time_s == one.window.start_s
        words = f"{key}  {_clock(time_s)}" if timed else key
        place = (float(box.x(time_s)), box.top_px - 4)
        yield written(words, *place, size=size, anchor="middle", upright="bottom", bold=True)


def _clock(time_s: float) -> str:
    return f"{datetime.fromtimestamp(time_s, tz=UTC):%H:%M}"


def _label_clean(study: "PriceStudy", box: Frame, size: Size) -> Iterator[str]:
    """Draw the part that speaks for the event from its first price to its last."""
    part = study.clean
    if part is None:
        return
    times_s, prices_usd = [part.window.start_s, part.window.end_s], [part.from_usd, part.to_usd]
    yield box.line(times_s, prices_usd, colour=INK, width=2.4)
    yield box.dots(times_s, prices_usd, colour=INK, width=8)
    change = percent(part.change_share, digits=1, signed=True)
    words = (
        translate("{change} before {letter}", change=change, letter=moment_key(0))
        if study.confounders
        else change
    )
    # Wherever the price is at first, the other end of the page is free.
    at_foot = float(box.y(part.from_usd)) < box.top_px + box.height_px / 2
    y, upright = (box.bottom_px - 8, "bottom") if at_foot else (box.top_px + 8, "top")
    x = float(box.x(part.window.start_s)) + 6
    yield written(words, x, y, size=size, upright=upright, bold=True, halo=PAPER)
