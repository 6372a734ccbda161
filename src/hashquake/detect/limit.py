"""What no detector can beat: the exact cost and delay of the best test for a known drop.

For blocks that arrive as a Poisson process whose intensity falls by a known share, CUSUM has the
smallest worst-case mean delay among all tests with the same mean time between false alarms. Both
times solve a delay differential equation. Source: keys ``el-karoui-loisel-salhi-2017`` (optimality
and equation), ``pollak-1985`` and ``moustakides-1986`` (Shiryaev-Roberts, CUSUM), in
``docs/refs.bib``.
"""

from dataclasses import dataclass
from math import log, log1p, sqrt

import numpy as np
from numpy.typing import NDArray

from hashquake.core.difficulty import BLOCK_TARGET_S
from hashquake.core.errors import UsageError
from hashquake.core.kernels import kernel
from hashquake.core.times import YEAR_S

Floats = NDArray[np.float64]
BLOCKS_PER_YEAR = YEAR_S / BLOCK_TARGET_S
_STEPS_PER_JUMP = 400
_HIGHEST = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CusumLimit:
    """The best test for one known drop at one false-alarm rate, intensity before it known too.

    Parameters
    ----------
    drop_share : float
        The drop, 0 to 1.
    false_alarms_per_year : float
        At one block each ten minutes.
    threshold : float
        Natural logarithm of CUSUM's likelihood ratio.
    delay_blocks : float
        Worst-case mean delay in units of ten minutes, that is, blocks of the time before.
    delay_s : float
        The same in seconds.
    """

    drop_share: float
    false_alarms_per_year: float
    threshold: float
    delay_blocks: float
    delay_s: float


def cusum_limit(*, drop_share: float, false_alarms_per_year: float) -> CusumLimit:
    """Compute the exact limit for a drop.

    Parameters
    ----------
    drop_share : float
        Strictly between 0 and 1.
    false_alarms_per_year : float
        Positive.

    Raises
    ------
    UsageError
        ``drop-range`` or ``false-alarms-range``.
    """
    _check(drop_share, false_alarms_per_year)
    jump = -log1p(-drop_share)
    wanted = BLOCKS_PER_YEAR / false_alarms_per_year
    # The threshold lies a little above log(wanted): the grid grows until it is bracketed.
    top = 4.0 * jump
    while True:
        grid = _time_to_reach(drop_share, 1.0, jump, round(top / jump * _STEPS_PER_JUMP))
        if grid[-1] > wanted or top > _HIGHEST:
            break
        top *= 1.5
    step = jump / _STEPS_PER_JUMP
    threshold = float(np.interp(log(wanted), np.log(grid[1:]), step * np.arange(1, len(grid))))
    slow = _time_to_reach(drop_share, 1.0 - drop_share, jump, int(threshold / step) + 2)
    delay_blocks = float(np.interp(threshold, step * np.arange(len(slow)), slow))
    return CusumLimit(
        drop_share=drop_share,
        false_alarms_per_year=false_alarms_per_year,
        threshold=threshold,
        delay_blocks=delay_blocks,
        delay_s=delay_blocks * BLOCK_TARGET_S,
    )


def sizing_blocks(
    *, drop_share: float, power: float = 0.8, baseline_blocks: float | None = 2016.0
) -> float:
    """Count the blocks, at the rate before, that distinguish a dated drop from none.

    Parameters
    ----------
    drop_share : float
        The drop, 0 to 1.
    power : float
        The chance to tell it with a one-sided test at 5 %: 0.8 or 0.95 and the like.
    baseline_blocks : float or None
        Blocks that measure the rate before; None when it is known.

    Returns
    -------
    float
        Infinite when the baseline is too short for any length to do.
    """
    from scipy.stats import norm  # noqa: PLC0415  two quantiles need not slow every import

    # Square roots of Poisson counts have variance 1/4 whatever the rate.
    quantiles = float(norm.ppf(0.95) + norm.ppf(power))
    blocks = (quantiles / (2.0 * (1.0 - sqrt(1.0 - drop_share)))) ** 2
    if baseline_blocks is None:
        return blocks
    share = 1.0 - blocks / baseline_blocks
    return blocks / share if share > 0 else float("inf")


