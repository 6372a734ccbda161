"""What was observed, as stretches of time: not seen is not zero."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import NoCoverage
from hashquake.core.window import Window


@dataclass(frozen=True, slots=True)
class Coverage:
    """The stretches during which a subject was observed, sorted and disjoint.

    Parameters
    ----------
    windows : tuple of Window
        Any order, may touch or overlap; they are merged.
    """

    windows: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        """Merge what touches, so that equal coverage is an equal value."""
        merged: list[Window] = []
        for window in sorted(self.windows):
            if merged and window.start_s <= merged[-1].end_s:
                end_s = max(merged[-1].end_s, window.end_s)
                merged[-1] = Window(start_s=merged[-1].start_s, end_s=end_s)
            else:
                merged.append(window)
        object.__setattr__(self, "windows", tuple(merged))

    def joined(self, more: Iterable[Window]) -> "Coverage":
        """Return the coverage with more stretches added.

        Parameters
        ----------
        more : iterable of Window
            Stretches that were observed; they may overlap.
        """
        return Coverage((*self.windows, *more))

    def until(self, now_s: float, *, ahead_s: float) -> "Coverage":
        """Return the coverage without the time that has not been.

        Parameters
        ----------
        now_s : float
            The clock, UTC Unix seconds.
        ahead_s : float
            How far ahead of the clock coverage may reach for good reasons, seconds. Where it
            reaches further the clock is wrong, and nothing is cut.
        """
        if not self.windows or not now_s < self.windows[-1].end_s <= now_s + ahead_s:
            return self
        return Coverage(
            tuple(
                Window(start_s=window.start_s, end_s=min(window.end_s, now_s))
                for window in self.windows
                if window.start_s < now_s
            )
        )

    def gaps(self, window: Window) -> tuple[Window, ...]:
        """List the stretches of a window that were not observed.

        Parameters
        ----------
        window : Window
            The window asked about.
        """
        gaps: list[Window] = []
        at_s = window.start_s
        for seen in self.windows:
            part = seen.overlap(window)
            if part is None:
                continue
            if part.start_s > at_s:
                gaps.append(Window(start_s=at_s, end_s=part.start_s))
            at_s = part.end_s
        if at_s < window.end_s:
            gaps.append(Window(start_s=at_s, end_s=window.end_s))
        return tuple(gaps)

    def whole(self, start_s: NDArray[np.float64], end_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which of many windows were observed throughout.

        Parameters
        ----------
        start_s, end_s : array of float64, shape (n,)
            Their ends, UTC Unix seconds.

        Returns
        -------
        array of bool, shape (n,)
            As without any of `gaps`.
        """
        if not self.windows:
            return np.zeros(len(start_s), np.bool_)
        begin = np.array([one.start_s for one in self.windows])
        end = np.array([one.end_s for one in self.windows])
        at = np.searchsorted(begin, start_s, side="right") - 1
        inside: NDArray[np.bool_] = (at >= 0) & (end[at.clip(min=0)] >= end_s)
        return inside

    def require(self, window: Window, *, what: str) -> None:
        """Refuse a window that was not observed throughout.

        Parameters
        ----------
        window : Window
            The window asked about.
        what : str
            What was to be observed, for the message.

        Raises
        ------
        NoCoverage
            With the first gap and with what is covered.
        """
        gaps = self.gaps(window)
        if gaps:
            covered = "; ".join(str(seen) for seen in self.windows) or "nothing"
            raise NoCoverage(
                f"{what} was not observed from {gaps[0]}",
                hint=f"covered: {covered}",
            )
