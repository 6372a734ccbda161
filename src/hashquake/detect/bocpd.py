"""Detect falls of the network's hash rate: Bayesian online change point, exponential-Gamma.

Keeps the probability of every moment at which the present rate may have begun, each with a Gamma
posterior of that rate, and alarms on the odds that the rate fell by a tenth or more within three
weeks. Gaps are counted as exposures, time over work, so that a change of difficulty is exact.
Theory, calibration and blind spots: ``docs/theory/bocpd.md``.

Blocks at heights already taken are passed over, missing heights are spread evenly over their time:
a detector follows the chain it saw first, and the catalog rewinds it for a reorg.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import DetectorCard
from hashquake.core.pick import Pick
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.detect import _bocpd_kernel as kernel
from hashquake.detect._shiryaev_pick import log_weights, onset_window, remaining_share
from hashquake.detect.thresholds import threshold_for

Floats = NDArray[np.float64]

CARD = DetectorCard(
    name="bocpd",
    title="Falls of the network's hash rate by Bayesian online change point",
    version=1,
    subjects=("network",),
    online=True,
    source="adams-mackay-2007",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTuning:
    """What the detector assumes; thresholds are calibrated for the defaults only.

    Parameters
    ----------
    changes_per_block : float
        How likely a change is at each block.
    new_shape : float
        Shape of the Gamma law of a new rate, whose mean is the old rate.
    memory_s : float
        With which a run forgets, for the drift inside it.
    fall_share : float
        The fall asked about.
    reach_s : float
        How long ago it may have begun.
    hypotheses : int
        How many are kept.
    heartbeat_s, silence_s : float
        How often to look without a block; the longest silence believed without one.
    hold_s : float
        How long an alarm closes the detector.
    """

    changes_per_block: float = 1.5e-4
    new_shape: float = 8.0
    memory_s: float = 20.0 * DAY_S
    fall_share: float = 0.10
    reach_s: float = 21.0 * DAY_S
    hypotheses: int = 64
    heartbeat_s: float = HOUR_S
    silence_s: float = 6.0 * HOUR_S
    hold_s: float = 7.0 * DAY_S


DEFAULT = ChangeTuning()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BocpdState:
    """The detector between two steps; a step gives a new one and leaves this as it was.

    Parameters
    ----------
    subject : str
        What its picks are about.
    false_alarms_per_year, threshold : float
        The rate asked for, and the log odds at which it alarms.
    tuning : ChangeTuning
        What it assumes.
    height : int
        Of the last block taken, -1 before the first.
    table, now : array of float
        The kernel's memory.
    limits : BocpdLimits
        Its settings.
    """

    subject: str
    false_alarms_per_year: float
    threshold: float
    tuning: ChangeTuning
    height: int
    table: Floats
    now: Floats
    limits: kernel.BocpdLimits


def start(
    *,
    subject: str = "network",
    false_alarms_per_year: float = 1.0,
    threshold: float | None = None,
    tuning: ChangeTuning = DEFAULT,
) -> BocpdState:
    """Make a detector that has seen nothing.

    Parameters
    ----------
    subject : str
        What the picks will be about.
    false_alarms_per_year : float
        False alarms a year under the null model, in which only chance and drift act.
    threshold : float or None
        Log odds at which to alarm, for calibration; None looks it up.
    tuning : ChangeTuning
        What to assume.

    Raises
    ------
    UsageError
        ``false-alarms-range`` outside the calibrated range.
    """
    if threshold is None:
        threshold = threshold_for(CARD, false_alarms_per_year=false_alarms_per_year)
    limits = kernel.BocpdLimits(
        hazard=float(tuning.changes_per_block),
        new_shape=float(tuning.new_shape),
        memory_s=float(tuning.memory_s),
        fall_log=-float(np.log1p(-tuning.fall_share)),
        reach_s=float(tuning.reach_s),
        threshold=float(threshold),
        heartbeat_s=float(tuning.heartbeat_s),
        silence_s=float(tuning.silence_s),
    )
    return BocpdState(
        subject=subject,
        false_alarms_per_year=false_alarms_per_year,
        threshold=threshold,
        tuning=tuning,
        height=-1,
        table=np.zeros((kernel.TABLE_ROWS, tuning.hypotheses)),
        now=np.zeros(kernel.NOW_SIZE),
        limits=limits,
    )


def step(
    state: BocpdState, blocks: BlockColumns, now_s: float | None = None
) -> tuple[BocpdState, tuple[Pick, ...]]:
    """Take blocks, and then the silence up to `now_s`.

    Parameters
    ----------
    state : BocpdState
        Where it stood; not changed.
    blocks : BlockColumns, shape (n,)
        In chain order; stale blocks and heights already taken are passed over.
    now_s : float or None
        The instant, UTC Unix seconds, up to which the chain is known to have been watched.

    Returns
    -------
    BocpdState and tuple of Pick
        In the order of detection.
    """
    chain = blocks.main()
    highest = np.maximum.accumulate(np.concatenate([[state.height], chain.height]))
    fresh = chain.height > highest[:-1]
    if not fresh.all():
        chain = chain.take(fresh)
    table, now = state.table.copy(), state.now.copy()
    moved = replace(state, table=table, now=now)
    picks: list[Pick] = []
    if len(chain):
        header_s, work = chain.header_s.astype(np.float64), chain.work_hashes
        height = state.height
        if height < 0:
            _begin(moved, float(header_s[0]), float(work[0]))
            header_s, work, height = header_s[1:], work[1:], int(chain.height[0])
            chain = chain.take(slice(1, None))
        header_s, work = _filled(chain.height, header_s, work, height, float(now[kernel.CLOCK]))
        _follow(moved, header_s, work, picks)
        moved = replace(moved, height=int(chain.height[-1]) if len(chain) else height)
    if now_s is not None and moved.height >= 0:
        alarm_s = kernel.watch(now_s, table, now, moved.limits)
        if alarm_s >= 0.0:
            picks.append(_alarm(moved, alarm_s, silent=True))
    return moved, tuple(picks)


def _begin(state: BocpdState, header_s: float, work: float) -> None:
    """Know nothing but the difficulty: a rate worth one block that fits a block every ten minutes.

    The first run can never be a fall: it has nothing to fall from.
    """
    state.table[:, 0] = (1.0, 1.0, 600.0 / work, header_s, np.log(work / 600.0), 1.0)
    state.now[:] = (1.0, header_s, work, 0.0, 0.0, kernel.NOTHING)


def _filled(
    heights: NDArray[np.int64], header_s: Floats, work: Floats, height: int, clock_s: float
) -> tuple[Floats, Floats]:
    """Spread blocks that were skipped evenly over the time in which they came."""
    missing = np.diff(heights, prepend=height) - 1
    if not missing.any():
        return header_s, work
    clock = np.maximum.accumulate(np.concatenate([[clock_s], header_s]))
    times, works = [], []
    for at, skipped in enumerate(missing.tolist()):
        spread = np.linspace(clock[at], clock[at + 1], skipped + 2)[1:-1]
        times.append(np.append(spread, header_s[at]))
        works.append(np.full(skipped + 1, work[at]))
    return np.concatenate(times), np.concatenate(works)


def _follow(state: BocpdState, header_s: Floats, work: Floats, picks: list[Pick]) -> None:
    memory = (state.table, state.now, state.limits)
    at, alarm_s, silent = kernel.follow(0, header_s, work, *memory)
    while at < len(header_s):
        picks.append(_alarm(state, alarm_s, silent=silent))
        at, alarm_s, silent = kernel.follow(at + (not silent), header_s, work, *memory)


def _alarm(state: BocpdState, alarm_s: float, *, silent: bool) -> Pick:
    """Make the pick and close the detector; only later changes count from then on."""
    table, now, limits = state.table, state.now, state.limits
    silence = (alarm_s - now[kernel.CLOCK]) / now[kernel.WORK] if silent else 0.0
    found = _starts(table, now, limits, silence, alarm_s)
    weights = log_weights(found)
    pick = Pick(
        subject=state.subject,
        onset=onset_window(found, weights, detected_s=alarm_s),
        detected_s=alarm_s,
        remaining_share=remaining_share(found, weights),
        statistic=float(now[kernel.STATISTIC]),
        threshold=state.threshold,
        false_alarms_per_year=state.false_alarms_per_year,
        made_by=f"{CARD.name}/{CARD.version}",
    )
    now[kernel.OPEN_AT] = alarm_s + state.tuning.hold_s
    now[kernel.AFTER] = alarm_s
    return pick


def _starts(
    table: Floats, now: Floats, limits: kernel.BocpdLimits, silence: float, alarm_s: float
) -> Floats:
    """Return, by hypothesis, newest first, what the pick is read from, as `_shiryaev_pick` asks."""
    kept = table[:, : int(now[kernel.COUNT])][:, ::-1]
    shape, rate = kept[kernel.SHAPE], kept[kernel.RATE] + silence
    earliest = max(now[kernel.AFTER], alarm_s - limits.reach_s)
    chance = np.array(
        [
            kernel.fallen(s, r, b, v, limits.fall_log)
            for s, r, b, v in zip(
                shape, rate, kept[kernel.BASE_LOG], kept[kernel.BASE_VARIANCE], strict=True
            )
        ]
    )
    since = shape * np.log(kept[kernel.RATE] / rate)
    with np.errstate(divide="ignore"):
        evidence = np.log(kept[kernel.WEIGHT]) + since + np.log(chance)
    evidence[kept[kernel.BORN] < earliest] = np.nan
    evidence[-1] = np.nan
    variance = 1.0 / shape + kept[kernel.BASE_VARIANCE]
    return np.array(
        [evidence, kept[kernel.BORN], np.log(shape / rate) - kept[kernel.BASE_LOG], variance]
    )
