"""A median that slides: numba kernels over a ring of values.

The values of the ring and of some windows to come are sorted once; each is then a rank that is
alive or not, and the median a pointer that moves by one living rank at a time. A bin costs a few
steps whatever the length of the window and of the series. Arrays are changed in place here, and
only here: the plugins hand in copies.
"""

from math import isnan, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Entries of `memory`; `place` holds two more while a call lasts.
HEAD, COUNT, LOW, HELD = range(4)
MEMORY_ROWS = 4
MID, BELOW = 4, 5
PLACE_ROWS = 6
CHUNK_WINDOWS = 4
"""Windows' lengths sorted together: with more, the pointer passes ever more ranks that are dead."""
# Levels, as in `hashquake.detect.anomaly_flags`.
UNSEEN, NORMAL, WARNING, CRITICAL, ACCEPTED = -1, 0, 1, 2, 3


class MedianLimits(NamedTuple):
    """Numbers that do not change.

    Parameters
    ----------
    enter_share, critical_share, leave_share : float
        Ratios to the median below which a bin is low, below which it is very low, and from which
        it is no longer low.
    least_bins : float
        Values the window must hold before a bin is judged.
    hold_bins : float
        For how many bins the median may stand still; 0 is never.
    """

    enter_share: float
    critical_share: float
    leave_share: float
    least_bins: float
    hold_bins: float


@kernel
def settle(alive: Flags, place: Ints) -> None:
    """Move the pointer to the lower middle of what is alive.

    Parameters
    ----------
    alive : array of bool, shape (ranks,)
        Which ranks are in the window.
    place : array of int64
        Pointer and counts, overwritten.
    """
    target = (place[COUNT] - 1) // 2
    while place[BELOW] > target:
        place[MID] -= 1
        while not alive[place[MID]]:
            place[MID] -= 1
        place[BELOW] -= 1
    while place[BELOW] < target:
        place[MID] += 1
        while not alive[place[MID]]:
            place[MID] += 1
        place[BELOW] += 1


@kernel
def enter(alive: Flags, place: Ints, rank: int) -> None:
    """Let the value of a rank in.

    Parameters
    ----------
    alive : array of bool, shape (ranks,)
        Which ranks are in the window, overwritten.
    place : array of int64
        Pointer and counts, overwritten.
    rank : int
        Of the value in the order of all values.
    """
    alive[rank] = True
    place[COUNT] += 1
    if place[COUNT] == 1:
        place[MID] = rank
        place[BELOW] = 0
    elif rank < place[MID]:
        place[BELOW] += 1
    settle(alive, place)


@kernel
def leave(alive: Flags, place: Ints, rank: int) -> None:
    """Let the value of a rank out.

    Parameters
    ----------
    alive : array of bool, shape (ranks,)
        Which ranks are in the window, overwritten.
    place : array of int64
        Pointer and counts, overwritten.
    rank : int
        Of the value in the order of all values.
    """
    if place[COUNT] == 1:
        alive[rank] = False
        place[COUNT] = 0
        return
    if rank == place[MID]:
        step = 1 if place[BELOW] < place[COUNT] - 1 else -1
        place[MID] += step
        while not alive[place[MID]]:
            place[MID] += step
        if step < 0:
            place[BELOW] -= 1
    elif rank < place[MID]:
        place[BELOW] -= 1
    alive[rank] = False
    place[COUNT] -= 1
    settle(alive, place)


@kernel
def median(ordered: Floats, alive: Flags, place: Ints) -> float:
    """Return the median of what is alive, NaN when nothing is.

    Parameters
    ----------
    ordered : array of float64, shape (ranks,)
        All values in ascending order.
    alive : array of bool, shape (ranks,)
        Which ranks are in the window.
    place : array of int64
        Pointer and counts.
    """
    if place[COUNT] == 0:
        return nan
    middle = place[MID]
    if place[COUNT] % 2:
        return float(ordered[middle])
    above = middle + 1
    while not alive[above]:
        above += 1
    return float(ordered[middle] + ordered[above]) / 2.0


