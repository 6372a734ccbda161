"""How the baseline of the mixture Shiryaev-Roberts detector starts again after a change."""

from math import exp

import numpy as np
from numpy.typing import NDArray

from hashquake.core.difficulty import BLOCK_TARGET_S
from hashquake.core.kernels import kernel
from hashquake.core.times import YEAR_S
from hashquake.detect._shiryaev_layout import (
    EXPOSURE,
    FIRST_START,
    N_BLOCKS,
    RATE,
    SHAPE,
    SPARE,
    ShiryaevMemory,
)
from hashquake.estimate.intervention import REAL_FALLS_PER_YEAR
from hashquake.estimate.volatility import BATCH_BLOCKS

Floats = NDArray[np.float64]


def level_after(falls: Floats, threshold: float) -> tuple[float, float]:
    """Return what remains of the hash rate after an alarm, and how well that is known.

    An alarm may be false, and then all of it remains. How often that is follows from the
    threshold: at most so many false alarms a year as there are blocks in a year, times
    ``exp(-threshold)``, against `REAL_FALLS_PER_YEAR` real falls.

    Parameters
    ----------
    falls : array of float, shape (3, k)
        The sizes looked for: hash rate after over before, its log, and the log weight.
    threshold : float
        Natural logarithm of the statistic at which the detector alarms.

    Returns
    -------
    (float, float)
        Expected hash rate after over before, and its precision in blocks: a rate counted from so
        many has the same mean and variance.
    """
    false_per_year = YEAR_S / BLOCK_TARGET_S * exp(-threshold)
    real = REAL_FALLS_PER_YEAR / (REAL_FALLS_PER_YEAR + false_per_year)
    share = np.append(falls[0], 1.0)
    chance = np.append(real * np.exp(falls[2]), 1.0 - real)
    mean = float(chance @ share)
    return mean, mean**2 / float(chance @ (share - mean) ** 2)


@kernel
def rebase(onset: int, share: float, worth: float, memory: ShiryaevMemory) -> None:
    """Let the baseline rest on the blocks after an onset, and new starts lie after now.

    What was thought of drift before the onset is kept: a break says nothing about drift. The
    newest entries are changed too, so that a reorg does not bring back the old level.

    The few blocks after the onset look like a larger fall than it was, for else they would not have
    alarmed yet. So the level before the onset counts too: `share` of it, known as well as from
    `worth` blocks (0 for not at all).

    Parameters
    ----------
    onset : int
        Count of blocks at the onset.
    share : float
        Part of the level before the onset that is expected to remain.
    worth : float
        In blocks, how well that is known; 0 or more.
    memory : ShiryaevMemory
        Changed in place.
    """
    ring, beliefs, now = memory.ring, memory.beliefs, memory.now
    size, rows, count = ring.shape[1], beliefs.shape[0], int(now[N_BLOCKS])
    prior_shape, prior_rate = 0.0, 0.0
    shape, rate = ring[SHAPE, onset % size], ring[RATE, onset % size]
    if worth > 0.0 and shape > 0.0:
        prior_shape = 1.0 / (1.0 / worth + 1.0 / shape)
        prior_rate = prior_shape * rate / (shape * share)
    for k in range(max(0, count - SPARE), count + 1):
        n = max(k - onset, 0)
        passed = ring[EXPOSURE, k % size] - ring[EXPOSURE, onset % size] if n else 0.0
        ring[SHAPE, k % size] = n + prior_shape if n else 0.0
        ring[RATE, k % size] = passed + prior_rate if n else 0.0
    batch = count // BATCH_BLOCKS
    belief = beliefs[batch % rows]
    belief[0] = beliefs[max(onset // BATCH_BLOCKS, 0) % rows, 0]
    n = batch * BATCH_BLOCKS - onset
    belief[1] = max(n, 0)
    whole = (batch * BATCH_BLOCKS) % size
    belief[2] = ring[EXPOSURE, whole] - ring[EXPOSURE, onset % size] if n > 0 else 0.0
    now[FIRST_START] = count
