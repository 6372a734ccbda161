"""Detector: the ratio of a signal to the usual value that its instrument states.

No history is needed, so that a few transcribed levels can be judged as well as a year of probes.
The thresholds are those of the sliding median, with its hysteresis.

Method: key ``ioda`` in ``docs/refs.bib``; see ``docs/theory/sliding_median.md``.
"""

from dataclasses import dataclass, replace

import numpy as np

from hashquake.core.contracts import DetectorCard
from hashquake.detect._following import marks_of, require_followed
from hashquake.detect.anomaly_flags import CRITICAL, NORMAL, UNSEEN, WARNING, AnomalyFlags
from hashquake.detect.series import PROBING, Floats, Series
from hashquake.detect.sliding_median import PRESETS, MedianTuning

CARD = DetectorCard(
    name="stated_usual",
    title="Ratio of a connectivity signal to the usual value its instrument states",
    version=1,
    subjects=("country", "asn"),
    online=True,
    source="ioda",
    stated_usual=True,
    rank=30,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedUsualState:
    """The detector between two steps; a step gives a new one and leaves this as it was.

    Parameters
    ----------
    tuning : MedianTuning or None
        None takes the preset of the series' signal.
    subject, signal : str
        What it follows; empty before the first series.
    step_s, next_s : float
        Length of a bin, 0 before the first series; where the next bin begins.
    low : bool
        Whether the last bin that was judged is low.
    """

    tuning: MedianTuning | None
    subject: str = ""
    signal: str = ""
    step_s: float = 0.0
    next_s: float = float("-inf")
    low: bool = False


def start(*, tuning: MedianTuning | None = None) -> StatedUsualState:
    """Make a detector that has seen nothing.

    Parameters
    ----------
    tuning : MedianTuning or None
        Thresholds; None takes the preset of the series' signal.
    """
    return StatedUsualState(tuning=tuning)


def step(state: StatedUsualState, series: Series) -> tuple[StatedUsualState, AnomalyFlags]:
    """Take the next stretch of a series.

    Parameters
    ----------
    state : StatedUsualState
        Where it stood; not changed.
    series : Series
        With usual values; of the same subject, signal and step. Bins already taken are passed
        over, bins between are not seen.

    Returns
    -------
    StatedUsualState and AnomalyFlags
        The flags begin where those of the step before ended; unseen where either value is not
        known.

    Raises
    ------
    UsageError
        ``series-other`` when the series is another than the one followed.
    """
    if state.step_s == 0.0:
        state = replace(
            state,
            subject=series.subject,
            signal=series.signal,
            step_s=series.step_s,
            next_s=series.start_s,
        )
    require_followed(state, series)
    fresh = series.from_time(state.next_s)
    limits = state.tuning or PRESETS.get(series.signal, PRESETS[PROBING])
    ratio, known = _ratios(fresh)
    level, low = _levels(ratio, known, limits, low=state.low)
    return replace(state, next_s=fresh.end_s, low=low), marks_of(fresh, ratio, level, CARD)


def judge(series: Series, *, tuning: MedianTuning | None = None) -> AnomalyFlags:
    """Judge a whole series at once; the same as any split of it.

    Parameters
    ----------
    series : Series
        Values and usual values on a grid, missing ones NaN.
    tuning : MedianTuning or None
        Limits of what counts as an anomaly; None for the defaults.
    """
    return step(start(tuning=tuning), series)[1]


def _ratios(series: Series) -> tuple[Floats, np.typing.NDArray[np.bool_]]:
    ratio = np.full(len(series), np.nan)
    if series.usual is None:
        return ratio, np.zeros(len(series), np.bool_)
    usual = series.usual
    known = np.isfinite(series.values) & np.isfinite(usual) & (usual > 0.0)
    ratio[known] = series.values[known] / usual[known]
    return ratio, known


def _levels(
    ratio: Floats, known: np.typing.NDArray[np.bool_], limits: MedianTuning, *, low: bool
) -> tuple[np.typing.NDArray[np.int8], bool]:
    leave = (1.0 + limits.warning_share) / 2.0
    if limits.leave_share is not None:
        leave = limits.leave_share
    level = np.full(len(ratio), UNSEEN, np.int8)
    for at in np.flatnonzero(known):
        low = bool(ratio[at] < (leave if low else limits.warning_share))
        level[at] = NORMAL
        if low:
            level[at] = CRITICAL if ratio[at] < limits.critical_share else WARNING
    return level, low
