"""Shares from nothing upwards on one axis as wide as the page; the twin of `strip` for no change.

Rows of a table share the axis. A bar beyond it is cut there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hashquake.core.interval import Interval
from hashquake.serve.format import percent


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareAxis:
    """A linear axis that begins at nothing.

    Parameters
    ----------
    high : float
        Its end, a share.
    ticks : tuple of float
        Where to draw lines and numbers.
    """

    high: float
    ticks: tuple[float, ...]

    def at(self, share: float) -> float:
        """Return a share's place in percent of the axis, limited to 0 to 100.

        Parameters
        ----------
        share : float
            0 to 1.
        """
        return min(100.0, max(0.0, 100.0 * share / self.high))

    def text(self, tick: float) -> str:
        """Write a tick's number.

        Parameters
        ----------
        tick : float
            One of the axis's ticks, 0 to 1.
        """
        return percent(tick)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """An interval in a row, in percent of the row's width.

    Parameters
    ----------
    kind : {"seen", "before"}
        What it rests on: drawn as a band, or as a thin line under it.
    low, high, middle : float
        The interval and its median.
    """

    kind: str
    low: float
    high: float
    middle: float


def share_axis(values: Sequence[float], *, least: float = 0.1, most: int = 5) -> ShareAxis:
    """Choose an axis that holds all values.

    Parameters
    ----------
    values : sequence of float
        Shares, 0 to 1.
    least : float
        The least it must span.
    most : int
        As many ticks above nothing as there is room for.
    """
    high = min(1.0, max([least, *values]) * 1.03)
    steps = (0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
    step = next((step for step in steps if high / step <= most), 0.5)
    count = int(high / step + 1e-9)
    return ShareAxis(high=high, ticks=tuple(round(step * at, 6) for at in range(count + 1)))


def bar(axis: ShareAxis, interval: Interval, *, kind: str = "seen") -> Bar:
    """Place an interval on an axis.

    Parameters
    ----------
    axis : ShareAxis
        Where it is drawn.
    interval : Interval
        Shares, 0 to 1.
    kind : str
        Class of its style.
    """
    low, high, middle = (axis.at(value) for value in (interval.low, interval.high, interval.median))
    return Bar(kind=kind, low=low, high=high, middle=middle)
