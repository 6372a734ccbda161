"""Detect falls of the network's hash rate: mixture Shiryaev-Roberts, baseline estimated.

Sums the evidence for every moment at which a drop may have begun and every size it may have,
against a baseline learned from the blocks before that moment. Theory, limits and blind spots:
``docs/theory/shiryaev_roberts.md``.

What no change looks like is learned along the way: how fast the hash rate drifts and grows
(`hashquake.estimate.volatility`). So the rate of false alarms holds in calm years and in wild ones.

Clock: times that the headers around a block vouch for, so that no miner sets it alone. Looks: at
every block and at absolute multiples of the heartbeat. So a step over a whole equals steps over
any split of it, as long as the `now_s` of each part lies before the first block of the next.

Never deaf: an alarm starts the baseline again at the onset found, and the search goes on at once;
a further fall alarms again. For `Tuning.aftermath_s` after an alarm a recovery does the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import DetectorCard
from hashquake.core.difficulty import work_of_bits_hashes
from hashquake.core.pick import Pick
from hashquake.core.times import DAY_S
from hashquake.detect import _shiryaev_kernel as kernel
from hashquake.detect import _shiryaev_layout as layout
from hashquake.detect._shiryaev_chain import Blocks, Ready, admit, ready, unbroken, waiting
from hashquake.detect._shiryaev_pick import log_weights, onset_window, remaining_share
from hashquake.detect._shiryaev_rebase import level_after, rebase
from hashquake.detect.thresholds import threshold_for
from hashquake.estimate.volatility import BATCH_BLOCKS, BELIEF_ROWS, hypotheses
from hashquake.estimate.volatility import begin as begin_belief

Floats = NDArray[np.float64]

CARD = DetectorCard(
    name="shiryaev_roberts",
    title="Falls of the network's hash rate, size unknown, baseline estimated",
    version=4,
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
    rises_share : tuple of float
        Sizes of recovery looked for after an alarm; all count alike.
    rise_threshold : float
        Natural logarithm of the statistic at which a recovery starts the baseline again.
    transient_share, transient_s : float
        Standard deviation and time constant of the short-lived part of the log hash rate.
    lag_ratio, lag_blocks : float, int
        Spacing of the starts looked at, and how far back they go.
    least_blocks : float
        Blocks the baseline must rest on.
    heartbeat_s : float
        How often to look without a block.
    aftermath_s : float
        For how long after an alarm a recovery is looked for.
    """

    drops_share: tuple[float, ...] = (0.12, 0.17, 0.24, 0.34, 0.50)
    weights: tuple[float, ...] = (0.30, 0.25, 0.20, 0.15, 0.10)
    rises_share: tuple[float, ...] = (0.25, 0.6, 1.5)
    rise_threshold: float = 10.0
    transient_share: float = 0.02
    transient_s: float = 0.7 * DAY_S
    lag_ratio: float = 1.12
    lag_blocks: int = 2016
    least_blocks: float = 50.0
    heartbeat_s: float = 600.0
    aftermath_s: float = 30.0 * DAY_S


DEFAULT = Tuning()
_FEW = 8
_ONSET_LEVEL = 0.4
"""Where in the onset's distribution, newest first, the new baseline begins: rather late than with
blocks from before the fall in it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShiryaevState:
    """The detector between two steps; a step gives a new one and leaves this as it was.

    Parameters
    ----------
    subject : str
        Always ``network``.
    false_alarms_per_year, threshold : float
        The rate asked for, and the log statistic at which it alarms.
    tuning : Tuning
        What it looks for.
    tail : Blocks
        The last block the kernel took, and those whose times still wait to be vouched for.
    memory : ShiryaevMemory
        The kernel's memory.
    tables : ShiryaevTables
        Made once from the tuning.
    """

    subject: str
    false_alarms_per_year: float
    threshold: float
    tuning: Tuning
    tail: Blocks
    memory: layout.ShiryaevMemory
    tables: layout.ShiryaevTables

    @property
    def height(self) -> int:
        """Of the last block taken, -1 before the first."""
        return int(self.tail.height[-1]) if len(self.tail) else -1

    @property
    def settled_s(self) -> float:
        """Up to when no pick can come any more, UTC Unix seconds, unless a tick says more."""
        if not len(self.tail):
            return -inf
        last = int(self.memory.now[layout.N_BLOCKS]) % self.memory.ring.shape[1]
        return float(self.memory.ring[layout.CLOCK, last])

    @property
    def statistic(self) -> float:
        """The log statistic at the last look; looks are sparse while it is low."""
        return float(self.memory.now[layout.LAST_STATISTIC])

    @property
    def drift_log_per_sqrt_day(self) -> float:
        """How fast the hash rate drifts, as far as is known by now."""
        return sqrt(kernel.drift(self.memory, self.tables)[0])


def start(
    *,
    subject: str = "network",
    false_alarms_per_year: float = 1.0,
    threshold: float | None = None,
    tuning: Tuning = DEFAULT,
) -> ShiryaevState:
    """Make a detector that has seen nothing.

    Parameters
    ----------
    subject : str
        What the picks will be about.
    false_alarms_per_year : float
        How often the null model alone may alarm.
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
    grid = hypotheses()
    batches = (tuning.lag_blocks + layout.SPARE) // BATCH_BLOCKS + 3
    memory = layout.ShiryaevMemory(
        ring=np.zeros((layout.RING_ROWS, tuning.lag_blocks + 2 + layout.SPARE)),
        beliefs=np.zeros((batches, BELIEF_ROWS, len(grid.log_prior))),
        now=np.zeros(layout.NOW_SIZE),
    )
    begin_belief(memory.beliefs[0], grid)
    tables = layout.ShiryaevTables(
        lags=_lag_grid(tuning),
        falls=_bank([1.0 - drop for drop in tuning.drops_share], tuning.weights),
        rises=_bank([1.0 + rise for rise in tuning.rises_share], [1.0] * len(tuning.rises_share)),
        grid=grid,
        limits=layout.ShiryaevLimits(
            threshold=threshold,
            rise_threshold=tuning.rise_threshold,
            least_shape=tuning.least_blocks,
            heartbeat_s=tuning.heartbeat_s,
            transient_variance=tuning.transient_share**2,
            transient_s=tuning.transient_s,
            speed_margin=1.25,
            grid_margin=0.15,
        ),
    )
    return ShiryaevState(
        subject=subject,
        false_alarms_per_year=false_alarms_per_year,
        threshold=threshold,
        tuning=tuning,
        tail=Blocks(),
        memory=memory,
        tables=tables,
    )


