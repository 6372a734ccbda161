"""What `reported_drop` remembers of pools' reports: numbers of each pool, and sums by slots."""

from math import floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SLOT_S = 300.0
GRACE_S = 300.0
RING = 640
"""Slots remembered: more than the longest baseline and what is compared with it."""
PERIOD = 72
"""Slots of a period, six hours: what is remembered for months are means over periods."""
PERIODS = 320
MEDIAN = 3
"""A pool's value is the median of its last so many reports, so that one alone moves nothing."""

# Rows of a pool's numbers. Row 0 is spare: stored states have it, and stay readable with it.
LAST_VALUE, SAME_SINCE, OK_END, OK_SPAN = 1, 2, 3, 4
V0, V1, V2, N_OK, JOINED, LEVEL = 5, 6, 7, 8, 9, 10
SINCE, OPEN_AT, MEAN, VARIANCE, SEEN = 11, 12, 13, 14, 15
POOL_ROWS = 16

# Scalars.
SLOT, SUM_SINCE, LATE, STATISTIC = 0, 1, 2, 3
CROSSED, WATCHED, ABOVE = 4, 5, 6
N_SCALARS = 7

SUM_ALARM, POOL_ALARM, QUIET = 0, 1, 2


class ReportedMemory(NamedTuple):
    """What the kernel remembers; it writes into these arrays.

    Parameters
    ----------
    pools : array of float64, shape (pools, POOL_ROWS)
        Numbers of each pool.
    pending : array of float64, shape (pools, 2, 3)
        End, span and value of the report for the open slot and for the next; NaN for none.
    sums, counts : array of float64, shape (pools, RING)
        Running sums of the slots' values, in hashes per second, and of slots with a value.
    periods : array of float64, shape (pools, PERIODS)
        Means over the last periods, hashes per second; 0 where fewer than half of the slots have
        a value.
    scales : array of float64, shape (horizons, 3)
        Mean, variance and number of the comparisons so far.
    scalars : array of float64, shape (N_SCALARS,)
        See the names above.
    """

    pools: Floats
    pending: Floats
    sums: Floats
    counts: Floats
    periods: Floats
    scales: Floats
    scalars: Floats

    def copy(self) -> "ReportedMemory":
        """Return a copy that may be written into."""
        return ReportedMemory(*(array.copy() for array in self))


class ReportedTables(NamedTuple):
    """What is looked for.

    Parameters
    ----------
    recent, before : array of int64, shape (horizons,)
        Slots of the mean that is compared, and of the mean before it.
    gap : int
        Slots between the two.
    pool_recent, pool_before : int
        The same of a single pool.
    memory_slots : float
        Over how many slots the usual spread is learned.
    least_spread, pool_least_spread : float
        Smallest spread believed, of the log.
    first_spread : float
        Spread assumed before any is learned.
    warm_slots : float
        Comparisons before the first alarm.
    crossing, back : float
        A crossing is counted when the statistic rises over the first, having been under the
        second.
    usual_slots, least_crossings : float
        Slots between two crossings in the years of the calibration, and how many crossings that
        knowledge counts for.
    decay : float
        How fast the logarithm of the rate of crossings falls with the statistic.
    threshold, pool_threshold : float
        At which to alarm.
    pool_least_log : float
        The smallest fall of a single pool that is an alarm, of the log.
    hold_slots : float
        For how long a single pool is not looked at after its alarm.
    """

    recent: Ints
    before: Ints
    gap: int
    pool_recent: int
    pool_before: int
    memory_slots: float
    least_spread: float
    pool_least_spread: float
    first_spread: float
    warm_slots: float
    crossing: float
    back: float
    usual_slots: float
    least_crossings: float
    decay: float
    threshold: float
    pool_threshold: float
    pool_least_log: float
    hold_slots: float


@kernel
def slot_of(end_s: float) -> float:
    """Return the slot that a report counts in: the last one that ends with it or before.

    Parameters
    ----------
    end_s : float
        The end of its window, UTC Unix seconds.
    """
    return float(floor((end_s - 1e-6) / SLOT_S))


@kernel
def mean_of(memory: ReportedMemory, p: int, last: float, slots: int, since: float) -> float:
    """Return the mean of a pool over some slots, 0 where too few have a value.

    Parameters
    ----------
    memory : ReportedMemory
        Of all slots up to the last.
    p : int
        The pool.
    last : float
        The last slot that counts.
    slots : int
        How many, up to the last.
    since : float
        Slots before this do not count.
    """
    first = max(last - slots, since - 1.0, memory.scalars[SLOT] - RING + 1.0)
    if first >= last:
        return 0.0
    end, begin = int(last) % RING, int(first) % RING
    n = memory.counts[p, end] - memory.counts[p, begin]
    if n < 0.5 * min(slots, 36) or n < 1.0:
        return 0.0
    return float((memory.sums[p, end] - memory.sums[p, begin]) / n)
