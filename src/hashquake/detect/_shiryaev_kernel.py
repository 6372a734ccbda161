"""The arithmetic of the mixture Shiryaev-Roberts detector: numba kernels over plain arrays.

The detector's memory is two arrays. `ring` holds, per block, what a drop that began right after it
would be measured from; `now` holds the running numbers. Both are changed in place here, and only
here: the plugin hands in copies.
"""

from math import exp, floor, log, log1p

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel

Floats = NDArray[np.float64]

SPARE = 16
"""Ring places beyond the longest lag, so that a reorg of that depth still finds its parent."""

# Rows of the ring, one column per block, column = block count modulo its length.
SHAPE, RATE, EXPOSURE, CLOCK, HEADER, WORK = range(6)
RING_ROWS = 6
# Entries of `now`.
N_BLOCKS, FIRST_START, DUE, OPEN_AT, LAST_STATISTIC, LOOK_WORK = range(6)
NOW_SIZE = 6

NOTHING = -1e9
"""The log statistic when no start has any evidence for a drop."""


@kernel
def baseline(
    start: int, time_s: float, exposure: float, ring: Floats, walk_per_s: float
) -> tuple[float, float, float]:
    """Give baseline shape and rate as seen from a start, and the exposure since.

    The baseline's information is cut by what the random walk may have moved since the start.
    """
    at = start % ring.shape[1]
    shape = ring[SHAPE, at]
    known = 1.0 / (1.0 / shape + walk_per_s * (time_s - ring[CLOCK, at]) / 3.0)
    return known, ring[RATE, at] * known / shape, exposure - ring[EXPOSURE, at]


@kernel
def statistic(
    time_s: float,
    exposure: float,
    ring: Floats,
    now: Floats,
    grid: Floats,
    drops: Floats,
    limits: Floats,
) -> float:
    """Compute the log of the mixture statistic at an instant.

    Sums, over starts at geometric lags and over drop sizes, weight times the likelihood ratio of
    gamma-distributed baselines. Starts since which blocks came no slower than before are left
    out: they add less than the weight they carry.
    """
    walk_per_s, least_shape = limits[0], limits[1]
    count = int(now[N_BLOCKS])
    total = 0.0
    for j in range(grid.shape[1]):
        lag = grid[0, j]
        start = count - int(lag)
        if start < now[FIRST_START] or ring[SHAPE, start % ring.shape[1]] < least_shape:
            break
        known, rate, since = baseline(start, time_s, exposure, ring, walk_per_s)
        if lag * rate >= known * since:
            continue
        both = log(rate + since)
        inner = 0.0
        for c in range(drops.shape[1]):
            # drops: row 0 remaining share, row 1 its log, row 2 the log weight
            inner += exp(
                drops[2, c]
                + lag * drops[1, c]
                + (known + lag) * (both - log(rate + drops[0, c] * since))
            )
        total += grid[1, j] * inner
    return log(total) if total > 0.0 else NOTHING


@kernel
def watch(
    from_s: float,
    until_s: float,
    work: float,
    closed: bool,
    ring: Floats,
    now: Floats,
    grid: Floats,
    drops: Floats,
    limits: Floats,
) -> float:
    """Watch the silence between the last block and `until_s`; give when it alarms, or -1.

    Looks at absolute multiples of the heartbeat, with the difficulty last seen, and then, when
    `closed` by a block, at its instant with its own. A silence longer than the longest believed
    is looked at no more until a block ends it. Where the statistic is too low to reach the
    threshold soon whatever happens, the next look is put off: between looks it grows no faster
    than the largest drop times the block rate.
    """
    heartbeat_s, silence_s = limits[2], limits[6]
    believed_s = min(until_s, from_s + silence_s)
    time_bin = floor(max(from_s, now[DUE] - heartbeat_s) / heartbeat_s) * heartbeat_s + heartbeat_s
    last_work = ring[WORK, int(now[N_BLOCKS]) % ring.shape[1]]
    while time_bin <= believed_s:
        if time_bin >= now[DUE] and look(time_bin, last_work, ring, now, grid, drops, limits):
            return float(time_bin)
        time_bin = max(time_bin + heartbeat_s, floor(now[DUE] / heartbeat_s) * heartbeat_s)
    if closed and until_s >= now[DUE] and look(until_s, work, ring, now, grid, drops, limits):
        return until_s
    return -1.0


