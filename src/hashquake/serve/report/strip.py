"""Intervals on one axis that is as wide as the page: SVG in percent, with no view box.

Rows of a table share the axis, so every row stays readable text at any width and only the marks
stretch. A limit beyond the axis is cut and marked by an arrow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from hashquake.core.interval import Interval
from hashquake.serve.format import percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A linear axis of signed changes.

    Parameters
    ----------
    low, high : float
        Its ends, as shares.
    ticks : tuple of float
        Where to draw lines and numbers.
    """

    low: float
    high: float
    ticks: tuple[float, ...]

    def is_minor(self, at: int) -> bool:
        """Return whether a tick's number gives way where there is little room.

        Parameters
        ----------
        at : int
            Number of the tick, from 0.
        """
        if len(self.ticks) < 5:
            return False
        return bool((at - self.ticks.index(0.0)) % 2) if 0.0 in self.ticks else bool(at % 2)

    def at(self, value: float) -> float:
        """Return a value's place on the axis in percent of its length, limited to 0 to 100.

        Parameters
        ----------
        value : float
            In the axis's unit; may be infinite.
        """
        if not isfinite(value):
            return 100.0 if value > 0 else 0.0
        return min(100.0, max(0.0, (value - self.low) / (self.high - self.low) * 100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is drawn in one row, in percent of the row's width.

    Parameters
    ----------
    low, high : float or None
        The measured interval; None when nothing was measured.
    median : float or None
        Its median; None when that lies beyond the axis.
    claim_low, claim_high : float or None
        The claimed range; None when nothing was claimed.
    cut_low, cut_high : bool
        Whether the interval goes on beyond the axis.
    says : str
        The row in words, for screen readers.
    """

    low: float | None
    high: float | None
    median: float | None
    claim_low: float | None
    claim_high: float | None
    cut_low: bool
    cut_high: bool
    says: str


def axis_for(
    values: Sequence[float], *, low: float = -0.2, high: float = 0.1, most: int = 8
) -> Axis:
    """Choose an axis that holds all values, never beyond -100 % and +60 %.

    Parameters
    ----------
    values : sequence of float
        Limits, medians and claims; those that are not finite are left out.
    low, high : float
        The least the axis must span.
    most : int
        As many ticks as there is room for.
    """
    finite = [value for value in values if isfinite(value)]
    lowest = max(-1.0, min([low, *finite]) - 0.02)
    highest = min(0.6, max([high, *finite]) + 0.02)
    step = next(step for step in (0.05, 0.1, 0.2, 0.25, 0.5) if (highest - lowest) / step <= most)
    first = int(-(-lowest // step)) if lowest >= 0 else -int(-lowest / step + 1e-9)
    last = int(highest / step + 1e-9)
    return Axis(
        low=lowest,
        high=highest,
        ticks=tuple(round(step * at, 6) for at in range(first, last + 1)),
    )


def mark(
    axis: Axis, interval: Interval | None, claim: tuple[float, float] | None = None, *, says: str
) -> Mark:
    """Place an interval and a claim on an axis.

    Parameters
    ----------
    axis : Axis
        Where it is drawn.
    interval : Interval or None
        What was measured.
    claim : tuple of float or None
        Low and high of what was claimed.
    says : str
        The same in words, for those who cannot see it.
    """
    return Mark(
        low=None if interval is None else axis.at(interval.low),
        high=None if interval is None else axis.at(interval.high),
        median=axis.at(interval.median)
        if interval is not None and axis.low <= interval.median <= axis.high
        else None,
        claim_low=None if claim is None else axis.at(claim[0]),
        claim_high=None if claim is None else axis.at(claim[1]),
        cut_low=interval is not None and interval.low < axis.low,
        cut_high=interval is not None and interval.high > axis.high,
        says=says,
    )


def tick_text(value: float) -> str:
    """Write a tick's number.

    Parameters
    ----------
    value : float
        A relative change.
    """
    return percent(value, signed=True)