def step(
    state: ShiryaevState, blocks: BlockColumns, now_s: float | None = None
) -> tuple[ShiryaevState, tuple[Pick, ...]]:
    """Take blocks, and then the silence up to `now_s`.

    Parameters
    ----------
    state : ShiryaevState
        Where it stood; not changed.
    blocks : BlockColumns, shape (n,)
        In chain order. Blocks already taken are passed over; other blocks at heights already
        taken are a reorg and replace them; missing heights are spread evenly over their time.
    now_s : float or None
        The instant, UTC Unix seconds, up to which the chain is known to have been watched; None
        is the last block's. Not the wall clock of a source that has gone quiet.

    Returns
    -------
    ShiryaevState and tuple of Pick
        Picks in the order of detection.
    """
    chain = blocks.main()
    memory, tail = state.memory.copy(), state.tail
    picks: list[Pick] = []
    for run in unbroken(_columns(chain)):
        tail = admit(memory, state.tables, tail, run)
        due, tail = ready(tail)
        _follow(state, memory, due, picks)
    if now_s is not None and len(tail):
        tail = _watch(state, memory, tail, now_s, picks)
    return replace(state, tail=tail, memory=memory), tuple(picks)


def _follow(
    state: ShiryaevState, memory: layout.ShiryaevMemory, due: Ready, picks: list[Pick]
) -> None:
    at = 0
    while at < len(due.clock_s):
        at, alarm_s = kernel.follow(at, due.clock_s, due.header_s, due.work, memory, state.tables)
        if alarm_s >= 0.0:
            picks.append(_alarm(state, memory, alarm_s))


def _watch(
    state: ShiryaevState,
    memory: layout.ShiryaevMemory,
    tail: Blocks,
    now_s: float,
    picks: list[Pick],
) -> Blocks:
    """Look at the silence up to an instant; without an alarm nothing is changed.

    The blocks whose times are not vouched for yet are taken as they stand, on a copy. An alarm
    makes the copy the memory.
    """
    trial = memory.copy()
    raised: list[Pick] = []
    _follow(state, trial, waiting(tail, now_s), raised)
    last = int(trial.now[layout.N_BLOCKS]) % trial.ring.shape[1]
    alarm_s = kernel.watch(
        trial.ring[layout.CLOCK, last], now_s, trial.ring[layout.WORK, last], False, trial,
        state.tables,
    )  # fmt: skip
    if alarm_s >= 0.0:
        raised.append(_alarm(state, trial, alarm_s))
    if not raised:
        return tail
    picks.extend(raised)
    for own, other in zip(memory, trial, strict=True):
        own[:] = other
    return tail.part(len(tail) - 1)


def _alarm(state: ShiryaevState, memory: layout.ShiryaevMemory, alarm_s: float) -> Pick:
    """Make the pick, and let the baseline start again at its onset."""
    ring, now = memory.ring, memory.now
    count = int(now[layout.N_BLOCKS])
    last = count % ring.shape[1]
    silence_s = alarm_s - ring[layout.CLOCK, last]
    exposure = ring[layout.EXPOSURE, last] + silence_s / now[layout.LOOK_WORK]
    starts = kernel.starts(alarm_s, exposure, memory, state.tables, state.tables.falls)
    weights = log_weights(starts)
    pick = Pick(
        subject=state.subject,
        onset=onset_window(starts, weights, detected_s=alarm_s),
        detected_s=alarm_s,
        remaining_share=remaining_share(starts, weights),
        statistic=float(now[layout.LAST_STATISTIC]),
        threshold=state.threshold,
        false_alarms_per_year=state.false_alarms_per_year,
        made_by=f"{CARD.name}/{CARD.version}",
        drift_log_per_sqrt_day=sqrt(kernel.drift(memory, state.tables)[0]),
    )
    newest = min(int(np.searchsorted(np.cumsum(weights), _ONSET_LEVEL)), len(weights) - 1)
    onset = count - int(state.tables.lags[0, newest])
    rebase(onset, *level_after(state.tables.falls, state.threshold), memory)
    now[layout.LAST_ALARM] = now[layout.DUE] = alarm_s
    now[layout.RISES_UNTIL] = alarm_s + state.tuning.aftermath_s
    return pick


def _columns(chain: BlockColumns) -> Blocks:
    # A block seen before its header time was dated into the future.
    header_s = np.fmin(chain.header_s.astype(np.float64), np.floor(chain.seen_s))
    return Blocks(height=chain.height, header_s=header_s, work=_work_hashes(chain))


def _bank(remaining: Sequence[float], weights: Sequence[float]) -> Floats:
    """Return remaining shares, their logs and the logs of their weights, shape (3, k)."""
    share, weight = np.array(remaining), np.array(weights)
    return np.array([share, np.log(share), np.log(weight / weight.sum())])


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
