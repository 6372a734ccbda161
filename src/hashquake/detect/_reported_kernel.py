"""Reports of pools, slot by slot: cleaned, summed, compared with the hours before.

Time is cut into slots of five minutes. A slot is dealt with once its `GRACE_S` is over, so that
pools that report a little later still count in it. Theory: ``docs/theory/reported_drop.md``.
"""

from math import exp, floor, log, log10, sqrt

import numpy as np

from hashquake.core.kernels import kernel
from hashquake.core.reported_rate import COARSE_FROZEN_WINDOWS, FROZEN_WINDOWS
from hashquake.detect._reported_memory import (
    ABOVE,
    CROSSED,
    GRACE_S,
    JOINED,
    LAST_VALUE,
    LATE,
    LEVEL,
    MEAN,
    MEDIAN,
    N_OK,
    OK_END,
    OK_SPAN,
    OPEN_AT,
    PERIOD,
    PERIODS,
    POOL_ALARM,
    QUIET,
    RING,
    SAME_SINCE,
    SEEN,
    SINCE,
    SLOT,
    SLOT_S,
    STATISTIC,
    SUM_ALARM,
    SUM_SINCE,
    V0,
    V1,
    V2,
    VARIANCE,
    WATCHED,
    Floats,
    Ints,
    ReportedMemory,
    ReportedTables,
    mean_of,
    slot_of,
)

_UNIT_LOG = 0.5 * log(1000.0)
"""A value further than this from the level before is in another unit, or wrong."""
_FORGET_SLOTS = 288.0
"""A pool that said nothing for a day starts again."""
_LATE_SLOTS = 288
"""A report that comes so much later is of another time: it is counted, see `LATE`."""
_CLIP = 4.0
_LEAST_REST = 0.2
"""Of the sum, that the pools but one must be: if they are less, that one could make any fall."""


@kernel
def follow(
    at: int, pool: Ints, end_s: Floats, span_s: Floats, value: Floats, memory: ReportedMemory,
    tables: ReportedTables,
) -> tuple[int, int, int]:  # fmt: skip
    """Take reports from a place on, until an alarm or their end.

    Parameters
    ----------
    at : int
        Where to begin.
    pool, end_s, span_s, value : arrays, shape (n,)
        As of `hashquake.forward.pool_reports.Reported`, in order of `end_s`.
    memory : ReportedMemory
        Written into.
    tables : ReportedTables
        What is looked for.

    Returns
    -------
    tuple of (int, int, int)
        The report to go on with; `SUM_ALARM`, `POOL_ALARM` or `QUIET`; the pool.
    """
    now = memory.scalars
    while at < len(pool):
        if now[SLOT] < 0.0:
            now[SLOT] = slot_of(end_s[at])
        # A slot is over once something came that ends after its grace.
        while (now[SLOT] + 1.0) * SLOT_S + GRACE_S < end_s[at]:
            kind, who = _close(memory, tables)
            if kind != QUIET:
                return at, kind, who
            if slot_of(end_s[at]) - now[SLOT] > RING:
                _begin_anew(memory, slot_of(end_s[at]))
        place = int(slot_of(end_s[at]) - now[SLOT])
        if 0 <= place <= 1:
            kept = memory.pending[pool[at], place]
            if not kept[0] > end_s[at]:
                kept[0], kept[1], kept[2] = end_s[at], span_s[at], value[at]
        elif place < -_LATE_SLOTS:
            now[LATE] += 1.0
        at += 1
    return at, QUIET, -1


@kernel
def _begin_anew(memory: ReportedMemory, slot: float) -> None:
    """Go on after days without a report: nothing of before can be compared with."""
    memory.sums[:] = 0.0
    memory.counts[:] = 0.0
    memory.periods[:] = 0.0
    memory.pending[:] = np.nan
    memory.pools[:, N_OK] = 0.0
    memory.pools[:, JOINED] = slot
    memory.scalars[SLOT] = memory.scalars[SUM_SINCE] = slot


