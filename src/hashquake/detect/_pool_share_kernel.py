"""The arithmetic of the pool-share detector: numba kernels over plain arrays.

Memory is a ring of snapshots, one every `STRIDE` labelled blocks, and the running numbers `now`.
Both are changed in place here, and only here: the plugin hands in copies.
"""

from math import exp, log

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel
from hashquake.detect._beta_binomial import log_marginal, moved

Floats = NDArray[np.float64]

STRIDE = 6
"""Labelled blocks between two snapshots, which are also the looks."""

# Entries of `ring`, (pools, snapshots, RING_ROWS), and rows of `now`, (NOW_ROWS, pools).
HITS, TOTAL, COUNT = range(3)
RING_ROWS = 3
FIRST, OPEN_AT, SEEN = range(3, 6)
NOW_ROWS = 6
# Entries of `scalars`.
N_LABELLED, CLOCK = range(2)
# Rows of `bank`: odds ratio after over before, log weight; drops first, then rises.
ODDS, WEIGHT = range(2)
# Entries of `limits`.
DRIFT_PER_S, LEAST_TOTAL, LEAST_HITS, LEAST_RISE_HITS, THRESHOLD, KEEP, LAGGED = range(7)

WORTH_SD2 = 4.0
"""Starts whose count lies within two standard deviations of what the baseline foretells are left
out: none of them has a likelihood ratio over exp(4), and all together they stay far under any
threshold in use. Thresholds are calibrated with them left out."""


@kernel
def start_evidence(
    pool: int,
    at: int,
    ring: Floats,
    clocks: Floats,
    now: Floats,
    scalars: Floats,
    bank: Floats,
    limits: Floats,
    n_drops: int,
) -> tuple[float, bool]:
    """Compute the mixture likelihood ratio for a change right after one snapshot.

    Gives it and whether the change is a rise; 0 where the start is not allowed or has nothing.
    """
    row = at % ring.shape[1]
    a, total = ring[pool, row, HITS], ring[pool, row, TOTAL]
    if total < limits[LEAST_TOTAL] or a < limits[LEAST_RISE_HITS]:
        return 0.0, False
    since = scalars[N_LABELLED] - at * STRIDE
    hits = now[COUNT, pool] - ring[pool, row, COUNT]
    share = a / total
    rise = hits > since * share
    if (not rise and a < limits[LEAST_HITS]) or a >= total:
        return 0.0, rise
    drift = limits[LAGGED] + limits[DRIFT_PER_S] * (scalars[CLOCK] - clocks[row]) / 3.0
    miss = hits - since * share
    spread = since * share * (1.0 - share)
    known = 1.0 / a + 1.0 / (total - a) + drift
    if miss * miss < WORTH_SD2 * spread * (1.0 + spread * known):
        return 0.0, rise
    a_null, b_null = moved(a, total - a, 1.0, drift)
    null = log_marginal(a_null, b_null, hits, since - hits)
    value = 0.0
    first, last = (n_drops, bank.shape[1]) if rise else (0, n_drops)
    for k in range(first, last):
        a_new, b_new = moved(a, total - a, bank[ODDS, k], drift)
        value += exp(bank[WEIGHT, k] + log_marginal(a_new, b_new, hits, since - hits) - null)
    return value, rise


@kernel
def statistics(
    pool: int,
    ring: Floats,
    clocks: Floats,
    now: Floats,
    scalars: Floats,
    grid: Floats,
    bank: Floats,
    limits: Floats,
    n_drops: int,
) -> tuple[float, float]:
    """Sum the evidence over starts, for a drop and for a rise."""
    current = int(scalars[N_LABELLED]) // STRIDE
    drop, rise = 0.0, 0.0
    longest = grid[0, -1] * STRIDE
    if now[HITS, pool] < limits[LEAST_RISE_HITS] * limits[KEEP] ** longest:
        return drop, rise  # too little even at the oldest start
    for j in range(grid.shape[1]):
        at = current - int(grid[0, j])
        if at < now[FIRST, pool]:
            break
        value, rises = start_evidence(pool, at, ring, clocks, now, scalars, bank, limits, n_drops)
        if rises:
            rise += grid[1, j] * value
        else:
            drop += grid[1, j] * value
    return drop, rise


