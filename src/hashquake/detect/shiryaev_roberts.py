"""Detect falls of the network's hash rate: mixture Shiryaev-Roberts, baseline estimated.

Sums the evidence for every moment at which a drop may have begun and every size it may have,
against a baseline learned from the blocks before that moment. Theory, limits and blind spots:
``docs/theory/shiryaev_roberts.md``.

Clock: the running maximum of header times. Looks: at every block and at absolute multiples of
the heartbeat. So a step over a whole equals steps over any split of it, as long as the `now_s`
of each part lies before the first block of the next.

Re-arm rule: an alarm closes the detector for `Tuning.hold_s`, whatever happens; the baseline is
learned anew from the onset on; drops that began after the alarm count from then on.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import DetectorCard
from hashquake.core.pick import Pick
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.detect import _shiryaev_kernel as kernel
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
    memory_s: float = 20.0 * DAY_S
    walk_share: float = 0.009
    lag_ratio: float = 1.12
    lag_blocks: int = 2016
    least_blocks: float = 100.0
    heartbeat_s: float = 600.0
    silence_s: float = 6.0 * HOUR_S
    hold_s: float = 7.0 * DAY_S


DEFAULT = Tuning()


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
    moved = replace(state, ring=ring, now=now)
    header_s = chain.header_s.astype(np.float64)
    work = chain.work_hashes
    picks: list[Pick] = []
    height, begin, n = state.height, 0, len(chain)
    while begin < n:
        height, begin, header_part, work_part = _next_run(
            moved, height, chain.height, header_s, work, begin
        )
        _follow(moved, header_part, work_part, picks)
    moved = replace(moved, height=height)
    if now_s is not None and height >= 0:
        last = int(now[kernel.N_BLOCKS]) % ring.shape[1]
        alarm_s = kernel.watch(
            ring[kernel.CLOCK, last], now_s, ring[kernel.WORK, last], False,
            ring, now, moved.grid, moved.drops, moved.limits,
        )  # fmt: skip
        if alarm_s >= 0.0:
            picks.append(_alarm(moved, alarm_s, float(ring[kernel.WORK, last])))
    return moved, tuple(picks)


def _follow(state: State, header_s: Floats, work: Floats, picks: list[Pick]) -> None:
    at = 0
    while at < len(header_s):
        at, alarm_s = kernel.follow(
            at, header_s, work, state.ring, state.now, state.grid, state.drops, state.limits,
            state.tuning.memory_s,
        )  # fmt: skip
        if alarm_s >= 0.0:
            # At its own instant a block counts with its own difficulty, earlier with the last.
            last = int(state.now[kernel.N_BLOCKS]) % state.ring.shape[1]
            by_block = alarm_s == max(state.ring[kernel.CLOCK, last], header_s[at])
            own = work[at] if by_block else state.ring[kernel.WORK, last]
            picks.append(_alarm(state, alarm_s, float(own)))


def _alarm(state: State, alarm_s: float, work: float) -> Pick:
    """Make the pick, close the detector and let the baseline begin anew at the onset."""
    ring, now = state.ring, state.now
    size = ring.shape[1]
    count = int(now[kernel.N_BLOCKS])
    last = count % size
    exposure = ring[kernel.EXPOSURE, last] + (alarm_s - ring[kernel.CLOCK, last]) / work
    starts = kernel.starts(
        alarm_s, exposure, ring, now, state.grid, state.drops, state.limits
    )
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
    middle = int(np.searchsorted(np.cumsum(weights), 0.5))
    onset = count - int(state.grid[0, min(middle, len(weights) - 1)])
    origin = ring[:, onset % size].copy()
    # The newest entries too, so that a reorg after the alarm does not bring back the old level.
    for k in range(max(0, count - kernel.SPARE), count + 1):
        entry = ring[:, k % size]
        fade = np.exp((origin[kernel.CLOCK] - entry[kernel.CLOCK]) / state.tuning.memory_s)
        for row in (kernel.SHAPE, kernel.RATE):
            entry[row] = entry[row] - origin[row] * fade if k > onset else 0.0
    now[kernel.FIRST_START] = count
    now[kernel.OPEN_AT] = now[kernel.DUE] = alarm_s + state.tuning.hold_s
    return pick


def _next_run(
    state: State,
    height: int,
    heights: NDArray[np.int64],
    header_s: Floats,
    work: Floats,
    begin: int,
) -> tuple[int, int, Floats, Floats]:
    """Find the next blocks to take in one go: unbroken heights, after mending what broke.

    Gives the height after them, where to go on, and their header times and work.
    """
    ring, now = state.ring, state.now
    count = int(now[kernel.N_BLOCKS])
    new = int(heights[begin])
    missing = 0
    if height < 0 or new > height + 1 + state.tuning.lag_blocks:
        _begin(state, float(header_s[begin]), float(work[begin]))
        # The first block only sets the clock: there is no interval before it.
        begin, height = begin + 1, new
    elif new > height + 1:
        missing = new - height - 1
    elif new <= height:
        depth = height - new + 1
        at = (count - depth + 1) % ring.shape[1]
        held = depth <= kernel.SPARE and depth <= count
        if depth <= count and depth <= ring.shape[1] - 2 and (
            ring[kernel.HEADER, at] == header_s[begin] and ring[kernel.WORK, at] == work[begin]
        ):
            return height, begin + 1, header_s[:0], work[:0]
        if held:
            now[kernel.N_BLOCKS] = count - depth
            now[kernel.FIRST_START] = min(now[kernel.FIRST_START], count - depth)
            now[kernel.DUE] = now[kernel.OPEN_AT]
        else:
            _begin(state, float(header_s[begin]), float(work[begin]))
            begin += 1
        height = new - 1 if held else new
    rest = heights[begin:]
    breaks = np.flatnonzero(np.diff(rest) != 1)
    end = begin + (int(breaks[0]) + 1 if len(breaks) else len(rest))
    if begin < len(heights) and heights[begin] != height + 1 + missing:
        end = begin
    run_s, run_work = header_s[begin:end], work[begin:end]
    if missing:
        clock_s = float(ring[kernel.CLOCK, count % ring.shape[1]])
        until_s = max(clock_s, float(header_s[begin]))
        filled = np.linspace(clock_s, until_s, missing + 2)[1:-1]
        run_s = np.concatenate([filled, run_s])
        run_work = np.concatenate([np.full(missing, work[begin]), run_work])
    return height + missing + (end - begin), end, run_s, run_work


def _begin(state: State, header_s: float, work: float) -> None:
    """Forget everything but the alarm that may be open, and set the clock."""
    open_at_s = state.now[kernel.OPEN_AT]
    state.ring[:] = 0.0
    state.now[:] = 0.0
    state.ring[[kernel.CLOCK, kernel.HEADER], 0] = header_s
    state.ring[kernel.WORK, 0] = work
    state.now[kernel.OPEN_AT] = state.now[kernel.DUE] = open_at_s


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
