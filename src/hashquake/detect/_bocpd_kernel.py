"""The arithmetic of Bayesian online change point detection: numba kernels over plain arrays.

A hypothesis is "the present rate began at this block". The table of hypotheses is changed in place
here, and only here: the plugin hands in a copy.
"""

from math import erfc, exp, floor, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel

Floats = NDArray[np.float64]

# Rows of the table, one column per hypothesis, oldest first.
WEIGHT, SHAPE, RATE, BORN, BASE_LOG, BASE_VARIANCE = range(6)
TABLE_ROWS = 6
# Entries of `now`.
COUNT, CLOCK, WORK, OPEN_AT, AFTER, STATISTIC = range(6)
NOW_SIZE = 6

NOTHING = -1e9
_LEAST_SHAPE = 100.0
_LEAST_WEIGHT = 1e-290
_TELLING = 1e-4
"""Hypotheses less likely than this do not move the baseline of a new one."""


class BocpdLimits(NamedTuple):
    """Numbers that do not change.

    Parameters
    ----------
    hazard : float
        Probability that the rate changes at a block.
    new_shape : float
        Shape of the gamma law of a new rate, whose mean is the old rate.
    memory_s : float
        Time constant with which a hypothesis forgets its blocks, seconds.
    fall_log : float
        The fall asked about, as a log ratio.
    reach_s : float
        How long ago a fall may have begun, seconds.
    threshold : float
        Log odds at which to alarm.
    heartbeat_s : float
        Spacing of the looks at a silence, seconds.
    silence_s : float
        Longest silence that is watched, seconds.
    """

    hazard: float
    new_shape: float
    memory_s: float
    fall_log: float
    reach_s: float
    threshold: float
    heartbeat_s: float
    silence_s: float


@kernel
def fallen(shape: float, rate: float, base_log: float, base_variance: float, by: float) -> float:
    """Return the probability that a rate lies below a baseline by more than a log ratio.

    Parameters
    ----------
    shape, rate : float
        Of the gamma law of the present rate.
    base_log, base_variance : float
        Mean and variance of the log of the baseline's rate.
    by : float
        The log ratio.
    """
    spread = sqrt(base_variance + 1.0 / shape)
    distance = (base_log - by - log(shape / rate)) / spread
    return 0.5 * erfc(-distance * 0.7071067811865476)


@kernel
def log_odds(
    silence: float, look_s: float, table: Floats, now: Floats, limits: BocpdLimits
) -> float:
    """Compute the log odds that the rate fell not long ago, after an open exposure.

    Without a silence the weights sum to 1, and where the young runs together do not have the odds
    asked for, their sum is given instead: it bounds the value from above.

    Parameters
    ----------
    silence : float
        Exposure since the last block.
    look_s : float
        The instant, UTC Unix seconds.
    table : array of float64, shape (rows, hypotheses)
        The hypotheses.
    now : array of float64
        The state's counters and clocks.
    limits : BocpdLimits
        The detector's constants.
    """
    earliest = max(now[AFTER], look_s - limits.reach_s)
    count = int(now[COUNT])
    if silence == 0.0:
        young = 0.0
        for k in range(1, count):
            if table[BORN, k] >= earliest:
                young += table[WEIGHT, k]
        bound = log(max(young, 1e-300)) - log(max(1.0 - young, 1e-300))
        if bound < limits.threshold:
            return bound
    yes, no = 0.0, 0.0
    for k in range(count):
        shape, rate, weight = table[SHAPE, k], table[RATE, k], table[WEIGHT, k]
        if silence > 0.0:
            weight *= exp(shape * log(rate / (rate + silence)))
        if k == 0 or table[BORN, k] < earliest:
            no += weight
            continue
        chance = fallen(
            shape, rate + silence, table[BASE_LOG, k], table[BASE_VARIANCE, k], limits.fall_log
        )
        yes += weight * chance
        no += weight * (1.0 - chance)
    return log(max(yes, 1e-300)) - log(max(no, 1e-300))


@kernel
def watch(until_s: float, table: Floats, now: Floats, limits: BocpdLimits) -> float:
    """Look at every heartbeat of the silence up to `until_s`; give when it alarms, or -1.

    Parameters
    ----------
    until_s : float
        End of the silence, UTC Unix seconds.
    table : array of float64, shape (rows, hypotheses)
        The hypotheses.
    now : array of float64
        The state's counters and clocks, overwritten.
    limits : BocpdLimits
        The detector's constants.
    """
    bin_s = limits.heartbeat_s
    end_s = min(until_s, now[CLOCK] + limits.silence_s)
    look_s = (floor(now[CLOCK] / bin_s) + 1.0) * bin_s
    while look_s <= end_s:
        if look_s >= now[OPEN_AT] and table[SHAPE, 0] >= _LEAST_SHAPE:
            silence = (look_s - now[CLOCK]) / now[WORK]
            value = log_odds(silence, look_s, table, now, limits)
            if value >= limits.threshold:
                now[STATISTIC] = value
                return float(look_s)
        look_s += bin_s
    return -1.0


