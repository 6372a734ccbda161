"""Many paths as counts: what a run keeps, in memory that does not grow with the paths."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BINS = 1024
_ROOM = 0.6
"""How far bins reach beyond the pilot's values, in ranges of it, to each side."""


class Histogram(NamedTuple):
    """What is counted of the paths.

    Parameters
    ----------
    low, scale : array of float64, shape (columns,)
        Where the bins of a column begin, and bins per unit; written before the run.
    centre : array of float64, shape (columns,)
        What sums are taken about; written before the run.
    bins : array of int32, shape (columns, bins + 2)
        Paths by value; the first and last bin hold what lies outside.
    sums : array of float64, shape (5, columns)
        Number of values, their sum and sum of squares about the centre, the least, the greatest.
    above : array of int64, shape (limits,)
        Paths above each limit.
    """

    low: Floats
    scale: Floats
    centre: Floats
    bins: NDArray[np.int32]
    sums: Floats
    above: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scale:
    """Where the bins of each column lie, set by a pilot before anything is counted.

    Parameters
    ----------
    low, scale, centre : array of float64, shape (columns,)
        First edge, bins per unit, and a value near the mean.
    whole : array of bool, shape (columns,)
        Columns of whole numbers, whose bins are centred on them.
    """

    low: Floats
    scale: Floats
    centre: Floats
    whole: NDArray[np.bool_]

    @classmethod
    def of_pilot(cls, rows: Floats) -> "Scale":
        """Set the bins from the first paths of a run, shape (n, columns).

        Parameters
        ----------
        rows : array of float64, shape (n, columns)
            Outcomes of the first paths; not finite where a path has none.
        """
        known = np.isfinite(rows)
        least = np.where(known, rows, np.inf).min(axis=0)
        most = np.where(known, rows, -np.inf).max(axis=0)
        empty = ~known.any(axis=0)
        least, most = np.where(empty, 0.0, least), np.where(empty, 0.0, most)
        span = most - least
        whole = (np.where(known, rows, 0.0) % 1 == 0).all(axis=0) & (span * (1 + 2 * _ROOM) < BINS)
        reach = np.where(span > 0, span * (1 + 2 * _ROOM), 1.0)
        low = np.where(whole, np.floor(least - _ROOM * span) - 0.5, least - _ROOM * span)
        scale = np.where(whole, 1.0, BINS / reach)
        centre = np.where(known, rows, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return cls(low=low, scale=scale, centre=centre, whole=whole)

    def empty(self, limits: int) -> Histogram:
        """Return a histogram of nothing.

        Parameters
        ----------
        limits : int
            How many values there are above which paths are counted exactly.
        """
        width = len(self.low)
        sums = np.zeros((5, width))
        sums[3], sums[4] = np.inf, -np.inf
        return Histogram(
            low=self.low,
            scale=self.scale,
            centre=self.centre,
            bins=np.zeros((width, BINS + 2), np.int32),
            sums=sums,
            above=np.zeros(limits, np.int64),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counted:
    """The counts of a whole run.

    Parameters
    ----------
    paths : int
        How many were counted.
    scale : Scale
        Where the bins lie.
    bins : array of int64, shape (columns, bins + 2)
        Paths by value.
    sums : array of float64, shape (5, columns)
        As in `Histogram`.
    above : array of int64, shape (limits,)
        Paths above each limit.
    """

    paths: int
    scale: Scale
    bins: Ints
    sums: Floats
    above: Ints

    @classmethod
    def nothing(cls, scale: Scale, limits: int) -> "Counted":
        """Begin a run.

        Parameters
        ----------
        scale : Scale
            Bins of each column.
        limits : int
            How many values there are above which paths are counted exactly.
        """
        histogram = scale.empty(limits)
        return cls(
            paths=0,
            scale=scale,
            bins=histogram.bins.astype(np.int64),
            sums=histogram.sums,
            above=histogram.above,
        )

    def with_batch(self, histogram: Histogram, paths: int) -> "Counted":
        """Add a batch; adding the same batches in the same order gives the same bits.

        Parameters
        ----------
        histogram : Histogram
            Of the same bins and limits.
        paths : int
            How many paths it counts.
        """
        sums = self.sums + histogram.sums
        sums[3] = np.minimum(self.sums[3], histogram.sums[3])
        sums[4] = np.maximum(self.sums[4], histogram.sums[4])
        return Counted(
            paths=self.paths + paths,
            scale=self.scale,
            bins=self.bins + histogram.bins,
            sums=sums,
            above=self.above + histogram.above,
        )

    def mean(self, column: int) -> float:
        """Return the mean of a column; NaN when no path has a value.

        Parameters
        ----------
        column : int
            See `hashquake.forward.layout.Layout`.
        """
        n = self.sums[0, column]
        return float(self.scale.centre[column] + self.sums[1, column] / n) if n else float("nan")

    def sd(self, column: int) -> float:
        """Return the standard deviation of a column.

        Parameters
        ----------
        column : int
            See `hashquake.forward.layout.Layout`.
        """
        n, off, square = self.sums[:3, column]
        if n < 2 or self.sums[3, column] == self.sums[4, column]:
            return 0.0 if n else float("nan")
        return float(np.sqrt(max(square - off * off / n, 0.0) / (n - 1)))

    def quantiles(self, column: int, levels: Any) -> Floats:
        """Read quantiles of a column from its bins.

        Parameters
        ----------
        column : int
            Which.
        levels : sequence of float
            Probabilities.

        Returns
        -------
        array of float64
            Straight inside a bin, which is about a hundredth of a standard deviation wide; exact
            for whole numbers and constants; NaN when no path has a value.
        """
        wanted = np.asarray(levels, dtype=np.float64)
        n, least, most = self.sums[0, column], self.sums[3, column], self.sums[4, column]
        if not n:
            return np.full(len(wanted), np.nan)
        if least == most:
            return np.full(len(wanted), least)
        low, scale = self.scale.low[column], self.scale.scale[column]
        edges = np.concatenate([[least], low + np.arange(BINS + 1) / scale, [most]])
        edges = np.maximum.accumulate(np.clip(edges, least, most))
        below = np.concatenate([[0], np.cumsum(self.bins[column])])
        if self.scale.whole[column]:
            at = np.searchsorted(below[1:], wanted * n, side="left")
            found: Floats = np.clip(np.round(low + (at - 0.5) / scale), least, most)
        else:
            found = np.interp(wanted * n, below, edges)
        return found
