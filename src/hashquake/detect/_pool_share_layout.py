"""What stands where in the arrays of the pool-share detector."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STRIDE = 6
"""Labelled blocks between two snapshots, which are also the looks."""
FULL = -1
"""In place of a pool's number: every slot of the ring is taken."""

# Entries of a snapshot in `Memory.ring`; the first three are also rows of `Memory.now`. The
# variance, of the share's log odds, is infinite where the baseline does not allow a start.
HITS, TOTAL, COUNT, SHARE, VARIANCE = range(5)
RING_ROWS = 5
# Further rows of `Memory.now`: the first snapshot a start may use, the labelled block up to which
# its counts have faded, its slot (-1 while not active), its first snapshot in the ring, and the
# last at which it had enough blocks.
FIRST, FADED_AT, SLOT, RING_FROM, ENOUGH_AT = range(3, 8)
NOW_ROWS = 8
# Entries of `Memory.scalars`.
N_LABELLED, CLOCK, N_ACTIVE = range(3)
N_SCALARS = 3
WORTH_SD2 = 4.0
"""Starts whose count lies within two standard deviations of what the baseline foretells are left
out: none of them has a likelihood ratio over exp(4), and all together they stay far under any
threshold in use. Thresholds are calibrated with them left out."""


class ShareMemory(NamedTuple):
    """What the detector remembers of the blocks.

    Parameters
    ----------
    ring : array of float, shape (slots, snapshots, RING_ROWS)
        Snapshots of active pools.
    clocks : array of float, shape (snapshots,)
        When each was taken, UTC Unix seconds.
    now : array of float, shape (NOW_ROWS, pools)
        The running numbers of every pool.
    scalars : array of float, shape (N_SCALARS,)
        Labelled blocks so far, the running maximum of header times, active pools.
    active : array of int, shape (slots,)
        The numbers of active pools, ascending; entries from N_ACTIVE on have no meaning.
    """

    ring: Floats
    clocks: Floats
    now: Floats
    scalars: Floats
    active: Ints


class ShareTables(NamedTuple):
    """What is looked for.

    Parameters
    ----------
    lag : array of int, shape (lags,)
        Age of a start in snapshots, ascending.
    spacing : array of float, shape (lags,)
        How many starts (blocks) it stands for.
    odds, log_weight : array of float, shape (bank,)
        Odds ratios after over before, falls first, and the log of how much each counts.
    n_falls : int
        How many of them are falls.
    """

    lag: Ints
    spacing: Floats
    odds: Floats
    log_weight: Floats
    n_falls: int


class ShareLimits(NamedTuple):
    """Numbers that do not change.

    Parameters
    ----------
    drift_third_per_s, lagged : float
        Variance of the log odds: a third of the drift's per second (a random walk's mean over a
        stretch differs from its start by that), and what the baseline lags behind.
    least_total, least_hits, least_rise_hits : float
        What a baseline must rest on: blocks in all, and the pool's own for a fall and for a rise.
    log_threshold : float
        Natural log of the statistic at which to alarm.
    keep : float
        What a labelled block leaves of the counts before it.
    """

    drift_third_per_s: float
    lagged: float
    least_total: float
    least_hits: float
    least_rise_hits: float
    log_threshold: float
    keep: float
