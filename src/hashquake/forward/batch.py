"""A batch of paths: drawn one after another, counted as they are drawn, none kept unless asked."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.forward.block_shares import share_out, split_blocks
from hashquake.forward.compiled import kernel, leaf
from hashquake.forward.counted import Histogram
from hashquake.forward.course import (
    Course,
    Money,
    Plan,
    World,
)
from hashquake.forward.draws import uniform
from hashquake.forward.layout import Layout
from hashquake.forward.longest_gap import FEW
from hashquake.forward.path_outcomes import (
    Gaps,
    Path,
    count_blocks,
    wait_for_blocks,
)
from hashquake.forward.philox import STREAM_WORDS, Words, seat
from hashquake.forward.time_change import EpochBounds, react_to_money, retarget_ratio, walk_epochs
from hashquake.forward.variates import Drawn, drawn_chunks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BLOCKS = np.uint64(2)
"""The stream of a path that shares out its blocks."""


class Counting(NamedTuple):
    """How a path becomes numbers that are counted.

    Parameters
    ----------
    place : Layout
        The columns of a path.
    table : array of float64
        From `longest_gap.gap_table`.
    limit_column, limit : array, shape (limits,)
        What is counted exactly.
    """

    place: Layout
    table: Floats
    limit_column: Ints
    limit: Floats


def draw_ratios(seed: int, first: int, count: int, course: Course, out: Floats) -> None:
    """Draw retargets alone: the bare engine.

    Parameters
    ----------
    seed, first, count : int
        Key of the run; first path and number of paths.
    course : Course
        A scenario whose shares are fixed and whose miners do not react to money.
    out : array of float64, shape (count, 2 * epochs)
        Ratios, then times of the retargets in seconds; overwritten.
    """
    for begin, drawn in drawn_chunks(seed, first, count, course):
        at = begin - first
        _walk_paths(drawn.variates, course.plan.pieces, out[at : at + len(drawn.variates)])


@kernel
def _walk_paths(variates: Floats, pieces: Floats, out: Floats) -> None:
    epochs = variates.shape[2]
    bounds = EpochBounds(np.empty((3, epochs)), np.empty((3, epochs)), np.empty(epochs + 1))
    for i in range(len(variates)):
        walk_epochs(variates[i], pieces, pieces.shape[1], bounds)
        for e in range(epochs):
            out[i, e] = bounds.difficulty[e + 1] / bounds.difficulty[e]
            out[i, epochs + e] = bounds.time_s[2, e]


def draw_paths(
    seed: int,
    first: int,
    count: int,
    course: Course,
    counting: Counting,
    histogram: Histogram,
    kept: Floats,
) -> None:
    """Draw paths with everything that is asked of them.

    Parameters
    ----------
    seed, first, count : int
        Key of the run; first path and number of paths.
    course : Course
        The scenario.
    counting : Counting
        How a path is counted.
    histogram : Histogram
        Added to.
    kept : array of float64, shape (m, columns)
        The first m paths, overwritten.
    """
    fleet = course.money if len(course.money.fleet_energy) else None
    bench = _bench(course, counting)
    for begin, drawn in drawn_chunks(seed, first, count, course):
        rows = kept[begin - first : begin - first + len(drawn.variates)]
        _draw_chunk(seed, begin, course, fleet, drawn, counting, histogram, bench, rows)


class _Bench(NamedTuple):
    """Arrays that a path is worked out in, made once for a batch; the next path overwrites them."""

    stream: Words
    bounds: EpochBounds
    plain: EpochBounds
    pieces: Floats
    plain_pieces: Floats
    source: Ints
    cells: Ints
    found: Ints
    chances: Floats
    income: Floats
    row: Floats
    gaps: Gaps
    slots: NDArray[np.int32]


def _bench(course: Course, counting: Counting) -> _Bench:
    epochs, place = course.epochs, counting.place
    most, classes = course.plan.pieces.shape[1] + epochs + 3, course.mix.online.shape[1]
    bounds, plain = (
        EpochBounds(np.empty((3, epochs)), np.empty((3, epochs)), np.empty(epochs + 1))
        for _ in range(2)
    )
    return _Bench(
        stream=np.empty(STREAM_WORDS, np.uint64),
        bounds=bounds,
        plain=plain,
        pieces=np.empty((4, most)),
        plain_pieces=np.empty((4, most)),
        source=np.arange(most),
        cells=np.empty((3, classes), np.int64),
        found=np.empty((3, place.pools), np.int64),
        chances=np.empty((classes, place.pools)),
        income=np.empty((classes, place.countries)),
        row=np.empty(place.width),
        gaps=Gaps(counting.table, np.empty(FEW)),
        slots=np.empty(place.width, np.int32),
    )


@kernel
def _draw_chunk(
    seed: int,
    first: int,
    course: Course,
    fleet: Money | None,
    drawn: Drawn,
    counting: Counting,
    histogram: Histogram,
    bench: _Bench,
    kept: Floats,
) -> None:
    """Draw a chunk of paths; without a fleet, what reacts to money is not even compiled."""
    epochs, plan, world, place = course.epochs, course.plan, course.world, counting.place
    planned = plan.pieces.shape[1]
    stream, bounds, plain, row = bench.stream, bench.bounds, bench.plain, bench.row
    pieces, plain_pieces, source = bench.pieces, bench.plain_pieces, bench.source
    chances, income = bench.chances, bench.income
    for i in range(len(drawn.variates)):
        variates, weights = drawn.variates[i], drawn.weights[i]
        if i == 0 or not world.fixed:
            lay_pieces(plan, world, weights, pieces)
            split_blocks(
                course.mix, weights, drawn.pool_share[i], drawn.country_share[i], chances, income
            )
        n = planned
        if fleet is None:
            walk_epochs(variates, pieces, n, bounds)
            walk_epochs(variates, plan.plain, planned, plain)
        else:
            # Without the outage too, so that a delay is the outage's and not the price's.
            for at in range(4):
                for k in range(planned):
                    plain_pieces[at, k] = plan.plain[at, k]
            react_to_money(fleet, variates, plain_pieces, source, n, plain)
            lay_pieces(plan, world, weights, pieces)
            n = react_to_money(fleet, variates, pieces, source, n, bounds)
        seat(stream, np.uint64(seed), np.uint64(first + i), BLOCKS)
        path = Path(pieces, source, n, bounds)
        count_blocks(stream, plan, path, bench.gaps, bench.cells, row, place)
        share_out(stream, chances, income, bench.cells, bench.found, row, place)
        end_s = min(course.window_end_s, bounds.time_s[2, epochs - 1])
        from_s = course.window_start_s + uniform(stream) * max(end_s - course.window_start_s, 0.0)
        wait_for_blocks(stream, from_s, path, variates, row, place)
        _fill_epochs(row, place, variates, bounds, plain, plan, course.money)
        for o in range(place.parts):
            row[place.part + o] = weights[o]
        row[place.level] = variates[3, 0]
        count_row(row, counting.limit_column, counting.limit, histogram, bench.slots)
        if i < len(kept):
            for at in range(place.width):
                kept[i, at] = row[at]


@leaf
def _fill_epochs(
    row: Floats,
    place: Layout,
    variates: Floats,
    bounds: EpochBounds,
    plain: EpochBounds,
    plan: Plan,
    money: Money,
) -> None:
    reward, piece, last = 1.0, 0, plan.pieces.shape[1] - 1
    for e in range(place.epochs):
        end_s = bounds.time_s[2, e]
        row[place.ratio + e] = retarget_ratio(end_s - bounds.time_s[1, e] + variates[4, e])
        row[place.time_s + e] = end_s
        row[place.difficulty + e] = bounds.difficulty[e + 1]
        row[place.delay_s + e] = end_s - plain.time_s[2, e]
        if e == 0 and money.halving_block > 0:
            reward = money.reward_after
        while piece < last and plan.pieces[0, piece + 1] <= end_s:
            piece += 1
        row[place.hashprice + e] = reward * money.price[piece] / bounds.difficulty[e + 1]


@leaf
def lay_pieces(plan: Plan, world: World, weights: Floats, pieces: Floats) -> None:
    """Lay out the hash rate of a path whose shocks have sizes of their own.

    Parameters
    ----------
    plan : Plan
        The hash rate if all goes as planned.
    world : World
        What the shocks leave online, piece by piece.
    weights : array of float64, shape (parts,)
        Part of all hash rate that each shock takes on this path.
    pieces : array of float64, shape (4, at least as many as the plan's)
        Overwritten, in the form of `Plan`.
    """
    count, done = plan.pieces.shape[1], 0.0
    for k in range(count):
        first = last = 1.0
        for o in range(len(weights)):
            first -= weights[o] * (1.0 - world.online[o, k])
            last -= weights[o] * (1.0 - world.online_end[o, k])
        pieces[0, k] = plan.pieces[0, k]
        pieces[1, k] = max(first, 0.0) * plan.plain[1, k]
        pieces[2, k] = max(last, 0.0) * plan.plain[2, k]
        pieces[3, k] = done
        if k + 1 < count:
            done += (plan.pieces[0, k + 1] - pieces[0, k]) * (pieces[1, k] + pieces[2, k]) / 2.0
    pieces[1, count - 1] = pieces[2, count - 1] = max(pieces[1, count - 1], 1e-4)


@leaf
def count_row(
    row: Floats, limit_column: Ints, limit: Floats, histogram: Histogram, slots: NDArray[np.int32]
) -> None:
    """Count a path; values that are not there are left out; `slots` is overwritten.

    Parameters
    ----------
    row : array of float64, shape (columns,)
        The path's outcomes; NaN or infinite where it has none.
    limit_column, limit : array, shape (limits,)
        Columns and values above which paths are counted exactly.
    histogram : Histogram
        Added to.
    slots : array of int32, shape (columns,)
        Working space, overwritten.
    """
    sums, last = histogram.sums, float(histogram.bins.shape[1] - 1)
    # Short loops without branches: the compiler does several columns at a time.
    for c in range(len(row)):
        sums[0, c] += 1.0 if row[c] - row[c] == 0.0 else 0.0
    for c in range(len(row)):
        off = row[c] - histogram.centre[c] if row[c] - row[c] == 0.0 else 0.0
        sums[1, c] += off
        sums[2, c] += off * off
    for c in range(len(row)):
        further = row[c] - row[c] == 0.0 and row[c] < sums[3, c]
        sums[3, c] = row[c] if further else sums[3, c]
    for c in range(len(row)):
        further = row[c] - row[c] == 0.0 and row[c] > sums[4, c]
        sums[4, c] = row[c] if further else sums[4, c]
    for c in range(len(row)):
        at = (row[c] - histogram.low[c]) * histogram.scale[c] + 1.0
        at = min(at, last)
        at = max(at, 0.0)
        slots[c] = np.int32(at) if row[c] - row[c] == 0.0 else np.int32(-1)
    for c in range(len(row)):
        if slots[c] >= 0:
            histogram.bins[c, np.uint32(slots[c])] += 1
    for j in range(len(limit)):
        histogram.above[j] += 1 if row[limit_column[j]] > limit[j] else 0
