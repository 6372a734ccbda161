"""The power table: how long it takes to detect a drop, or to size it, and the reverse.

Delays are measured, not derived: drops of a grid of sizes are imposed on simulated nulls at
several false-alarm rates, and the table is bundled. Between its rows the logarithm of a delay is
taken as straight in the logarithms of drop and rate.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from math import exp, inf, isinf, log
from typing import TYPE_CHECKING

from hashquake.core.difficulty import BLOCK_TARGET_S
from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.detect.limit import cusum_limit, sizing_blocks

if TYPE_CHECKING:
    from hashquake.judge.delays import Delays

LEAST_DROP_SHARE = 0.12
"""Under this nothing is promised: the drift of the hash rate itself is in the way."""
CAP_DAYS = 30.0
BASELINE_BLOCKS = 2016.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredDelay:
    """One measured cell: a drop at a false-alarm rate.

    Parameters
    ----------
    false_alarms_per_year, drop_share : float
        Which cell.
    mean_s, any_instant_mean_s : float
        Mean delay, undetected drops at the cap of 30 days: after ten days without an alarm, and at
        any instant, soon after an alarm too.
    low_s, median_s, high_s : float
        The 5, 50 and 95 % quantiles; infinite beyond the cap.
    found_share : float
        The part found before the cap.
    """

    false_alarms_per_year: float
    drop_share: float
    mean_s: float
    any_instant_mean_s: float
    low_s: float
    median_s: float
    high_s: float
    found_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What can be promised about a drop.

    Parameters
    ----------
    drop_share, false_alarms_per_year : float
        What was asked.
    delay_s : Interval or None
        Median delay with the range of nine in ten, the high end infinite beyond 30 days; None
        where nothing is promised.
    mean_delay_s : float or None
        Mean with undetected drops at 30 days.
    mean_delay_any_instant_s : float or None
        Mean delay of a drop that begins at any instant, soon after an earlier alarm too.
    delay_blocks : float or None
        Blocks that arrive during the mean delay, at the rate that is left.
    bound_s, bound_blocks : float
        The worst-case mean of the best test there can be, size and baseline known.
    found_share : float
        The part of such drops found within 30 days.
    not_within_days : float or None
        Set where nothing is promised: not within so many days.
    sizing_days : float
        Until a drop of known date differs from nothing with a chance of 80 %, one-sided at 5 %,
        against 14 days before; infinite when two weeks before are too few for it.
    """

    drop_share: float
    false_alarms_per_year: float
    delay_s: Interval | None
    mean_delay_s: float | None
    mean_delay_any_instant_s: float | None
    delay_blocks: float | None
    bound_s: float
    bound_blocks: float
    found_share: float
    not_within_days: float | None
    sizing_days: float


def power(*, drop_share: float, false_alarms_per_year: float = 1.0) -> Power:
    """Return how long it takes to detect and to size a drop.

    Parameters
    ----------
    drop_share : float
        The drop, 0 to 1.
    false_alarms_per_year : float
        False alarms a year under the null model, in which only chance and drift act.

    Raises
    ------
    UsageError
        ``drop-range``, ``false-alarms-range``.
    """
    limit = cusum_limit(drop_share=drop_share, false_alarms_per_year=false_alarms_per_year)
    cell = delay_at(drop_share=drop_share, false_alarms_per_year=false_alarms_per_year)
    promised = drop_share >= LEAST_DROP_SHARE and not isinf(cell.median_s)
    remaining = 1.0 - drop_share
    sizing = sizing_blocks(drop_share=drop_share, baseline_blocks=BASELINE_BLOCKS)
    return Power(
        drop_share=drop_share,
        false_alarms_per_year=false_alarms_per_year,
        delay_s=Interval(median=cell.median_s, low=cell.low_s, high=cell.high_s, level=0.9)
        if promised
        else None,
        mean_delay_s=cell.mean_s if promised else None,
        mean_delay_any_instant_s=cell.any_instant_mean_s if promised else None,
        delay_blocks=cell.mean_s * remaining / BLOCK_TARGET_S if promised else None,
        bound_s=limit.delay_s,
        bound_blocks=limit.delay_s * remaining / BLOCK_TARGET_S,
        found_share=cell.found_share,
        not_within_days=None if promised else CAP_DAYS,
        sizing_days=sizing * BLOCK_TARGET_S / DAY_S,
    )


def smallest_drop(*, within_s: float, false_alarms_per_year: float = 1.0) -> float | None:
    """Return the smallest drop whose mean delay is within a time: the table read backwards.

    Parameters
    ----------
    within_s : float
        The time, seconds.
    false_alarms_per_year : float
        False alarms a year under the null model, in which only chance and drift act.

    Returns
    -------
    float or None
        A share, never under 12 %; None when even the largest drop measured takes longer.
    """
    low, high = LEAST_DROP_SHARE, measured_delays()[-1].drop_share

    def mean_s(drop_share: float) -> float:
        return delay_at(drop_share=drop_share, false_alarms_per_year=false_alarms_per_year).mean_s

    if mean_s(high) > within_s:
        return None
    if mean_s(low) <= within_s:
        return low
    for _ in range(50):
        middle = (low + high) / 2.0
        low, high = (middle, high) if mean_s(middle) > within_s else (low, middle)
    return high


