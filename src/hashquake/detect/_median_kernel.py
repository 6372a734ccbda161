"""A median that slides: numba kernels over a ring of values.

The values of the ring and those to come are sorted once; each is then a rank that is alive or
not, and the median a pointer that moves by one living rank at a time. A bin costs a few steps
whatever the length of the window. Arrays are changed in place here, and only here: the plugins
hand in copies.
"""

from math import isnan, nan

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
# Entries of `limits`.
ENTER, CRITICAL_AT, LEAVE, LEAST, HOLD = range(5)
# Levels, as in `hashquake.detect.anomaly_flags`.
UNSEEN, NORMAL, WARNING, CRITICAL, ACCEPTED = -1, 0, 1, 2, 3


@kernel
def settle(alive: Flags, place: Ints) -> None:
    """Move the pointer to the lower middle of what is alive."""
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
    """Let the value of a rank in."""
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
    """Let the value of a rank out."""
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
    """Give the median of what is alive, NaN when nothing is."""
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
    """Let the newest value in, NaN included, and the oldest out."""
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
    values: Floats, ring: Floats, memory: Ints, limits: Floats
) -> tuple[Floats, NDArray[np.int8]]:
    """Judge bins one after the other by their ratio to the median of those before them.

    Gives ratio and level of each. While low, the ring stands still for at most `HOLD` bins; then
    it begins anew at the present level. `HOLD` 0 never stands still.
    """
    ratio = np.full(len(values), nan)
    level = np.full(len(values), UNSEEN, np.int8)
    told = np.concatenate((ring, values))
    order = np.argsort(told)
    ordered = told[order]
    rank_of = np.empty(len(told), np.int64)
    rank_of[order] = np.arange(len(told))
    ranks = rank_of[: len(ring)].copy()
    alive = np.zeros(len(told), np.bool_)
    place = np.zeros(PLACE_ROWS, np.int64)
    for k in range(len(ring)):
        if not isnan(ring[k]):
            enter(alive, place, ranks[k])
    place[HEAD], low, held_bins = memory[HEAD], memory[LOW] > 0, memory[HELD]
    for i in range(len(values)):
        value, rank = values[i], rank_of[len(ring) + i]
        held = low and limits[HOLD] > 0.0
        held_bins = held_bins + 1 if held else 0
        if isnan(value):
            if not held:
                push(ring, ranks, alive, place, value, rank)
            continue
        usual = median(ordered, alive, place)
        if place[COUNT] < limits[LEAST] or not usual > 0.0:
            low = False
            push(ring, ranks, alive, place, value, rank)
            continue
        share = value / usual
        ratio[i] = share
        low = share < (limits[LEAVE] if low else limits[ENTER])
        if not low:
            level[i] = NORMAL
        elif limits[HOLD] > 0.0 and held_bins >= limits[HOLD]:
            level[i] = ACCEPTED
            low = False
            ring[:] = nan
            alive[:] = False
            place[COUNT] = 0
        else:
            level[i] = CRITICAL if share < limits[CRITICAL_AT] else WARNING
        if not low or limits[HOLD] == 0.0:
            push(ring, ranks, alive, place, value, rank)
    memory[HEAD], memory[COUNT], memory[LOW], memory[HELD] = (
        place[HEAD], place[COUNT], int(low), held_bins,
    )  # fmt: skip
    return ratio, level
