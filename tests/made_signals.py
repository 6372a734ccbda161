"""Signals of a country made by hand: steady, with a rhythm, cut where a test says so."""

from collections.abc import Sequence

import numpy as np

from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.detect import seasonal, sliding_median
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.series import BGP, PROBING, TELESCOPE, TRAFFIC, Floats, Series

STEPS_S = {PROBING: 600.0, BGP: 300.0, TELESCOPE: 300.0, TRAFFIC: 1800.0}
NOISE = {PROBING: 0.01, BGP: 0.0005, TELESCOPE: 0.15, TRAFFIC: 0.02}


def made(
    signal: str,
    whole: Window,
    *,
    dark: Sequence[Window] = (),
    remaining_share: float = 0.03,
    gaps: Sequence[Window] = (),
    subject: str = "country:KZ",
    seed: int = 5,
) -> Series:
    """Make a signal: its usual values, `remaining_share` of them in the dark, NaN in gaps."""
    step_s = STEPS_S[signal]
    at_s = np.arange(whole.start_s, whole.end_s, step_s)
    noise = np.random.default_rng(seed).standard_normal(len(at_s))
    values = 1000.0 * (1.0 + NOISE[signal] * noise)
    if signal == TRAFFIC:
        values *= 1.0 + 0.5 * np.sin(2 * np.pi * at_s / DAY_S)
    values = np.maximum(values, 0.0)
    values[_inside(at_s, dark)] *= remaining_share
    values[_inside(at_s, gaps)] = np.nan
    return Series(
        subject=subject, signal=signal, start_s=whole.start_s, step_s=step_s, values=values
    )


def judged(series: Series) -> AnomalyFlags:
    """Judge it with the detector meant for its signal."""
    return seasonal.judge(series) if series.signal == TRAFFIC else sliding_median.judge(series)


def _inside(at_s: Floats, windows: Sequence[Window]) -> np.typing.NDArray[np.bool_]:
    inside = np.zeros(len(at_s), np.bool_)
    for window in windows:
        inside |= (at_s >= window.start_s) & (at_s < window.end_s)
    return inside
