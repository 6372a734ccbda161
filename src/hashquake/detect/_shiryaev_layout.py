"""What stands where in the arrays of the mixture Shiryaev-Roberts detector."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.estimate.volatility import Hypotheses

Floats = NDArray[np.float64]

SPARE = 16
"""Ring places beyond the longest lag, so that a reorg of that depth still finds its parent."""

# Rows of the ring, one column per block, column = block count modulo its length.
SHAPE, RATE, EXPOSURE, CLOCK, HEADER, WORK = range(6)
RING_ROWS = 6
# Entries of `now`. RISES_UNTIL: until when a recovery may start the baseline again.
N_BLOCKS, FIRST_START, DUE, LAST_STATISTIC, LOOK_WORK, RISES_UNTIL, LAST_ALARM = range(7)
NOW_SIZE = 7

NOTHING = -1e9
"""The log statistic when no start has any evidence for a change."""


class ShiryaevMemory(NamedTuple):
    """What the detector remembers.

    Parameters
    ----------
    ring : array of float, shape (6, blocks)
        Per block: baseline shape and rate, exposure so far, robust clock, header time, work.
    beliefs : array of float, shape (batches, 3, h)
        Per batch of blocks: see `hashquake.estimate.volatility`.
    now : array of float, shape (7,)
        Running numbers.
    """

    ring: Floats
    beliefs: Floats
    now: Floats

    def copy(self) -> "ShiryaevMemory":
        """Copy everything, so that the original stays as it is."""
        return ShiryaevMemory(self.ring.copy(), self.beliefs.copy(), self.now.copy())


class ShiryaevLimits(NamedTuple):
    """Numbers made once from the tuning.

    Parameters
    ----------
    threshold, rise_threshold : float
        Log statistics at which to alarm, and at which a recovery starts the baseline again.
    least_shape : float
        Blocks the baseline must rest on.
    heartbeat_s : float
        How often to look without a block.
    transient_variance, transient_s : float
        Of the short-lived part of the log rate, and its time constant.
    speed_margin, grid_margin : float
        How much faster than the baseline the statistic may grow between looks, and what the
        moving grid of starts may add.
    """

    threshold: float
    rise_threshold: float
    least_shape: float
    heartbeat_s: float
    transient_variance: float
    transient_s: float
    speed_margin: float
    grid_margin: float


class ShiryaevTables(NamedTuple):
    """What does not change while the detector runs.

    Parameters
    ----------
    lags : array of float, shape (2, m)
        Lags of the starts in blocks, and how many starts each stands for.
    falls, rises : array of float, shape (3, k)
        Hash rate after over before, its log, and the log weight.
    grid : Hypotheses
        Of drift and growth.
    limits : ShiryaevLimits
        The rest.
    """

    lags: Floats
    falls: Floats
    rises: Floats
    grid: Hypotheses
    limits: ShiryaevLimits
