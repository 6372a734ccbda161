"""Detect falls of the hash rate that pools report, of their sum and of single pools.

Reports come every five minutes and move within minutes of what happens, where blocks take a day.
They are also the pools' own word, and their interfaces fail. So the detector believes no single
value and no single pool: a pool's value is the median of three reports; repeated values, values in
another unit and silence are gaps; a fall of the sum must remain when any one pool is left out, so
that neither one pool's fault nor machines that move between pools raise it. A single pool is
watched by itself, for hours. Theory, calibration and blind spots: ``docs/theory/reported_drop.md``.

Clock: the ends of the reports' windows, never the wall clock. Reports must come in the order of
their ends, but for `_reported_memory.GRACE_S`; one that comes later is counted, not used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite, log

import numpy as np
from numpy.typing import NDArray

from hashquake.core.contracts import DetectorCard
from hashquake.core.pick import Pick, ReportedSum
from hashquake.core.reading import Reading
from hashquake.core.reported_rate import QUANTITY
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.detect import _reported_kernel as kernel
from hashquake.detect import _reported_memory as kept
from hashquake.detect._reported_pick import pool_pick, slug_of, sum_pick
from hashquake.detect.thresholds import threshold_for

Floats = NDArray[np.float64]

CARD = DetectorCard(
    name="reported_drop",
    title="Falls of the hash rate that pools report, of their sum and of single pools",
    version=1,
    subjects=("pools", "pool"),
    online=True,
    source="hashquake-record",
    quantities=("hashrate_hps",),
    lag_s=300.0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedTuning:
    """What the detector looks for; thresholds are calibrated for the defaults only.

    Parameters
    ----------
    recent_s, before_s : tuple of float
        The means that are compared: of late, and before.
    gap_s : float
        Time between the two.
    pool_recent_s, pool_before_s : float
        The same of a single pool, which must lie low for all of the first.
    memory_s : float
        Over which the usual spread of these comparisons is learned.
    least_spread, pool_least_spread, first_spread : float
        Smallest spread believed, of the log, and the one assumed at first.
    warm_s : float
        Time before the first alarm.
    crossing, back : float
        The moderate level of the statistic whose crossings are counted, and from under which.
    usual_s, least_crossings : float
        Time between two crossings in the years of the calibration, and how many crossings that
        knowledge counts for.
    decay : float
        How fast the logarithm of the rate of crossings falls with the statistic.
    pool_least_share, pool_threshold : float
        The smallest fall of a single pool that is an alarm, 0 to 1, and in units of its usual
        spread.
    hold_s : float
        For how long a single pool is not looked at after its alarm.
    """

    recent_s: tuple[float, ...] = (600.0, 1800.0, 7200.0)
    before_s: tuple[float, ...] = (6.0 * HOUR_S, 9.0 * HOUR_S, 18.0 * HOUR_S)
    gap_s: float = 600.0
    pool_recent_s: float = 3.0 * HOUR_S
    pool_before_s: float = 24.0 * HOUR_S
    memory_s: float = 20.0 * DAY_S
    least_spread: float = 0.004
    pool_least_spread: float = 0.02
    first_spread: float = 0.03
    warm_s: float = 2.0 * DAY_S
    crossing: float = 2.0
    back: float = 0.8
    usual_s: float = 1.5 * DAY_S
    least_crossings: float = 10.0
    decay: float = 4.0
    pool_least_share: float = 0.2
    pool_threshold: float = 5.0
    hold_s: float = 2.0 * DAY_S


DEFAULT = ReportedTuning()
POOL_FALSE_ALARMS_PER_YEAR = 0.1
"""Alarms of any of eight single pools a year that their machines did not make, at most: measured
on the years of the calibration. Where pools often change how they count it is more."""
_MADE_BY = f"{CARD.name}/{CARD.version}"
_SWITCH_S = DAY_S
"""A pool that two services report counts once: by the first, until that is silent for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The series that a pool is judged by.

    Parameters
    ----------
    subject, source : str
        Of its readings.
    last_s : float
        The end of the last, UTC Unix seconds.
    """

    subject: str
    source: str
    last_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReportedDropState:
    """The detector between two steps; a step gives a new one and leaves this as it was.

    Parameters
    ----------
    false_alarms_per_year : float
        Asked for, of the sum.
    tuning : ReportedTuning
        What it looks for.
    voices : tuple of Voice
        Pools in the order in which they first spoke: a pool's number is its place here.
    memory : ReportedMemory
        The kernel's memory.
    tables : ReportedTables
        Made once from the tuning.
    """

    false_alarms_per_year: float
    tuning: ReportedTuning
    voices: tuple[Voice, ...]
    memory: kept.ReportedMemory
    tables: kept.ReportedTables

    @property
    def clock_s(self) -> float:
        """Reports that end before this come too late, UTC Unix seconds."""
        slot = float(self.memory.scalars[kept.SLOT])
        return slot * kept.SLOT_S if slot >= 0.0 else float("-inf")

    @property
    def n_late(self) -> int:
        """Reports that came more than a day too late: of a time that was dealt with."""
        return int(self.memory.scalars[kept.LATE])


def start(
    *,
    false_alarms_per_year: float = 1.0,
    threshold: float | None = None,
    tuning: ReportedTuning = DEFAULT,
) -> ReportedDropState:
    """Make a detector that has seen nothing.

    Parameters
    ----------
    false_alarms_per_year : float
        How often faults, noise and drift alone may raise an alarm of the sum. The rule for single
        pools is the same for every rate, see `POOL_FALSE_ALARMS_PER_YEAR`.
    threshold : float or None
        At which the sum alarms, in units of the usual spread, for calibration; None looks it up.
    tuning : ReportedTuning
        What to look for.

    Raises
    ------
    UsageError
        ``false-alarms-range`` outside the calibrated range.
    """
    if threshold is None:
        threshold = threshold_for(CARD, false_alarms_per_year=false_alarms_per_year)
    slots = kept.SLOT_S
    tables = kept.ReportedTables(
        recent=np.array([round(s / slots) for s in tuning.recent_s], np.int64),
        before=np.array([round(s / slots) for s in tuning.before_s], np.int64),
        gap=round(tuning.gap_s / slots),
        pool_recent=round(tuning.pool_recent_s / slots),
        pool_before=round(tuning.pool_before_s / slots),
        memory_slots=tuning.memory_s / slots,
        least_spread=tuning.least_spread,
        pool_least_spread=tuning.pool_least_spread,
        first_spread=tuning.first_spread,
        warm_slots=tuning.warm_s / slots,
        crossing=tuning.crossing,
        back=tuning.back,
        usual_slots=tuning.usual_s / slots,
        least_crossings=tuning.least_crossings,
        decay=tuning.decay,
        threshold=threshold,
        pool_threshold=tuning.pool_threshold,
        pool_least_log=log(1.0 - tuning.pool_least_share),
        hold_slots=tuning.hold_s / slots,
    )
    scalars = np.zeros(kept.N_SCALARS)
    scalars[kept.SLOT] = -1.0
    return ReportedDropState(
        false_alarms_per_year=false_alarms_per_year,
        tuning=tuning,
        voices=(),
        memory=_room(None, 0, scalars, len(tuning.recent_s)),
        tables=tables,
    )


def step(
    state: ReportedDropState, readings: Sequence[Reading], now_s: float | None = None
) -> tuple[ReportedDropState, tuple[Pick, ...]]:
    """Take reports of pools; readings of anything else are passed over.

    Parameters
    ----------
    state : ReportedDropState
        Where it stood; not changed.
    readings : sequence of Reading
        In any order among themselves, but not before those of earlier steps.
    now_s : float or None
        Not used: a pool that is silent says nothing. Part of the contract of detectors.

    Returns
    -------
    ReportedDropState and tuple of Pick
        In the order of detection. Subject ``pools`` is the sum.
    """
    del now_s
    reports = sorted(
        (one for one in readings if one.quantity == QUANTITY and one.subject.startswith("pool:")),
        key=lambda one: (one.window.end_s, one.subject, one.source),
    )
    if not reports:
        return state, ()
    voices = list(state.voices)
    number = {voice.subject: at for at, voice in enumerate(voices)}
    kept: list[tuple[int, Reading]] = []
    for one in reports:
        at = number.setdefault(one.subject, len(voices))
        end_s = one.window.end_s
        if at == len(voices):
            voices.append(Voice(subject=one.subject, source=one.source, last_s=end_s))
        other = one.source != voices[at].source
        if other and end_s - voices[at].last_s <= _SWITCH_S:
            continue
        last_s = end_s if other else max(voices[at].last_s, end_s)
        voices[at] = Voice(subject=one.subject, source=one.source, last_s=last_s)
        kept.append((at, one))
    memory = _room(state.memory, len(voices), state.memory.scalars, len(state.tables.recent))
    moved = replace(state, voices=tuple(voices), memory=memory)
    picks = follow(
        moved,
        pool=np.array([at for at, _ in kept], np.int64),
        end_s=np.array([one.window.end_s for _, one in kept]),
        span_s=np.array([one.window.duration_s for _, one in kept]),
        value=np.array([one.value if isfinite(one.value) else -1.0 for _, one in kept]),
    )
    return moved, picks


def follow(
    state: ReportedDropState,
    *,
    pool: NDArray[np.int64],
    end_s: Floats,
    span_s: Floats,
    value: Floats,
) -> tuple[Pick, ...]:
    """Take reports as columns; the state's memory is overwritten, and the caller owns it.

    Parameters
    ----------
    state : ReportedDropState
        With a voice for every pool.
    pool : array of int64, shape (n,)
        Places among the state's voices.
    end_s, span_s, value : array of float64, shape (n,)
        As of `hashquake.forward.pool_reports.Reported`, in order of `end_s`.
    """
    picks: list[Pick] = []
    subjects = [voice.subject for voice in state.voices]
    at = 0
    while at < len(pool):
        at, kind, who = kernel.follow(at, pool, end_s, span_s, value, state.memory, state.tables)
        if kind == kept.SUM_ALARM:
            picks.append(
                sum_pick(
                    state.memory,
                    state.tables,
                    subjects,
                    false_alarms_per_year=state.false_alarms_per_year,
                    made_by=_MADE_BY,
                )
            )
        elif kind == kept.POOL_ALARM:
            picks.append(
                pool_pick(
                    state.memory,
                    state.tables,
                    subjects,
                    who,
                    false_alarms_per_year=POOL_FALSE_ALARMS_PER_YEAR,
                    made_by=_MADE_BY,
                )
            )
    return tuple(picks)


def with_pools(state: ReportedDropState, names: Sequence[str]) -> ReportedDropState:
    """Return a state that knows pools beforehand, for reports that come as columns.

    Parameters
    ----------
    state : ReportedDropState
        That has seen nothing.
    names : sequence of str
        Slugs; their places are the pools' numbers.
    """
    voices = tuple(Voice(subject=f"pool:{name}", source="", last_s=float("-inf")) for name in names)
    memory = _room(state.memory, len(voices), state.memory.scalars, len(state.tables.recent))
    return replace(state, voices=voices, memory=memory)


def reported_levels(state: ReportedDropState, before: Window, after: Window) -> ReportedSum | None:
    """Return what pools reported in two windows of the last weeks.

    Parameters
    ----------
    state : ReportedDropState
        That has followed the reports up to now.
    before, after : Window
        Whole periods of six hours inside them count.

    Returns
    -------
    ReportedSum or None
        Of the pools that spoke for half of the periods in both; None where none did.
    """
    memory = state.memory
    period_s = kept.PERIOD * kept.SLOT_S
    newest = int(memory.scalars[kept.SLOT]) // kept.PERIOD - 1
    oldest = newest - kept.PERIODS + 1
    means = []
    for window in (before, after):
        first = max(oldest, -int(-window.start_s // period_s))
        last = min(newest, int(window.end_s // period_s) - 1)
        if last < first:
            return None
        part = memory.periods[:, np.arange(first, last + 1) % kept.PERIODS]
        known = (part > 0.0).sum(axis=1)
        enough = 2 * known >= last - first + 1
        means.append(np.where(enough, part.sum(axis=1) / np.maximum(known, 1), 0.0))
    both = np.flatnonzero((means[0] > 0.0) & (means[1] > 0.0))
    if not len(both):
        return None
    return ReportedSum(
        pools=tuple(sorted(slug_of(state.voices[int(pool)].subject) for pool in both)),
        before_hps=float(means[0][both].sum()),
        after_hps=float(means[1][both].sum()),
    )


def _room(
    old: kept.ReportedMemory | None, pools: int, scalars: Floats, horizons: int
) -> kept.ReportedMemory:
    """Copy what the kernel will write into, with room for pools not seen before."""
    new = kept.ReportedMemory(
        pools=np.zeros((pools, kept.POOL_ROWS)),
        pending=np.full((pools, 2, 3), np.nan),
        sums=np.zeros((pools, kept.RING)),
        counts=np.zeros((pools, kept.RING)),
        periods=np.zeros((pools, kept.PERIODS)),
        scales=np.zeros((horizons, 3)),
        scalars=scalars.copy(),
    )
    if old is not None:
        known = len(old.pools)
        for mine, theirs in zip(new[:5], old[:5], strict=True):
            mine[:known] = theirs
        new.scales[:] = old.scales
    return new