@kernel
def _close(memory: ReportedMemory, tables: ReportedTables) -> tuple[int, int]:
    """Deal with the open slot, and open the next."""
    now, slot = memory.scalars, memory.scalars[SLOT]
    here, last = int(slot) % RING, int(slot - 1.0) % RING
    for p in range(len(memory.pools)):
        own = memory.pools[p]
        if memory.pending[p, 0, 0] > 0.0:
            _accept(own, memory.pending[p, 0], slot)
        memory.pending[p, 0, :] = memory.pending[p, 1, :]
        memory.pending[p, 1, :] = np.nan
        # A value stands for its own span and one more, in case the next is late.
        fresh = (slot + 1.0) * SLOT_S - own[OK_END] < 2.0 * own[OK_SPAN] + SLOT_S
        spoken = own[N_OK] >= MEDIAN and fresh
        level = own[LEVEL] if spoken else 0.0
        memory.sums[p, here] = memory.sums[p, last] + level
        memory.counts[p, here] = memory.counts[p, last] + (1.0 if spoken else 0.0)
    found, who = QUIET, -1
    if _sum_alarms(memory, tables):
        found = SUM_ALARM
    else:
        who = _pool_alarms(memory, tables)
        if who >= 0:
            found = POOL_ALARM
    now[SLOT] = slot + 1.0
    if (int(slot) + 1) % PERIOD == 0:
        place = (int(slot) // PERIOD) % PERIODS
        for p in range(len(memory.pools)):
            memory.periods[p, place] = mean_of(memory, p, slot, PERIOD, 0.0)
    return found, who


@kernel
def _accept(own: Floats, report: Floats, slot: float) -> None:
    """Take a pool's report unless it is wrong, in another unit or not measured again."""
    end_s, span_s, value = report[0], report[1], report[2]
    if not (value > 0.0 and value < np.inf):
        return
    if own[N_OK] > 0.0 and end_s - own[OK_END] > _FORGET_SLOTS * SLOT_S:
        own[N_OK], own[JOINED], own[SEEN] = 0.0, slot, 0.0
    if own[N_OK] >= MEDIAN and abs(log(value / own[LEVEL])) > _UNIT_LOG:
        return
    if value != own[LAST_VALUE]:
        own[SAME_SINCE], own[LAST_VALUE] = end_s, value
    windows = COARSE_FROZEN_WINDOWS if _coarse(value) else FROZEN_WINDOWS
    if end_s - own[SAME_SINCE] > windows * span_s:
        return
    own[V0], own[V1], own[V2] = own[V1], own[V2], value
    own[OK_END], own[OK_SPAN] = end_s, span_s
    own[N_OK] += 1.0
    low, high = min(own[V0], own[V1]), max(own[V0], own[V1])
    own[LEVEL] = max(low, min(high, own[V2]))


@kernel
def _coarse(value: float) -> bool:
    """Return whether a value has fewer than five digits, so that it repeats by chance."""
    mantissa = value / 10.0 ** (floor(log10(value)) - 3.0)
    return bool(abs(mantissa - floor(mantissa + 0.5)) < 1e-6)


@kernel
def compare(
    memory: ReportedMemory, tables: ReportedTables, horizon: int, slot: float, means: Floats
) -> tuple[float, float]:
    """Compare the sum of the reports with that of the hours before.

    Parameters
    ----------
    memory : ReportedMemory
        Of all slots up to the one asked about.
    tables : ReportedTables
        What is looked for.
    horizon : int
        Which of the comparisons.
    slot : float
        The last slot that counts.
    means : array of float64, shape (pools, 2)
        Filled in: means before and of late of each pool that counts, 0 for the others.

    Returns
    -------
    tuple of two floats
        Log of the sum of late over the sum before, and the same where that pool is left out
        without which the fall is least; NaN where fewer than two pools can be compared, or one
        is nearly all of the sum.
    """
    start = slot - tables.recent[horizon] - tables.gap
    before = late = 0.0
    n = 0
    for p in range(len(memory.pools)):
        since = max(memory.scalars[SUM_SINCE], memory.pools[p, JOINED])
        means[p, 0] = means[p, 1] = 0.0
        old = mean_of(memory, p, start, tables.before[horizon], since)
        new = mean_of(memory, p, slot, tables.recent[horizon], since)
        if old > 0.0 and new > 0.0:
            means[p, 0], means[p, 1] = old, new
            before += old
            late += new
            n += 1
    if n < 2:
        return np.nan, np.nan
    whole = log(late / before)
    least = whole
    for p in range(len(memory.pools)):
        if means[p, 0] > 0.0:
            rest = before - means[p, 0]
            if rest <= _LEAST_REST * before:
                return np.nan, np.nan
            least = max(least, log((late - means[p, 1]) / rest))
    return whole, least


@kernel
def _sum_alarms(memory: ReportedMemory, tables: ReportedTables) -> bool:
    now = memory.scalars
    means = np.zeros((len(memory.pools), 2))
    highest = -np.inf
    for h in range(len(tables.recent)):
        _, least = compare(memory, tables, h, now[SLOT], means)
        if np.isnan(least):
            continue
        scale = memory.scales[h]
        spread = max(sqrt(scale[1]), tables.least_spread)
        z = (scale[0] - least) / spread
        if scale[2] >= tables.warm_slots:
            highest = max(highest, z)
        _learn(scale, least, spread, tables)
    if highest == -np.inf:
        now[STATISTIC] = highest
        return False
    _count_crossing(now, highest, tables)
    now[STATISTIC] = highest - restlessness(memory, tables)
    return bool(float(now[STATISTIC]) >= tables.threshold)


@kernel
def _count_crossing(now: Floats, highest: float, tables: ReportedTables) -> None:
    """Count how often chance alone takes the statistic over a moderate level."""
    keep = 1.0 - 1.0 / (6.0 * tables.memory_slots)
    now[CROSSED] *= keep
    now[WATCHED] = now[WATCHED] * keep + 1.0
    if now[ABOVE] == 0.0 and highest > tables.crossing:
        now[ABOVE] = 1.0
        now[CROSSED] += 1.0
    elif highest < tables.back:
        now[ABOVE] = 0.0


@kernel
def restlessness(memory: ReportedMemory, tables: ReportedTables) -> float:
    """Return by how much the statistic is lowered, as it crosses a moderate level often or seldom.

    Reports whose errors are short cross every level more often than those whose errors last: there
    are more independent trials in a year. How often a moderate level is crossed says how many.

    Parameters
    ----------
    memory : ReportedMemory
        With the crossings so far.
    tables : ReportedTables
        With what is usual.
    """
    now = memory.scalars
    known = tables.least_crossings
    seldom = (now[WATCHED] + known * tables.usual_slots) / (now[CROSSED] + known)
    return log(tables.usual_slots / seldom) / tables.decay


@kernel
def _learn(scale: Floats, value: float, spread: float, tables: ReportedTables) -> None:
    """Learn mean and spread; what lies far out, such as a fall, counts no more than a little."""
    if scale[2] == 0.0:
        scale[1] = tables.first_spread**2
    scale[2] += 1.0
    part = 1.0 / min(scale[2] + tables.warm_slots, tables.memory_slots)
    off = max(-_CLIP * spread, min(_CLIP * spread, value - scale[0]))
    scale[0] += part * off
    scale[1] += part * (off * off - scale[1])


@kernel
def _pool_alarms(memory: ReportedMemory, tables: ReportedTables) -> int:
    """Return the pool that fell most beyond what is usual for it, -1 for none."""
    slot, found, most = memory.scalars[SLOT], -1, -np.inf
    for p in range(len(memory.pools)):
        own = memory.pools[p]
        since = max(own[SINCE], own[JOINED])
        old = mean_of(memory, p, slot - tables.pool_recent, tables.pool_before, since)
        # Persistent: the highest of all values of late must lie below.
        high, n = 0.0, 0
        for back in range(tables.pool_recent):
            end, begin = int(slot - back) % RING, int(slot - back - 1.0) % RING
            if memory.counts[p, end] > memory.counts[p, begin]:
                high = max(high, memory.sums[p, end] - memory.sums[p, begin])
                n += 1
        if old <= 0.0 or n < 0.5 * tables.pool_recent:
            continue
        fall = log(high / old)
        if own[SEEN] == 0.0:
            own[VARIANCE] = tables.first_spread**2
        spread = max(sqrt(own[VARIANCE]), tables.pool_least_spread)
        z = (own[MEAN] - fall) / spread
        own[SEEN] += 1.0
        part = 1.0 / min(own[SEEN] + tables.warm_slots, tables.memory_slots)
        off = max(-_CLIP * spread, min(_CLIP * spread, fall - own[MEAN]))
        own[MEAN] += part * off
        own[VARIANCE] += part * (off * off - own[VARIANCE])
        quiet = own[SEEN] < tables.warm_slots or slot < own[OPEN_AT]
        large = fall <= tables.pool_least_log
        if not quiet and large and z >= tables.pool_threshold and z > most:
            found, most = p, z
    if found >= 0:
        memory.scalars[STATISTIC] = most
        memory.pools[found, OPEN_AT] = slot + tables.hold_slots
        memory.pools[found, SINCE] = slot - tables.pool_recent
    return found


@kernel
def course(memory: ReportedMemory, slots: int, means: Floats) -> Floats:
    """Return the sum of the pools that count, slot by slot, over what it was before.

    Parameters
    ----------
    memory : ReportedMemory
        After an alarm, whose slot is closed.
    slots : int
        How many, up to the last one closed.
    means : array of float64, shape (pools, 2)
        As `compare` filled it in.

    Returns
    -------
    array of float64, shape (slots,)
        1 is the level before; NaN where no pool has a value.
    """
    last = memory.scalars[SLOT] - 1.0
    found = np.full(slots, np.nan)
    for back in range(slots):
        end, begin = int(last - back) % RING, int(last - back - 1.0) % RING
        late = before = 0.0
        for p in range(len(memory.pools)):
            if means[p, 0] > 0.0 and memory.counts[p, end] > memory.counts[p, begin]:
                late += memory.sums[p, end] - memory.sums[p, begin]
                before += means[p, 0]
        if before > 0.0:
            found[slots - 1 - back] = late / before
    return found


@kernel
def spread_of(memory: ReportedMemory, tables: ReportedTables, horizon: int) -> float:
    """Return the usual spread of one of the comparisons, of the log.

    Parameters
    ----------
    memory : ReportedMemory
        With what was learned.
    tables : ReportedTables
        With the smallest spread believed.
    horizon : int
        Which of the comparisons.
    """
    return max(sqrt(memory.scales[horizon, 1]), tables.least_spread, exp(-20.0))
