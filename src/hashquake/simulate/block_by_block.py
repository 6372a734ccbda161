"""The same chain mined block by block: the oracle of the time change, and the queue of payments.

Nothing is clever here but the speed: every gap is drawn, and the hash rate of the moment spends
it. What feeds back inside an epoch, as the backlog of payments, has to be done so.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.simulate.compiled import inner, kernel
from hashquake.simulate.draws import _EXP_X, _exponential_edge, exponential
from hashquake.simulate.philox import BUFFER, STREAM_WORDS, Words, refill, seat
from hashquake.simulate.time_change import BLOCK_S, retarget_ratio, time_at

Floats = NDArray[np.float64]
GAPS_STREAM, EDGES_STREAM, QUEUE_STREAM = np.uint64(8), np.uint64(9), np.uint64(10)
_UNIT = 2.0**-53
QUEUE_COLUMNS = ("backlog_peak_blocks", "backlog_end_blocks", "wait_mean_s", "cleared_s")


@inner
def _gap(bits: Any, edges: Words) -> float:
    """Turn 64 random bits into an exponential draw.

    The one in a hundred that needs more bits takes them from a stream of its own, so that the
    first can be read in blocks.
    """
    layer = np.int64(bits & np.uint64(255))
    x: float = np.int64(bits >> np.uint64(11)) * _UNIT * _EXP_X[layer]
    if x < _EXP_X[layer + 1]:
        return x
    x = _exponential_edge(edges, layer, x)
    return x if x >= 0.0 else exponential(edges)


@kernel
def mine_paths(
    seed: int, first: int, count: int, pieces: Floats, window: Floats, out: Floats
) -> None:
    """Mine whole paths block by block.

    Parameters
    ----------
    seed, first, count : int
        Key of the run; first path and number of paths. The luck is another than the engine's.
    pieces : array of float64, shape (4, k)
        The hash rate as in `Plan`, in steps (rates at start and end of a piece alike).
    window : array of float64, shape (2,)
        Blocks found in it are counted, by time.
    out : array of float64, shape (count, 2 * epochs + 2)
        Ratios and times of the retargets, longest gap in seconds, blocks in the window;
        overwritten.
    """
    epochs, k_count = (out.shape[1] - 2) // 2, pieces.shape[1]
    stream, edges = np.empty(STREAM_WORDS, np.uint64), np.empty(STREAM_WORDS, np.uint64)
    for i in range(count):
        seat(stream, np.uint64(seed), np.uint64(first + i), GAPS_STREAM)
        seat(edges, np.uint64(seed), np.uint64(first + i), EDGES_STREAM)
        t, d, k, longest, inside = 0.0, 1.0, 0, 0.0, 0
        w = work_to = 0.0
        at = BUFFER
        for e in range(epochs):
            first_s, left = 0.0, EPOCH_BLOCKS
            while left > 0:
                if at == BUFFER:
                    refill(stream)
                    at = 0
                upto = min(BUFFER, at + left)
                if left == EPOCH_BLOCKS:
                    upto = at + 1
                step = BLOCK_S * d
                work_to = pieces[3, k + 1] if k + 1 < k_count else np.inf
                pace = 1.0 / pieces[1, k] if pieces[1, k] > 0.0 else 0.0
                counts = window[0] <= pieces[0, k] < window[1]
                begun, widest = at, 0.0
                while at < upto:
                    gap = step * _gap(stream[at], edges)
                    at += 1
                    if w + gap >= work_to:
                        # Across a change of rate: the gap is spent piece by piece.
                        inside += at - 1 - begun if counts else 0
                        longest = max(longest, widest * pace)
                        before_s = pieces[0, k] + (w - pieces[3, k]) * pace
                        w += gap
                        k, t = time_at(pieces, k_count, k, w)
                        longest = max(longest, t - before_s)
                        inside += 1 if window[0] <= t < window[1] else 0
                        begun, widest = at, 0.0
                        work_to = pieces[3, k + 1] if k + 1 < k_count else np.inf
                        pace = 1.0 / pieces[1, k] if pieces[1, k] > 0.0 else 0.0
                        counts = window[0] <= pieces[0, k] < window[1]
                        left -= 1
                        continue
                    w += gap
                    widest = max(widest, gap)
                    left -= 1
                inside += at - begun if counts else 0
                longest = max(longest, widest * pace)
                if left == EPOCH_BLOCKS - 1:
                    first_s = pieces[0, k] + (w - pieces[3, k]) * pace
            t = pieces[0, k] + (w - pieces[3, k]) * pace
            ratio = retarget_ratio(t - first_s)
            d *= ratio
            out[i, e], out[i, epochs + e] = ratio, t
        out[i, 2 * epochs], out[i, 2 * epochs + 1] = longest, inside


@kernel
def queue_paths(
    seed: int,
    first: int,
    count: int,
    pieces: Floats,
    window: Floats,
    epochs: int,
    load_share: float,
    out: Floats,
) -> None:
    """Mine whole paths while payments queue for room in blocks.

    Payments come evenly in time, `load_share` of a block's room every ten minutes; a block takes
    what waits, up to its room.

    Parameters
    ----------
    seed, first, count, pieces, window
        As for `mine_paths`; the hash rate may change along a piece.
    epochs : int
        How many to run through.
    load_share : float
        Room taken up by what is offered in ten minutes, in blocks.
    out : array of float64, shape (count, 4)
        `QUEUE_COLUMNS`: greatest backlog from the window's start on and backlog at its end, in
        blocks of room; mean wait of what was offered in the window, seconds; how long after its
        end the backlog was first under one block (NaN when never).
    """
    stream = np.empty(STREAM_WORDS, np.uint64)
    n = pieces.shape[1]
    for i in range(count):
        seat(stream, np.uint64(seed), np.uint64(first + i), QUEUE_STREAM)
        w, t, d, k = 0.0, 0.0, 1.0, 0
        backlog, peak, at_end, area, cleared = 0.0, 0.0, 0.0, 0.0, np.nan
        for _ in range(epochs):
            first_s = 0.0
            for block in range(EPOCH_BLOCKS):
                w += BLOCK_S * d * exponential(stream)
                before_s = t
                k, t = time_at(pieces, n, k, w)
                if block == 0:
                    first_s = t
                offered = load_share * (t - before_s) / BLOCK_S
                if t >= window[0]:
                    peak = max(peak, backlog + offered)
                    if before_s < window[1]:
                        # Little's law needs the area under the backlog.
                        area += (t - before_s) * (backlog + 0.5 * offered)
                backlog = max(backlog + offered - 1.0, 0.0)
                if before_s < window[1] <= t:
                    at_end = backlog
                if t >= window[1] and not cleared >= 0.0 and backlog < 1.0:
                    cleared = t - window[1]
            d *= retarget_ratio(t - first_s)
        span_s = min(window[1], t) - window[0]
        out[i, 0], out[i, 1] = peak, at_end
        out[i, 2] = area / max(load_share * span_s / BLOCK_S, 1e-9)
        out[i, 3] = cleared
