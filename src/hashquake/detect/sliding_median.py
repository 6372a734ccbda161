"""Detector: the ratio of a signal to its own sliding median, with IODA's published thresholds.

The median is of the values seen before the bin, over a day or a week. A dip opens below a
threshold and closes only half way back, so that noise at the threshold does not chop it. While a
dip is open the median stands still for at most seven days: an outage does not teach itself as
normal, and a level that stays is accepted in the end. With `hold_s` 0 it is the rule as published.

Method: key ``ioda`` in ``docs/refs.bib``; see ``docs/theory/sliding_median.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from hashquake.core.contracts import DetectorCard
from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S
from hashquake.detect import _median_kernel as kernel
from hashquake.detect._following import marks_of, require_followed
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.series import BGP, PROBING, TELESCOPE, TRAFFIC, Floats, Series

CARD = DetectorCard(
    name="sliding_median",
    title="Ratio of a connectivity signal to its sliding median (IODA's thresholds)",
    version=1,
    subjects=("country", "asn"),
    online=True,
    source="ioda",
    signals=("bgp", "probing", "telescope", "traffic"),
    rank=10,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MedianTuning:
    """Thresholds of one signal, all as ratios to the sliding median.

    Parameters
    ----------
    window_s : float
        Length of the median's window.
    warning_share, critical_share : float
        Below which a bin is low, and very low.
    leave_share : float or None
        From which a dip is over; None is half way from the warning to the usual value.
    hold_s : float
        For how long the median stands still during a dip; 0 is never, as published.
    least_share : float
        Share of the window that must have been seen before anything is said.
    """

    window_s: float
    warning_share: float
    critical_share: float
    leave_share: float | None = None
    hold_s: float = 7.0 * DAY_S
    least_share: float = 0.25


PRESETS: Mapping[str, MedianTuning] = MappingProxyType(
    {
        BGP: MedianTuning(window_s=DAY_S, warning_share=0.99, critical_share=0.5),
        PROBING: MedianTuning(window_s=7.0 * DAY_S, warning_share=0.8, critical_share=0.5),
        TELESCOPE: MedianTuning(window_s=7.0 * DAY_S, warning_share=0.25, critical_share=0.1),
        # Not among the published ones: a day's rhythm alone moves traffic by half.
        TRAFFIC: MedianTuning(window_s=7.0 * DAY_S, warning_share=0.25, critical_share=0.1),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MedianState:
    """The detector between two steps; a step gives a new one and leaves this as it was.

    Parameters
    ----------
    tuning : MedianTuning or None
        None until the first series tells its signal.
    subject, signal : str
        What it follows; empty before the first series.
    step_s : float
        Length of a bin; 0 before the first series.
    next_s : float
        Where the next bin begins.
    ring : array of float
        The window's values.
    memory : array of int
        The kernel's counters.
    """

    tuning: MedianTuning | None
    subject: str = ""
    signal: str = ""
    step_s: float = 0.0
    next_s: float = float("-inf")
    ring: Floats
    memory: NDArray[np.int64]


def start(*, tuning: MedianTuning | None = None) -> MedianState:
    """Make a detector that has seen nothing.

    Parameters
    ----------
    tuning : MedianTuning or None
        Thresholds; None takes the preset of the series' signal.
    """
    return MedianState(
        tuning=tuning,
        ring=np.zeros(0),
        memory=np.zeros(kernel.MEMORY_ROWS, np.int64),
    )


def step(state: MedianState, series: Series) -> tuple[MedianState, AnomalyFlags]:
    """Take the next stretch of a series.

    Parameters
    ----------
    state : MedianState
        Where it stood; not changed.
    series : Series
        Of the same subject, signal and step; bins already taken are passed over, bins between
        are not seen.

    Returns
    -------
    MedianState and AnomalyFlags
        The flags begin where those of the step before ended.

    Raises
    ------
    UsageError
        ``signal-preset`` when the signal has no preset and no tuning was given,
        ``series-other`` when the series is another than the one followed.
    """
    tuning = _tuned(state, series)
    if state.step_s == 0.0:
        state = _begin(state, series, tuning)
    require_followed(state, series)
    fresh = series.from_time(state.next_s)
    ring, memory = state.ring.copy(), state.memory.copy()
    ratio, level = kernel.follow(fresh.values, ring, memory, _limits(state, tuning))
    flags = marks_of(fresh, ratio, level, CARD)
    return replace(state, next_s=fresh.end_s, ring=ring, memory=memory), flags


def judge(series: Series, *, tuning: MedianTuning | None = None) -> AnomalyFlags:
    """Judge a whole series at once; the same as any split of it.

    Parameters
    ----------
    series : Series
        With history before what is to be judged.
    tuning : MedianTuning or None
        The detector's constants; None is those of the series' step.
    """
    return step(start(tuning=tuning), series)[1]


def _tuned(state: MedianState, series: Series) -> MedianTuning:
    tuning = state.tuning or PRESETS.get(series.signal)
    if tuning is None:
        raise UsageError(
            f"the signal {series.signal!r} has no published thresholds",
            code="signal-preset",
            hint=f"give a tuning, or use one of {', '.join(PRESETS)}",
        )
    return tuning


def _begin(state: MedianState, series: Series, tuning: MedianTuning) -> MedianState:
    bins = max(1, round(tuning.window_s / series.step_s))
    return replace(
        state,
        tuning=tuning,
        subject=series.subject,
        signal=series.signal,
        step_s=series.step_s,
        next_s=series.start_s,
        ring=np.full(bins, np.nan),
    )


def _limits(state: MedianState, tuning: MedianTuning) -> kernel.MedianLimits:
    half_way = (1.0 + tuning.warning_share) / 2.0
    return kernel.MedianLimits(
        enter_share=tuning.warning_share,
        critical_share=tuning.critical_share,
        leave_share=half_way if tuning.leave_share is None else tuning.leave_share,
        least_bins=max(1.0, tuning.least_share * len(state.ring)),
        hold_bins=tuning.hold_s / state.step_s,
    )
