"""How the baseline of the mixture Shiryaev-Roberts detector begins anew after a change."""

from hashquake.core.kernels import kernel
from hashquake.detect._shiryaev_layout import (
    EXPOSURE,
    FIRST_START,
    N_BLOCKS,
    RATE,
    SHAPE,
    SPARE,
    ShiryaevMemory,
)
from hashquake.estimate.volatility import BATCH_BLOCKS


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
