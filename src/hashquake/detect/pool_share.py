"""Detect changes of a pool's share of the blocks, size unknown, baseline estimated.

Given that a block was found, it is the pool's or another's: the chance is the pool's share of the
hash rate, whatever the network does. So a fall of the whole network raises nothing here, and a
pick says that a pool moved against the others. Beta-binomial mixture Shiryaev-Roberts, all pools in
one pass. Theory, calibration and blind spots: ``docs/theory/pool_share.md``.

Blocks whose pool was never looked up are no trial at all. Blocks at heights already taken are
passed over: a detector follows the chain it saw first, and the catalog rewinds it for a reorg.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import NO_POOL, BlockColumns
from hashquake.core.contracts import DetectorCard
from hashquake.core.pick import Pick
from hashquake.core.subject import pool_subject
from hashquake.core.times import DAY_S
from hashquake.detect import _pool_share_kernel as kernel
from hashquake.detect import _pool_share_layout as layout
from hashquake.detect._shiryaev_pick import log_weights, onset_window, remaining_share
from hashquake.detect.thresholds import threshold_for

Floats = NDArray[np.float64]

CARD = DetectorCard(
    name="pool_share",
    title="Changes of a pool's share, size unknown, baseline estimated",
    version=2,
    subjects=("pool",),
    online=True,
    source="shin-ramdas-rinaldo-2024",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareTuning:
    """What the detector looks for; thresholds are calibrated for the defaults only.

    Parameters
    ----------
    odds, weights : tuple of float
        Odds of a pool's blocks after over before, and how much each counts; falls are under 1.
        Weights of falls and of rises each sum to 1.
    memory_blocks : float
        With which the baseline forgets, labelled blocks.
    drift_log_per_sqrt_day : float
        Standard deviation of the drift of log odds over one day, measured on 2021-2023.
    lag_ratio, lag_blocks : float, int
        Spacing of the starts looked at, and how far back they go.
    least_blocks, least_hits, least_rise_hits : float
        What a baseline must rest on: blocks in all, blocks of a pool that may fall, that may rise.
    """

    odds: tuple[float, ...] = (0.65, 0.40, 0.10, 1.5, 2.2, 4.0)
    weights: tuple[float, ...] = (0.40, 0.35, 0.25, 0.40, 0.35, 0.25)
    memory_blocks: float = 1440.0
    drift_log_per_sqrt_day: float = 0.035
    lag_ratio: float = 1.15
    lag_blocks: int = 2016
    least_blocks: float = 400.0
    least_hits: float = 12.0
    least_rise_hits: float = 4.0


DEFAULT = ShareTuning()
BLOCKS_PER_DAY = 144.0
_FIRST_SLOTS = 32
"""Room for that many active pools at first."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolShareState:
    """The detector between two steps; a step gives a new one and leaves this as it was.

    Parameters
    ----------
    false_alarms_per_year, threshold : float
        The rate asked for, over all pools together, and the log statistic at which it alarms.
    tuning : ShareTuning
        What it looks for.
    height : int
        Of the last block taken, -1 before the first.
    clock_s : float
        Running maximum of header times.
    pools : tuple of str
        Slugs in the order in which they were first seen: a pool's number is its place here.
    memory : ShareMemory
        The kernel's numbers of these pools.
    """

    false_alarms_per_year: float
    threshold: float
    tuning: ShareTuning
    height: int
    clock_s: float
    pools: tuple[str, ...]
    memory: layout.ShareMemory


def start(
    *,
    false_alarms_per_year: float = 1.0,
    threshold: float | None = None,
    tuning: ShareTuning = DEFAULT,
) -> PoolShareState:
    """Make a detector that has seen nothing.

    Parameters
    ----------
    false_alarms_per_year : float
        False alarms a year under the null model, over all pools and both directions.
    threshold : float or None
        Natural logarithm of the statistic at which to alarm, for calibration; None looks it up.
    tuning : ShareTuning
        What to look for.

    Raises
    ------
    UsageError
        ``false-alarms-range`` outside the calibrated range.
    """
    if threshold is None:
        threshold = threshold_for(CARD, false_alarms_per_year=false_alarms_per_year)
    snapshots = int(_tables(tuning).lag[-1]) + 2
    return PoolShareState(
        false_alarms_per_year=false_alarms_per_year,
        threshold=threshold,
        tuning=tuning,
        height=-1,
        clock_s=float("-inf"),
        pools=(),
        memory=layout.ShareMemory(
            ring=np.zeros((_FIRST_SLOTS, snapshots, layout.RING_ROWS)),
            clocks=np.zeros(snapshots),
            now=np.zeros((layout.NOW_ROWS, 0)),
            scalars=np.zeros(layout.N_SCALARS),
            active=np.zeros(_FIRST_SLOTS, np.int64),
        ),
    )


def step(
    state: PoolShareState, blocks: BlockColumns, now_s: float | None = None
) -> tuple[PoolShareState, tuple[Pick, ...]]:
    """Take blocks.

    Parameters
    ----------
    state : PoolShareState
        Where it stood; not changed.
    blocks : BlockColumns, shape (n,)
        In chain order; stale blocks and heights already taken are passed over.
    now_s : float or None
        Not used: silence says nothing of shares. Part of the contract of detectors.

    Returns
    -------
    PoolShareState and tuple of Pick
        In the order of detection. A share that rose has ``remaining_share`` over 1. The ratio is
        that of the pool's odds: its hash rate against that of all others together.
    """
    del now_s
    chain = blocks.main()
    highest = np.maximum.accumulate(np.concatenate([[state.height], chain.height]))
    fresh = chain.height > highest[:-1]
    if not fresh.all():
        chain = chain.take(fresh)
    if not len(chain):
        return state, ()
    clock_s = np.maximum.accumulate(np.maximum(chain.header_s.astype(np.float64), state.clock_s))
    labelled = chain.pool_code != NO_POOL
    moved = replace(state, height=int(chain.height[-1]), clock_s=float(clock_s[-1]))
    codes = chain.pool_code[labelled]
    if not len(codes):
        return moved, ()
    moved = _with_pools(moved, codes, chain.pool_names)
    number = {slug: at for at, slug in enumerate(moved.pools)}
    numbers = np.array([number.get(slug, -1) for slug in chain.pool_names], np.int64)
    return _follow(moved, numbers[codes], clock_s[labelled])


