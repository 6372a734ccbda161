"""Epochs by random time change: two draws an epoch instead of 2,016, and nothing approximated.

Measured in work (seconds at full hash rate), blocks of one difficulty D come as a Poisson process
of one every 600 D. The first block of an epoch is one exponential away, its last one a
Gamma(2015) further; inverting the work done turns both into times. ``docs/theory/time_change.md``
has the argument and the checks. Source: key ``watanabe-1964`` in ``docs/refs.bib``.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.core.difficulty import BLOCK_TARGET_S, EPOCH_BLOCKS, EPOCH_TARGET_S
from hashquake.forward.compiled import inner, kernel, leaf
from hashquake.forward.course import Money

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CLAMP = 4.0
BLOCK_S = float(BLOCK_TARGET_S)
TARGET_S = float(EPOCH_TARGET_S)
GAPS = EPOCH_BLOCKS - 1
_LEAST_FLEET = 1e-3
VARIATE_ROWS = 5
"""Rows of an epoch's variates: first gap, the gaps to a halving, those after, level, clocks."""


class EpochBounds(NamedTuple):
    """Where the epochs of a path begin and end.

    Parameters
    ----------
    work, time_s : array of float64, shape (3, epochs)
        Work done and time, at the end of the epoch before, at the first block, at the last.
    difficulty : array of float64, shape (epochs + 1,)
        Of each epoch and of the one after the last, 1 at the start.
    """

    work: Floats
    time_s: Floats
    difficulty: Floats


@leaf
def time_at(pieces: Floats, count: int, k: int, w: float) -> tuple[int, float]:
    """Find when work `w` is done, looking from piece `k` on; gives the piece and the time.

    Parameters
    ----------
    pieces : array of float64, shape (4, count or more)
        The hash rate, in the form of `hashquake.forward.course.Plan`.
    count : int
        How many pieces there are; the last has no end.
    k : int
        The piece to look from; the work must not be done before it.
    w : float
        Work, in seconds of the hash rate at the start of the run.
    """
    last = count - 1
    while k < last and pieces[3, k + 1] <= w:
        k += 1
    begin, left, rate = pieces[0, k], w - pieces[3, k], pieces[1, k]
    if left <= 0.0:
        return k, begin
    if k == last or pieces[2, k] == rate:
        return k, begin + left / rate
    slope = (pieces[2, k] - rate) / (pieces[0, k + 1] - begin)
    return k, begin + 2.0 * left / (rate + sqrt(max(rate * rate + 2.0 * slope * left, 0.0)))


@leaf
def work_at(pieces: Floats, count: int, k: int, t: float) -> tuple[int, float]:
    """Find the work done by time `t`, looking from piece `k` on; gives the piece and the work.

    Parameters
    ----------
    pieces : array of float64, shape (4, count or more)
        The hash rate, in the form of `hashquake.forward.course.Plan`.
    count : int
        How many pieces there are; the last has no end.
    k : int
        The piece to look from; it must not begin after the time.
    t : float
        Seconds from the start of the run.
    """
    last = count - 1
    while k < last and pieces[0, k + 1] <= t:
        k += 1
    past, rate = t - pieces[0, k], pieces[1, k]
    slope = 0.0
    if k < last:
        slope = (pieces[2, k] - rate) / (pieces[0, k + 1] - pieces[0, k])
    return k, pieces[3, k] + past * (rate + 0.5 * slope * past)


@leaf
def walk_epochs(
    variates: Floats,
    pieces: Floats,
    count: int,
    bounds: EpochBounds,
) -> None:
    """Walk through the epochs of a path.

    Parameters
    ----------
    variates : array of float64, shape (VARIATE_ROWS, epochs)
        One path of `hashquake.forward.variates.Drawn`.
    pieces : array of float64, shape (4, count or more)
        The path's pieces, as in `Plan`.
    count : int
        How many there are.
    bounds : EpochBounds
        Overwritten.
    """
    work_bounds, time_bounds, difficulty = bounds.work, bounds.time_s, bounds.difficulty
    w, t, d, k = 0.0, 0.0, 1.0, 0
    for e in range(variates.shape[1]):
        difficulty[e] = d
        block = BLOCK_S * d / variates[3, e]
        work_bounds[0, e], time_bounds[0, e] = w, t
        w += block * variates[0, e]
        k, t = time_at(pieces, count, k, w)
        work_bounds[1, e], time_bounds[1, e] = w, t
        first_s = t
        w += block * (variates[1, e] + variates[2, e])
        k, t = time_at(pieces, count, k, w)
        work_bounds[2, e], time_bounds[2, e] = w, t
        d *= retarget_ratio(t - first_s + variates[4, e])
    difficulty[variates.shape[1]] = d


