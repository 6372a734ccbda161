"""Detect falls of the network's hash rate: mixture Shiryaev-Roberts, baseline estimated.

Sums the evidence for every moment at which a drop may have begun and every size it may have,
against a baseline learned from the blocks before that moment. Theory, limits and blind spots:
``docs/theory/shiryaev_roberts.md``.

Clock: the running maximum of header times. Looks: at every block and at absolute multiples of
the heartbeat. So a step over a whole equals steps over any split of it, as long as the `now_s`
of each part lies before the first block of the next.

Re-arm rule: an alarm closes the detector for `Tuning.hold_s`, whatever happens. The baseline is
learned anew from the alarm on, so a drop that lasts becomes the new normal and alarms once; a
further drop alarms again.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import DetectorCard
from hashquake.core.difficulty import work_of_bits_hashes
from hashquake.core.pick import Pick
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.detect import _shiryaev_kernel as kernel
from hashquake.detect._shiryaev_chain import Run, next_run
from hashquake.detect._shiryaev_pick import log_weights, onset_window, remaining_share
from hashquake.detect.thresholds import threshold_for

Floats = NDArray[np.float64]

CARD = DetectorCard(
    name="shiryaev_roberts",
    title="Falls of the network's hash rate, size unknown, baseline estimated",
    version=1,
    subjects=("network",),
    online=True,
    source="pollak-1985",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What the detector looks for; thresholds are calibrated for the defaults only.

    Parameters
    ----------
    drops_share, weights : tuple of float
        Sizes of drop looked for, and how much each counts.
    memory_s : float
        Time constant with which the baseline forgets.
    walk_share : float
        Standard deviation of the hash rate's drift over one day.
    lag_ratio, lag_blocks : float, int
        Spacing of the starts looked at, and how far back they go.
    least_blocks : float
        Blocks the baseline must rest on.
    heartbeat_s, silence_s : float
        How often to look without a block; the longest silence believed without one.
    hold_s : float
        How long an alarm closes the detector.
    """

    drops_share: tuple[float, ...] = (0.12, 0.17, 0.24, 0.34, 0.50)
    weights: tuple[float, ...] = (0.30, 0.25, 0.20, 0.15, 0.10)
    memory_s: float = 14.0 * DAY_S
    walk_share: float = 0.009
    lag_ratio: float = 1.12
    lag_blocks: int = 2016
    least_blocks: float = 100.0
    heartbeat_s: float = 600.0
    silence_s: float = 6.0 * HOUR_S
    hold_s: float = 7.0 * DAY_S


DEFAULT = Tuning()
_FEW = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """The detector between two steps; a step gives a new one and leaves this as it was.

    Parameters
    ----------
    subject : str
        Always ``network``.
    false_alarms_per_year, threshold : float
        The rate asked for, and the log statistic at which it alarms.
    tuning : Tuning
        What it looks for.
    height : int
        Of the last block taken, -1 before the first.
    ring, now : array of float
        The kernel's memory.
    grid, drops, limits : array of float
        Tables made once from the tuning.
    """

    subject: str
    false_alarms_per_year: float
    threshold: float
    tuning: Tuning
    height: int
    ring: Floats
    now: Floats
    grid: Floats
    drops: Floats
    limits: Floats

    @property
    def statistic(self) -> float:
        """The log statistic at the last look; looks are sparse while it is low."""
        return float(self.now[kernel.LAST_STATISTIC])

    @property
    def open_at_s(self) -> float:
        """When the detector can alarm again, UTC Unix seconds; 0 before any alarm."""
        return float(self.now[kernel.OPEN_AT])


def start(
    *,
    subject: str = "network",
    false_alarms_per_year: float = 1.0,
    threshold: float | None = None,
    tuning: Tuning = DEFAULT,
) -> State:
    """Make a detector that has seen nothing.

    Parameters
    ----------
    subject : str
        What the picks will be about.
    false_alarms_per_year : float
        How often luck and drift alone may alarm.
    threshold : float or None
        Natural logarithm of the statistic at which to alarm, for calibration; None looks it up.
    tuning : Tuning
        What to look for.

    Raises
    ------
    UsageError
        ``false-alarms-range`` outside the calibrated range.
    """
    if threshold is None:
        threshold = threshold_for(CARD, false_alarms_per_year=false_alarms_per_year)
    grid = _lag_grid(tuning)
    remaining = 1.0 - np.array(tuning.drops_share)
    weights = np.array(tuning.weights) / np.sum(tuning.weights)
    limits = np.array(
        [
            tuning.walk_share**2 / DAY_S,
            tuning.least_blocks,
            tuning.heartbeat_s,
            threshold,
            1.25,  # how much faster than the baseline the statistic may grow between looks
            0.15,  # what the moving grid of starts may add between looks
            tuning.silence_s,
        ]
    )
    return State(
        subject=subject,
        false_alarms_per_year=false_alarms_per_year,
        threshold=threshold,
        tuning=tuning,
        height=-1,
        ring=np.zeros((kernel.RING_ROWS, tuning.lag_blocks + 2 + kernel.SPARE)),
        now=np.zeros(kernel.NOW_SIZE),
        grid=grid,
        drops=np.array([remaining, np.log(remaining), np.log(weights)]),
        limits=limits,
    )