@kernel
def learn(gap: float, seconds: float, table: Floats, now: Floats, limits: BocpdLimits) -> None:
    """Weigh every hypothesis by the gap before a block, and add one that begins at the block.

    Parameters
    ----------
    gap : float
        Exposure between two blocks.
    seconds : float
        Time between them, seconds.
    table : array of float64, shape (rows, hypotheses)
        The hypotheses, overwritten.
    now : array of float64
        The state's counters and clocks, overwritten.
    limits : BocpdLimits
        The detector's constants.
    """
    count = int(now[COUNT])
    keep = exp(-seconds / limits.memory_s)
    total = 0.0
    for k in range(count):
        shape, rate = table[SHAPE, k], table[RATE, k]
        # Gamma rate, exponential gap: a Lomax density.
        table[WEIGHT, k] *= shape / rate * exp(-(shape + 1.0) * log(1.0 + gap / rate))
        total += table[WEIGHT, k]
        table[SHAPE, k] = shape * keep + 1.0
        table[RATE, k] = rate * keep + gap
    told, mean, square = 0.0, 0.0, 0.0
    for k in range(count):
        weight = table[WEIGHT, k] / total
        table[WEIGHT, k] = max(weight * (1.0 - limits.hazard), _LEAST_WEIGHT)
        if weight > _TELLING:
            level = log(table[SHAPE, k] / table[RATE, k])
            told += weight
            mean += weight * level
            square += weight * (level * level + 1.0 / table[SHAPE, k])
    mean /= told
    variance = max(square / told - mean * mean, 1e-6)
    if count == table.shape[1]:
        count = forget(count, table)
    table[WEIGHT, count] = limits.hazard
    table[SHAPE, count] = limits.new_shape
    table[RATE, count] = limits.new_shape / exp(mean)
    table[BORN, count] = now[CLOCK]
    table[BASE_LOG, count] = mean
    table[BASE_VARIANCE, count] = variance
    now[COUNT] = count + 1


@kernel
def forget(count: int, table: Floats) -> int:
    """Drop the least likely hypothesis; its weight goes to the next older one.

    Parameters
    ----------
    count : int
        Number of hypotheses.
    table : array of float64, shape (rows, hypotheses)
        The hypotheses, overwritten.

    Returns
    -------
    int
        The number of hypotheses left.
    """
    least = 1
    for k in range(2, count):
        if table[WEIGHT, k] < table[WEIGHT, least]:
            least = k
    table[WEIGHT, least - 1] += table[WEIGHT, least]
    for row in range(TABLE_ROWS):
        for k in range(least, count - 1):
            table[row, k] = table[row, k + 1]
    return count - 1


@kernel
def follow(
    at: int, header_s: Floats, work: Floats, table: Floats, now: Floats, limits: BocpdLimits
) -> tuple[int, float, bool]:
    """Take blocks from index `at` on; give where it alarmed, when, and whether in a silence.

    An alarm in the silence before a block leaves the block to be taken by the next call.

    Parameters
    ----------
    at : int
        Index of the first block to take.
    header_s : array of float64, shape (n,)
        Header times, UTC Unix seconds.
    work : array of float64, shape (n,)
        Mean work of each block, hashes.
    table : array of float64, shape (rows, hypotheses)
        The hypotheses, overwritten.
    now : array of float64
        The state's counters and clocks, overwritten.
    limits : BocpdLimits
        The detector's constants.
    """
    for i in range(at, len(header_s)):
        time_s = max(now[CLOCK], header_s[i])
        if time_s - now[CLOCK] > 0.0:
            alarm_s = watch(time_s, table, now, limits)
            if 0.0 <= alarm_s < time_s:
                return i, alarm_s, True
        seconds = time_s - now[CLOCK]
        now[CLOCK] = time_s
        now[WORK] = work[i]
        learn(seconds / work[i], seconds, table, now, limits)
        if time_s >= now[OPEN_AT] and table[SHAPE, 0] >= _LEAST_SHAPE:
            value = log_odds(0.0, time_s, table, now, limits)
            if value >= limits.threshold:
                now[STATISTIC] = value
                return i, time_s, False
    return len(header_s), -1.0, False
