"""A batch of paths: drawn one after another, counted as they are drawn, none kept unless asked."""

from math import exp, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.forward.compiled import kernel, leaf
from hashquake.forward.course import Course, Money, Plan, World
from hashquake.forward.draws import beta, gamma, normal, uniform
from hashquake.forward.layout import Layout
from hashquake.forward.longest_gap import FEW
from hashquake.forward.path_outcomes import (
    count_blocks,
    share_out,
    split_blocks,
    wait_for_blocks,
)
from hashquake.forward.philox import STREAM_WORDS, Words, seat
from hashquake.forward.time_change import (
    LUCK_ROWS,
    draw_luck,
    react_to_money,
    retarget_ratio,
    walk_epochs,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LUCK, WORLD, BLOCKS = np.uint64(0), np.uint64(1), np.uint64(2)
"""The streams of a path: its retargets, its shares, and what lies between."""


class Tally(NamedTuple):
    """What is counted of the paths.

    Parameters
    ----------
    low, scale : array of float64, shape (columns,)
        Where the bins of a column begin, and bins per unit; written before the run.
    centre : array of float64, shape (columns,)
        What sums are taken about; written before the run.
    bins : array of int32, shape (columns, bins + 2)
        Paths by value; the first and last bin hold what lies outside.
    sums : array of float64, shape (5, columns)
        Number of values, their sum and sum of squares about the centre, the least, the greatest.
    above : array of int64, shape (limits,)
        Paths above each limit.
    """

    low: Floats
    scale: Floats
    centre: Floats
    bins: NDArray[np.int32]
    sums: Floats
    above: Ints


@kernel
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
    epochs, plan = course.epochs, course.plan
    stream = np.empty(STREAM_WORDS, np.uint64)
    luck = np.empty((LUCK_ROWS, epochs))
    work_marks, time_marks = np.empty((3, epochs)), np.empty((3, epochs))
    difficulty = np.empty(epochs + 1)
    for i in range(count):
        seat(stream, np.uint64(seed), np.uint64(first + i), LUCK)
        draw_luck(stream, course.noise, luck)
        walk_epochs(luck, plan.pieces, plan.pieces.shape[1], work_marks, time_marks, difficulty)
        for e in range(epochs):
            out[i, e] = difficulty[e + 1] / difficulty[e]
            out[i, epochs + e] = time_marks[2, e]


@kernel
def draw_paths(
    seed: int,
    first: int,
    count: int,
    course: Course,
    place: Layout,
    table: Floats,
    limit_column: Ints,
    limit: Floats,
    tally: Tally,
    kept: Floats,
) -> None:
    """Draw paths with everything that is asked of them.

    Parameters
    ----------
    seed, first, count : int
        Key of the run; first path and number of paths.
    course : Course
        The scenario.
    place : Layout
        The columns of a path.
    table : array of float64
        From `longest_gap.gap_table`.
    limit_column, limit : array, shape (limits,)
        What is counted exactly.
    tally : Tally
        Added to.
    kept : array of float64, shape (m, columns)
        The first m paths, overwritten.
    """
    epochs, plan, world, money = course.epochs, course.plan, course.world, course.money
    planned = plan.pieces.shape[1]
    stream = np.empty(STREAM_WORDS, np.uint64)
    luck = np.empty((LUCK_ROWS, epochs))
    marks = (np.empty((3, epochs)), np.empty((3, epochs)), np.empty(epochs + 1))
    plain = (np.empty((3, epochs)), np.empty((3, epochs)), np.empty(epochs + 1))
    pieces = np.empty((4, planned + epochs + 3))
    plain_pieces = pieces.copy()
    source = np.arange(planned + epochs + 3)
    weights = course.weights.copy()
    pool_share, country_share = world.pool_share.copy(), world.country_share.copy()
    cells = np.empty((3, course.mix.online.shape[1]), np.int64)
    found = np.empty((3, place.pools), np.int64)
    chances = np.empty((cells.shape[1], place.pools))
    income = np.empty((cells.shape[1], place.countries))
    row, spacings = np.empty(place.width), np.empty(FEW)
    slots = np.empty(place.width, np.int32)
    reacts = len(money.fleet_energy) > 0
    lay_pieces(plan, world, weights, pieces)
    split_blocks(course.mix, weights, pool_share, country_share, chances, income)
    for i in range(count):
        path = np.uint64(first + i)
        if not world.fixed:
            seat(stream, np.uint64(seed), path, WORLD)
            draw_world(stream, world, weights, pool_share, country_share)
            split_blocks(course.mix, weights, pool_share, country_share, chances, income)
        if reacts or not world.fixed:
            lay_pieces(plan, world, weights, pieces)
        seat(stream, np.uint64(seed), path, LUCK)
        draw_luck(stream, course.noise, luck)
        n = planned
        if reacts:
            # Without the outage too, so that a delay is the outage's and not the price's.
            plain_pieces[:, :planned] = plan.plain
            react_to_money(money, luck, plain_pieces, source, n, plain[0], plain[1], plain[2])
            n = react_to_money(money, luck, pieces, source, n, marks[0], marks[1], marks[2])
        else:
            walk_epochs(luck, pieces, n, marks[0], marks[1], marks[2])
            walk_epochs(luck, plan.plain, planned, plain[0], plain[1], plain[2])
        seat(stream, np.uint64(seed), path, BLOCKS)
        count_blocks(stream, plan, pieces, source, n, marks, table, spacings, cells, row, place)
        share_out(stream, chances, income, cells, found, row, place)
        end_s = min(course.window_end_s, marks[1][2, epochs - 1])
        from_s = course.window_start_s + uniform(stream) * max(end_s - course.window_start_s, 0.0)
        wait_for_blocks(stream, from_s, pieces, n, marks, luck, row, place)
        _fill_epochs(row, place, luck, marks, plain, plan, money)
        for o in range(place.parts):
            row[place.part + o] = weights[o]
        row[place.level] = luck[3, 0]
        count_row(row, limit_column, limit, tally, slots)
        if i < len(kept):
            for at in range(place.width):
                kept[i, at] = row[at]


@leaf
def _fill_epochs(
    row: Floats,
    place: Layout,
    luck: Floats,
    marks: tuple[Floats, Floats, Floats],
    plain: tuple[Floats, Floats, Floats],
    plan: Plan,
    money: Money,
) -> None:
    reward, piece, last = 1.0, 0, plan.pieces.shape[1] - 1
    for e in range(place.epochs):
        end_s = marks[1][2, e]
        row[place.ratio + e] = retarget_ratio(end_s - marks[1][1, e] + luck[4, e])
        row[place.time_s + e] = end_s
        row[place.difficulty + e] = marks[2][e + 1]
        row[place.delay_s + e] = end_s - plain[1][2, e]
        if e == 0 and money.halving_block > 0:
            reward = money.reward_after
        while piece < last and plan.pieces[0, piece + 1] <= end_s:
            piece += 1
        row[place.hashprice + e] = reward * money.price[piece] / marks[2][e + 1]


@leaf
def draw_world(
    stream: Words, world: World, weights: Floats, pool_share: Floats, country_share: Floats
) -> None:
    """Draw what is not known for sure: shares of pools and countries, depths of outages."""
    if world.pool_alpha[0] > 0.0:
        total = 0.0
        for p in range(len(pool_share)):
            shape = world.pool_alpha[p]
            # A Gamma of shape under 1 is one of shape + 1 times a power of a uniform.
            pool_share[p] = (
                gamma(stream, shape + 1.0) * uniform(stream) ** (1.0 / shape) if shape > 0 else 0.0
            )
            total += pool_share[p]
        for p in range(len(pool_share)):
            pool_share[p] /= total
    for c in range(len(country_share)):
        country_share[c] = world.country_share[c]
    joint = normal(stream)
    rho = world.correlation
    left = 1.0
    for o in range(len(weights)):
        share = world.part_share[o]
        if world.part_pool_at[o] >= 0:
            share = pool_share[world.part_pool_at[o]]
        elif world.part_alpha[o] > 0.0:
            share = beta(stream, world.part_alpha[o], world.part_beta[o])
            # The other countries make room in proportion to their shares.
            c = world.part_country_at[o]
            scale = (1.0 - share) / (1.0 - country_share[c])
            for other in range(len(country_share)):
                country_share[other] *= scale
            country_share[c] = share
        score = sqrt(rho) * joint + sqrt(1.0 - rho) * normal(stream)
        odds = world.depth_centre[o] + world.depth_spread[o] * score
        if world.depth_spread[o] == 0.0:
            odds = world.depth_centre[o]
        depth = 1.0 if odds > 700.0 else 1.0 / (1.0 + exp(-odds))
        weights[o] = min(share * depth, left)
        left -= weights[o]


@leaf
def lay_pieces(plan: Plan, world: World, weights: Floats, pieces: Floats) -> None:
    """Lay out the hash rate of a path whose struck parts have sizes of their own."""
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
    row: Floats, limit_column: Ints, limit: Floats, tally: Tally, slots: NDArray[np.int32]
) -> None:
    """Add a path to the tally; values that are not there are left out; `slots` is overwritten."""
    sums, last = tally.sums, float(tally.bins.shape[1] - 1)
    # Short loops without branches: the compiler does several columns at a time.
    for c in range(len(row)):
        sums[0, c] += 1.0 if row[c] - row[c] == 0.0 else 0.0
    for c in range(len(row)):
        off = row[c] - tally.centre[c] if row[c] - row[c] == 0.0 else 0.0
        sums[1, c] += off
        sums[2, c] += off * off
    for c in range(len(row)):
        further = row[c] - row[c] == 0.0 and row[c] < sums[3, c]
        sums[3, c] = row[c] if further else sums[3, c]
    for c in range(len(row)):
        further = row[c] - row[c] == 0.0 and row[c] > sums[4, c]
        sums[4, c] = row[c] if further else sums[4, c]
    for c in range(len(row)):
        at = (row[c] - tally.low[c]) * tally.scale[c] + 1.0
        at = min(at, last)
        at = max(at, 0.0)
        slots[c] = np.int32(at) if row[c] - row[c] == 0.0 else np.int32(-1)
    for c in range(len(row)):
        if slots[c] >= 0:
            tally.bins[c, np.uint32(slots[c])] += 1
    for j in range(len(limit)):
        tally.above[j] += 1 if row[limit_column[j]] > limit[j] else 0