@kernel
def look(
    look_s: float,
    work: float,
    ring: Floats,
    now: Floats,
    grid: Floats,
    drops: Floats,
    limits: Floats,
) -> bool:
    """Compute the statistic at an instant, plan the next look, tell whether it alarms."""
    threshold = limits[3]
    last = int(now[N_BLOCKS]) % ring.shape[1]
    exposure = ring[EXPOSURE, last] + (look_s - ring[CLOCK, last]) / work
    value = statistic(look_s, exposure, ring, now, grid, drops, limits)
    now[LAST_STATISTIC] = value
    now[LOOK_WORK] = work
    if value >= threshold:
        return True
    room = threshold - limits[5] - value
    if room > 0.0 and ring[RATE, last] > 0.0:
        fastest = 1.0 - drops[0].min()
        per_s = limits[4] * fastest * ring[SHAPE, last] / ring[RATE, last] / work
        # Never past a day: what the bound rests on changes slowly, but it changes.
        now[DUE] = look_s + min(room / per_s, 86400.0)
    return False


@kernel
def follow(
    at: int,
    header_s: Floats,
    work: Floats,
    ring: Floats,
    now: Floats,
    grid: Floats,
    drops: Floats,
    limits: Floats,
    memory_s: float,
) -> tuple[int, float]:
    """Take blocks from index `at` on; give the index and instant of an alarm, or (n, -1).

    An alarm comes before the block that ends the silence is counted: the caller closes the
    detector and calls again from the same index.
    """
    size = ring.shape[1]
    for i in range(at, len(header_s)):
        count = int(now[N_BLOCKS])
        last = count % size
        clock_s = ring[CLOCK, last]
        # The running maximum: a header behind an earlier one adds a block and no time.
        time_s = max(clock_s, header_s[i])
        if time_s >= now[DUE]:
            alarm_s = watch(clock_s, time_s, work[i], True, ring, now, grid, drops, limits)
            if alarm_s >= 0.0:
                return i, alarm_s
        fade = exp(-(time_s - clock_s) / memory_s)
        gap = (time_s - clock_s) / work[i]
        new = (count + 1) % size
        ring[SHAPE, new] = ring[SHAPE, last] * fade + 1.0
        ring[RATE, new] = ring[RATE, last] * fade + gap
        ring[EXPOSURE, new] = ring[EXPOSURE, last] + gap
        ring[CLOCK, new] = time_s
        ring[HEADER, new] = header_s[i]
        ring[WORK, new] = work[i]
        now[N_BLOCKS] = count + 1
    return len(header_s), -1.0


@kernel
def starts(
    time_s: float,
    exposure: float,
    ring: Floats,
    now: Floats,
    grid: Floats,
    drops: Floats,
    limits: Floats,
) -> Floats:
    """Give, per lag of the grid, what the pick is read from.

    Rows: log weight of the start, its instant, mean and variance of the log of the remaining
    share; NaN weight where the start is not allowed.
    """
    walk_per_s, least_shape = limits[0], limits[1]
    count = int(now[N_BLOCKS])
    out = np.full((4, grid.shape[1]), np.nan)
    for j in range(grid.shape[1]):
        lag = grid[0, j]
        start = count - int(lag)
        if start < now[FIRST_START] or ring[SHAPE, start % ring.shape[1]] < least_shape:
            break
        known, rate, since = baseline(start, time_s, exposure, ring, walk_per_s)
        inner = 0.0
        for c in range(drops.shape[1]):
            inner += exp(
                drops[2, c]
                + lag * drops[1, c]
                - (known + lag) * log1p((drops[0, c] - 1.0) * since / (rate + since))
            )
        out[0, j] = log(grid[1, j] * inner)
        out[1, j] = ring[CLOCK, start % ring.shape[1]]
        # Half a block more: the median of a gamma count, and no infinity when none came.
        out[2, j] = log((lag + 0.5) / since) - log(known / rate) if since > 0.0 else 0.0
        out[3, j] = 1.0 / known + 1.0 / (lag + 0.5)
    return out
