"""The price before, during and after an event, split where something else may have moved it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.serve.format import percent
from hashquake.serve.language import translate
from hashquake.serve.report.chart_rate import moment_key, tick_days
from hashquake.serve.report.style import (
    CLAIMED,
    DARK,
    INK,
    MEASURED,
    MEASURED_PALE,
    NARROW,
    PAPER,
    WIDE,
    Size,
    bare,
    drawn,
    whole_numbers,
)

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
            lambda figure, size: _draw(shown, study, figure, size),
            size,
            name="price",
            title=translate("Bitcoin's price before, during and after the event"),
            description=translate(
                "{change} over the event; lines mark what else may have moved it.", change=change
            ),
        )
        for size in (WIDE, NARROW)
    )


def _draw(candles: "Candles", study: "PriceStudy", figure: Figure, size: Size) -> None:
    left, right = (56, 20) if not size.is_narrow else (48, 8)
    axes = figure.add_axes(
        (
            left / size.width_px,
            34 / size.height_px,
            1 - (left + right) / size.width_px,
            1 - (34 + 44) / size.height_px,
        )
    )
    bare(axes, size=size)
    end_s = float(candles.start_s[-1]) + candles.step_s
    axes.set_xlim(float(candles.start_s[0]), end_s)
    low, high = float(candles.low_usd.min()), float(candles.high_usd.max())
    axes.set_ylim(low - 0.06 * (high - low), high + 0.12 * (high - low))
    window = study.whole.window
    axes.axvspan(window.start_s, window.end_s, color=DARK, alpha=0.75, linewidth=0, zorder=0)
    for part in _unbroken(candles):
        ends_s = candles.start_s[part] + candles.step_s
        axes.vlines(
            ends_s - candles.step_s / 2,
            candles.low_usd[part],
            candles.high_usd[part],
            color=MEASURED_PALE,
            linewidth=1.2,
        )
        axes.plot(ends_s, candles.close_usd[part], color=MEASURED, linewidth=1.6)
    _mark_confounders(study, axes, size)
    _label_clean(study, axes, size)
    tick_days(axes, size, float(candles.start_s[0]), end_s)
    whole_numbers(axes, "US$", size=size, left_px=left)


def _unbroken(candles: "Candles") -> list[slice]:
    """Return the runs of steps without a gap, so that no line is drawn over one."""
    breaks = (np.flatnonzero(np.diff(candles.start_s) > candles.step_s) + 1).tolist()
    return [slice(a, b) for a, b in zip([0, *breaks], [*breaks, len(candles)], strict=True)]


def _mark_confounders(study: "PriceStudy", axes: Any, size: Size) -> None:
    for at, one in enumerate(study.confounders):
        time_s = max(one.window.start_s, study.whole.window.start_s)
        axes.axvline(time_s, color=CLAIMED, linewidth=1.1, linestyle=(0, (5, 3)))
        key = moment_key(at)
        timed = not size.is_narrow and time_s == one.window.start_s
        axes.annotate(
            f"{key}  {_clock(time_s)}" if timed else key,
            (time_s, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, size.points(4)),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=INK,
            weight="bold",
        )


def _clock(time_s: float) -> str:
    return f"{datetime.fromtimestamp(time_s, tz=UTC):%H:%M}"


def _label_clean(study: "PriceStudy", axes: Any, size: Size) -> None:
    """Draw the part that speaks for the event from its first price to its last."""
    part = study.clean
    if part is None:
        return
    axes.plot(
        [part.window.start_s, part.window.end_s],
        [part.from_usd, part.to_usd],
        color=INK,
        linewidth=2.2,
        marker="o",
        markersize=size.points(6),
    )
    change = percent(part.change_share, digits=1, signed=True)
    low, high = axes.get_ylim()
    # Wherever the price is at first, the other end of the page is free.
    at_foot = part.from_usd > (low + high) / 2
    axes.annotate(
        translate("{change} before {letter}", change=change, letter=moment_key(0))
        if study.confounders
        else change,
        (part.window.start_s, 0.03 if at_foot else 0.97),
        xycoords=("data", "axes fraction"),
        xytext=(size.points(6), 0),
        textcoords="offset points",
        ha="left",
        va="bottom" if at_foot else "top",
        color=INK,
        weight="bold",
        bbox={"facecolor": PAPER, "alpha": 0.85, "linewidth": 0, "pad": 2},
    )
