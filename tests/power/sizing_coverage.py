"""Measure whether the intervals of a review hold the truth, for falls that a detector selected.

Only falls that raised an alarm are ever sized, and those looked larger than they were. So the
trial is the whole of it: a drifting network, a fall imposed, the detector at its threshold, the
review at its time, and the share of intervals that cover the size and the onset imposed.
"""

from dataclasses import dataclass
from math import exp, log

import numpy as np

from hashquake.catalog.review import VIEW_S, search_window
from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage
from hashquake.core.times import DAY_S
from hashquake.detect import shiryaev_roberts
from hashquake.estimate.sizing import size_fall
from hashquake.forward.null import RECORD_CLOCKS, NullModel, SimulatedDrop, advance
from hashquake.forward.null import start as start_null

_BEFORE_S = 75.0 * DAY_S
_FOUND_S = 20.0 * DAY_S
_STEP_BLOCKS = 2016


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One fall imposed, found and reviewed.

    Parameters
    ----------
    drop_share, onset_s : float
        The truth.
    picked_share, sized_share : float
        The fall as it looked at detection and at review, medians.
    holds_pick, holds_size, holds_onset : bool
        Whether the 90 % interval at detection covers the size, and those at review size and onset.
    """

    drop_share: float
    onset_s: float
    picked_share: float
    sized_share: float
    holds_pick: bool
    holds_size: bool
    holds_onset: bool


def review_trials(
    *,
    trials: int,
    seed: int,
    review_after_s: float = 14.0 * DAY_S,
    least_share: float = 0.12,
    most_share: float = 0.50,
    lasts_s: float = float("inf"),
    false_alarms_per_year: float = 1.0,
    model: NullModel = RECORD_CLOCKS,
) -> tuple[Trial, ...]:
    """Impose falls of random size until enough were found, and review them.

    Parameters
    ----------
    trials, seed : int
        How many falls found, and which luck.
    review_after_s : float
        From detection to review.
    least_share, most_share : float
        Falls are log-uniform between them.
    lasts_s : float
        How long a fall lasts.
    false_alarms_per_year : float
        Of the detector.
    model : NullModel
        How the network moves.
    """
    done: list[Trial] = []
    for child in np.random.SeedSequence(seed).spawn(20 * trials):
        trial = _trial(
            np.random.default_rng(child),
            model,
            spread=(least_share, most_share),
            lasts_s=lasts_s,
            review_after_s=review_after_s,
            false_alarms_per_year=false_alarms_per_year,
        )
        if trial is not None:
            done.append(trial)
        if len(done) == trials:
            break
    return tuple(done)


def _trial(
    rng: np.random.Generator,
    model: NullModel,
    *,
    spread: tuple[float, float],
    lasts_s: float,
    review_after_s: float,
    false_alarms_per_year: float,
) -> Trial | None:
    share = exp(rng.uniform(log(spread[0]), log(spread[1])))
    network = start_null(model, rng)
    onset_s = network.clock_s + _BEFORE_S + rng.uniform(0.0, DAY_S)
    drop = SimulatedDrop(share=share, start_s=onset_s, end_s=onset_s + lasts_s)
    watcher = shiryaev_roberts.start(false_alarms_per_year=false_alarms_per_year)
    parts: list[BlockColumns] = []
    found = None
    end_s = onset_s + _FOUND_S
    while network.clock_s < end_s:
        blocks, network = advance(model, network, rng, n_blocks=_STEP_BLOCKS, drop=drop)
        parts.append(blocks)
        watcher, picks = shiryaev_roberts.step(watcher, blocks)
        for pick in picks:
            if found is None and pick.detected_s > onset_s - 20.0 * DAY_S:
                found = pick
                end_s = pick.detected_s + review_after_s
    if found is None or not onset_s < found.detected_s < onset_s + _FOUND_S:
        return None
    review_s = found.detected_s + review_after_s
    whole = _joined(parts, review_s)
    try:
        sizing = size_fall(
            whole,
            search=search_window(found),
            until_s=review_s,
            drift_log_per_sqrt_day=found.drift_log_per_sqrt_day,
        )
    except NoCoverage:
        return None
    remaining = 1.0 - share
    return Trial(
        drop_share=share,
        onset_s=onset_s,
        picked_share=1.0 - found.remaining_share.median,
        sized_share=1.0 - sizing.remaining_share.median,
        holds_pick=found.remaining_share.holds(remaining),
        holds_size=sizing.remaining_share.holds(remaining),
        holds_onset=sizing.onset.holds(onset_s),
    )


def _joined(parts: list[BlockColumns], until_s: float) -> BlockColumns:
    height = np.concatenate([part.height for part in parts])
    header_s = np.concatenate([part.header_s for part in parts])
    bits = np.concatenate([part.bits for part in parts])
    clock_s = np.maximum.accumulate(header_s)
    inside = (clock_s < until_s) & (clock_s >= until_s - VIEW_S)
    return BlockColumns.build(height=height[inside], header_s=header_s[inside], bits=bits[inside])
