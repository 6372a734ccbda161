"""Charts of a simulation: fans of hash rate, difficulty and block times over the epochs."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hashquake.core.times import DAY_S
from hashquake.forward.fans import Fan, fans
from hashquake.forward.simulation import Simulation
from hashquake.serve.drawing.axes import whole_numbers, x_axis, y_axis
from hashquake.serve.drawing.elements import written
from hashquake.serve.drawing.frame import frame
from hashquake.serve.drawing.picture import drawn
from hashquake.serve.drawing.style import (
    DARK,
    MEASURED,
    MEASURED_PALE,
    MEASURED_PALEST,
    MUTED,
    NARROW,
    WIDE,
    Size,
)
from hashquake.serve.drawing.ticks import number_ticks, time_ticks
from hashquake.serve.language import message, translate

_HPS_PER_EXAHASH = 1e18
_TITLES = {
    "hashrate": message("Hash rate"),
    "difficulty": message("Difficulty, over its start"),
    "interval_s": message("Minutes a block takes on average"),
}
_HEIGHT_PX = 250


def fan_charts(run: Simulation) -> dict[str, list[str]]:
    """Draw the three fans, each for wide and for narrow screens.

    Parameters
    ----------
    run : Simulation
        A finished run.
    """
    made = fans(run)
    retargets_s = [run.spread(f"time_s_{e + 1}").quantiles[2][1] for e in range(run.place.epochs)]
    sizes = [size._replace(height_px=_HEIGHT_PX) for size in (WIDE, NARROW)]
    return {
        name: [
            drawn(
                partial(_draw, run, name, made[name], retargets_s),
                size,
                title=translate(_TITLES[name]),
                description=translate("Median, half and nine tenths of the futures over time."),
            )
            for size in sizes
        ]
        for name in _TITLES
    }


def _draw(
    run: Simulation, name: str, fan: Fan, retargets_s: list[float], size: Size
) -> Iterator[str]:
    scale, unit = _scale(run, name)
    bands = fan.bands * scale
    when = _moments(run, fan.at_s)
    low, high = float(bands[0].min()), float(bands[4].max())
    room = max(high - low, 0.05 * high)
    ends = (max(low - 0.15 * room, 0.0), high + 0.15 * room)
    margins = (36, 14, 40, 44) if size.is_narrow else (36, 20, 40, 56)
    box = frame(size, (when[0], when[-1]), ends, margins_px=margins)
    if run.scenario.outages:
        start_s, end_s = _moments(run, run.scenario.window_s)
        yield box.span(start_s, end_s, colour=DARK, opacity=0.55)
    yield y_axis(box, whole_numbers(*ends), size=size)
    yield box.band(when, bands[0], bands[4], colour=MEASURED_PALEST)
    yield box.band(when, bands[1], bands[3], colour=MEASURED_PALE)
    yield box.line(when, bands[2], colour=MEASURED, width=2.4)
    for at_s in _moments(run, retargets_s):
        if when[0] <= at_s <= when[-1]:
            yield box.moment(at_s, colour=MUTED, width=1, dash="1 3")
    yield written(
        f"{translate(_TITLES[name])}{unit}", 0, 20, size=size, upright="bottom", bold=True
    )
    most = 4 if size.is_narrow else 8
    if run.scenario.start_s is None:
        days = number_ticks(when[0], when[-1], most=most)
        yield x_axis(box, [(day, f"{day:g}") for day in days], size=size)
        words = translate("days from the start of the epoch")
        yield written(
            words, box.left_px + box.width_px / 2, size.height_px - 2, size=size, colour=MUTED,
            anchor="middle", upright="bottom", smaller_px=1,
        )  # fmt: skip
    else:
        yield x_axis(box, time_ticks(when[0], when[-1], most=most), size=size)


def _scale(run: Simulation, name: str) -> tuple[float, str]:
    if name == "interval_s":
        return 1 / 60, ""
    if name == "hashrate" and run.scenario.economy.hashrate_hps:
        return run.scenario.economy.hashrate_hps / _HPS_PER_EXAHASH, translate(", EH/s")
    return 1.0, translate(", over its start") if name == "hashrate" else ""


def _moments(run: Simulation, at_s: ArrayLike) -> NDArray[np.float64]:
    """Turn seconds into what the axis counts: UTC Unix seconds, or days where no start is set."""
    start_s, times_s = run.scenario.start_s, np.asarray(at_s, dtype=float)
    return times_s / DAY_S if start_s is None else start_s + times_s
