"""The arithmetic of the mixture Shiryaev-Roberts detector: numba kernels over plain arrays.

The detector's memory is three arrays. `ring` keeps, per block, what a change that began right
after it would be measured from; `beliefs` keeps, per batch of blocks, what is thought of drift and
growth; `now` keeps the running numbers. All are changed in place here, and only here: the plugin
hands in copies.
"""

from math import exp, floor, log, log1p

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel
from hashquake.core.times import DAY_S
from hashquake.detect._shiryaev_layout import (
    CLOCK,
    DUE,
    EXPOSURE,
    FIRST_START,
    HEADER,
    LAST_STATISTIC,
    LOOK_WORK,
    N_BLOCKS,
    NOTHING,
    RATE,
    RISES_UNTIL,
    SHAPE,
    WORK,
    ShiryaevMemory,
    ShiryaevTables,
)
from hashquake.detect._shiryaev_rebase import rebase
from hashquake.estimate.volatility import BATCH_BLOCKS, drift_now, learn

Floats = NDArray[np.float64]
_RISE_LOOK_BLOCKS = 6


@kernel
def _belief(count: int, memory: ShiryaevMemory) -> Floats:
    """Return the belief after the last whole batch of blocks."""
    row: Floats = memory.beliefs[(count // BATCH_BLOCKS) % memory.beliefs.shape[0]]
    return row


@kernel
def drift(memory: ShiryaevMemory, tables: ShiryaevTables) -> tuple[float, float]:
    """Return the expected variance of a day's drift and the expected growth per day, by now.

    Parameters
    ----------
    memory, tables : ShiryaevMemory, ShiryaevTables
        What is remembered, only read, and what does not change.
    """
    return drift_now(_belief(int(memory.now[N_BLOCKS]), memory), tables.grid)


@kernel
def baseline(
    start: int,
    time_s: float,
    exposure: float,
    memory: ShiryaevMemory,
    tables: ShiryaevTables,
    moves: tuple[float, float],
) -> tuple[float, float, float]:
    """Return baseline shape and rate as seen from a start, and the exposure since.

    The baseline's information is cut by what the random walk and the transient may have moved the
    mean rate since the start, and its rate grows on.

    Parameters
    ----------
    start : int
        Count of blocks at the start: the change is taken to begin right after that block.
    time_s : float
        The instant looked from, UTC Unix seconds.
    exposure : float
        Exposure up to that instant, seconds over work in hashes.
    memory, tables : ShiryaevMemory, ShiryaevTables
        What is remembered, only read, and what does not change.
    moves : tuple of float
        Expected variance of a day's drift and expected growth per day; see `drift`.
    """
    ring, limits = memory.ring, tables.limits
    at = start % ring.shape[1]
    shape = ring[SHAPE, at]
    since_s = time_s - ring[CLOCK, at]
    days = since_s / DAY_S
    moved = moves[0] * days / 3.0
    moved += limits.transient_variance / (1.0 + 0.5 * since_s / limits.transient_s)
    known = 1.0 / (1.0 / shape + moved)
    grown = 1.0 - 0.5 * moves[1] * days
    return known, ring[RATE, at] * known / shape * grown, exposure - ring[EXPOSURE, at]


@kernel
def statistic(
    time_s: float,
    exposure: float,
    memory: ShiryaevMemory,
    tables: ShiryaevTables,
    bank: Floats,
    falls: bool,
) -> float:
    """Compute the log of the mixture statistic at an instant.

    Sums, over starts at geometric lags and over sizes, weight times the likelihood ratio of
    gamma-distributed baselines. Starts since which blocks moved the other way are left out: they
    add less than the weight they carry.

    Parameters
    ----------
    time_s : float
        The instant, UTC Unix seconds, not before the last block's clock.
    exposure : float
        Exposure up to that instant, seconds over work in hashes.
    memory, tables : ShiryaevMemory, ShiryaevTables
        What is remembered, only read, and what does not change.
    bank : array of float, shape (3, k)
        The sizes mixed: hash rate after over before, its log, and the log weight.
    falls : bool
        Whether the bank holds falls; else rises.
    """
    ring, now, lags = memory.ring, memory.now, tables.lags
    count = int(now[N_BLOCKS])
    moves = drift(memory, tables)
    total = 0.0
    for j in range(lags.shape[1]):
        lag = lags[0, j]
        start = count - int(lag)
        if start < now[FIRST_START]:
            break
        if ring[SHAPE, start % ring.shape[1]] < tables.limits.least_shape:
            break
        known, rate, since = baseline(start, time_s, exposure, memory, tables, moves)
        if (lag * rate >= known * since) == falls:
            continue
        both = log(rate + since)
        inner = 0.0
        for c in range(bank.shape[1]):
            # bank: row 0 remaining share, row 1 its log, row 2 the log weight
            inner += exp(
                bank[2, c]
                + lag * bank[1, c]
                + (known + lag) * (both - log(rate + bank[0, c] * since))
            )
        total += lags[1, j] * inner
    return log(total) if total > 0.0 else NOTHING


@kernel
def watch(
    from_s: float,
    until_s: float,
    work: float,
    closed: bool,
    memory: ShiryaevMemory,
    tables: ShiryaevTables,
) -> float:
    """Watch the silence between the last block and `until_s`; return when it alarms, or -1.

    Looks at absolute multiples of the heartbeat, with the difficulty last seen, and then, when
    `closed` by a block, at its instant with its own. Where the statistic is too low to reach the
    threshold soon whatever happens, the next look is put off: between looks it grows no faster
    than the largest drop times the block rate.

    Parameters
    ----------
    from_s, until_s : float
        The last block's clock and the end of the silence, UTC Unix seconds.
    work : float
        Hashes expected of the block that ends the silence; read only when `closed`.
    closed : bool
        Whether a block ends the silence.
    memory : ShiryaevMemory
        Changed in place: when to look next, and the last statistic.
    tables : ShiryaevTables
        Heartbeat, threshold and what is mixed.
    """
    heartbeat_s, now = tables.limits.heartbeat_s, memory.now
    beat_s = floor(max(from_s, now[DUE] - heartbeat_s) / heartbeat_s) * heartbeat_s + heartbeat_s
    last_work = memory.ring[WORK, int(now[N_BLOCKS]) % memory.ring.shape[1]]
    while beat_s <= until_s:
        if beat_s >= now[DUE] and look(beat_s, last_work, memory, tables):
            return float(beat_s)
        beat_s = max(beat_s + heartbeat_s, floor(now[DUE] / heartbeat_s) * heartbeat_s)
    if closed and until_s >= now[DUE] and look(until_s, work, memory, tables):
        return until_s
    return -1.0


@kernel
def look(look_s: float, work: float, memory: ShiryaevMemory, tables: ShiryaevTables) -> bool:
    """Compute the statistic at an instant, plan the next look, return whether it alarms.

    Parameters
    ----------
    look_s : float
        The instant, UTC Unix seconds.
    work : float
        Hashes expected of the next block.
    memory : ShiryaevMemory
        Changed in place: when to look next, and the last statistic.
    tables : ShiryaevTables
        Threshold and what is mixed.
    """
    ring, now, limits = memory.ring, memory.now, tables.limits
    last = int(now[N_BLOCKS]) % ring.shape[1]
    exposure = ring[EXPOSURE, last] + (look_s - ring[CLOCK, last]) / work
    value = statistic(look_s, exposure, memory, tables, tables.falls, True)
    now[LAST_STATISTIC] = value
    now[LOOK_WORK] = work
    if value >= limits.threshold:
        return True
    room = limits.threshold - limits.grid_margin - value
    if room > 0.0 and ring[RATE, last] > 0.0:
        fastest = 1.0 - tables.falls[0].min()
        per_s = limits.speed_margin * fastest * ring[SHAPE, last] / ring[RATE, last] / work
        # Never past a day: what the bound rests on changes slowly, but it changes.
        now[DUE] = look_s + min(room / per_s, DAY_S)
    return False


@kernel
def follow(
    at: int,
    clock_s: Floats,
    header_s: Floats,
    work: Floats,
    memory: ShiryaevMemory,
    tables: ShiryaevTables,
) -> tuple[int, float]:
    """Take blocks from index `at` on; return the index and instant of an alarm, or (n, -1).

    An alarm comes before the block that ends the silence is counted: the caller begins the
    baseline again and calls again from the same index.

    Parameters
    ----------
    at : int
        Index of the first block to take.
    clock_s, header_s : array of float, shape (n,)
        When each block is taken to have been found, and its header's time, UTC Unix seconds.
    work : array of float, shape (n,)
        Hashes expected of each.
    memory : ShiryaevMemory
        Changed in place.
    tables : ShiryaevTables
        What does not change.
    """
    ring, now = memory.ring, memory.now
    size = ring.shape[1]
    moves = drift(memory, tables)
    for i in range(at, len(clock_s)):
        count = int(now[N_BLOCKS])
        last = count % size
        before_s = ring[CLOCK, last]
        # The running maximum: a block dated before an earlier one adds a block and no time.
        time_s = max(before_s, clock_s[i])
        if time_s >= now[DUE]:
            alarm_s = watch(before_s, time_s, work[i], True, memory, tables)
            if alarm_s >= 0.0:
                return i, alarm_s
        new = (count + 1) % size
        days = (time_s - before_s) / DAY_S
        gap = (time_s - before_s) / work[i]
        shape, rate = ring[SHAPE, last], ring[RATE, last]
        if shape > 0.0:
            known = 1.0 / (1.0 / shape + moves[0] * days)
            rate *= known / shape * (1.0 - moves[1] * days)
            shape = known
        ring[SHAPE, new] = shape + 1.0
        ring[RATE, new] = rate + gap
        ring[EXPOSURE, new] = ring[EXPOSURE, last] + gap
        ring[CLOCK, new] = time_s
        ring[HEADER, new] = header_s[i]
        ring[WORK, new] = work[i]
        now[N_BLOCKS] = count + 1
        if (count + 1) % BATCH_BLOCKS == 0:
            _batch(count + 1, memory, tables)
            moves = drift(memory, tables)
        if time_s < now[RISES_UNTIL] and (count + 1) % _RISE_LOOK_BLOCKS == 0:
            _recover(count + 1, memory, tables)
    return len(clock_s), -1.0


@kernel
def _batch(count: int, memory: ShiryaevMemory, tables: ShiryaevTables) -> None:
    """Weigh drift and growth by the batch of blocks that ends here."""
    ring, beliefs = memory.ring, memory.beliefs
    rows, size = beliefs.shape[0], ring.shape[1]
    batch = count // BATCH_BLOCKS
    here, there = count % size, (count - BATCH_BLOCKS) % size
    learn(
        beliefs[(batch - 1) % rows],
        beliefs[batch % rows],
        tables.grid,
        float(BATCH_BLOCKS),
        ring[EXPOSURE, here] - ring[EXPOSURE, there],
        (ring[CLOCK, here] - ring[CLOCK, there]) / DAY_S,
    )


@kernel
def _recover(count: int, memory: ShiryaevMemory, tables: ShiryaevTables) -> None:
    """Start the baseline again where the hash rate has risen since the last alarm."""
    ring, now = memory.ring, memory.now
    here = count % ring.shape[1]
    value = statistic(ring[CLOCK, here], ring[EXPOSURE, here], memory, tables, tables.rises, False)
    if value < tables.limits.rise_threshold:
        return
    found = starts(ring[CLOCK, here], ring[EXPOSURE, here], memory, tables, tables.rises)
    best = 0
    for j in range(found.shape[1]):
        if found[0, j] > found[0, best]:
            best = j
    rebase(count - int(tables.lags[0, best]), 1.0, 0.0, memory)
    # One recovery for one alarm: quick blocks must not raise the baseline again and again.
    now[RISES_UNTIL] = 0.0
    now[DUE] = 0.0


@kernel
def starts(
    time_s: float, exposure: float, memory: ShiryaevMemory, tables: ShiryaevTables, bank: Floats
) -> Floats:
    """Return, per lag of the grid, what the pick is read from.

    Rows: log weight of the start, its instant, mean and variance of the log of the remaining
    share; NaN weight where the start is not allowed.

    Parameters
    ----------
    time_s, exposure : float
        The instant, UTC Unix seconds, and the exposure up to it, seconds over work in hashes.
    memory, tables : ShiryaevMemory, ShiryaevTables
        What is remembered, only read, and what does not change.
    bank : array of float, shape (3, k)
        As for `statistic`.
    """
    ring, now, lags = memory.ring, memory.now, tables.lags
    count = int(now[N_BLOCKS])
    moves = drift(memory, tables)
    out = np.full((4, lags.shape[1]), np.nan)
    for j in range(lags.shape[1]):
        lag = lags[0, j]
        start = count - int(lag)
        if start < now[FIRST_START]:
            break
        if ring[SHAPE, start % ring.shape[1]] < tables.limits.least_shape:
            break
        known, rate, since = baseline(start, time_s, exposure, memory, tables, moves)
        inner = 0.0
        for c in range(bank.shape[1]):
            inner += exp(
                bank[2, c]
                + lag * bank[1, c]
                - (known + lag) * log1p((bank[0, c] - 1.0) * since / (rate + since))
            )
        out[0, j] = log(lags[1, j] * inner)
        out[1, j] = ring[CLOCK, start % ring.shape[1]]
        # Half a block more: the median of a gamma count, and no infinity when none came.
        out[2, j] = log((lag + 0.5) / since) - log(known / rate) if since > 0.0 else 0.0
        out[3, j] = 1.0 / known + 1.0 / (lag + 0.5)
    return out
