"""What pools reported of their own hash rate, step by step: a series next to what they found."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hashquake.core.reading_steps import step_means
from hashquake.core.reported_rate import QUANTITY, moving
from hashquake.core.window import Window

if TYPE_CHECKING:
    from hashquake.core.reading import Reading
    from hashquake.observatory.observatory import Observatory


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReportedSeries:
    """The reports of one pool by one source.

    Parameters
    ----------
    subject : str
        ``pool:SLUG``.
    source : str
        Which source read them.
    start_s, step_s : float
        Start of the first step, UTC Unix seconds, and length of a step, seconds.
    mean_hps : array of float64, shape (n,)
        Mean of the reports of each step, hashes per second; NaN without a report.
    """

    subject: str
    source: str
    start_s: float
    step_s: float
    mean_hps: NDArray[np.float64]


def reported_series(
    observatory: "Observatory", window: Window, *, step_s: float, subjects: tuple[str, ...]
) -> tuple[ReportedSeries, ...]:
    """Return what pools reported in a window, step by step.

    A value that stands still to the last digit was not measured again and counts as no report
    (`hashquake.core.reported_rate.frozen`). Where several sources read a pool, the one with most
    reports is taken.

    Parameters
    ----------
    observatory : Observatory
        Of the record.
    window : Window
        The time asked about.
    step_s : float
        Length of a step, seconds.
    subjects : tuple of str
        Such as ``pool:antpool``; those without a report have no series.
    """
    speaking = {
        span.subject for span in observatory.reading_spans() if span.quantity == QUANTITY
    } & set(subjects)
    found = []
    for subject in (one for one in subjects if one in speaking):
        series: dict[str, list[Reading]] = {}
        for reading in observatory.record.readings(subject=subject, window=window):
            if reading.quantity == QUANTITY:
                series.setdefault(reading.source, []).append(reading)
        moved = {source: moving(each) for source, each in series.items()}
        source = max(moved, key=lambda one: (len(moved[one]), one), default=None)
        if source is not None and moved[source]:
            reports = moved[source]
            values_hps = [one.value for one in reports]
            means_hps = step_means(reports, values_hps, window, step_s)
            found.append(
                ReportedSeries(
                    subject=subject,
                    source=source,
                    start_s=window.start_s,
                    step_s=step_s,
                    mean_hps=means_hps,
                )
            )
    return tuple(found)
