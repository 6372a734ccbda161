"""Charts of a simulation: fans of hash rate, difficulty and block times over the epochs."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from hashquake.core.times import DAY_S
from hashquake.forward.fans import Fan, fans
from hashquake.forward.simulation import Simulation
from hashquake.serve.language import message, spoken, translate
from hashquake.serve.report.style import (
    DARK,
    INK,
    MEASURED,
    MEASURED_PALE,
    MEASURED_PALEST,
    MUTED,
    NARROW,
    WIDE,
    Size,
    bare,
    drawn,
)

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
                name=f"fan-{name}",
                title=_TITLES[name],
                description=translate("Median, half and nine tenths of the futures over time."),
            )
            for size in sizes
        ]
        for name in _TITLES
    }


def _draw(
    run: Simulation, name: str, fan: Fan, retargets_s: list[float], figure: Figure, size: Size
) -> None:
    left = 0.13 if size.is_narrow else 0.07
    axes = figure.add_axes((left, 0.14, 0.975 - left, 0.72))
    bare(axes, size=size)
    scale, unit = _scale(run, name)
    bands = fan.bands * scale
    when = _moments(run, fan.at_s)
    start_s, end_s = run.scenario.window_s
    if run.scenario.outages:
        shaded = _moments(run, np.array([start_s, min(end_s, fan.at_s[-1])]))
        axes.axvspan(*shaded, color=DARK, alpha=0.55, linewidth=0)
    axes.fill_between(when, bands[0], bands[4], color=MEASURED_PALEST, linewidth=0)
    axes.fill_between(when, bands[1], bands[3], color=MEASURED_PALE, linewidth=0)
    axes.plot(when, bands[2], color=MEASURED, linewidth=1.8)
    for at_s in retargets_s:
        axes.axvline(_moments(run, np.array([at_s]))[0], color=MUTED, linewidth=0.8, linestyle=":")
    low, high = float(bands[0].min()), float(bands[4].max())
    room = max(high - low, 0.05 * high)
    axes.set_ylim(max(low - 0.15 * room, 0), high + 0.15 * room)
    axes.set_xlim(when[0], when[-1])
    axes.set_title(f"{_TITLES[name]}{unit}", loc="left", fontsize=size.points(13), color=INK)
    if run.scenario.start_s is None:
        axes.set_xlabel(translate("days from the start of the epoch"))
    else:
        from matplotlib import dates

        locator: Any = dates.AutoDateLocator(maxticks=4 if size.is_narrow else 8)
        axes.xaxis.set_major_locator(locator)

        def short(day: float, _at: int | None) -> str:
            return spoken().date(dates.num2date(day), "day").replace("\N{NO-BREAK SPACE}", " ")

        axes.xaxis.set_major_formatter(short)


def _scale(run: Simulation, name: str) -> tuple[float, str]:
    if name == "interval_s":
        return 1 / 60, ""
    if name == "hashrate" and run.scenario.economy.hashrate_hps:
        return run.scenario.economy.hashrate_hps / _HPS_PER_EXAHASH, translate(", EH/s")
    return 1.0, translate(", over its start") if name == "hashrate" else ""


def _moments(run: Simulation, at_s: Any) -> list[Any]:
    start_s = run.scenario.start_s
    if start_s is None:
        return [float(time_s) / DAY_S for time_s in at_s]
    return [datetime.fromtimestamp(start_s + float(time_s), tz=UTC) for time_s in at_s]
