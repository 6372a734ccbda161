"""Detector: a signal against the same time of the week before, with a robust band.

A bin is forecast from the bin a week earlier and the last weekly difference. It is low when it
falls out of a band of 3 x 1.4826 x the median absolute residual, and usual again within a
quarter of the band. While it is out of the band, the forecasts stand in for what was seen, for at
most seven days, so that an outage does not teach itself as normal; then the level of the last
hours is taken.

Method: key ``guillot-et-al-2019`` in ``docs/refs.bib``; see ``docs/theory/seasonal.md``.
"""

from dataclasses import dataclass, replace

import numpy as np

from hashquake.core.contracts import DetectorCard
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.detect import _seasonal_kernel as kernel
from hashquake.detect._following import marks_of, require_followed
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.series import Series

CARD = DetectorCard(
    name="seasonal",
    title="Connectivity against the same time of the week before, within a robust band",
    version=2,
    subjects=("country", "asn"),
    online=True,
    source="guillot-et-al-2019",
    signals=("probing", "traffic"),
    # It needs a week to compare with and some days to learn its band.
    history_s=1_209_600.0,
    # Probing with a daily swing that a median's fixed threshold cannot bear.
    least_swing_shares={"probing": 0.15},
    rank=20,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonalTuning:
    """What the detector looks for.

    Parameters
    ----------
    season_s : float
        The rhythm: a week.
    autoregression_share : float
        Part of the last weekly difference that the next one is expected to keep.
    band_sigmas : float
        Half width of the band in robust standard deviations.
    leave_share : float
        Part of the band within which a bin is usual again.
    least_band_share : float
        The narrowest band, as a share of the forecast.
    critical_share : float
        Ratio to the forecast below which a low bin is very low.
    hold_s : float
        For how long forecasts stand in for what was seen.
    refresh_s : float
        How often the band is estimated again.
    least_share : float
        Share of a season of residuals needed before anything is said.
    """

    season_s: float = 7.0 * DAY_S
    autoregression_share: float = 0.5
    band_sigmas: float = 3.0
    leave_share: float = 0.25
    least_band_share: float = 0.02
    critical_share: float = 0.5
    hold_s: float = 7.0 * DAY_S
    refresh_s: float = 6.0 * HOUR_S
    least_share: float = 0.25


DEFAULT = SeasonalTuning()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeasonalState:
    """The detector between two steps; a step gives a new one and leaves this as it was.

    Parameters
    ----------
    tuning : SeasonalTuning
        What it looks for.
    subject, signal : str
        What it follows; empty before the first series.
    step_s, next_s : float
        Length of a bin, 0 before the first series; where the next bin begins.
    memory : SeasonalMemory
        A season of values and of sizes of residuals; the kernel's counters.
    """

    tuning: SeasonalTuning
    subject: str = ""
    signal: str = ""
    step_s: float = 0.0
    next_s: float = float("-inf")
    memory: kernel.SeasonalMemory


def start(*, tuning: SeasonalTuning = DEFAULT) -> SeasonalState:
    """Make a detector that has seen nothing.

    Parameters
    ----------
    tuning : SeasonalTuning
        What to look for.
    """
    return SeasonalState(
        tuning=tuning,
        memory=kernel.SeasonalMemory(
            history=np.zeros(0), residuals=np.zeros(0), counters=np.zeros(kernel.MEMORY_ROWS)
        ),
    )


def step(state: SeasonalState, series: Series) -> tuple[SeasonalState, AnomalyFlags]:
    """Take the next stretch of a series.

    Parameters
    ----------
    state : SeasonalState
        Where it stood; not changed.
    series : Series
        Of the same subject, signal and step; bins already taken are passed over, bins between
        are not seen.

    Returns
    -------
    SeasonalState and AnomalyFlags
        The flags begin where those of the step before ended.

    Raises
    ------
    UsageError
        ``series-other`` when the series is another than the one followed.
    """
    if state.step_s == 0.0:
        bins = max(2, round(state.tuning.season_s / series.step_s))
        state = replace(
            state,
            subject=series.subject,
            signal=series.signal,
            step_s=series.step_s,
            next_s=series.start_s,
            memory=state.memory._replace(
                history=np.full(bins, np.nan), residuals=np.full(bins, np.nan)
            ),
        )
    require_followed(state, series)
    fresh = series.from_time(state.next_s)
    memory = kernel.SeasonalMemory(*(array.copy() for array in state.memory))
    ratio, level = kernel.follow(fresh.values, memory, _limits(state))
    flags = marks_of(fresh, ratio, level, CARD)
    return replace(state, next_s=fresh.end_s, memory=memory), flags


def judge(series: Series, *, tuning: SeasonalTuning = DEFAULT) -> AnomalyFlags:
    """Judge a whole series at once; the same as any split of it.

    Parameters
    ----------
    series : Series
        With at least a week of history before what is to be judged.
    tuning : SeasonalTuning
        The detector's constants.
    """
    return step(start(tuning=tuning), series)[1]


def _limits(state: SeasonalState) -> kernel.SeasonalLimits:
    tuning = state.tuning
    return kernel.SeasonalLimits(
        autoregression_share=tuning.autoregression_share,
        band_sigmas=tuning.band_sigmas,
        leave_share=tuning.leave_share,
        least_band_share=tuning.least_band_share,
        critical_share=tuning.critical_share,
        hold_bins=tuning.hold_s / state.step_s,
        least_bins=max(1.0, tuning.least_share * len(state.memory.residuals)),
        refresh_bins=max(1, round(tuning.refresh_s / state.step_s)),
    )