@inner
def retarget_ratio(span_s: float) -> float:
    """Return the next difficulty over the present one: 2,016 blocks' time over 2,015 gaps.

    Parameters
    ----------
    span_s : float
        From the header of an epoch's first block to that of its last, seconds.
    """
    return TARGET_S / min(max(span_s, TARGET_S / CLAMP), TARGET_S * CLAMP)


@kernel
def react_to_money(
    money: Money,
    variates: Floats,
    pieces: Floats,
    source: Ints,
    count: int,
    bounds: EpochBounds,
) -> int:
    """Walk the epochs while machines that earn less than their power switch off.

    Difficulty and subsidy change at blocks, prices at times; with each change of the first two the
    pieces ahead are made again, so that `pieces` is the path's own history in the end.

    Parameters
    ----------
    money : Money
        Prices, fleet and halving.
    variates, bounds
        As for `walk_epochs`.
    pieces : array of float64, shape (4, more than k + 3 * epochs)
        The plan's pieces (start, rate, rate at end, work), overwritten by the path's.
    source : array of int64, same length
        Which piece of the plan each is.
    count : int
        How many pieces the plan has.

    Returns
    -------
    int
        How many pieces the path has.
    """
    work_bounds, time_bounds, difficulty = bounds.work, bounds.time_s, bounds.difficulty
    plan = pieces[:, :count].copy()
    at_start = fleet_online(money, 1.0, 1.0)
    w, t, d, k, reward = 0.0, 0.0, 1.0, 0, 1.0
    for e in range(variates.shape[1]):
        difficulty[e] = d
        block = BLOCK_S * d / variates[3, e]
        count, k = _made_anew(money, plan, pieces, source, count, k, t, reward / d, at_start)
        work_bounds[0, e], time_bounds[0, e] = w, t
        for mark in range(2):
            if mark == 0:
                w += block * variates[0, e]
            elif e == 0 and money.halving_block > 0:
                w += block * variates[1, e]
                k, t = time_at(pieces, count, k, w)
                reward = money.reward_after
                count, k = _made_anew(
                    money, plan, pieces, source, count, k, t, reward / d, at_start
                )
                w += block * variates[2, e]
            else:
                w += block * (variates[1, e] + variates[2, e])
            k, t = time_at(pieces, count, k, w)
            work_bounds[mark + 1, e], time_bounds[mark + 1, e] = w, t
        d *= retarget_ratio(t - time_bounds[1, e] + variates[4, e])
    difficulty[variates.shape[1]] = d
    return count


@leaf
def fleet_online(money: Money, earning: float, price: float) -> float:
    """Return the part of the fleet that earns its power, at an income and a price over the start's.

    Between two classes of machine the fleet is taken to be spread evenly.

    Parameters
    ----------
    money : Money
        The fleet's energy use and where it breaks even.
    earning : float
        Income per unit of hash rate in bitcoin, over that at the start.
    price : float
        Price over that at the start.
    """
    if len(money.fleet_energy) == 0:
        return 1.0
    even = money.breakeven_j_per_th * earning * price
    energy, share = money.fleet_energy, money.fleet_share
    if even <= energy[0]:
        return 0.0
    for at in range(1, len(energy)):
        if even < energy[at]:
            part: float = (even - energy[at - 1]) / (energy[at] - energy[at - 1])
            online: float = share[at - 1] + part * (share[at] - share[at - 1])
            return online
    return 1.0


@leaf
def _made_anew(
    money: Money,
    plan: Floats,
    pieces: Floats,
    source: Ints,
    count: int,
    k: int,
    t: float,
    earning: float,
    at_start: float,
) -> tuple[int, int]:
    base, planned, done = source[k], plan.shape[1], pieces[3, k]
    if t > pieces[0, k]:
        _, done = work_at(pieces, count, k, t)
        if k + 1 < count:
            share = (t - pieces[0, k]) / (pieces[0, k + 1] - pieces[0, k])
            pieces[2, k] = pieces[1, k] + share * (pieces[2, k] - pieces[1, k])
        k += 1
    at = k
    for j in range(base, planned):
        on = max(fleet_online(money, earning, money.price[j]) / at_start, _LEAST_FLEET)
        begin, first, end = plan[0, j], plan[1, j], plan[2, j]
        if j == base and t > begin:
            if j + 1 < planned:
                first += (end - first) * (t - begin) / (plan[0, j + 1] - begin)
            begin = t
        pieces[0, at], pieces[1, at], pieces[2, at], pieces[3, at] = (
            begin,
            first * on,
            end * on,
            done,
        )
        source[at] = j
        if j + 1 < planned:
            done += (plan[0, j + 1] - begin) * (first + end) * on / 2.0
        at += 1
    return at, k
