"""Judge a series whose instrument tells the usual value itself: the ratio is value over usual.

No history is needed, so that a few transcribed levels can be judged as well as a year of probes.
The thresholds are those of the sliding median, with its hysteresis.
"""

import numpy as np

from hashquake.detect.anomaly_flags import CRITICAL, NORMAL, UNSEEN, WARNING, AnomalyFlags
from hashquake.detect.series import PROBING, Floats, Series
from hashquake.detect.sliding_median import PRESETS, MedianTuning

MADE_BY = "stated_usual/1"


def judge(series: Series, usual: Floats, *, tuning: MedianTuning | None = None) -> AnomalyFlags:
    """Judge a series by the usual values stated with it.

    Parameters
    ----------
    series : Series
        Values of n bins.
    usual : array of float, shape (n,)
        The usual value of each bin in the series' unit; NaN or 0 where it is not known.
    tuning : MedianTuning or None
        Its thresholds; None takes the preset of the series' signal.

    Returns
    -------
    AnomalyFlags
        Unseen where either value is not known.
    """
    limits = tuning or PRESETS.get(series.signal, PRESETS[PROBING])
    leave = (1.0 + limits.warning_share) / 2.0
    if limits.leave_share is not None:
        leave = limits.leave_share
    known = np.isfinite(series.values) & np.isfinite(usual) & (usual > 0.0)
    ratio = np.full(len(series), np.nan)
    ratio[known] = series.values[known] / usual[known]
    level = np.full(len(series), UNSEEN, np.int8)
    low = False
    for at in np.flatnonzero(known):
        low = bool(ratio[at] < (leave if low else limits.warning_share))
        level[at] = NORMAL
        if low:
            level[at] = CRITICAL if ratio[at] < limits.critical_share else WARNING
    return AnomalyFlags(
        subject=series.subject,
        signal=series.signal,
        start_s=series.start_s,
        step_s=series.step_s,
        lag_s=series.lag_s,
        ratio=ratio,
        level=level,
        made_by=MADE_BY,
    )
