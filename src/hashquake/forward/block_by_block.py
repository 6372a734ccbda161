"""The same chain mined block by block: the oracle of the time change, and the queue of payments.

Nothing is clever here but the speed: every gap is drawn, and the hash rate of the moment spends
it. What feeds back inside an epoch, as the backlog of payments, has to be done so.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.forward.compiled import inner, kernel, leaf
from hashquake.forward.draws import _EXP_X, _exponential_edge, exponential
from hashquake.forward.philox import BUFFER, STREAM_WORDS, Words, refill, seat
from hashquake.forward.time_change import BLOCK_S, retarget_ratio, time_at

Floats = NDArray[np.float64]
GAPS_STREAM, EDGES_STREAM, QUEUE_STREAM = np.uint64(8), np.uint64(9), np.uint64(10)
_GAPS_MADE = 2 * BUFFER
_LOWER = np.uint64(0xFFFFFFFF)
QUEUE_COLUMNS = ("backlog_peak_blocks", "backlog_end_blocks", "wait_mean_s", "cleared_s")


_FINE = 2.0**-24
_WIDTH = _EXP_X[:-1] * _FINE
_SURE = np.floor(_EXP_X[1:] / _WIDTH).astype(np.int64)
"""Ziggurat in 24 bits: a third of a millisecond in a gap of ten minutes."""


@inner
def _gap(bits: Any) -> float:
    """Turn 32 random bits into an exponential draw, if they are enough for it."""
    x: float = (np.int64(bits >> np.uint64(8)) + 0.5) * _WIDTH[np.int64(bits & np.uint64(255))]
    return x


@inner
def _is_sure(bits: Any) -> bool:
    sure: bool = np.int64(bits >> np.uint64(8)) < _SURE[np.int64(bits & np.uint64(255))]
    return sure


@leaf
def _make_gaps(stream: Words, edges: Words, gaps: Floats) -> None:
    """Make the next exponential draws, two a word: first of all lower halves, then of all upper.

    No branch in the first loop, so the compiler makes several at a time. The one in a hundred that
    needs more bits takes them from a stream of its own.
    """
    refill(stream)
    sure = True
    for j in range(BUFFER):
        low, high = stream[j] & _LOWER, stream[j] >> np.uint64(32)
        gaps[j], gaps[BUFFER + j] = _gap(low), _gap(high)
        sure &= _is_sure(low) & _is_sure(high)
    if sure:
        return
    for j in range(_GAPS_MADE):
        bits = stream[j] & _LOWER if j < BUFFER else stream[j - BUFFER] >> np.uint64(32)
        if not _is_sure(bits):
            x = _exponential_edge(edges, np.int64(bits & np.uint64(255)), gaps[j])
            gaps[j] = x if x >= 0.0 else exponential(edges)


@kernel
def mine_paths(
    seed: int, first: int, count: int, pieces: Floats, window: Floats, out: Floats
) -> None:
    """Mine whole paths block by block.

    Parameters
    ----------
    seed, first, count : int
        Key of the run; first path and number of paths. Its random numbers are not the engine's.
    pieces : array of float64, shape (4, k)
        The hash rate as in `Plan`, in steps (rates at start and end of a piece alike).
    window : array of float64, shape (2,)
        Blocks found in it are counted, by time.
    out : array of float64, shape (count, 2 * epochs + 2)
        Ratios and times of the retargets, longest gap in seconds, blocks in the window;
        overwritten.
    """
    epochs, count_k = (out.shape[1] - 2) // 2, pieces.shape[1]
    stream, edges = np.empty(STREAM_WORDS, np.uint64), np.empty(STREAM_WORDS, np.uint64)
    gaps = np.empty(_GAPS_MADE)
    for i in range(count):
        seat(stream, np.uint64(seed), np.uint64(first + i), GAPS_STREAM)
        seat(edges, np.uint64(seed), np.uint64(first + i), EDGES_STREAM)
        t, w, d, k, longest, inside = 0.0, 0.0, 1.0, 0, 0.0, 0
        at = _GAPS_MADE
        work_to, pace, counts = _piece(pieces, count_k, k, window)
        for e in range(epochs):
            first_s, block, step = 0.0, 0, BLOCK_S * d
            while block < EPOCH_BLOCKS:
                if at == _GAPS_MADE:
                    _make_gaps(stream, edges, gaps)
                    at = 0
                # The first block by itself: the retarget needs its time.
                upto = min(_GAPS_MADE, at + (EPOCH_BLOCKS - block if block else 1))
                work, widest = 0.0, 0.0
                for j in range(at, upto):
                    work += gaps[j]
                    widest = max(widest, gaps[j])
                if w + step * work < work_to:
                    w += step * work
                    longest = max(longest, step * widest * pace)
                    inside += upto - at if counts else 0
                    block += upto - at
                    at = upto
                else:
                    # Across a change of rate: one by one, and that gap is spent piece by piece.
                    while w + step * gaps[at] < work_to and at < upto - 1:
                        longest = max(longest, step * gaps[at] * pace)
                        w += step * gaps[at]
                        inside += 1 if counts else 0
                        block += 1
                        at += 1
                    before_s = pieces[0, k] + (w - pieces[3, k]) * pace
                    w += step * gaps[at]
                    k, t = time_at(pieces, count_k, k, w)
                    longest = max(longest, t - before_s)
                    inside += 1 if window[0] <= t < window[1] else 0
                    work_to, pace, counts = _piece(pieces, count_k, k, window)
                    block += 1
                    at += 1
                if block == 1:
                    first_s = pieces[0, k] + (w - pieces[3, k]) * pace
            t = pieces[0, k] + (w - pieces[3, k]) * pace
            ratio = retarget_ratio(t - first_s)
            d *= ratio
            out[i, e], out[i, epochs + e] = ratio, t
        out[i, 2 * epochs], out[i, 2 * epochs + 1] = longest, inside


@leaf
def _piece(pieces: Floats, count: int, k: int, window: Floats) -> tuple[float, float, bool]:
    """Return the work at a piece's end, seconds per work in it, and whether it is in the window."""
    work_to = pieces[3, k + 1] if k + 1 < count else np.inf
    pace = 1.0 / pieces[1, k] if pieces[1, k] > 0.0 else 0.0
    counts = window[0] <= pieces[0, k] < window[1]
    return work_to, pace, counts


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