@kernel
def count(code: int, clock_s: float, now: Floats, scalars: Floats, limits: Floats) -> None:
    """Count a block: every pool seen so far fades, its finder gains."""
    scalars[N_LABELLED] += 1.0
    scalars[CLOCK] = clock_s
    now[SEEN, code] = 1.0
    for pool in range(now.shape[1]):
        if now[SEEN, pool] > 0.0:
            now[HITS, pool] *= limits[KEEP]
            now[TOTAL, pool] = now[TOTAL, pool] * limits[KEEP] + 1.0
    now[HITS, code] += 1.0
    now[COUNT, code] += 1.0


@kernel
def follow(
    at: int,
    from_pool: int,
    codes: NDArray[np.int64],
    clock_s: Floats,
    ring: Floats,
    clocks: Floats,
    now: Floats,
    scalars: Floats,
    grid: Floats,
    bank: Floats,
    limits: Floats,
    n_drops: int,
) -> tuple[int, int, float]:
    """Take labelled blocks from index `at` on until a pool alarms.

    Gives the block, the pool and the log statistic, negative for a rise; or (n, 0, 0). A call
    with `from_pool` above 0 goes on looking at the pools of a block already counted.
    """
    alarm = exp(limits[THRESHOLD])
    pools = now.shape[1]
    for i in range(at, len(codes)):
        if from_pool == 0:
            count(codes[i], clock_s[i], now, scalars, limits)
        counted = int(scalars[N_LABELLED])
        if counted % STRIDE != 0:
            continue
        if from_pool == 0:
            row = (counted // STRIDE) % ring.shape[1]
            clocks[row] = clock_s[i]
            ring[:, row, :] = now[:RING_ROWS].T
        for pool in range(from_pool, pools):
            if clock_s[i] < now[OPEN_AT, pool]:
                continue
            drop, rise = statistics(pool, ring, clocks, now, scalars, grid, bank, limits, n_drops)
            if drop >= alarm:
                return i, pool, log(drop)
            if rise >= alarm:
                return i, pool, -log(rise)
        from_pool = 0
    return len(codes), 0, 0.0


@kernel
def starts(
    pool: int,
    falls: bool,
    ring: Floats,
    clocks: Floats,
    now: Floats,
    scalars: Floats,
    grid: Floats,
    bank: Floats,
    limits: Floats,
    n_drops: int,
) -> Floats:
    """Give, per lag, what the pick is read from, newest first.

    Rows: log weight of the start, its instant, mean and variance of the log of the odds ratio;
    NaN weight where the start says nothing of a change in that direction.
    """
    current = int(scalars[N_LABELLED]) // STRIDE
    out = np.full((4, grid.shape[1]), np.nan)
    for j in range(grid.shape[1]):
        at = current - int(grid[0, j])
        if at < now[FIRST, pool]:
            break
        row = at % ring.shape[1]
        value, rises = start_evidence(pool, at, ring, clocks, now, scalars, bank, limits, n_drops)
        out[1, j] = clocks[row]
        if value == 0.0 or rises == falls:
            continue
        since = scalars[N_LABELLED] - at * STRIDE
        hits = now[COUNT, pool] - ring[pool, row, COUNT]
        a, total = ring[pool, row, HITS], ring[pool, row, TOTAL]
        out[0, j] = log(grid[1, j] * value)
        out[2, j] = log((hits + 0.5) / (since - hits + 0.5)) - log(a / (total - a))
        out[3, j] = (
            1.0 / (hits + 0.5)
            + 1.0 / (since - hits + 0.5)
            + 1.0 / a
            + 1.0 / (total - a)
            + limits[LAGGED]
            + limits[DRIFT_PER_S] * (scalars[CLOCK] - clocks[row]) / 3.0
        )
    return out
