"""The noise of instruments that watch a country: rhythm, drift, bursts, counts, gaps.

Counts are drawn as quantiles of a standard normal, one for each value, so that a cut lowers the
same variates instead of drawing new ones: with and without an outage, all else is equal.
"""

from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel
from hashquake.core.times import DAY_S, HOUR_S, YEAR_S
from hashquake.forward.connectivity.model import SignalModel

Floats = NDArray[np.float64]
Values = NDArray[np.float32]
_KNOTS_A_TIME_CONSTANT = 8
_EVENING_PEAK = 0.848
_EXACT_UNDER = 30.0
_THURSDAY = 3


def week_rhythm(model: SignalModel, *, utc_offset_s: float) -> Floats:
    """Return a week of a signal's rhythm, from Thursday 00:00 UTC as the epoch was, with mean 1.

    Parameters
    ----------
    model : SignalModel
        Its amplitudes and its step.
    utc_offset_s : float
        Local time minus UTC.

    Returns
    -------
    array of float, shape (steps of a week,)
        Highest about 20:35 local, lowest about 05:00.
    """
    local_s = (np.arange(7 * DAY_S // model.step_s) + 0.5) * model.step_s + utc_offset_s
    hours = (local_s % DAY_S) / HOUR_S
    # Two waves: the evening is the peak, the small hours lie further under the mean than it over.
    once = np.cos(2.0 * np.pi * (hours - 18.25) / 24.0)
    twice = np.cos(4.0 * np.pi * (hours - 22.25) / 24.0)
    daily = 1.0 + model.daily_share * (0.8 * once + 0.3 * twice) / _EVENING_PEAK
    weekday = (local_s // DAY_S + _THURSDAY) % 7
    rhythm = daily * np.where(weekday >= 5, 1.0 - model.weekend_share, 1.0)
    return np.asarray(rhythm / rhythm.mean())


def slow_drift(model: SignalModel, rng: np.random.Generator, shape: tuple[int, int]) -> Values:
    """Draw a stationary drift drawn back to zero, in straight lines between knots.

    Parameters
    ----------
    model : SignalModel
        Its standard deviation, time constant and step.
    rng : numpy Generator
        Source of randomness.
    shape : (int, int)
        Networks and steps.

    Returns
    -------
    array of float32
        Of the shape asked for; its standard deviation is the model's at knots, a little less
        between them.
    """
    networks, steps = shape
    knot_s = model.drift_s / _KNOTS_A_TIME_CONSTANT
    knots = int(np.ceil(steps * model.step_s / knot_s)) + 1
    kicks = rng.standard_normal((knots, networks))
    keep = np.exp(-1.0 / _KNOTS_A_TIME_CONSTANT)
    path = np.empty((knots, networks))
    path[0] = kicks[0]
    for k in range(1, knots):
        path[k] = keep * path[k - 1] + np.sqrt(1.0 - keep * keep) * kicks[k]
    at = np.arange(steps) * (model.step_s / knot_s)
    drift = np.empty(shape, np.float32)
    for k in range(networks):
        drift[k] = np.interp(at, np.arange(knots), model.drift_share * path[:, k])
    return drift


def add_bursts(
    values: Values,
    rng: np.random.Generator,
    *,
    step_s: float,
    per_year: float,
    burst_s: float,
    tail: float,
) -> None:
    """Multiply values during scans and attacks, whose sizes have a Pareto tail.

    Parameters
    ----------
    values : array of float32, shape (networks, steps)
        Changed in place.
    rng : numpy Generator
        Source of randomness.
    step_s, burst_s : float
        The native step; the bursts' mean length.
    per_year, tail : float
        Bursts a network and year; the Pareto exponent of their size.
    """
    networks, steps = values.shape
    for k, n in enumerate(rng.poisson(per_year * steps * step_s / YEAR_S, networks)):
        first = rng.integers(0, steps, n)
        length = 1 + np.floor(rng.exponential(burst_s / step_s, n)).astype(np.int64)
        size = np.minimum(1.0 + rng.pareto(tail, n), 300.0)
        for a, b, more in zip(first, first + length, size, strict=True):
            values[k, a:b] *= 1.0 + more


def silent_steps(model: SignalModel, rng: np.random.Generator, steps: int) -> NDArray[np.bool_]:
    """Return in which steps the whole instrument says nothing.

    Parameters
    ----------
    model : SignalModel
        How the instrument behaves.
    rng : Generator
        Source of randomness.
    steps : int
        How many.

    Returns
    -------
    array of bool, shape (steps,)
        A step touched by a gap is silent as a whole.
    """
    silent = np.zeros(steps, np.bool_)
    n = rng.poisson(model.gaps_per_year * steps * model.step_s / YEAR_S)
    first = rng.random(n) * steps
    for a, length in zip(first, rng.exponential(model.gap_s / model.step_s, n), strict=True):
        silent[int(a) : int(np.ceil(a + length))] = True
    return silent


@kernel
def poisson_counts(mean: Values, variates: Values) -> None:
    """Replace means by Poisson counts, given standard normal variates of the same shape.

    Exact under a mean of 30; above it the normal quantile corrected for skewness.

    Parameters
    ----------
    mean : Values, shape (networks, steps)
        Overwritten by the counts.
    variates : Values, shape (networks, steps)
        Standard normal.
    """
    for k in range(mean.shape[0]):
        for j in range(mean.shape[1]):
            m, z = np.float64(mean[k, j]), np.float64(variates[k, j])
            if m >= _EXACT_UNDER:
                mean[k, j] = max(0.0, np.rint(m + sqrt(m) * z + (z * z - 1.0) / 6.0))
                continue
            chance = 0.5 * (1.0 + erf(z / sqrt(2.0)))
            term = np.exp(-m)
            total = term
            count = 0
            while total < chance and count < 400:
                count += 1
                term *= m / count
                total += term
            mean[k, j] = count


@kernel
def binomial_counts(share: Values, trials: Floats, variates: Values) -> None:
    """Replace shares by binomial counts of each network's trials, given standard normal variates.

    Exact where the rarer outcome is expected fewer than 30 times; else as `poisson_counts`.

    Parameters
    ----------
    share : Values, shape (networks, steps)
        0 to 1, overwritten by the counts.
    trials : array of float64, shape (networks,)
        Trials of each network.
    variates : Values, shape (networks, steps)
        Standard normal.
    """
    for k in range(share.shape[0]):
        n = trials[k]
        for j in range(share.shape[1]):
            p, z = min(max(np.float64(share[k, j]), 0.0), 1.0), np.float64(variates[k, j])
            rare = min(p, 1.0 - p)
            if n * rare >= _EXACT_UNDER:
                variance = n * p * (1.0 - p)
                skew = (1.0 - 2.0 * p) * (z * z - 1.0) / 6.0
                share[k, j] = min(max(np.rint(n * p + sqrt(variance) * z + skew), 0.0), n)
                continue
            # Count the rarer outcome from below; where it is failure, the variate is mirrored.
            chance = 0.5 * (1.0 + erf((z if p <= 0.5 else -z) / sqrt(2.0)))
            term = (1.0 - rare) ** n
            total = term
            count = 0.0
            while total < chance and count < n:
                count += 1.0
                term *= (n - count + 1.0) / count * rare / (1.0 - rare)
                total += term
            share[k, j] = count if p <= 0.5 else n - count
