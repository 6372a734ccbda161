"""What a detector says of each bin of a series, and the dips read from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval
from hashquake.core.window import Window

Floats = NDArray[np.float64]
Levels = NDArray[np.int8]

UNSEEN, NORMAL, WARNING, CRITICAL, ACCEPTED = -1, 0, 1, 2, 3
"""Levels: nothing to judge; usual; low; very low; the bin at which a new level became usual."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnomalyFlags:
    """One detector's judgement of one series, bin by bin.

    Parameters
    ----------
    subject, signal : str
        Of the series.
    start_s, step_s, lag_s : float
        The series' grid and lag.
    ratio : array of float, shape (n,)
        Value over the usual value; NaN where either is not known. A low bin may be NaN: low, by
        how much is not known.
    level : array of int8, shape (n,)
        `UNSEEN`, `NORMAL`, `WARNING`, `CRITICAL` or `ACCEPTED`.
    made_by : str
        Detector and version.
    source, quantity : str
        Whose values, and of what; several instruments may watch one signal.
    """

    subject: str
    signal: str
    start_s: float
    step_s: float
    lag_s: float
    ratio: Floats
    level: Levels
    made_by: str
    source: str = ""
    quantity: str = ""

    def __len__(self) -> int:
        """Count the bins."""
        return len(self.ratio)

    @property
    def end_s(self) -> float:
        """Where the last bin ends."""
        return self.start_s + len(self.ratio) * self.step_s

    def time_s(self, at: int) -> float:
        """Return where a bin begins, UTC Unix seconds.

        Parameters
        ----------
        at : int
            Index of the bin.
        """
        return self.start_s + at * self.step_s

    def cut(self, window: Window) -> "AnomalyFlags":
        """Return the flags of the bins that overlap a window; there may be none.

        Parameters
        ----------
        window : Window
            UTC Unix seconds.
        """
        first = max(0, floor((window.start_s - self.start_s) / self.step_s))
        past = max(first, ceil((window.end_s - self.start_s) / self.step_s))
        return replace(
            self,
            start_s=self.time_s(first),
            ratio=self.ratio[first:past],
            level=self.level[first:past],
        )

    def without(self, silent: NDArray[np.bool_]) -> "AnomalyFlags":
        """Return the flags with some bins not seen.

        Parameters
        ----------
        silent : array of bool, shape (n,)
            The bins.
        """
        return replace(
            self,
            ratio=np.where(silent, np.nan, self.ratio),
            level=np.where(silent, UNSEEN, self.level).astype(np.int8),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dip:
    """One stretch during which one signal was low.

    Parameters
    ----------
    subject, signal : str
        Of the series.
    onset : Window
        From the beginning of the last good bin, less the lag, to the end of the first bad one.
    end : Window or None
        From the beginning of the last bad bin, less the lag, to the end of the first good one;
        None while it is low.
    window : Window
        The bins that are low, gaps among them included.
    remaining_share : Interval
        Value over usual value: median and 5 and 95 % quantiles of the bins seen; anything from
        0 to 1 where no level is stated.
    level : int
        The worst: `WARNING` or `CRITICAL`.
    covered_share : float
        Share of the bins in `window` that were seen.
    accepted : bool
        It ended because the new level was taken for usual, not because the old one came back.
    made_by : str
        Detector and version.
    """

    subject: str
    signal: str
    onset: Window
    end: Window | None
    window: Window
    remaining_share: Interval
    level: int
    covered_share: float
    accepted: bool
    made_by: str


def without_levels(flags: AnomalyFlags) -> AnomalyFlags:
    """Forget how low the low bins are, where the values only name a state.

    Parameters
    ----------
    flags : AnomalyFlags
        Of one signal.
    """
    low = np.isin(flags.level, (WARNING, CRITICAL))
    return replace(flags, ratio=np.where(low, np.nan, flags.ratio))


def join(parts: Sequence[AnomalyFlags]) -> AnomalyFlags:
    """Put flags of one detector, one after the other, together.

    Parameters
    ----------
    parts : sequence of AnomalyFlags
        Of one signal, in order of time.

    Raises
    ------
    UsageError
        ``flags-apart`` when one does not begin where the one before it ends.
    """
    for before, after in pairwise(parts):
        if abs(after.start_s - before.end_s) > before.step_s / 2.0:
            raise UsageError(
                f"flags that end at {before.end_s} do not go on at {after.start_s}",
                code="flags-apart",
                hint="join what consecutive steps of one detector gave",
            )
    return replace(
        parts[0],
        ratio=np.concatenate([part.ratio for part in parts]),
        level=np.concatenate([part.level for part in parts]),
    )


def dips(flags: AnomalyFlags, *, near: Window | None = None) -> tuple[Dip, ...]:
    """Read the dips, oldest first.

    A bin that was not seen neither opens nor ends a dip: it widens the onset or the end that
    lies in it, and counts against the dip's coverage.

    Parameters
    ----------
    flags : AnomalyFlags
        What a detector says.
    near : Window or None
        Only dips whose first low bin ends in it.
    """
    judged = np.flatnonzero(flags.level != UNSEEN)
    if not len(judged):
        return ()
    low = np.isin(flags.level[judged], (WARNING, CRITICAL))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], low, [False]])))
    return tuple(
        _dip(flags, judged, int(first), int(past))
        for first, past in zip(edges[::2], edges[1::2], strict=True)
        if near is None or near.holds(flags.time_s(int(judged[first])) + flags.step_s)
    )


def _dip(flags: AnomalyFlags, judged: NDArray[np.int64], first: int, past: int) -> Dip:
    bins = judged[first:past]
    bad, last_bad = int(bins[0]), int(bins[-1])
    good = int(judged[first - 1]) if first else bad - 1
    step_s = flags.step_s
    end = None
    accepted = False
    if past < len(judged):
        back = int(judged[past])
        accepted = bool(flags.level[back] == ACCEPTED)
        end = Window(
            start_s=flags.time_s(last_bad) - flags.lag_s, end_s=flags.time_s(back) + step_s
        )
    ratios = flags.ratio[bins][np.isfinite(flags.ratio[bins])]
    ratios = ratios if len(ratios) else np.array([0.0, 1.0])
    low, median, high = (float(q) for q in np.quantile(ratios, (0.05, 0.5, 0.95)))
    return Dip(
        subject=flags.subject,
        signal=flags.signal,
        onset=Window(start_s=flags.time_s(good) - flags.lag_s, end_s=flags.time_s(bad) + step_s),
        end=end,
        window=Window(start_s=flags.time_s(bad), end_s=flags.time_s(last_bad) + step_s),
        remaining_share=Interval(median=median, low=low, high=high, level=0.9),
        level=int(flags.level[bins].max()),
        covered_share=len(bins) / (last_bad - bad + 1),
        accepted=accepted,
        made_by=flags.made_by,
    )
