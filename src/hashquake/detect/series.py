"""One signal of one subject on a regular grid of time; what was not seen is NaN, never zero."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil, floor, isfinite

import numpy as np
from numpy.typing import NDArray

from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.reading import Reading
from hashquake.core.window import Window

Floats = NDArray[np.float64]

PROBING, BGP, TELESCOPE, TRAFFIC = "probing", "bgp", "telescope", "traffic"
"""Signals known by name: active probing, routes, a darknet's background noise, users' traffic."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """What one instrument said of one subject, bin by bin.

    Parameters
    ----------
    subject : str
        Such as ``country:KZ`` or ``asn:9198``.
    signal : str
        Such as ``probing``, ``bgp``, ``telescope`` or ``traffic``.
    start_s : float
        Where the first bin begins, UTC Unix seconds.
    step_s : float
        Length of a bin: the instrument's native step.
    values : array of float, shape (n,)
        Never negative; NaN where nothing was seen.
    lag_s : float
        How late the instrument's stamps may run; widens onsets towards the past. It is not the
        time until a value is out, which widens nothing: values that are not out yet are NaN.
    usual : array of float, shape (n,), or None
        The usual value of each bin as the instrument states it, NaN where it states none; None
        where it states none at all.

    Raises
    ------
    UsageError
        ``series-step`` when the step is not positive, ``series-usual`` when values and usual
        values are not as many.
    """

    subject: str
    signal: str
    start_s: float
    step_s: float
    values: Floats
    lag_s: float = 0.0
    usual: Floats | None = None

    def __post_init__(self) -> None:
        """Refuse a grid that does not advance, and usual values of another grid."""
        if not (self.step_s > 0.0 and self.lag_s >= 0.0):
            raise UsageError(
                f"a series cannot have bins of {self.step_s} s and a lag of {self.lag_s} s",
                code="series-step",
                hint="give the instrument's native step in seconds",
            )
        if self.usual is not None and len(self.usual) != len(self.values):
            raise UsageError(
                f"a series must have as many usual values as values, got {len(self.usual)} and"
                f" {len(self.values)}",
                code="series-usual",
                hint="state NaN where a usual value is not known",
            )

    def __len__(self) -> int:
        """Count the bins."""
        return len(self.values)

    @property
    def end_s(self) -> float:
        """Where the last bin ends."""
        return self.start_s + len(self.values) * self.step_s

    def coverage(self) -> Coverage:
        """Return the stretches during which something was seen."""
        return seen_stretches(np.isfinite(self.values), start_s=self.start_s, step_s=self.step_s)

    def from_time(self, start_s: float) -> "Series":
        """Return the series from a bin's edge on: cut what is earlier, NaN where it began later.

        Parameters
        ----------
        start_s : float
            The edge of a bin, UTC Unix seconds.
        """
        bins = round((start_s - self.start_s) / self.step_s)
        return replace(
            self,
            start_s=self.start_s + bins * self.step_s,
            values=_from_bin(self.values, bins),
            usual=None if self.usual is None else _from_bin(self.usual, bins),
        )


def _from_bin(values: Floats, bins: int) -> Floats:
    return values[bins:] if bins >= 0 else np.concatenate([np.full(-bins, np.nan), values])


def seen_stretches(seen: NDArray[np.bool_], *, start_s: float, step_s: float) -> Coverage:
    """Turn a flag for each bin into stretches of time.

    Parameters
    ----------
    seen : array of bool, shape (n,)
        Whether each bin was seen.
    start_s : float
        Where the first bin begins, UTC Unix seconds.
    step_s : float
        Length of a bin, seconds.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]])))
    return Coverage(
        tuple(
            Window(start_s=start_s + step_s * int(first), end_s=start_s + step_s * int(past))
            for first, past in zip(edges[::2], edges[1::2], strict=True)
        )
    )


def series_of(
    readings: Iterable[Reading],
    *,
    subject: str,
    signal: str,
    quantity: str,
    step_s: float,
    lag_s: float = 0.0,
    source: str | None = None,
) -> Series:
    """Lay readings on a grid of time.

    Parameters
    ----------
    readings : iterable of Reading
        In any order; those of other subjects, quantities or sources are passed over.
    subject, signal : str
        Of the series.
    quantity : str
        Of the readings.
    step_s, lag_s : float
        The instrument's native step, and how late its stamps may run.
    source : str or None
        Take this source only.

    Returns
    -------
    Series
        A bin holds the median of the distinct values whose windows hold its beginning, so that
        neither order nor repeats matter. Values that are not finite or negative (``-1`` stands
        for "unavailable") are not seen.

    Raises
    ------
    NoCoverage
        When no reading is left.
    """
    kept = [
        reading
        for reading in readings
        if reading.subject == subject
        and reading.quantity == quantity
        and source in (None, reading.source)
        and isfinite(reading.value)
        and reading.value >= 0.0
    ]
    if not kept:
        raise NoCoverage(
            f"no reading of the {quantity} of {subject} was given",
            hint="ingest a source that gives it, or ask for another time",
        )
    first = min(floor(reading.window.start_s / step_s) for reading in kept)
    by_bin: dict[int, set[float]] = {}
    for reading in kept:
        begins = floor(reading.window.start_s / step_s)
        for at in range(begins, max(begins + 1, ceil(reading.window.end_s / step_s))):
            by_bin.setdefault(at, set()).add(reading.value)
    values = np.full(max(by_bin) - first + 1, np.nan)
    for at, seen in by_bin.items():
        # Nearly always one value: a median of one is that value, and a call for each bin is slow.
        values[at - first] = seen.pop() if len(seen) == 1 else np.median(list(seen))
    return Series(
        subject=subject,
        signal=signal,
        start_s=first * step_s,
        step_s=step_s,
        values=values,
        lag_s=lag_s,
    )
