"""Blocks counted beat by beat: what was found, and how long with how hard a target was watched.

Time is cut at fixed instants, multiples of the beat since 1970, and never at a call: so counting
a run of blocks gives the same beats as counting any split of it.
"""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenBeat:
    """The beat that has not ended.

    Parameters
    ----------
    index : int
        Beat ``[index * beat_s, (index + 1) * beat_s)``.
    blocks : array of float64, shape (subjects,)
        Found so far.
    exposure : float
        Seconds over work in hashes, so far.
    """

    index: int
    blocks: Floats
    exposure: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beats:
    """Beats that have ended, in a row.

    Parameters
    ----------
    first : int
        Index of the first.
    blocks : array of float64, shape (beats, subjects)
        Found in each.
    exposure : array of float64, shape (beats,)
        Seconds over work in hashes; rate times exposure is the number of blocks expected.
    """

    first: int
    blocks: Floats
    exposure: Floats

    def __len__(self) -> int:
        """Count the beats."""
        return len(self.exposure)


def count_beats(
    open_beat: OpenBeat,
    *,
    beat_s: int,
    clock_s: float,
    found_s: Floats,
    work_hashes: Floats,
    subject: Ints,
    watched: NDArray[np.bool_],
) -> tuple[OpenBeat, Beats]:
    """Count further blocks.

    Parameters
    ----------
    open_beat : OpenBeat
        The beat under way at `clock_s`.
    beat_s : int
        Length of a beat, seconds.
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
    OpenBeat
        The beat under way at the last block.
    Beats
        Those that ended on the way, the old open beat first; empty if none did.
    """
    if not len(found_s):
        empty = np.zeros((0, len(open_beat.blocks)))
        return open_beat, Beats(first=open_beat.index, blocks=empty, exposure=np.zeros(0))
    n_closed = int(found_s[-1] // beat_s) - open_beat.index
    blocks = np.zeros((n_closed + 1, len(open_beat.blocks)))
    exposure = np.zeros(n_closed + 1)
    blocks[0] = open_beat.blocks
    exposure[0] = open_beat.exposure
    _count(
        blocks,
        exposure,
        open_beat.index,
        float(beat_s),
        clock_s,
        found_s,
        work_hashes,
        subject,
        watched,
    )
    return (
        OpenBeat(
            index=open_beat.index + n_closed,
            blocks=blocks[-1].copy(),
            exposure=float(exposure[-1]),
        ),
        Beats(first=open_beat.index, blocks=blocks[:-1], exposure=exposure[:-1]),
    )


@numba.njit(cache=True)
def _count(
    blocks: Floats,
    exposure: Floats,
    first: int,
    beat_s: float,
    clock_s: float,
    found_s: Floats,
    work_hashes: Floats,
    subject: Ints,
    watched: NDArray[np.bool_],
) -> None:
    before = clock_s
    for at in range(len(found_s)):
        now = found_s[at]
        beat = int(now // beat_s) - first
        if watched[at]:
            start = before
            row = int(start // beat_s) - first
            while row < beat:
                end = (first + row + 1) * beat_s
                exposure[row] += (end - start) / work_hashes[at]
                start = end
                row += 1
            exposure[beat] += (now - start) / work_hashes[at]
            if subject[at] >= 0:
                blocks[beat, subject[at]] += 1.0
        before = now
