"""How much chance to find blocks a stretch of time has: time over work, piece by piece.

The difficulty in force at an instant is decided by the chain, not by the nearest header: it changes
at the header time of the last block mined under the old one. That makes it a step function of time,
also where header times run backwards inside an epoch, and the exposure of a window is an integral
that adds up over any split of it. Nothing is sorted and nothing is clamped.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import EPOCH_BLOCKS, next_bits, work_of_bits_hashes
from hashquake.core.errors import NoCoverage
from hashquake.core.network import MAIN, Network


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkInForce:
    """The work a block takes on average, as a step function of time.

    Parameters
    ----------
    change_s : array of float64, shape (k,)
        Header times at which it changes, UTC Unix seconds, in the order of the chain.
    work_hashes : array of float64, shape (k + 1,)
        In force before, between and after them.
    """

    change_s: NDArray[np.float64]
    work_hashes: NDArray[np.float64]

    def exposure_s_per_hash(
        self, start_s: NDArray[np.float64] | float, end_s: NDArray[np.float64] | float
    ) -> NDArray[np.float64]:
        """Integrate time over work: the blocks found per hash-per-second of hash rate.

        Parameters
        ----------
        start_s, end_s : array of float64, shape (m,), or float
            UTC Unix seconds.

        Returns
        -------
        array of float64, shape (m,)
            Seconds per hash. A hash rate times this is the number of blocks to expect.
        """
        start_s, end_s = np.atleast_1d(start_s).astype(float), np.atleast_1d(end_s).astype(float)
        # From one change to the next, cut to the window. Should two changes ever run backwards
        # (tiny test chains), the piece between counts negative and the whole still adds up.
        low, high = start_s[:, None], end_s[:, None]
        inner = np.clip(self.change_s[None, :], low, high)
        edges = np.concatenate([low, inner, high], axis=1)
        exposure: NDArray[np.float64] = np.diff(edges, axis=1) @ (1.0 / self.work_hashes)
        return exposure


def work_in_force(blocks: BlockColumns, *, network: Network = MAIN) -> WorkInForce:
    """Read the difficulty in force at every instant from the main chain's blocks.

    Before the first block that block's own difficulty holds, for it was mined under it. After the
    last block the next block's holds: when that block starts an epoch, the retarget rule gives it,
    provided the blocks reach back to the start of the epoch that ended; else the last one is kept.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order, without stale blocks.
    network : Network
        Whose retarget rule holds.

    Raises
    ------
    NoCoverage
        ``no-difficulty`` when there is no block.
    """
    if not len(blocks):
        raise NoCoverage(
            "no block shows the difficulty in force",
            code="no-difficulty",
            hint="include blocks from before the window",
        )
    changed = np.flatnonzero(np.diff(blocks.bits.astype(np.int64)) != 0)
    change_s = blocks.header_s[changed].astype(np.float64)
    bits = [*blocks.bits[changed].tolist(), int(blocks.bits[-1])]
    following = _bits_after_last(blocks, network)
    if following is not None:
        change_s = np.append(change_s, float(blocks.header_s[-1]))
        bits.append(following)
    work_hashes = np.array([work_of_bits_hashes(value) for value in bits])
    return WorkInForce(change_s=change_s, work_hashes=work_hashes)


def _bits_after_last(blocks: BlockColumns, network: Network) -> int | None:
    """Return the bits of the block to come when it starts an epoch and they can be computed."""
    last = int(blocks.height[-1])
    if not network.retargets or (last + 1) % EPOCH_BLOCKS:
        return None
    at = int(np.searchsorted(blocks.height, last + 1 - EPOCH_BLOCKS))
    if int(blocks.height[at]) != last + 1 - EPOCH_BLOCKS:
        return None
    timespan_s = int(blocks.header_s[-1]) - int(blocks.header_s[at])
    return next_bits(int(blocks.bits[-1]), timespan_s=timespan_s, pow_limit=network.pow_limit)
