"""What a source may do to a chain of blocks, mended before the kernel sees it.

Repeats are passed over, a reorg rewinds to its parent, missing heights are spread evenly over
their time (their number is known from the heights, so they count), and where too much is missing
the detector starts again.

The last blocks wait until the headers after them vouch for their times
(`hashquake.estimate.clock.vouched_s`); a block is handed to the kernel once it has waited.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hashquake.detect import _shiryaev_layout as layout
from hashquake.estimate.clock import VOUCH_AFTER, vouched_s
from hashquake.estimate.volatility import begin as begin_belief

Floats = NDArray[np.float64]
_NO_HEIGHTS = np.zeros(0, np.int64)
_NO_VALUES = np.zeros(0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocks:
    """Some blocks in a row, heights rising by one.

    Parameters
    ----------
    height : array of int64, shape (n,)
        Heights.
    header_s, work : array of float, shape (n,)
        Header times, cut back to arrival where that is known, and mean work in hashes.
    """

    height: NDArray[np.int64] = field(default_factory=lambda: _NO_HEIGHTS)
    header_s: Floats = field(default_factory=lambda: _NO_VALUES)
    work: Floats = field(default_factory=lambda: _NO_VALUES)

    def __len__(self) -> int:
        """Count the blocks."""
        return len(self.height)

    def part(self, start: int, stop: int | None = None) -> "Blocks":
        """Return a stretch of them.

        Parameters
        ----------
        start, stop : int or int or None
            As of a slice.
        """
        which = slice(start, stop)
        return Blocks(
            height=self.height[which], header_s=self.header_s[which], work=self.work[which]
        )

    def then(self, other: "Blocks") -> "Blocks":
        """Return these and the others after them.

        Parameters
        ----------
        other : Blocks
            Blocks that follow.
        """
        return Blocks(
            height=np.concatenate([self.height, other.height]),
            header_s=np.concatenate([self.header_s, other.header_s]),
            work=np.concatenate([self.work, other.work]),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ready:
    """Blocks the kernel may take, with the times the headers around them vouch for.

    Parameters
    ----------
    clock_s, header_s, work : array of float, shape (n,)
        Times vouched for, header times, mean work.
    """

    clock_s: Floats
    header_s: Floats
    work: Floats


def unbroken(blocks: Blocks) -> tuple[Blocks, ...]:
    """Cut blocks where their heights jump.

    Parameters
    ----------
    blocks : Blocks
        In order of height.
    """
    if not len(blocks):
        return ()
    edges = [0, *(np.flatnonzero(np.diff(blocks.height) != 1) + 1).tolist(), len(blocks)]
    return tuple(blocks.part(a, b) for a, b in pairwise(edges))


def admit(
    memory: layout.ShiryaevMemory, tables: layout.ShiryaevTables, tail: Blocks, run: Blocks
) -> Blocks:
    """Put a run of blocks after those that wait, and mend what broke before its first block.

    Parameters
    ----------
    memory : ShiryaevMemory
        Changed in place where the chain was rewound or started again.
    tables : ShiryaevTables
        Of the detector.
    tail : Blocks
        The last block the kernel took, and those that wait; empty before any block.
    run : Blocks
        One or more.

    Returns
    -------
    Blocks
        The last block the kernel took, and all that wait now.
    """
    if not len(tail):
        return _begun(memory, tables, run)
    top, new = int(tail.height[-1]), int(run.height[0])
    missing = new - top - 1
    if missing > memory.ring.shape[1] - 2:
        return _begun(memory, tables, run)
    if missing >= 0:
        return tail.then(_filled(tail, run, missing)).then(run)
    known = _known(memory, tail, run)
    if known:
        return admit(memory, tables, tail, run.part(known)) if known < len(run) else tail
    kept = int(np.searchsorted(tail.height, new))
    if kept > 0:
        return tail.part(0, kept).then(run)
    context = _rewound(memory, tail, new)
    return _begun(memory, tables, run) if context is None else context.then(run)


def ready(tail: Blocks) -> tuple[Ready, Blocks]:
    """Return the blocks that have waited long enough, and the tail without them.

    Parameters
    ----------
    tail : Blocks
        The last blocks, in order of height.
    """
    n = len(tail) - 1 - VOUCH_AFTER
    if n <= 0:
        return Ready(clock_s=_NO_VALUES, header_s=_NO_VALUES, work=_NO_VALUES), tail
    times = vouched_s(tail.header_s)
    taken = slice(1, n + 1)
    return (
        Ready(clock_s=times[taken], header_s=tail.header_s[taken], work=tail.work[taken]),
        tail.part(n),
    )


def waiting(tail: Blocks, now_s: float) -> Ready:
    """Return the blocks that still wait, dated as well as can be by an instant.

    Parameters
    ----------
    tail : Blocks
        The last blocks, in order of height.
    now_s : float
        The instant, UTC Unix seconds.
    """
    times = np.minimum(vouched_s(tail.header_s), now_s)
    return Ready(clock_s=times[1:], header_s=tail.header_s[1:], work=tail.work[1:])


def _begun(memory: layout.ShiryaevMemory, tables: layout.ShiryaevTables, run: Blocks) -> Blocks:
    """Forget everything, and set the clock by a first block.

    There is no interval before the first block, so it counts for nothing else.
    """
    memory.ring[:] = 0.0
    memory.now[:] = 0.0
    begin_belief(memory.beliefs[0], tables.grid)
    memory.ring[[layout.CLOCK, layout.HEADER], 0] = run.header_s[0]
    memory.ring[layout.WORK, 0] = run.work[0]
    return run


def _filled(tail: Blocks, run: Blocks, missing: int) -> Blocks:
    """Make up the blocks between, spread evenly over their time."""
    last_s, next_s = float(tail.header_s[-1]), float(run.header_s[0])
    return Blocks(
        height=np.arange(missing) + int(tail.height[-1]) + 1,
        header_s=np.linspace(last_s, max(last_s, next_s), missing + 2)[1:-1],
        work=np.full(missing, run.work[0]),
    )


def _known(memory: layout.ShiryaevMemory, tail: Blocks, run: Blocks) -> int:
    """Count the first blocks of a run that were taken before."""
    ring, base = memory.ring, int(tail.height[0])
    count = int(memory.now[layout.N_BLOCKS])
    for k in range(len(run)):
        height = int(run.height[k])
        if height > int(tail.height[-1]):
            return k
        if height >= base:
            at = height - base
            same = tail.header_s[at] == run.header_s[k] and tail.work[at] == run.work[k]
        else:
            back = base - height
            if back > count or back > ring.shape[1] - 2:
                return k
            at = (count - back) % ring.shape[1]
            same = (
                ring[layout.HEADER, at] == run.header_s[k] and ring[layout.WORK, at] == run.work[k]
            )
        if not same:
            return k
    return len(run)


def _rewound(memory: layout.ShiryaevMemory, tail: Blocks, new: int) -> Blocks | None:
    """Take back blocks down to the one before a height; None when the ring does not reach it."""
    ring, now = memory.ring, memory.now
    depth = int(tail.height[0]) - new + 1
    count = int(now[layout.N_BLOCKS])
    if depth > min(layout.SPARE, count):
        return None
    now[layout.N_BLOCKS] = count - depth
    now[layout.FIRST_START] = min(now[layout.FIRST_START], count - depth)
    now[layout.DUE] = now[layout.LAST_ALARM]
    at = (count - depth) % ring.shape[1]
    return Blocks(
        height=np.array([new - 1]),
        header_s=ring[layout.HEADER, at : at + 1].copy(),
        work=ring[layout.WORK, at : at + 1].copy(),
    )
