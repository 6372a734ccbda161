"""A hash rate step by step, with bands and trailing means: the series that analysts plot."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import HashquakeError, NoCoverage, UsageError
from hashquake.core.pandas_table import in_pandas
from hashquake.core.record import Record
from hashquake.core.result_table import ResultTable
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.estimate.window import rate_limits_of
from hashquake.observatory.measure import blocks_around, check_subject

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
MEAN_DAYS = (7, 30, 90)
LEVEL = 0.9
_SHORTEST_S = 600.0
_MOST_STEPS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """Medians and 90 % limits, NaN where a window was not observed throughout.

    Parameters
    ----------
    median_hps, low_hps, high_hps : array of float64, shape (n,)
        Hashes a second.
    """

    median_hps: Floats
    low_hps: Floats
    high_hps: Floats

    def columns(self, prefix: str = "") -> Iterator[tuple[str, Floats]]:
        """Yield the three columns with their names.

        Parameters
        ----------
        prefix : str
            Put before each column's name.
        """
        yield f"{prefix}median_hps", self.median_hps
        yield f"{prefix}low_hps", self.low_hps
        yield f"{prefix}high_hps", self.high_hps


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateSeries(ResultTable):
    """The hash rate of a subject, step by step.

    Parameters
    ----------
    subject : str
        ``network`` or a pool.
    start_s, step_s : float
        Start of the first step, UTC Unix seconds, and the length of each.
    steps : Band
        The mean rate of each step; shape (n,).
    means : dict of int to Band
        By days: the mean rate of that many days up to the end of each step.
    """

    subject: str
    start_s: float
    step_s: float
    steps: Band
    means: dict[int, Band]

    def __len__(self) -> int:
        """Count the steps."""
        return len(self.steps.median_hps)

    def to_polars(self) -> "pl.DataFrame":
        """Return a row a step.

        Returns
        -------
        polars.DataFrame
            ``time`` (start of the step, UTC), ``median_hps``, ``low_hps``, ``high_hps``, and the
            same of each mean as ``mean_7d_median_hps`` and so on; null in a gap.
        """
        import polars as pl

        n = len(self)
        begin = [datetime.fromtimestamp(self.start_s + at * self.step_s, tz=UTC) for at in range(n)]
        columns: dict[str, Any] = {"time": begin}
        columns |= dict(self.steps.columns())
        for days, band in self.means.items():
            columns |= dict(band.columns(f"mean_{days}d_"))
        return pl.DataFrame(columns).fill_nan(None)

    def to_pandas(self) -> "pd.DataFrame":
        """Return the same table in pandas, by time, ready to plot.

        Raises
        ------
        HashquakeError
            ``pandas-missing`` when pandas is not installed.
        """
        return in_pandas(self.to_polars()).set_index("time")

    def plot(self, axes: "Axes | None" = None) -> "Axes":
        """Draw the steps with their 90 % band and the trailing means; gaps stay open.

        Parameters
        ----------
        axes : matplotlib.axes.Axes or None
            Where to draw; None is a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            To be titled, saved (``axes.figure.savefig``) or drawn on; hashes per second with
            the prefixes of the SI.

        Raises
        ------
        HashquakeError
            ``charts-missing`` when matplotlib is not installed.
        """
        if find_spec("matplotlib") is None:
            raise HashquakeError(
                "plot() draws with matplotlib, which is not installed",
                code="charts-missing",
                hint="pip install 'hashquake[charts]', or use to_polars()",
            )
        from matplotlib import pyplot as plt
        from matplotlib.ticker import EngFormatter

        if axes is None:
            _, axes = plt.subplots()
        start_us = 1e6 * (self.start_s + self.step_s * np.arange(len(self)))
        middle = (start_us + 5e5 * self.step_s).astype("datetime64[us]")
        end = (start_us + 1e6 * self.step_s).astype("datetime64[us]")
        steps = self.steps
        axes.fill_between(middle, steps.low_hps, steps.high_hps, alpha=0.2, linewidth=0)
        axes.plot(middle, steps.median_hps, label=self.subject)
        for days, band in self.means.items():
            axes.plot(end, band.median_hps, label=f"{days}-day mean")
        axes.yaxis.set_major_formatter(EngFormatter(unit="H/s"))
        axes.legend()
        return axes

    def __repr__(self) -> str:
        """Summarise it on one line."""
        first = datetime.fromtimestamp(self.start_s, tz=UTC)
        return f"<RateSeries {self.subject}: {len(self)} steps of {self.step_s:g} s from {first}>"


def rate_series(
    record: Record,
    window: Window,
    step_s: float,
    subjects: tuple[str, ...],
    *,
    mean_days: tuple[int, ...] = MEAN_DAYS,
) -> tuple[RateSeries, ...]:
    """Estimate hash rates step by step; see `hashquake.observatory.Observatory.rates`.

    Parameters
    ----------
    record : Record
        Its blocks, read once for all subjects.
    window : Window
        What to cut into steps; a rest shorter than a step is left out.
    step_s : float
        Length of a step, seconds.
    subjects : tuple of str
        ``network`` or ``pool:SLUG``, a series each.
    mean_days : tuple of int
        Lengths of the trailing means, days.

    Raises
    ------
    UsageError
        ``step-range`` for a step under ten minutes, longer than the window, or too many of them;
        ``subject-not-mined``, ``pool-unknown``.
    NoCoverage
        When no step was observed.
    """
    for subject in subjects:
        check_subject(record, subject)
    if not _SHORTEST_S <= step_s <= window.duration_s or window.duration_s / step_s > _MOST_STEPS:
        raise UsageError(
            f"a step of {step_s:,.0f} s does not fit a window of {window.duration_s:,.0f} s",
            code="step-range",
            hint=f"take a step from 10m to the whole window, and at most {_MOST_STEPS:,} of them",
        )
    n_steps = int(window.duration_s / step_s)
    ends_s: Floats = np.asarray(window.start_s + step_s * np.arange(1, n_steps + 1), np.float64)
    coverage = record.coverage()
    before_s = max(mean_days, default=0) * DAY_S
    around = Window(start_s=window.start_s - before_s, end_s=window.end_s)
    blocks = blocks_around(record, around)

    def bands(length_s: float) -> list[Band]:
        found = rate_limits_of(
            blocks,
            np.asarray(ends_s - length_s, np.float64),
            ends_s,
            subjects,
            coverage,
            network=record.network,
            level=LEVEL,
        )
        return [Band(median_hps=one[0], low_hps=one[1], high_hps=one[2]) for one in found]

    steps = bands(step_s)
    if steps and np.isnan(steps[0].median_hps).all():
        coverage.require(window, what="the chain")
        raise NoCoverage("no step of the window was observed")
    means = {days: bands(days * float(DAY_S)) for days in mean_days}
    return tuple(
        RateSeries(
            subject=subject,
            start_s=float(window.start_s),
            step_s=float(step_s),
            steps=steps[at],
            means={days: found[at] for days, found in means.items()},
        )
        for at, subject in enumerate(subjects)
    )