def step(
    state: State, blocks: BlockColumns, now_s: float | None = None
) -> tuple[State, tuple[Pick, ...]]:
    """Take blocks, and then the silence up to `now_s`.

    Parameters
    ----------
    state : State
        Where it stood; not changed.
    blocks : BlockColumns, shape (n,)
        In chain order. Blocks already taken are passed over; other blocks at heights already
        taken are a reorg and replace them; missing heights are spread evenly over their time.
    now_s : float or None
        The instant, UTC Unix seconds, up to which the chain is known to have been watched; None
        is the last block's. Not the wall clock of a source that has gone quiet.

    Returns
    -------
    State and tuple of Pick
        Picks in the order of detection.
    """
    chain = blocks.main()
    ring, now = state.ring.copy(), state.now.copy()
    header_s = chain.header_s.astype(np.float64)
    work = _work_hashes(chain)
    picks: list[Pick] = []
    height, begin, n = state.height, 0, len(chain)
    while begin < n:
        run = next_run(
            ring,
            now,
            after_height=height,
            heights=chain.height[begin:],
            header_s=header_s[begin:],
            work=work[begin:],
        )
        _follow(state, ring, now, run, picks)
        height, begin = run.height, begin + run.taken
    if now_s is not None and height >= 0:
        last = int(now[kernel.N_BLOCKS]) % ring.shape[1]
        alarm_s = kernel.watch(
            ring[kernel.CLOCK, last], now_s, ring[kernel.WORK, last], False,
            ring, now, state.grid, state.drops, state.limits,
        )  # fmt: skip
        if alarm_s >= 0.0:
            picks.append(_alarm(state, ring, now, alarm_s))
    return replace(state, height=height, ring=ring, now=now), tuple(picks)


def _follow(state: State, ring: Floats, now: Floats, run: Run, picks: list[Pick]) -> None:
    at = 0
    while at < len(run.header_s):
        at, alarm_s = kernel.follow(
            at, run.header_s, run.work, ring, now, state.grid, state.drops, state.limits,
            state.tuning.memory_s,
        )  # fmt: skip
        if alarm_s >= 0.0:
            picks.append(_alarm(state, ring, now, alarm_s))


def _alarm(state: State, ring: Floats, now: Floats, alarm_s: float) -> Pick:
    """Make the pick, close the detector and let the baseline begin anew."""
    size = ring.shape[1]
    count = int(now[kernel.N_BLOCKS])
    last = count % size
    silence_s = alarm_s - ring[kernel.CLOCK, last]
    exposure = ring[kernel.EXPOSURE, last] + silence_s / now[kernel.LOOK_WORK]
    starts = kernel.starts(alarm_s, exposure, ring, now, state.grid, state.drops, state.limits)
    weights = log_weights(starts)
    pick = Pick(
        subject=state.subject,
        onset=onset_window(starts, weights, detected_s=alarm_s),
        detected_s=alarm_s,
        remaining_share=remaining_share(starts, weights),
        statistic=float(now[kernel.LAST_STATISTIC]),
        threshold=state.threshold,
        false_alarms_per_year=state.false_alarms_per_year,
        made_by=f"{CARD.name}/{CARD.version}",
    )
    # The newest entries too, so that a reorg after the alarm does not bring back the old level.
    for k in range(max(0, count - kernel.SPARE), count + 1):
        ring[[kernel.SHAPE, kernel.RATE], k % size] = 0.0
    now[kernel.FIRST_START] = count
    now[kernel.OPEN_AT] = now[kernel.DUE] = alarm_s + state.tuning.hold_s
    return pick


def _work_hashes(chain: BlockColumns) -> Floats:
    # The column's own way sorts the bits, which for a live block costs more than all the rest.
    if len(chain) > _FEW:
        return chain.work_hashes
    return np.array([work_of_bits_hashes(int(bits)) for bits in chain.bits], np.float64)


def _lag_grid(tuning: Tuning) -> Floats:
    """Lags in blocks, and how many starts each stands for, shape (2, m)."""
    lags = [1.0]
    exact = 1.0
    while True:
        exact = max(exact * tuning.lag_ratio, lags[-1] + 1.0)
        if round(exact) > tuning.lag_blocks:
            break
        lags.append(float(round(exact)))
    lag = np.array(lags)
    middles = (lag[1:] + lag[:-1]) / 2.0
    edges = np.concatenate([[0.5], middles, [lag[-1] + (lag[-1] - lag[-2]) / 2.0]])
    return np.array([lag, np.diff(edges)])
