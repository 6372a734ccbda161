"""What detectors that follow one series share: it stays the same, flags stand on its grid."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hashquake.core.contracts import DetectorCard
from hashquake.core.errors import UsageError
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.series import Series

Floats = NDArray[np.float64]


class Followed(Protocol):
    """A detector's state: which series it follows."""

    @property
    def subject(self) -> str:
        """Of the series."""

    @property
    def signal(self) -> str:
        """Of the series."""

    @property
    def step_s(self) -> float:
        """Of the series, seconds."""


def require_followed(state: Followed, series: Series) -> None:
    """Refuse another series than the one followed.

    Parameters
    ----------
    state : Followed
        What the detector has seen.
    series : Series
        The next bins.

    Raises
    ------
    UsageError
        ``series-other`` for another subject, signal or step.
    """
    arriving = (series.subject, series.signal, series.step_s)
    if arriving != (state.subject, state.signal, state.step_s):
        raise UsageError(
            f"the detector follows the {state.signal} of {state.subject} every {state.step_s} s,"
            f" not the {series.signal} of {series.subject} every {series.step_s} s",
            code="series-other",
            hint="start a detector for each series",
        )


def marks_of(
    fresh: Series, ratio: Floats, level: NDArray[np.int8], card: DetectorCard
) -> AnomalyFlags:
    """Put what a kernel judged on the grid of the bins it was given.

    Parameters
    ----------
    fresh : Series
        The bins judged.
    ratio : array of float64, shape (n,)
        Value over the usual value.
    level : array of int8, shape (n,)
        Codes of `hashquake.detect.flags`.
    card : DetectorCard
        The detector's.
    """
    return AnomalyFlags(
        subject=fresh.subject,
        signal=fresh.signal,
        start_s=fresh.start_s,
        step_s=fresh.step_s,
        lag_s=fresh.lag_s,
        ratio=ratio,
        level=level,
        made_by=f"{card.name}/{card.version}",
    )