def mixture_delays_blocks(
    *,
    drop_share: float,
    drops_share: Floats,
    weights: Floats,
    false_alarms_per_year: float,
    runs: int,
    rng: np.random.Generator,
) -> Floats:
    """Simulate the delay of the mixture Shiryaev-Roberts test, size unknown, intensity known.

    Its statistic grows by one per block time under the null whatever the mixture, so its mean
    time between false alarms *is* its threshold: nothing needs to be calibrated. The drop comes
    when the statistic has settled.

    Parameters
    ----------
    drop_share : float
        The true drop.
    drops_share, weights : array of float, shape (k,)
        The drops the test looks for, and their weights.
    false_alarms_per_year : float
        Sets the threshold.
    runs : int
        How many drops to simulate.
    rng : numpy Generator
        Source of randomness.

    Returns
    -------
    array of float, shape (runs,)
        Delays in units of ten minutes.
    """
    _check(drop_share, false_alarms_per_year)
    return np.asarray(
        _mixture_runs(
            drop_share,
            np.asarray(drops_share, np.float64),
            np.asarray(weights, np.float64) / np.sum(weights),
            BLOCKS_PER_YEAR / false_alarms_per_year,
            runs,
            rng,
        )
    )


def _check(drop_share: float, false_alarms_per_year: float) -> None:
    if not 0.0 < drop_share < 1.0:
        raise UsageError(
            f"a drop must be between 0 and 1, got {drop_share}",
            code="drop-range",
            hint="12 % is 0.12",
        )
    if not false_alarms_per_year > 0.0:
        raise UsageError(
            f"false alarms a year must be above 0, got {false_alarms_per_year}",
            code="false-alarms-range",
        )


@kernel
def _time_to_reach(drop: float, intensity: float, jump: float, steps: int) -> Floats:
    """Mean time from 0 to each level of CUSUM, levels `jump` / _STEPS_PER_JUMP apart.

    The level rises at speed `drop` between blocks and falls by `jump` at a block, never under 0:
    ``drop * u' = 1 + intensity * (u(x) - u(x - jump)+)``, by the trapezoid rule.
    """
    level = np.zeros(steps + 1)
    half = 0.5 * jump / _STEPS_PER_JUMP / drop
    for i in range(steps):
        behind = level[max(i - _STEPS_PER_JUMP, 0)] + level[max(i + 1 - _STEPS_PER_JUMP, 0)]
        level[i + 1] = (level[i] * (1.0 + half * intensity) + half * (2.0 - intensity * behind)) / (
            1.0 - half * intensity
        )
    return level


@kernel
def _mixture_runs(
    drop: float,
    drops: Floats,
    weights: Floats,
    threshold: float,
    runs: int,
    rng: np.random.Generator,
) -> Floats:
    delays = np.empty(runs)
    for run in range(runs):
        while True:
            parts = np.zeros(len(drops))
            crossed, _ = _until(parts, drops, weights, 1.0, 3000.0, threshold, rng)
            if not crossed:
                break
        _, delays[run] = _until(parts, drops, weights, 1.0 - drop, np.inf, threshold, rng)
    return delays


@kernel
def _until(
    parts: Floats,
    drops: Floats,
    weights: Floats,
    intensity: float,
    end: float,
    threshold: float,
    rng: np.random.Generator,
) -> tuple[bool, float]:
    """Run the statistic until it crosses or time is up; it crosses between blocks only."""
    now = 0.0
    while now < end:
        gap = min(rng.exponential(1.0 / intensity), end - now)
        if _grown(parts, drops, weights, gap).sum() >= threshold:
            low, high = 0.0, gap
            for _ in range(40):
                middle = 0.5 * (low + high)
                if _grown(parts, drops, weights, middle).sum() >= threshold:
                    high = middle
                else:
                    low = middle
            return True, now + high
        parts[:] = _grown(parts, drops, weights, gap)
        now += gap
        if now < end:
            parts *= 1.0 - drops
    return False, end


@kernel
def _grown(parts: Floats, drops: Floats, weights: Floats, gap: float) -> Floats:
    """Each drop's part solves r' = drop * r + weight between blocks."""
    return np.exp(drops * gap) * parts + weights * np.expm1(drops * gap) / drops
