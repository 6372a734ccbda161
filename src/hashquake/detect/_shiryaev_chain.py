"""What a source may do to a chain of blocks, mended before the kernel sees it.

Repeats are passed over, a reorg rewinds the ring to its parent, missing heights are spread evenly
over their time (their number is known from the heights, so they count), and where too much is
missing the detector begins anew.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.detect import _shiryaev_kernel as kernel

Floats = NDArray[np.float64]


class Run(NamedTuple):
    """Blocks to take in one go: the height after them, how many were taken in, their columns."""

    height: int
    taken: int
    header_s: Floats
    work: Floats


def next_run(
    ring: Floats,
    now: Floats,
    *,
    after_height: int,
    heights: NDArray[np.int64],
    header_s: Floats,
    work: Floats,
) -> Run:
    """Mend what broke before the first block, and give the unbroken blocks from it on.

    Parameters
    ----------
    ring, now : array of float
        The kernel's memory, changed in place where the chain was rewound or begun anew.
    after_height : int
        Height of the last block taken, -1 before the first.
    heights, header_s, work : array, shape (n,), n > 0
        Blocks still to be taken.
    """
    new = int(heights[0])
    missing = new - after_height - 1
    longest = ring.shape[1] - 2
    if after_height < 0 or missing > longest:
        begin(ring, now, header_s=float(header_s[0]), work=float(work[0]))
        return _unbroken(1, heights, header_s, work)
    if missing < 0:
        if _is_held(ring, now, back=-missing, header_s=float(header_s[0]), work=float(work[0])):
            return Run(after_height, 1, header_s[:0], work[:0])
        if not rewind(now, depth=-missing):
            begin(ring, now, header_s=float(header_s[0]), work=float(work[0]))
            return _unbroken(1, heights, header_s, work)
    run = _unbroken(0, heights, header_s, work)
    if missing <= 0:
        return run
    clock_s = float(ring[kernel.CLOCK, int(now[kernel.N_BLOCKS]) % ring.shape[1]])
    until_s = max(clock_s, float(header_s[0]))
    filled_s = np.linspace(clock_s, until_s, missing + 2)[1:-1]
    return run._replace(
        header_s=np.concatenate([filled_s, run.header_s]),
        work=np.concatenate([np.full(missing, work[0]), run.work]),
    )


def begin(ring: Floats, now: Floats, *, header_s: float, work: float) -> None:
    """Forget everything but that an alarm may be open, and set the clock by a first block.

    There is no interval before the first block, so it counts for nothing else.
    """
    open_at_s = now[kernel.OPEN_AT]
    ring[:] = 0.0
    now[:] = 0.0
    ring[[kernel.CLOCK, kernel.HEADER], 0] = header_s
    ring[kernel.WORK, 0] = work
    now[kernel.OPEN_AT] = now[kernel.DUE] = open_at_s


def rewind(now: Floats, *, depth: int) -> bool:
    """Take back the last blocks; False when the ring does not reach so far."""
    count = int(now[kernel.N_BLOCKS])
    if depth > min(kernel.SPARE, count):
        return False
    now[kernel.N_BLOCKS] = count - depth
    now[kernel.FIRST_START] = min(now[kernel.FIRST_START], count - depth)
    now[kernel.DUE] = now[kernel.OPEN_AT]
    return True


def _is_held(ring: Floats, now: Floats, *, back: int, header_s: float, work: float) -> bool:
    count = int(now[kernel.N_BLOCKS])
    if back > count + 1 or back > ring.shape[1] - 2:
        return False
    at = (count - back + 1) % ring.shape[1]
    return bool(ring[kernel.HEADER, at] == header_s and ring[kernel.WORK, at] == work)


def _unbroken(first: int, heights: NDArray[np.int64], header_s: Floats, work: Floats) -> Run:
    """Give the blocks from `first` up to the first jump in height; those before are taken in."""
    jumps = np.flatnonzero(heights[1:] - heights[:-1] != 1)
    end = int(jumps[0]) + 1 if len(jumps) else len(heights)
    return Run(int(heights[end - 1]), end, header_s[first:end], work[first:end])
