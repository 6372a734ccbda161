"""From an alarm in pools' reports to a pick: when the fall began and how much is left."""

from collections.abc import Sequence
from math import exp, log, sqrt

import numpy as np

from hashquake.core.interval import Interval
from hashquake.core.pick import Pick, ReportedSum
from hashquake.core.subject import POOLS
from hashquake.core.window import Window
from hashquake.detect import _reported_kernel as kernel
from hashquake.detect._reported_memory import (
    GRACE_S,
    SLOT,
    SLOT_S,
    STATISTIC,
    SUM_SINCE,
    V2,
    VARIANCE,
    Floats,
    ReportedMemory,
    ReportedTables,
    mean_of,
)

_OUTLIER = 1.5
"""A pool's newest value further from the middle of all is cut to that: it is one report."""
_WIDER = 1.2
"""The newest reports scatter more than the means whose spread was learned; measured."""
_MIXED = 0.2
"""The newest reports may still be means over the onset: the fall may be so much larger."""
_LAG_SLOTS = 4
"""A report is a mean over one or two slots, and the median of three lags by one or two more."""
_LOOK_BACK = 24
_LEVEL = 0.9
_Z = 1.6449


def sum_pick(
    memory: ReportedMemory,
    tables: ReportedTables,
    subjects: Sequence[str],
    *,
    false_alarms_per_year: float,
    made_by: str,
) -> Pick:
    """Make the pick of the sum, and let the memory compare with what follows its onset.

    Parameters
    ----------
    memory : ReportedMemory
        Just after the alarm; written into.
    tables : ReportedTables
        What is looked for.
    subjects : sequence of str
        Of the pools.
    false_alarms_per_year : float
        Of the threshold.
    made_by : str
        Detector and version.
    """
    slot = float(memory.scalars[SLOT]) - 1.0
    means = np.zeros((len(subjects), 2))
    best, most, change, spread = 0, -np.inf, 0.0, 0.0
    for horizon in range(len(tables.recent)):
        whole, least = kernel.compare(memory, tables, horizon, slot, means)
        own = float(kernel.spread_of(memory, tables, horizon))
        z = (float(memory.scales[horizon, 0]) - least) / own
        if z > most:
            best, most, change, spread = horizon, z, whole, own
    kernel.compare(memory, tables, best, slot, means)
    path = kernel.course(memory, int(tables.recent[best]) + _LOOK_BACK, means)
    onset = _onset(path, exp(change), slot, int(tables.gap))
    memory.scalars[SUM_SINCE] = np.ceil(onset.end_s / SLOT_S)
    pools = np.flatnonzero(means[:, 0] > 0.0)
    before = means[pools, 0]
    # The means above still have values from before the onset; the newest report of each has none.
    newest = memory.pools[pools, V2] / before
    middle = _weighted_median(newest, before)
    left = float((np.clip(newest, middle / _OUTLIER, middle * _OUTLIER) * before).sum())
    total = float(before.sum())
    return Pick(
        subject=POOLS,
        onset=onset,
        detected_s=(slot + 1.0) * SLOT_S + GRACE_S,
        remaining_share=_share(log(left / total), _WIDER * spread, _MIXED),
        statistic=float(memory.scalars[STATISTIC]),
        threshold=float(tables.threshold),
        false_alarms_per_year=false_alarms_per_year,
        made_by=made_by,
        reported=ReportedSum(
            pools=tuple(sorted(slug_of(subjects[pool]) for pool in pools.tolist())),
            before_hps=total,
            after_hps=left,
        ),
    )


def pool_pick(
    memory: ReportedMemory,
    tables: ReportedTables,
    subjects: Sequence[str],
    pool: int,
    *,
    false_alarms_per_year: float,
    made_by: str,
) -> Pick:
    """Make the pick of one pool; its baseline has already started again.

    Parameters
    ----------
    memory : ReportedMemory
        Just after the alarm.
    tables : ReportedTables
        What is looked for.
    subjects : sequence of str
        Of the pools.
    pool : int
        The place of the pool that fell.
    false_alarms_per_year : float
        Of single pools together.
    made_by : str
        Detector and version.
    """
    slot = float(memory.scalars[SLOT]) - 1.0
    recent = int(tables.pool_recent)
    before = float(mean_of(memory, pool, slot - recent, int(tables.pool_before), 0.0))
    left = float(mean_of(memory, pool, slot, recent, 0.0))
    means = np.zeros((len(subjects), 2))
    means[pool] = before, left
    path = kernel.course(memory, recent + _LOOK_BACK, means)
    spread = max(sqrt(float(memory.pools[pool, VARIANCE])), float(tables.pool_least_spread))
    return Pick(
        subject=subjects[pool],
        onset=_onset(path, left / before, slot, int(tables.gap)),
        detected_s=(slot + 1.0) * SLOT_S + GRACE_S,
        remaining_share=_share(log(left / before), spread, 0.0),
        statistic=float(memory.scalars[STATISTIC]),
        threshold=float(tables.pool_threshold),
        false_alarms_per_year=false_alarms_per_year,
        made_by=made_by,
        reported=ReportedSum(pools=(slug_of(subjects[pool]),), before_hps=before, after_hps=left),
    )


def slug_of(subject: str) -> str:
    """Return the slug of a pool's subject, ``antpool`` of ``pool:antpool``.

    Parameters
    ----------
    subject : str
        Of a pool.
    """
    return subject.partition(":")[2]


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    below = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(below, 0.5)), len(values) - 1)])


def _share(log_change: float, spread: float, mixed: float) -> Interval:
    return Interval(
        median=exp(log_change),
        low=exp(log_change - _Z * spread - mixed * abs(log_change)),
        high=exp(log_change + _Z * spread),
        level=_LEVEL,
    )


def _onset(path: Floats, remaining: float, slot: float, gap: int) -> Window:
    """Return when the sum began to fall: it last stood above half of the fall shortly after."""
    high = np.flatnonzero(path >= 0.5 * (1.0 + remaining))
    last = int(high[-1]) if len(high) else 0
    crossed_s = (slot - (len(path) - 1) + last + 1.0) * SLOT_S
    return Window(start_s=crossed_s - (gap + _LAG_SLOTS) * SLOT_S, end_s=crossed_s + SLOT_S)
