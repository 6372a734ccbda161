"""Score what outage detection found in simulated country-years against what was true.

An outage is found when one that is not called an artefact overlaps its dark time. A false alarm is
an outage found, and not called an artefact, when nothing in the country failed. The rules in full:
``docs/theory/outage_backtest.md``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hashquake.core.interval import Interval
from hashquake.core.outage import OUTAGE_CLASSES, OutageClass
from hashquake.core.poisson import rate_quantiles, share_quantiles
from hashquake.core.times import HOUR_S
from hashquake.core.window import Window
from hashquake.detect.outage_class import classify
from hashquake.detect.outage_features import OutageFeatures
from hashquake.judge.outage_trials import CountryYear, Found, TrialOutage

Floats = NDArray[np.float64]
Classifier = Callable[[OutageFeatures], tuple[OutageClass, ...]]
LEVEL = 0.9
N_BINS = 10
_NEAR_S = HOUR_S
_RESAMPLES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class HitCount:
    """So many of so many.

    Parameters
    ----------
    hits, trials : int
        How many, of how many.
    """

    hits: int
    trials: int

    @property
    def share(self) -> Interval | None:
        """The share with its 90 % interval; None of nothing."""
        if not self.trials:
            return None
        told = share_quantiles(self.hits, self.trials).interval(LEVEL)
        share = self.hits / self.trials
        return Interval(
            median=share, low=min(told.low, share), high=max(told.high, share), level=LEVEL
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Outages whose most probable class had about the same probability.

    Parameters
    ----------
    probability : float
        Its mean.
    right : HitCount
        How often that class was right.
    """

    probability: float
    right: HitCount


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScores:
    """How well classes were recognised.

    Parameters
    ----------
    confusion : tuple of tuple of int
        Rows: the true class; columns: the most probable one; in the order of `OUTAGE_CLASSES`.
    reliability : tuple of ReliabilityBin
        In tenths of the probability of the most probable class; empty tenths are left out.
    calibration_error : Interval
        Expected calibration error over these tenths; the limits are those of a bootstrap, which
        tends upwards, so that the point may be the lower one.
    """

    confusion: tuple[tuple[int, ...], ...]
    reliability: tuple[ReliabilityBin, ...]
    calibration_error: Interval

    @property
    def right(self) -> HitCount:
        """How often the most probable class was the true one."""
        hits = sum(row[k] for k, row in enumerate(self.confusion))
        return HitCount(hits=hits, trials=sum(sum(row) for row in self.confusion))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageScores:
    """How outage detection did.

    Parameters
    ----------
    seed, country_years : int
        The seed, and how many trials.
    years : float
        Their length together.
    recall : HitCount
        National outages found: 30 % of the users gone for longer than half an hour.
    false_alarms : int
        Outages found, and not called artefacts, when nothing in the country failed.
    bare_recall, bare_false_alarms : HitCount, int
        The same where the networks were not watched.
    onset : HitCount
        Of those found, onsets within one native step of the most direct signal that saw it.
    onset_width_s : float
        Median width of the onsets given.
    restorations : HitCount
        Restorations of an hour or more found: at least half of each.
    shallow : HitCount
        Lesser losses of connectivity found; neither wanted nor wrong.
    artefacts : HitCount
        Faults of an instrument that made an outage, and were called artefacts.
    classes, bare_classes : ClassScores
        With the networks watched one by one, and from the country's own signals alone.
    """

    seed: int
    country_years: int
    years: float
    recall: HitCount
    false_alarms: int
    bare_recall: HitCount
    bare_false_alarms: int
    onset: HitCount
    onset_width_s: float
    restorations: HitCount
    shallow: HitCount
    artefacts: HitCount
    classes: ClassScores
    bare_classes: ClassScores

    @property
    def false_alarms_per_year(self) -> Interval:
        """The rate a country, with its 90 % Poisson interval."""
        return self._per_year(self.false_alarms)

    @property
    def bare_false_alarms_per_year(self) -> Interval:
        """The rate a country where the networks were not watched."""
        return self._per_year(self.bare_false_alarms)

    def _per_year(self, count: int) -> Interval:
        told = rate_quantiles(count, self.years).interval(LEVEL)
        rate = count / self.years
        return Interval(
            median=rate, low=min(told.low, rate), high=max(told.high, rate), level=LEVEL
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An outage that was found with the event it overlaps most, if it overlaps any.

    Parameters
    ----------
    found : Found
        What was found.
    event : TrialOutage or None
        What was true.
    """

    found: Found
    event: TrialOutage | None


def matches(year: CountryYear) -> tuple[Match, ...]:
    """Match what was found with what was true, by the time they share, an hour's grace included.

    Parameters
    ----------
    year : CountryYear
        A trial.
    """
    told = []
    for found in year.found:
        shared = [_shared_s(found.dark, (_wider(event.window),)) for event in year.events]
        best = int(np.argmax(shared)) if shared else 0
        met = bool(shared) and shared[best] > 0.0
        told.append(Match(found=found, event=year.events[best] if met else None))
    return tuple(told)


def score(
    trials: Iterable[CountryYear],
    *,
    seed: int,
    rng: np.random.Generator,
    classifier: Classifier = classify,
) -> OutageScores:
    """Score trials.

    Parameters
    ----------
    trials : iterable of CountryYear
        Of one seed.
    seed : int
        Theirs.
    rng : numpy Generator
        Source of randomness.
    classifier : callable
        Gives the classes of an outage from its features.
    """
    years, told = 0.0, _Told()
    country_years = 0
    for year in trials:
        country_years += 1
        years += year.years
        told.take(year, classifier)
    return OutageScores(
        seed=seed,
        country_years=country_years,
        years=years,
        recall=_counted(told.national),
        false_alarms=told.false_alarms,
        bare_recall=_counted(told.bare_national),
        bare_false_alarms=told.bare_false_alarms,
        onset=_counted(told.onset),
        onset_width_s=float(np.median(told.widths_s)) if told.widths_s else 0.0,
        restorations=_counted(told.restorations),
        shallow=_counted(told.shallow),
        artefacts=_counted(told.artefacts),
        classes=class_scores(told.classes, rng),
        bare_classes=class_scores(told.bare_classes, rng),
    )


Named = tuple[str, str, float]


class _Told:
    """What was counted so far; the accumulator of one call of `score`."""

    def __init__(self) -> None:
        self.national: list[bool] = []
        self.bare_national: list[bool] = []
        self.onset: list[bool] = []
        self.widths_s: list[float] = []
        self.restorations: list[bool] = []
        self.shallow: list[bool] = []
        self.artefacts: list[bool] = []
        self.false_alarms = 0
        self.bare_false_alarms = 0
        self.classes: list[Named] = []
        self.bare_classes: list[Named] = []

    def take(self, year: CountryYear, classifier: Classifier) -> None:
        real: list[Found] = []
        bare_real: list[Found] = []
        for match in matches(year):
            top, bare = (classifier(of)[0] for of in (match.found.features, match.found.bare))
            # Believed though nothing in the country failed: an instrument did, or not even that.
            nothing = match.event is None or match.event.right == "artefact"
            if top.name != "artefact":
                real.append(match.found)
                self.false_alarms += nothing
            if bare.name != "artefact":
                bare_real.append(match.found)
                self.bare_false_alarms += nothing
            if match.event is None:
                continue
            right = match.event.right
            if right == "artefact":
                self.artefacts.append(top.name == "artefact")
            self.classes.append((right, top.name, top.probability))
            self.bare_classes.append((right, bare.name, bare.probability))
        for event in year.events:
            self._event(event, real)
            if event.national:
                self.bare_national.append(_met(event, bare_real))

    def _event(self, event: TrialOutage, real: Sequence[Found]) -> None:
        if event.right == "artefact":
            return
        if not event.national:
            self.shallow.append(any(_shared_s(f.dark, (event.window,)) for f in real))
            return
        self.national.append(_met(event, real))
        hits = [found for found in real if _shared_s(found.dark, event.dark) > 0.0]
        back = [window for found in hits for window in found.restorations]
        # What lies between two outages, as between the days of exams, was seen to be back too.
        in_order = sorted(hits, key=lambda found: found.dark[0].start_s)
        back += [
            Window(start_s=a.dark[-1].end_s, end_s=b.dark[0].start_s)
            for a, b in pairwise(in_order)
            if a.dark[-1].end_s < b.dark[0].start_s
        ]
        for window in event.restorations:
            half_s = 0.5 * window.duration_s
            self.restorations.append(_shared_s(back, (window,)) >= half_s)
        if hits:
            first = min(hits, key=lambda found: found.onset_s)
            self.onset.append(abs(first.onset_s - event.began_s) <= first.step_s)
            self.widths_s.append(first.onset.duration_s)


def _met(event: TrialOutage, real: Sequence[Found]) -> bool:
    return any(_shared_s(found.dark, event.dark) > 0.0 for found in real)


def class_scores(named: Sequence[Named], rng: np.random.Generator) -> ClassScores:
    """Score the most probable classes.

    Parameters
    ----------
    named : sequence of (str, str, float)
        The true class, the most probable one, and its probability.
    rng : numpy Generator
        The randomness of the bootstrap.
    """
    names = [str(name) for name in OUTAGE_CLASSES]
    confusion = np.zeros((len(names), len(names)), np.int64)
    for right, told, _ in named:
        confusion[names.index(right), names.index(told)] += 1
    probability = np.array([p for *_, p in named])
    hit = np.array([right == told for right, told, _ in named], np.float64)
    tenth = np.minimum((probability * N_BINS).astype(np.int64), N_BINS - 1)
    bins = [
        ReliabilityBin(
            probability=float(probability[tenth == at].mean()),
            right=HitCount(hits=int(hit[tenth == at].sum()), trials=int((tenth == at).sum())),
        )
        for at in range(N_BINS)
        if (tenth == at).any()
    ]
    error = calibration_error(probability, hit)
    drawn = [
        calibration_error(probability[of], hit[of])
        for of in (rng.integers(0, len(named), len(named)) for _ in range(_RESAMPLES))
    ] if named else [0.0]  # fmt: skip
    low, high = np.quantile(drawn, ((1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0))
    return ClassScores(
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
        reliability=tuple(bins),
        calibration_error=Interval(
            median=error, low=min(error, float(low)), high=max(error, float(high)), level=LEVEL
        ),
    )


def calibration_error(probability: Floats, hit: Floats) -> float:
    """Return the expected calibration error over tenths of probability, 0 of nothing.

    Parameters
    ----------
    probability : array of float, shape (n,)
        Of the most probable class.
    hit : array of float, shape (n,)
        1 where it was right, else 0.
    """
    if not len(probability):
        return 0.0
    tenth = np.minimum((probability * N_BINS).astype(np.int64), N_BINS - 1)
    away = np.bincount(tenth, probability - hit, N_BINS)
    return float(np.abs(away).sum() / len(probability))


def _counted(flags: Sequence[bool]) -> HitCount:
    return HitCount(hits=sum(flags), trials=len(flags))


def _wider(window: Window) -> Window:
    return Window(start_s=window.start_s - _NEAR_S, end_s=window.end_s + _NEAR_S)


def _shared_s(some: Iterable[Window], others: Sequence[Window]) -> float:
    return sum(
        max(0.0, min(a.end_s, b.end_s) - max(a.start_s, b.start_s)) for a in some for b in others
    )