def power_table(*, false_alarms_per_year: float = 1.0) -> tuple[Power, ...]:
    """Return the table for every measured drop at one false-alarm rate.

    Parameters
    ----------
    false_alarms_per_year : float
        One of the rates that were measured.
    """
    drops = sorted({cell.drop_share for cell in measured_delays()})
    return tuple(
        power(drop_share=drop, false_alarms_per_year=false_alarms_per_year) for drop in drops
    )


def delay_at(*, drop_share: float, false_alarms_per_year: float) -> MeasuredDelay:
    """Interpolate the measured delays.

    Parameters
    ----------
    drop_share, false_alarms_per_year : float
        Where; smaller drops than measured count as the smallest, larger as the largest.

    Raises
    ------
    UsageError
        ``false-alarms-range`` outside the measured rates.
    """
    cells = measured_delays()
    rates = sorted({cell.false_alarms_per_year for cell in cells})
    if not rates[0] <= false_alarms_per_year <= rates[-1]:
        raise UsageError(
            f"delays are not measured at {false_alarms_per_year:g} false alarms a year",
            code="false-alarms-range",
            hint=f"ask for {rates[0]:g} to {rates[-1]:g}",
        )
    low, high = next((a, b) for a, b in pairwise(rates) if a <= false_alarms_per_year <= b)
    part = (log(false_alarms_per_year) - log(low)) / (log(high) - log(low))
    return _between(
        _along_drops(cells, low, drop_share), _along_drops(cells, high, drop_share), part
    )


def _along_drops(
    cells: tuple[MeasuredDelay, ...], false_alarms_per_year: float, drop_share: float
) -> MeasuredDelay:
    row = [cell for cell in cells if cell.false_alarms_per_year == false_alarms_per_year]
    inside = min(max(drop_share, row[0].drop_share), row[-1].drop_share)
    a, b = next((a, b) for a, b in pairwise(row) if a.drop_share <= inside <= b.drop_share)
    part = (log(inside) - log(a.drop_share)) / (log(b.drop_share) - log(a.drop_share))
    return _between(a, b, part)


def _between(a: MeasuredDelay, b: MeasuredDelay, part: float) -> MeasuredDelay:
    def mix(x: float, y: float) -> float:
        # An infinite end stays infinite unless it has no part in the answer.
        if part == 0.0 or x == y:
            return x
        if part == 1.0:
            return y
        return inf if isinf(x) or isinf(y) else exp((1.0 - part) * log(x) + part * log(y))

    return MeasuredDelay(
        false_alarms_per_year=mix(a.false_alarms_per_year, b.false_alarms_per_year),
        drop_share=mix(a.drop_share, b.drop_share),
        mean_s=mix(a.mean_s, b.mean_s),
        any_instant_mean_s=mix(a.any_instant_mean_s, b.any_instant_mean_s),
        low_s=mix(a.low_s, b.low_s),
        median_s=mix(a.median_s, b.median_s),
        high_s=mix(a.high_s, b.high_s),
        found_share=(1.0 - part) * a.found_share + part * b.found_share,
    )


@lru_cache(maxsize=1)
def measured_delays() -> tuple[MeasuredDelay, ...]:
    """Read the bundled measurements, by rate and then by drop."""
    text = (resources.files("hashquake.judge") / "power_measured.toml").read_text(encoding="utf-8")
    cells = [MeasuredDelay(**row) for row in tomllib.loads(text)["rows"]]
    return tuple(sorted(cells, key=lambda cell: (cell.false_alarms_per_year, cell.drop_share)))


def cell_toml(delays: "Delays", *, false_alarms_per_year: float) -> str:
    """Write one measured cell as a row of the bundled table.

    Parameters
    ----------
    delays : Delays
        As measured.
    false_alarms_per_year : float
        At which rate.
    """
    values = {
        "false_alarms_per_year": false_alarms_per_year,
        "drop_share": delays.drop_share,
        "mean_s": round(delays.mean_s),
        "any_instant_mean_s": round(delays.any_instant_mean_s),
        "low_s": delays.quantile_s(0.05),
        "median_s": delays.quantile_s(0.5),
        "high_s": delays.quantile_s(0.95),
        "found_share": round(delays.found_share, 4),
    }
    lines = ["[[rows]]"]
    for name, value in values.items():
        whole = name.endswith("_s") and not isinf(value)
        lines.append(f"{name} = {float(round(value)) if whole else float(value)}")
    return "\n".join(lines) + "\n"
