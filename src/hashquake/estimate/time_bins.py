"""Blocks counted bin by bin: what was found, and how long with how hard a target was watched.

Time is cut at fixed instants, multiples of a bin since 1970, and never at a call: so counting
a run of blocks gives the same bins as counting any split of it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenBin:
    """The bin that has not ended.

    Parameters
    ----------
    index : int
        TimeBin ``[index * bin_s, (index + 1) * bin_s)``.
    blocks : array of float64, shape (subjects,)
        Found so far.
    exposure : float
        Seconds over work in hashes, so far.
    """

    index: int
    blocks: Floats
    exposure: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimeBins:
    """TimeBins that have ended, in a row.

    Parameters
    ----------
    first : int
        Index of the first.
    blocks : array of float64, shape (bins, subjects)
        Found in each.
    exposure : array of float64, shape (bins,)
        Seconds over work in hashes; rate times exposure is the number of blocks expected.
    """

    first: int
    blocks: Floats
    exposure: Floats

    def __len__(self) -> int:
        """Count the bins."""
        return len(self.exposure)


def count_bins(
    open_bin: OpenBin,
    *,
    bin_s: int,
    clock_s: float,
    found_s: Floats,
    work_hashes: Floats,
    subject: Ints,
    watched: NDArray[np.bool_],
) -> tuple[OpenBin, TimeBins]:
    """Count further blocks.

    Parameters
    ----------
    open_bin : OpenBin
        The bin under way at `clock_s`.
    bin_s : int
        Length of a bin, seconds.
    clock_s : float
        Time of the block before the first, UTC Unix seconds.
    found_s : array of float64, shape (n,)
        Times of the blocks, never decreasing, not before `clock_s`.
    work_hashes : array of float64, shape (n,)
        Mean work of each block, which is also that of the gap before it.
    subject : array of int64, shape (n,)
        Column each block counts in; -1 for none.
    watched : array of bool, shape (n,)
        Whether the gap before the block was watched; if not, neither gap nor block counts.

    Returns
    -------
    OpenBin
        The bin under way at the last block.
    TimeBins
        Those that ended on the way, the old open bin first; empty if none did.
    """
    if not len(found_s):
        empty = np.zeros((0, len(open_bin.blocks)))
        return open_bin, TimeBins(first=open_bin.index, blocks=empty, exposure=np.zeros(0))
    n_closed = int(found_s[-1] // bin_s) - open_bin.index
    blocks = np.zeros((n_closed + 1, len(open_bin.blocks)))
    blocks[0] = open_bin.blocks
    counts = watched & (subject >= 0)
    row = (found_s[counts] // bin_s).astype(np.int64) - open_bin.index
    np.add.at(blocks, (row, subject[counts]), 1.0)
    # The time between blocks, cut at the edges of bins, goes to its bin in order of time: so
    # sums come out the same, to the last bit, however the blocks are split between calls.
    edges_s = (open_bin.index + 1.0 + np.arange(n_closed)) * bin_s
    ends_s = np.sort(np.concatenate([found_s, edges_s]), kind="stable")
    starts_s = np.concatenate([[clock_s], ends_s[:-1]])
    gap = np.searchsorted(found_s, ends_s)
    spent = np.where(watched[gap], (ends_s - starts_s) / work_hashes[gap], 0.0)
    row = (starts_s // bin_s).astype(np.int64) - open_bin.index
    exposure = np.zeros(n_closed + 1)
    exposure[0] = open_bin.exposure
    np.add.at(exposure, row, spent)
    return (
        OpenBin(
            index=open_bin.index + n_closed,
            blocks=blocks[-1].copy(),
            exposure=float(exposure[-1]),
        ),
        TimeBins(first=open_bin.index, blocks=blocks[:-1], exposure=exposure[:-1]),
    )
