"""The signals of a country's connectivity as shares of their usual levels, step by step."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import NoCoverage
from hashquake.core.reading import ReadingSpan
from hashquake.core.reading_steps import step_means
from hashquake.core.window import Window

if TYPE_CHECKING:
    from hashquake.observatory.observatory import Observatory


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SignalSeries:
    """One series of readings over its usual level.

    Parameters
    ----------
    span : ReadingSpan
        Which one.
    start_s, step_s : float
        Start of the first step, UTC Unix seconds, and length of a step, seconds.
    usual_share : array of float64, shape (n,)
        1 is the usual level: what the instrument calls normal, else the median of the readings
        shown. NaN without a reading.
    """

    span: ReadingSpan
    start_s: float
    step_s: float
    usual_share: NDArray[np.float64]


def signal_series(
    observatory: "Observatory", country: str, *, longest_s: float, steps: int
) -> tuple[SignalSeries, ...]:
    """Return the signals of a country over the last time in which any was watched.

    Parameters
    ----------
    observatory : Observatory
        Of the record.
    country : str
        Two letters.
    longest_s : float
        The time before the last reading that is looked at, seconds.
    steps : int
        Into how many it is cut.
    """
    subject = f"country:{country}"
    try:
        spans = observatory.watched(subjects=(subject,))
    except NoCoverage:
        return ()
    end_s = max(one.window.end_s for one in spans)
    start_s = max(min(one.window.start_s for one in spans), end_s - longest_s)
    window = Window(start_s=start_s, end_s=end_s)
    step_s = window.duration_s / steps
    readings = observatory.record.readings(subject=subject, window=window)
    found = []
    for span in spans:
        own = [
            one for one in readings if (one.quantity, one.source) == (span.quantity, span.source)
        ]
        usual = float(np.median([one.value for one in own])) if own else 0.0
        shares = [one.value / level for one in own if (level := one.normal or usual)]
        if own and len(shares) == len(own):
            means = step_means(own, shares, window, step_s)
            found.append(SignalSeries(span=span, start_s=start_s, step_s=step_s, usual_share=means))
    return tuple(found)
