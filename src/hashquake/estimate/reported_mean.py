"""The mean of what a pool reported over a window, with what is not known of it.

Two things are not known. Each report has an error of its own, seen in how much one differs from the
next. And between reports the pool drifts: over a gap its mean lies off the line through both ends
by the error of a Brownian bridge, over a gap at an end of the window by that of a free walk. The
pool's bias, which no report shows, is in neither: compare with the blocks for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from hashquake.core.interval import Interval
from hashquake.core.reading import Reading
from hashquake.core.reported_rate import moving
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

LEAST_NOISE = 0.01
"""Relative error of one report, however well they agree."""
LONE_NOISE = 0.02
"""The same where there is but one report."""
WALK = 0.05
"""Drift of a pool's hash rate, relative, per square root of a day."""
_LEAST_FREEDOM = 4.0
"""Of Student's law: reports have heavy tails, which averages of many lose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedMean:
    """The mean of a pool's reports over a window.

    Parameters
    ----------
    mean_hps : float
        Hashes per second.
    error : float
        Scale of its relative error, of the logarithm.
    freedom : float
        Degrees of freedom of Student's law that the error follows.
    covered_share : float
        Part of the window with a report, 0 to 1.
    n_reports : int
        Reports it rests on.
    """

    mean_hps: float
    error: float
    freedom: float
    covered_share: float
    n_reports: int

    def interval(self, level: float = 0.9) -> Interval:
        """Return the central interval of a level between 0 and 1, hashes per second.

        Parameters
        ----------
        level : float
            Between 0 and 1.
        """
        reach = float(stdtrit(self.freedom, (1.0 + level) / 2.0)) * self.error
        return Interval(
            median=self.mean_hps,
            low=self.mean_hps * exp(-reach),
            high=self.mean_hps * exp(reach),
            level=level,
        )

    def quantiles_hps(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return quantiles of the mean at levels between 0 and 1, shape (n,), hashes per second.

        Parameters
        ----------
        levels : array of float64, shape (n,)
            Between 0 and 1.
        """
        found: NDArray[np.float64] = self.mean_hps * np.exp(
            self.error * stdtrit(self.freedom, levels)
        )
        return found


def reported_mean(readings: Sequence[Reading], window: Window) -> ReportedMean | None:
    """Take the mean of one series of reports over a window.

    Parameters
    ----------
    readings : sequence of Reading
        Of one pool and source, oldest first, those before the window too: they show whether a
        value is frozen. They may overlap.
    window : Window
        The time asked about.

    Returns
    -------
    ReportedMean or None
        None when no report that moved lies in the window.
    """
    values: list[float] = []
    parts: list[Window] = []
    free_s = window.start_s
    for reading in moving(readings):
        part = reading.window.overlap(window)
        # Of reports that overlap only the first counts: the same time must not count twice.
        if part is None or reading.window.start_s < free_s - reading.window.duration_s / 2:
            continue
        start_s = max(part.start_s, free_s)
        if start_s < part.end_s:
            values.append(reading.value)
            parts.append(Window(start_s=start_s, end_s=part.end_s))
            free_s = part.end_s
    if not values:
        return None
    gaps_s = _gaps_s(parts, window)
    seen_s = np.array([part.duration_s for part in parts])
    # A gap is bridged: half of it counts with the report before, half with the one after.
    bridged_s = np.concatenate([gaps_s[:1], gaps_s[1:-1] / 2.0])
    bridged_s = bridged_s + np.concatenate([gaps_s[1:-1] / 2.0, gaps_s[-1:]])
    weights = (seen_s + bridged_s) / window.duration_s
    mean_hps = float(weights @ np.array(values))
    noise = _noise(np.array(values), mean_hps)
    variance = noise**2 * float(weights @ weights) + _drift_variance(gaps_s, window)
    return ReportedMean(
        mean_hps=mean_hps,
        error=sqrt(variance),
        freedom=max(_LEAST_FREEDOM, len(values) - 1.0),
        covered_share=min(1.0, float(seen_s.sum()) / window.duration_s),
        n_reports=len(values),
    )


def _noise(values: NDArray[np.float64], mean_hps: float) -> float:
    """Return the relative error of one report, from the differences between neighbours."""
    if len(values) < 2 or mean_hps <= 0.0:
        return LONE_NOISE
    steps = np.diff(values) / mean_hps
    return max(LEAST_NOISE, sqrt(float((steps**2).mean()) / 2.0))


def _gaps_s(parts: Sequence[Window], window: Window) -> NDArray[np.float64]:
    """Return the time before, between and after reports, seconds, one more than reports."""
    starts_s = np.array([*(part.start_s for part in parts), window.end_s])
    ends_s = np.array([window.start_s, *(part.end_s for part in parts)])
    return np.asarray(starts_s - ends_s, dtype=np.float64)


def _drift_variance(gaps_s: NDArray[np.float64], window: Window) -> float:
    """Return the variance that drift in the gaps between reports gives the mean of the window.

    The mean of a Brownian bridge over a gap g has variance ``g / 12``, that of a walk free at one
    end ``g / 3``; each gap counts by its part of the window.
    """
    over = np.full(len(gaps_s), 12.0)
    over[[0, -1]] = 3.0
    weights = gaps_s / window.duration_s
    return float((weights**2 * WALK**2 * (gaps_s / DAY_S) / over).sum())