@kernel
def push(ring: Floats, ranks: Ints, alive: Flags, place: Ints, value: float, rank: int) -> None:
    """Let the newest value in, NaN included, and the oldest out.

    Parameters
    ----------
    ring : array of float64, shape (window,)
        The window's values, overwritten.
    ranks : array of int64, shape (window,)
        Their ranks, overwritten.
    alive : array of bool, shape (ranks,)
        Which ranks are in the window, overwritten.
    place : array of int64
        Pointer and counts, overwritten.
    value : float
        NaN where nothing was seen.
    rank : int
        Of the value in the order of all values.
    """
    head = place[HEAD]
    if not isnan(ring[head]):
        leave(alive, place, ranks[head])
    ring[head] = value
    ranks[head] = rank
    place[HEAD] = (head + 1) % len(ring)
    if not isnan(value):
        enter(alive, place, rank)


@kernel
def follow(
    values: Floats, ring: Floats, memory: Ints, limits: MedianLimits
) -> tuple[Floats, NDArray[np.int8]]:
    """Judge bins one after the other by their ratio to the median of those before them.

    Parameters
    ----------
    values : array of float, shape (n,)
        NaN where nothing was seen.
    ring, memory : array of float, shape (window,), and of int, shape (MEMORY_ROWS,)
        What is remembered between calls; changed in place. While low, the ring stands still for at
        most `hold_bins`; then it starts again at the present level.
    limits : MedianLimits
        When a bin is low.

    Returns
    -------
    array of float and array of int8, shape (n,)
        Ratio, NaN where it is not known, and level.
    """
    ratio = np.full(len(values), nan)
    level = np.full(len(values), UNSEEN, np.int8)
    chunk = CHUNK_WINDOWS * len(ring)
    for first in range(0, len(values), chunk):
        past = min(first + chunk, len(values))
        follow_chunk(values[first:past], ring, memory, limits, ratio[first:past], level[first:past])
    return ratio, level


@kernel
def follow_chunk(
    values: Floats,
    ring: Floats,
    memory: Ints,
    limits: MedianLimits,
    ratio: Floats,
    level: NDArray[np.int8],
) -> None:
    """Judge some bins, and fill in their ratios and levels.

    Parameters
    ----------
    values : array of float64, shape (n,)
        NaN where nothing was seen.
    ring : array of float64, shape (window,)
        The window's values, overwritten.
    memory : array of int64
        Counters, overwritten.
    limits : MedianLimits
        The detector's constants.
    ratio : array of float64, shape (n,)
        Value over the median, filled in.
    level : array of int8, shape (n,)
        Codes of `hashquake.detect.flags`, filled in.
    """
    every = np.concatenate((ring, values))
    order = np.argsort(every)
    ordered = every[order]
    rank_of = np.empty(len(every), np.int64)
    rank_of[order] = np.arange(len(every))
    ranks = rank_of[: len(ring)].copy()
    alive = np.zeros(len(every), np.bool_)
    place = np.zeros(PLACE_ROWS, np.int64)
    for k in range(len(ring)):
        if not isnan(ring[k]):
            enter(alive, place, ranks[k])
    place[HEAD], low, held_bins = memory[HEAD], memory[LOW] > 0, memory[HELD]
    for i in range(len(values)):
        value, rank = values[i], rank_of[len(ring) + i]
        held = low and limits.hold_bins > 0.0
        held_bins = held_bins + 1 if held else 0
        if isnan(value):
            if not held:
                push(ring, ranks, alive, place, value, rank)
            continue
        usual = median(ordered, alive, place)
        if place[COUNT] < limits.least_bins or not usual > 0.0:
            low = False
            push(ring, ranks, alive, place, value, rank)
            continue
        share = value / usual
        ratio[i] = share
        low = share < (limits.leave_share if low else limits.enter_share)
        if not low:
            level[i] = NORMAL
        elif limits.hold_bins > 0.0 and held_bins >= limits.hold_bins:
            level[i] = ACCEPTED
            low = False
            ring[:] = nan
            alive[:] = False
            place[COUNT] = 0
        else:
            level[i] = CRITICAL if share < limits.critical_share else WARNING
        if not low or limits.hold_bins == 0.0:
            push(ring, ranks, alive, place, value, rank)
    memory[HEAD], memory[COUNT], memory[LOW], memory[HELD] = (
        place[HEAD], place[COUNT], int(low), held_bins,
    )  # fmt: skip