def _with_pools(
    state: PoolShareState, codes: NDArray[np.int32], names: Sequence[str]
) -> PoolShareState:
    """Copy what the kernel will change, with room for pools not seen before.

    New pools take columns in the order in which they appear, so that it does not matter how the
    blocks were split.
    """
    distinct, first = np.unique(codes, return_index=True)
    known = set(state.pools)
    new = [names[code] for code in distinct[np.argsort(first)] if names[code] not in known]
    old = state.memory
    writes = int(old.scalars[layout.N_LABELLED]) % layout.STRIDE + len(codes) >= layout.STRIDE
    room = np.zeros((layout.NOW_ROWS, len(new)))
    return replace(
        state,
        pools=(*state.pools, *new),
        memory=layout.ShareMemory(
            # The ring is large and only written at a look.
            ring=old.ring.copy() if writes else old.ring,
            clocks=old.clocks.copy() if writes else old.clocks,
            now=np.concatenate([old.now, room], axis=1),
            scalars=old.scalars.copy(),
            active=old.active.copy(),
        ),
    )


def _follow(
    state: PoolShareState, pools: NDArray[np.int64], clock_s: Floats
) -> tuple[PoolShareState, tuple[Pick, ...]]:
    tables, limits = _tables(state.tuning), _limits(state)
    picks: list[Pick] = []
    at, pool = 0, -1
    while True:
        # A pool beyond the last one only ends the block's looks.
        at, pool, value = kernel.follow(at, pool + 1, pools, clock_s, state.memory, tables, limits)
        if at == len(pools):
            return state, tuple(picks)
        if pool == layout.FULL:
            state = replace(state, memory=_with_slots(state.memory))
        else:
            picks.append(_alarm(state, pool, value, float(clock_s[at])))


def _with_slots(memory: layout.ShareMemory) -> layout.ShareMemory:
    """Double the room for active pools."""
    return memory._replace(
        ring=np.concatenate([memory.ring, np.zeros_like(memory.ring)]),
        active=np.concatenate([memory.active, np.zeros_like(memory.active)]),
    )


def _alarm(state: PoolShareState, pool: int, value: float, alarm_s: float) -> Pick:
    """Make the pick, and let the pool's baseline start again at its onset."""
    memory, tables = state.memory, _tables(state.tuning)
    found = kernel.starts(pool, value > 0.0, memory, tables, _limits(state))
    weights = log_weights(found)
    pick = Pick(
        subject=pool_subject(state.pools[pool]),
        onset=onset_window(found, weights, detected_s=alarm_s),
        detected_s=alarm_s,
        remaining_share=remaining_share(found, weights),
        statistic=abs(value),
        threshold=state.threshold,
        false_alarms_per_year=state.false_alarms_per_year,
        made_by=f"{CARD.name}/{CARD.version}",
    )
    middle = min(int(np.searchsorted(np.cumsum(weights), 0.5)), len(weights) - 1)
    count = int(memory.scalars[layout.N_LABELLED])
    onset = count // layout.STRIDE - int(tables.lag[middle])
    snapshot = memory.ring[int(memory.now[layout.SLOT, pool]), onset % memory.ring.shape[1]]
    memory.now[layout.HITS, pool] = memory.now[layout.COUNT, pool] - snapshot[layout.COUNT]
    memory.now[layout.TOTAL, pool] = count - onset * layout.STRIDE
    memory.now[layout.FIRST, pool] = count // layout.STRIDE + 1
    return pick


def _limits(state: PoolShareState) -> layout.ShareLimits:
    tuning = state.tuning
    drift = tuning.drift_log_per_sqrt_day**2
    return layout.ShareLimits(
        drift_third_per_s=drift / DAY_S / 3.0,
        # What a share drifts within the memory, the baseline lags behind.
        lagged=drift * tuning.memory_blocks / BLOCKS_PER_DAY / 2.0,
        least_total=tuning.least_blocks,
        least_hits=tuning.least_hits,
        least_rise_hits=tuning.least_rise_hits,
        log_threshold=state.threshold,
        keep=float(np.exp(-1.0 / tuning.memory_blocks)),
    )


@lru_cache(maxsize=8)
def _tables(tuning: ShareTuning) -> layout.ShareTables:
    """Make the lags of the starts, in snapshots, and the bank of changes looked for."""
    lags = [1.0]
    exact = 1.0
    while True:
        exact = max(exact * tuning.lag_ratio, lags[-1] + 1.0)
        if round(exact) * layout.STRIDE > tuning.lag_blocks:
            break
        lags.append(float(round(exact)))
    lag = np.array(lags)
    edges = np.concatenate([[0.5], (lag[1:] + lag[:-1]) / 2.0, [lag[-1] + 0.5]])
    return layout.ShareTables(
        lag=lag.astype(np.int64),
        spacing=np.diff(edges) * layout.STRIDE,
        odds=np.array(tuning.odds),
        log_weight=np.log(tuning.weights),
        n_falls=sum(odds < 1.0 for odds in tuning.odds),
    )
