"""Choose the detector that judges a series, by what the cards of the detectors state.

Which detectors there are is an argument: hashquake's own, or those of installed packages too. One
detector judges a series: two that judged the same values would count one instrument twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hashquake.core.contracts import DetectorCard
from hashquake.core.errors import HashquakeError, NoCoverage
from hashquake.core.hostile_text import visible_text
from hashquake.core.subject import parse_subject
from hashquake.core.times import DAY_S
from hashquake.detect import seasonal, sliding_median, stated_usual
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.series import PROBING, Series
from hashquake.detect.signal_of import signal_of

HISTORY_S = 21.0 * DAY_S
"""How much is read before the time in question, so that a detector knows what is usual in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingDetector:
    """A detector of readings: its card, and what its file offers.

    Parameters
    ----------
    card : DetectorCard
        What it states of itself.
    start, step : callable
        Its contract; see ``docs/how-to/write_a_plugin.md``.
    package : str
        The package that adds it; empty for hashquake's own.
    """

    card: DetectorCard
    start: Callable[[], Any]
    step: Callable[[Any, Series], tuple[Any, AnomalyFlags]]
    package: str = ""

    def suits(self, series: Series, quantity: str) -> bool:
        """Return whether its card fits a series.

        Parameters
        ----------
        series : Series
            Values of n bins.
        quantity : str
            What is measured; empty where it has no name.
        """
        card = self.card
        shortest_s, longest_s = card.steps_s or (0.0, float("inf"))
        stated = series.usual is not None and bool(np.isfinite(series.usual).any())
        least = card.least_swing_shares.get(series.signal)
        return (
            parse_subject(series.subject).kind in card.subjects
            and (not card.signals or series.signal in card.signals)
            and (not card.quantities or quantity.startswith(card.quantities))
            and shortest_s <= series.step_s <= longest_s
            and series.end_s - series.start_s >= card.history_s
            and (stated or not card.stated_usual)
            and (least is None or daily_swing(series) > least)
        )

    def judge(self, series: Series) -> AnomalyFlags:
        """Judge a whole series at once.

        Parameters
        ----------
        series : Series
            Readings of one subject, quantity and source on a grid, missing ones NaN.

        Raises
        ------
        HashquakeError
            ``plugin-broken`` when a detector of another package fails, or gives flags of another
            grid.
        """
        if not self.package:
            return self.step(self.start(), series)[1]
        try:
            flags = self.step(self.start(), series)[1]
            whole = len(flags.ratio) == len(flags.level) == len(series)
            problem = "" if whole and flags.start_s == series.start_s else "flags of another grid"
        except Exception as error:
            raise self._broken(f"{type(error).__name__}: {error}") from error
        if problem:
            raise self._broken(problem)
        return flags

    def _broken(self, because: str) -> HashquakeError:
        return HashquakeError(
            f"the detector {self.card.name} of the package {self.package} failed: "
            f"{visible_text(because, limit=160)}",
            code="plugin-broken",
            hint=f"update or remove {self.package}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectors:
    """The detectors of readings among which is chosen.

    Parameters
    ----------
    members : tuple of ReadingDetector
        In any order.
    """

    members: tuple[ReadingDetector, ...]

    @property
    def versions(self) -> str:
        """Names and versions, joined by ``+``: a search by others is done again."""
        cards = sorted((one.card.name, one.card.version) for one in self.members)
        return "+".join(f"{name}/{version}" for name, version in cards)

    def signal_of(self, quantity: str) -> str | None:
        """Return the signal of a quantity; None where no detector reads it.

        Parameters
        ----------
        quantity : str
            Of a reading.
        """
        known = signal_of(quantity)
        if known is not None:
            return known
        for one in self.members:
            if one.card.quantities and quantity.startswith(one.card.quantities):
                return one.card.signals[0] if one.card.signals else PROBING
        return None

    def choose_by_values(self, signal: str) -> bool:
        """Return whether the choice for a signal reads its values, not only how long it is.

        Parameters
        ----------
        signal : str
            Such as ``probing``.
        """
        return any(signal in one.card.least_swing_shares for one in self.members)

    def may_change(self, before: Series, after: Series) -> bool:
        """Return whether a series that went on may find another detector than it did before.

        Parameters
        ----------
        before, after : Series
            The series, and the same with more bins at its end.
        """
        # What cards ask of a series moves with its length and with its whole days alone.
        whole_days = [len(one) // max(1, round(DAY_S / one.step_s)) for one in (before, after)]
        return whole_days[0] != whole_days[1] or any(
            before.end_s - before.start_s < one.card.history_s <= after.end_s - after.start_s
            for one in self.members
        )

    def chosen(self, series: Series, quantity: str = "") -> ReadingDetector:
        """Choose the detector that judges a series.

        Parameters
        ----------
        series : Series
            Values of n bins.
        quantity : str
            What is measured.

        Returns
        -------
        ReadingDetector
            Of those whose card fits: another package's before ours, since it was installed to be
            used; then the highest rank; then the first name.

        Raises
        ------
        NoCoverage
            When no card fits.
        """
        ranked = sorted(
            self.members, key=lambda one: (not one.package, -one.card.rank, one.card.name)
        )
        for one in ranked:
            if one.suits(series, quantity):
                return one
        raise NoCoverage(
            f"no detector judges the {series.signal} of {series.subject}",
            hint="hashquake plugins lists the detectors with the signals they judge",
        )


OWN = Detectors(
    members=tuple(
        ReadingDetector(card=module.CARD, start=module.start, step=module.step)
        for module in (seasonal, sliding_median, stated_usual)
    )
)
"""Hashquake's own."""


def judge_series(
    series: Series, detectors: Detectors = OWN, *, quantity: str = "", until_s: float | None = None
) -> AnomalyFlags:
    """Judge a series with the detector that suits it.

    Parameters
    ----------
    series : Series
        Values of n bins.
    detectors : Detectors
        Among which is chosen.
    quantity : str
        What is measured.
    until_s : float or None
        Only flags that were known by then, UTC Unix seconds, where the last value was known at
        its bin's end; None is all.

    Returns
    -------
    AnomalyFlags
        Those of hashquake's own: by the usual values where the instrument states them; else
        traffic, and probing with a rhythm of days, against the week before, given two weeks of
        it; else against the sliding median with the preset of the signal.
    """
    detector = detectors.chosen(series, quantity)
    flags = detector.judge(series)
    if until_s is None or detector.card.lag_s == 0.0:
        return flags
    ends_s = flags.start_s + (np.arange(len(flags)) + 1.0) * flags.step_s
    return flags.without(ends_s > until_s - detector.card.lag_s)


def daily_swing(series: Series) -> float:
    """Measure how far a typical day swings.

    Parameters
    ----------
    series : Series
        With bins of at most half a day.

    Returns
    -------
    float
        The 90 % less the 10 % quantile over the hours' medians, as a share of their median; 0
        where a day has fewer than 4 bins. Outages shorter than half of the days do not move it.
    """
    per_day = round(DAY_S / series.step_s)
    days = len(series) // per_day if per_day else 0
    if per_day < 4 or not days:
        return 0.0
    folded = series.values[: days * per_day].reshape(days, per_day)
    folded = folded[:, np.isfinite(folded).any(axis=0)]
    if not folded.size:
        return 0.0
    low, middle, high = np.quantile(np.nanmedian(folded, axis=0), (0.1, 0.5, 0.9))
    return float((high - low) / middle) if middle > 0.0 else 0.0
