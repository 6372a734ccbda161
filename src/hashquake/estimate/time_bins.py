"""Blocks counted bin by bin: what was found, and how long with how hard a target was watched.

Time is cut at fixed instants, multiples of a bin since 1970, and never at a call: so counting
a run of blocks gives the same bins as counting any split of it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel

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
    exposure = np.zeros(n_closed + 1)
    blocks[0] = open_bin.blocks
    exposure[0] = open_bin.exposure
    _count(
        blocks,
        exposure,
        open_bin.index,
        float(bin_s),
        clock_s,
        found_s,
        work_hashes,
        subject,
        watched,
    )
    return (
        OpenBin(
            index=open_bin.index + n_closed,
            blocks=blocks[-1].copy(),
            exposure=float(exposure[-1]),
        ),
        TimeBins(first=open_bin.index, blocks=blocks[:-1], exposure=exposure[:-1]),
    )


@kernel
def _count(
    blocks: Floats,
    exposure: Floats,
    first: int,
    bin_s: float,
    clock_s: float,
    found_s: Floats,
    work_hashes: Floats,
    subject: Ints,
    watched: NDArray[np.bool_],
) -> None:
    before = clock_s
    for at in range(len(found_s)):
        now = found_s[at]
        time_bin = int(now // bin_s) - first
        if watched[at]:
            start = before
            row = int(start // bin_s) - first
            while row < time_bin:
                end = (first + row + 1) * bin_s
                exposure[row] += (end - start) / work_hashes[at]
                start = end
                row += 1
            exposure[time_bin] += (now - start) / work_hashes[at]
            if subject[at] >= 0:
                blocks[time_bin, subject[at]] += 1.0
        before = now
