"""Choose the detector that suits a series, and judge it."""

import numpy as np

from hashquake.core.times import DAY_S
from hashquake.detect import seasonal, sliding_median, stated_usual
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.series import PROBING, TRAFFIC, Floats, Series

HISTORY_S = 21.0 * DAY_S
"""How much is read before the time in question, so that a detector knows what is usual in it."""
SEASON_LEAST_S = 14.0 * DAY_S
"""The seasonal detector needs a week to compare with and some days to learn its band."""
RHYTHM_SHARE = 0.15
"""A daily swing, quiet to busy over the usual, that a median's fixed threshold cannot bear."""


def judge_series(series: Series, usual: Floats | None = None) -> AnomalyFlags:
    """Judge a series with the detector that suits it.

    Parameters
    ----------
    series : Series
        Values of n bins.
    usual : array of float, shape (n,), or None
        Usual values stated by the instrument; where there are any, they are what it is judged by.

    Returns
    -------
    AnomalyFlags
        By the stated usual values; else traffic, and probing with a rhythm of days, against the
        week before, given two weeks of it; else against the sliding median with the preset of
        the signal.
    """
    if usual is not None and np.isfinite(usual).any():
        return stated_usual.judge(series, usual)
    long_enough = series.end_s - series.start_s >= SEASON_LEAST_S
    swings = series.signal == PROBING and daily_swing(series) > RHYTHM_SHARE
    if long_enough and (series.signal == TRAFFIC or swings):
        return seasonal.judge(series)
    return sliding_median.judge(series)


def daily_swing(series: Series) -> float:
    """Measure how far a typical day swings.

    Parameters
    ----------
    series : Series
        With bins of at most half a day.

    Returns
    -------
    float
        The 90 % less the 10 % quantile over the hours' medians, as a share of their median; 0
        where a day has fewer than 4 bins. Outages shorter than half of the days do not move it.
    """
    per_day = round(DAY_S / series.step_s)
    days = len(series) // per_day if per_day else 0
    if per_day < 4 or not days:
        return 0.0
    folded = series.values[: days * per_day].reshape(days, per_day)
    folded = folded[:, np.isfinite(folded).any(axis=0)]
    if not folded.size:
        return 0.0
    low, middle, high = np.quantile(np.nanmedian(folded, axis=0), (0.1, 0.5, 0.9))
    return float((high - low) / middle) if middle > 0.0 else 0.0
