"""When blocks were found, as well as their two clocks can tell: live and for the past.

A header carries the miner's clock, which may run backwards from block to block; a node carries
its own, which cannot run ahead of what it saw. The live clock uses what is known by then, the
offline clock also what came later.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.kernels import kernel

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderNoise:
    """How header times miss arrival times.

    Parameters
    ----------
    lag_s : float
        How much later than its header time a block is typically first seen.
    sd_s : float
        Standard deviation of that delay.

    Notes
    -----
    Measured on the headers and arrival times of 54,433 blocks, see ``docs/theory/filter.md``.
    """

    lag_s: float = 20.0
    sd_s: float = 23.0


def found_s(
    header_s: NDArray[np.int64], seen_s: NDArray[np.float64], noise: HeaderNoise
) -> NDArray[np.float64]:
    """Guess when each block was found from that block alone.

    Parameters
    ----------
    header_s, seen_s : array, shape (n,)
        The miner's clock and ours, UTC Unix seconds; ours NaN where not known.
    noise : HeaderNoise
        Of the miner's clock.

    Returns
    -------
    array of float64, shape (n,)
        UTC Unix seconds: the header time moved by the usual lag, but never after the block was
        seen. A block fetched long after it was found keeps its header time, and a header dated
        into the future is cut back.
    """
    found: Floats = np.fmin(header_s + noise.lag_s, seen_s)
    return found


def live_clock_s(found: NDArray[np.float64], *, after_s: float) -> NDArray[np.float64]:
    """Return a clock that never runs backwards: the running maximum.

    Parameters
    ----------
    found : array of float64, shape (n,)
        From `found_s`.
    after_s : float
        The clock at the block before the first; ``-inf`` when there is none.

    Returns
    -------
    array of float64, shape (n,)
        UTC Unix seconds.
    """
    return np.maximum.accumulate(np.maximum(found, after_s))


def known_by(blocks: BlockColumns, at_s: float, noise: HeaderNoise) -> BlockColumns:
    """Return the blocks that had been found by an instant: all before the first that had not.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order.
    at_s : float
        UTC Unix seconds.
    noise : HeaderNoise
        Of the miners' clocks.
    """
    clock = live_clock_s(found_s(blocks.header_s, blocks.seen_s, noise), after_s=-np.inf)
    return blocks.take(slice(0, int(np.searchsorted(clock, at_s, side="right"))))


VOUCH_AFTER = 3
"""Blocks after a block whose headers vouch for its time."""


def vouched_s(header_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return times of blocks that no single miner sets: each is vouched for by its neighbours.

    The time of a block is the second smallest among the header times of the block before it, its
    own and those of the `VOUCH_AFTER` blocks after it. With honest headers that is its own time.
    A header dated into the future is replaced by the next honest one, at most that of four blocks
    in a row; a header dated into the past is one of five and passed over.

    Parameters
    ----------
    header_s : array of float64, shape (n,)
        Header times in chain order, UTC Unix seconds.

    Returns
    -------
    array of float64, shape (n,)
        UTC Unix seconds; not sorted. Near the ends fewer neighbours vouch: the last time is the
        later of the last two headers.
    """
    times_s = np.concatenate([header_s.astype(np.float64), np.full(VOUCH_AFTER, np.inf)])
    n = len(header_s)
    lowest = second = np.full(max(n - 1, 0), np.inf)
    for first in range(VOUCH_AFTER + 2):
        vouching = times_s[first : first + n - 1] if n else times_s[:0]
        second = np.minimum(second, np.maximum(lowest, vouching))
        lowest = np.minimum(lowest, vouching)
    return np.concatenate([times_s[: min(n, 1)], second])


@kernel
def offline_clock_s(found: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the non-decreasing times nearest to the header times: isotonic regression.

    Parameters
    ----------
    found : array of float64, shape (n,)
        From `found_s`.

    Returns
    -------
    array of float64, shape (n,)
        UTC Unix seconds. Where times ran backwards they are pooled to their mean, so an early
        and a late header share the blame, while the running maximum believes the late one.

    References
    ----------
    Pool adjacent violators, key ``barlow-et-al-1972`` in ``docs/refs.bib``.
    """
    n = len(found)
    mean = np.empty(n)
    size = np.empty(n, np.int64)
    top = 0
    for at in range(n):
        mean[top] = found[at]
        size[top] = 1
        top += 1
        while top > 1 and mean[top - 2] > mean[top - 1]:
            both = size[top - 2] + size[top - 1]
            mean[top - 2] = (mean[top - 2] * size[top - 2] + mean[top - 1] * size[top - 1]) / both
            size[top - 2] = both
            top -= 1
    clock = np.empty(n)
    at = 0
    for pool in range(top):
        for _ in range(size[pool]):
            clock[at] = mean[pool]
            at += 1
    return clock
