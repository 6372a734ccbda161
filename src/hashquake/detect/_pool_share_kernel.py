"""The arithmetic of the pool-share detector: numba kernels over plain arrays.

A pool is *active* once its fading count of blocks has reached what a baseline needs, and until the
last snapshot at which it had is older than the oldest start. Only active pools can alarm, so only
they are followed: each has a slot in a ring of snapshots, one every `STRIDE` labelled blocks. A
pool of a few blocks costs one addition for each of them, however many such pools there are.

The arrays of a `ShareMemory` are changed in place here, and only here: the plugin hands in copies.
"""

from math import exp, log

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel
from hashquake.detect._beta_binomial import log_marginal, moved
from hashquake.detect._pool_share_layout import (
    CLOCK,
    COUNT,
    ENOUGH_AT,
    FADED_AT,
    FIRST,
    FULL,
    HITS,
    N_ACTIVE,
    N_LABELLED,
    RING_FROM,
    SHARE,
    SLOT,
    STRIDE,
    TOTAL,
    VARIANCE,
    WORTH_SD2,
    ShareLimits,
    ShareMemory,
    ShareTables,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def worth_a_look(
    pool: int, lag: int, snapshot: Floats, clock_s: float, memory: ShareMemory, limits: ShareLimits
) -> bool:
    """Check whether the pool's count since a snapshot is far from what its baseline foretells.

    Nine starts of ten end here, so it avoids division.

    Parameters
    ----------
    pool, lag : int
        Number of the pool, and age of the snapshot in snapshots.
    snapshot : array of float, shape (RING_ROWS,)
        The pool's numbers then.
    clock_s : float
        When it was taken, UTC Unix seconds.
    memory : ShareMemory
        What is remembered; only read.
    limits : ShareLimits
        Of the baseline's drift.
    """
    since = memory.scalars[N_LABELLED] % STRIDE + lag * STRIDE
    share = snapshot[SHARE]
    miss = memory.now[COUNT, pool] - snapshot[COUNT] - since * share
    spread = since * share * (1.0 - share)
    drift = limits.lagged + limits.drift_third_per_s * (memory.scalars[CLOCK] - clock_s)
    return bool(miss * miss >= WORTH_SD2 * spread * (1.0 + spread * (snapshot[VARIANCE] + drift)))


@kernel
def start_evidence(
    pool: int, lag: int, row: int, memory: ShareMemory, tables: ShareTables, limits: ShareLimits
) -> tuple[float, bool]:
    """Compute the mixture likelihood ratio for a change right after one snapshot.

    Returns it and whether the change is a rise; 0 where the start is not allowed or has nothing.

    Parameters
    ----------
    pool, lag, row : int
        Number of an active pool; age of the snapshot in snapshots, and its row in the ring.
    memory, tables, limits : ShareMemory, ShareTables, ShareLimits
        What is remembered, only read; what is looked for; numbers that do not change.
    """
    snapshot = memory.ring[int(memory.now[SLOT, pool]), row]
    clock_s = memory.clocks[row]
    if not worth_a_look(pool, lag, snapshot, clock_s, memory, limits):
        return 0.0, False
    since = memory.scalars[N_LABELLED] % STRIDE + lag * STRIDE
    hits = memory.now[COUNT, pool] - snapshot[COUNT]
    rise = hits > since * snapshot[SHARE]
    a, b = snapshot[HITS], snapshot[TOTAL] - snapshot[HITS]
    if not rise and a < limits.least_hits:
        return 0.0, rise
    drift = limits.lagged + limits.drift_third_per_s * (memory.scalars[CLOCK] - clock_s)
    a_null, b_null = moved(a, b, 1.0, drift)
    null = log_marginal(a_null, b_null, hits, since - hits)
    value = 0.0
    first, last = (tables.n_falls, len(tables.odds)) if rise else (0, tables.n_falls)
    for k in range(first, last):
        a_new, b_new = moved(a, b, tables.odds[k], drift)
        value += exp(tables.log_weight[k] + log_marginal(a_new, b_new, hits, since - hits) - null)
    return value, rise


@kernel
def lags_back(pool: int, memory: ShareMemory, tables: ShareTables) -> int:
    """Count the lags whose snapshots the pool has.

    Parameters
    ----------
    pool : int
        Number of an active pool.
    memory : ShareMemory
        What is remembered; only read.
    tables : ShareTables
        The lags, ascending.
    """
    current = int(memory.scalars[N_LABELLED]) // STRIDE
    oldest = max(memory.now[FIRST, pool], memory.now[RING_FROM, pool])
    n = 0
    while n < len(tables.lag) and current - tables.lag[n] >= oldest:
        n += 1
    return n


@kernel
def row_back(lag: int, memory: ShareMemory) -> int:
    """Return the row of the ring that holds the snapshot of so many looks ago.

    Parameters
    ----------
    lag : int
        How many snapshots ago, below the number of rows.
    memory : ShareMemory
        What is remembered; only read.
    """
    row = int(memory.scalars[N_LABELLED]) // STRIDE % memory.ring.shape[1] - lag
    return int(row + memory.ring.shape[1] if row < 0 else row)


@kernel
def statistics(
    pool: int, memory: ShareMemory, tables: ShareTables, limits: ShareLimits
) -> tuple[float, float]:
    """Sum the evidence of an active pool over starts, for a fall and for a rise.

    Parameters
    ----------
    pool : int
        Number of an active pool.
    memory, tables, limits : ShareMemory, ShareTables, ShareLimits
        What is remembered, only read; what is looked for; numbers that do not change.
    """
    snapshots = memory.ring[int(memory.now[SLOT, pool])]
    newest = row_back(0, memory)
    fall, rise = 0.0, 0.0
    for j in range(lags_back(pool, memory, tables)):
        lag = tables.lag[j]
        row = newest - lag
        if row < 0:
            row += len(snapshots)
        if not worth_a_look(pool, lag, snapshots[row], memory.clocks[row], memory, limits):
            continue
        value, rises = start_evidence(pool, lag, row, memory, tables, limits)
        if rises:
            rise += tables.spacing[j] * value
        else:
            fall += tables.spacing[j] * value
    return fall, rise


@kernel
def fade(pool: int, memory: ShareMemory, limits: ShareLimits) -> None:
    """Let the counts of a pool fade up to the present block.

    Parameters
    ----------
    pool : int
        Number of the pool.
    memory : ShareMemory
        Its counts in `now` are changed.
    limits : ShareLimits
        How much of the counts a labelled block leaves.
    """
    now = memory.now
    blocks = memory.scalars[N_LABELLED] - now[FADED_AT, pool]
    if blocks > 0.0:
        left = limits.keep**blocks
        now[HITS, pool] *= left
        now[TOTAL, pool] = now[TOTAL, pool] * left + (1.0 - left) / (1.0 - limits.keep)
        now[FADED_AT, pool] = memory.scalars[N_LABELLED]


@kernel
def count(pool: int, clock_s: float, memory: ShareMemory, limits: ShareLimits) -> None:
    """Count a pool's block; a pool that comes to have enough of them becomes active.

    Parameters
    ----------
    pool : int
        Number of the pool that found the block.
    clock_s : float
        Running maximum of header times, UTC Unix seconds.
    memory : ShareMemory
        Changed in place.
    limits : ShareLimits
        From how many blocks on a pool is active.
    """
    now, scalars = memory.now, memory.scalars
    scalars[N_LABELLED] += 1.0
    scalars[CLOCK] = clock_s
    if now[COUNT, pool] == 0.0:
        # Its trials begin with its first block.
        now[FADED_AT, pool] = scalars[N_LABELLED] - 1.0
        now[SLOT, pool] = -1.0
    fade(pool, memory, limits)
    now[HITS, pool] += 1.0
    now[COUNT, pool] += 1.0
    if now[SLOT, pool] < 0.0 and now[HITS, pool] >= limits.least_rise_hits:
        activate(pool, memory)


@kernel
def activate(pool: int, memory: ShareMemory) -> None:
    """Assign a pool the first free slot, and its place in the order of active pools.

    Parameters
    ----------
    pool : int
        Number of a pool that is not active.
    memory : ShareMemory
        Changed in place; must have a free slot.
    """
    n = int(memory.scalars[N_ACTIVE])
    taken = np.zeros(len(memory.active), np.bool_)
    place = n
    for k in range(n - 1, -1, -1):
        other = memory.active[k]
        taken[int(memory.now[SLOT, other])] = True
        if other > pool:
            memory.active[k + 1] = other
            place = k
    memory.active[place] = pool
    slot = 0
    while taken[slot]:
        slot += 1
    memory.now[SLOT, pool] = slot
    snapshot = -(-int(memory.scalars[N_LABELLED]) // STRIDE)
    memory.now[RING_FROM, pool] = snapshot
    memory.now[ENOUGH_AT, pool] = snapshot
    memory.scalars[N_ACTIVE] = n + 1


@kernel
def take(snapshot: Floats, now: Floats, limits: ShareLimits) -> None:
    """Write a pool's numbers into its snapshot.

    Parameters
    ----------
    snapshot : array of float, shape (RING_ROWS,)
        Overwritten.
    now : array of float, shape (NOW_ROWS,)
        The pool's running numbers, faded up to the present block.
    limits : ShareLimits
        What a baseline must rest on for a start to be allowed.
    """
    a, total = now[HITS], now[TOTAL]
    snapshot[HITS], snapshot[TOTAL], snapshot[COUNT] = a, total, now[COUNT]
    if total < limits.least_total or a < limits.least_rise_hits or a >= total:
        snapshot[SHARE], snapshot[VARIANCE] = 0.5, np.inf
    else:
        snapshot[SHARE], snapshot[VARIANCE] = a / total, 1.0 / a + 1.0 / (total - a)


@kernel
def snap(memory: ShareMemory, tables: ShareTables, limits: ShareLimits) -> None:
    """Take a snapshot of every active pool, and let go of those that have long had too little.

    Parameters
    ----------
    memory, tables, limits : ShareMemory, ShareTables, ShareLimits
        Changed in place; what is looked for; numbers that do not change.
    """
    now, scalars = memory.now, memory.scalars
    current = int(scalars[N_LABELLED]) // STRIDE
    row = current % memory.ring.shape[1]
    memory.clocks[row] = scalars[CLOCK]
    kept = 0
    for k in range(int(scalars[N_ACTIVE])):
        pool = memory.active[k]
        fade(pool, memory, limits)
        if now[HITS, pool] >= limits.least_rise_hits:
            now[ENOUGH_AT, pool] = current
        elif now[ENOUGH_AT, pool] < current - tables.lag[-1]:
            now[SLOT, pool] = -1.0
            continue
        take(memory.ring[int(now[SLOT, pool]), row], now[:, pool], limits)
        memory.active[kept] = pool
        kept += 1
    scalars[N_ACTIVE] = kept


@kernel
def follow(
    at: int,
    from_pool: int,
    pools: Ints,
    clock_s: Floats,
    memory: ShareMemory,
    tables: ShareTables,
    limits: ShareLimits,
) -> tuple[int, int, float]:
    """Take labelled blocks from index `at` on until a pool alarms or the ring is full.

    Returns the block, the pool and the log statistic, negative for a rise; (block, `FULL`, 0)
    before a block that may need a slot when none is free; or (n, 0, 0). A call with `from_pool`
    above 0 goes on with the pools of a block already counted.

    Parameters
    ----------
    at : int
        Index of the first block to take.
    from_pool : int
        The first pool to look at after that block; above 0 only where a call before ended at it.
    pools : array of int, shape (n,)
        Number of each block's pool.
    clock_s : array of float, shape (n,)
        Running maximum of header times, UTC Unix seconds.
    memory, tables, limits : ShareMemory, ShareTables, ShareLimits
        Changed in place; what is looked for; numbers that do not change.
    """
    alarm = exp(limits.log_threshold)
    for i in range(at, len(pools)):
        if from_pool == 0:
            if int(memory.scalars[N_ACTIVE]) == len(memory.active):
                return i, FULL, 0.0
            count(pools[i], clock_s[i], memory, limits)
        if int(memory.scalars[N_LABELLED]) % STRIDE != 0:
            continue
        if from_pool == 0:
            snap(memory, tables, limits)
        for k in range(int(memory.scalars[N_ACTIVE])):
            pool = memory.active[k]
            if pool < from_pool:
                continue
            fall, rise = statistics(pool, memory, tables, limits)
            if fall >= alarm:
                return i, pool, log(fall)
            if rise >= alarm:
                return i, pool, -log(rise)
        from_pool = 0
    return len(pools), 0, 0.0


@kernel
def starts(
    pool: int, falls: bool, memory: ShareMemory, tables: ShareTables, limits: ShareLimits
) -> Floats:
    """Return, per lag, what the pick is read from, newest first, shape (4, lags).

    Rows: log weight of the start, its instant, mean and variance of the log of the odds ratio;
    NaN weight where the start says nothing of a change in that direction.

    Parameters
    ----------
    pool : int
        Number of the pool that alarmed.
    falls : bool
        Whether it fell; else it rose.
    memory, tables, limits : ShareMemory, ShareTables, ShareLimits
        What is remembered, only read; what is looked for; numbers that do not change.
    """
    out = np.full((4, len(tables.lag)), np.nan)
    for j in range(lags_back(pool, memory, tables)):
        lag = tables.lag[j]
        row = row_back(lag, memory)
        value, rises = start_evidence(pool, lag, row, memory, tables, limits)
        out[1, j] = memory.clocks[row]
        if value == 0.0 or rises == falls:
            continue
        snapshot = memory.ring[int(memory.now[SLOT, pool]), row]
        since = memory.scalars[N_LABELLED] % STRIDE + lag * STRIDE
        hits = memory.now[COUNT, pool] - snapshot[COUNT]
        out[0, j] = log(tables.spacing[j] * value)
        share = snapshot[SHARE]
        out[2, j] = log((hits + 0.5) / (since - hits + 0.5)) - log(share / (1.0 - share))
        out[3, j] = (
            1.0 / (hits + 0.5)
            + 1.0 / (since - hits + 0.5)
            + snapshot[VARIANCE]
            + limits.lagged
            + limits.drift_third_per_s * (memory.scalars[CLOCK] - memory.clocks[row])
        )
    return out
