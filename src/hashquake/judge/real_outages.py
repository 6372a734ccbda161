"""Real outages as cases: what was seen of each, what it was, and how classes do on them.

People described them, so their causes are known; what is known of the signals is which instrument
showed each. Selection: alarms of IODA raised every one; see ``docs/theory/outage_classes.md``.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hashquake.core.outage import OutageClassName
from hashquake.core.times import DAY_S, MINUTE_S
from hashquake.datasets.real_outages import RealOutage, load_real_outages
from hashquake.detect.outage_class import classify
from hashquake.detect.outage_features import (
    OutageFeatures,
    half_hour_share,
    recurrence_share,
)
from hashquake.detect.outage_weights import Weights
from hashquake.detect.series import BGP, PROBING, TELESCOPE
from hashquake.judge.outage_backtest import ClassScores, class_scores
from hashquake.judge.outage_fit import LabelledOutage

STEP_S = 10.0 * MINUTE_S
"""How finely people wrote times down."""
JOIN_S = DAY_S
"""Dark windows no further apart are one outage, as in use."""
SERIES_S = 7.0 * DAY_S
"""Curfews of a country that begin no further apart are one series."""
_RECURS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RealCase:
    """One real outage, its daily windows joined.

    Parameters
    ----------
    country : str
        ISO 3166 alpha-2.
    began_s : float
        Start of its first dark window, UTC Unix seconds.
    features : OutageFeatures
        What is known of its signals.
    right : str
        Its class.
    windows : tuple of RealOutage
        As described.
    """

    country: str
    began_s: float
    features: OutageFeatures
    right: OutageClassName
    windows: tuple[RealOutage, ...]


def real_cases(outages: Sequence[RealOutage]) -> tuple[RealCase, ...]:
    """Join outages of a country that lie within a day of each other, and read their features.

    Ordered ones that keep their hours for days are curfews, as those for exams are; weather names
    no class, for storms take lines and the grid alike.

    Parameters
    ----------
    outages : sequence of RealOutage
        In order of time; those without an end are left out.
    """
    joined: list[list[RealOutage]] = []
    last: dict[str, list[RealOutage]] = {}
    for one in outages:
        if one.duration_s is None or one.cause == "weather":
            continue
        group = last.get(one.country)
        if group is not None and one.began_s - _end_s(group[-1]) <= JOIN_S:
            group.append(one)
        else:
            last[one.country] = [one]
            joined.append(last[one.country])
    return tuple(_case(group, joined) for group in joined)


def _case(group: Sequence[RealOutage], every: Sequence[Sequence[RealOutage]]) -> RealCase:
    first = group[0]
    starts = [one.began_s for one in group]
    near = [
        one.began_s
        for other in every
        if other is not group and other[0].country == first.country
        for one in other
    ]
    recurs = recurrence_share(starts, near)
    whole_s = _end_s(group[-1]) - first.began_s
    shown = [{name for one in group for name in one.shown_by}]
    edges = [edge for one in group for edge in (one.began_s, _end_s(one))]
    features = OutageFeatures(
        depth_share=None,
        duration_s=whole_s,
        witnesses=tuple(name for name in (PROBING, TELESCOPE) if name in shown[0]),
        doubters=tuple(name for name in (PROBING, TELESCOPE) if name not in shown[0]),
        routes_fell=BGP in shown[0],
        restorations=len(group) - 1,
        recurrence_share=recurs,
        dark_share=sum(one.duration_s or 0.0 for one in group) / whole_s,
        half_hour_share=half_hour_share(edges, step_s=STEP_S),
    )
    right: dict[str, OutageClassName] = {"exam": "curfew", "cable": "cable", "power": "power"}
    ordered: OutageClassName = "curfew" if recurs >= _RECURS else "kill_switch"
    return RealCase(
        country=first.country,
        began_s=first.began_s,
        features=features,
        right=right.get(first.cause, ordered),
        windows=tuple(group),
    )


def split_cases(
    cases: Sequence[RealCase],
) -> tuple[tuple[RealCase, ...], tuple[RealCase, ...]]:
    """Part cases into those to learn from and those held out, a country never in both.

    Countries of each class take turns, those with most cases first and the first held out; a
    country with several classes goes where the rarest of them puts it.

    Parameters
    ----------
    cases : sequence of RealCase
        All.

    Returns
    -------
    tuple of RealCase, tuple of RealCase
        To learn from, and held out.
    """
    held_out: dict[str, bool] = {}
    for right in ("power", "curfew", "cable", "kill_switch"):
        counts = Counter(case.country for case in cases if case.right == right)
        new = [one for one in sorted(counts, key=lambda one: (-counts[one], one))
               if one not in held_out]  # fmt: skip
        held_out |= {country: at % 2 == 0 for at, country in enumerate(new)}
    return (
        tuple(case for case in cases if not held_out[case.country]),
        tuple(case for case in cases if held_out[case.country]),
    )


def series_of_cases(
    cases: Sequence[RealCase],
) -> tuple[tuple[OutageClassName, tuple[RealCase, ...]], ...]:
    """Gather curfews that stand days apart: the exams of one period are one series.

    Parameters
    ----------
    cases : sequence of RealCase
        In order of time.

    Returns
    -------
    tuple of (str, tuple of RealCase)
        Class and cases of each series, in order of the first; other classes' stand alone.
    """
    series: list[tuple[OutageClassName, list[RealCase]]] = []
    last: dict[str, list[RealCase]] = {}
    for case in cases:
        before = last.get(case.country) if case.right == "curfew" else None
        if before is not None and case.began_s - before[-1].began_s <= SERIES_S:
            before.append(case)
            continue
        series.append((case.right, [case]))
        if case.right == "curfew":
            last[case.country] = series[-1][1]
    return tuple((right, tuple(members)) for right, members in series)


def labelled_cases(cases: Sequence[RealCase]) -> list[LabelledOutage]:
    """Return cases as rows to fit weights to.

    Parameters
    ----------
    cases : sequence of RealCase
        With their documented class.
    """
    return [LabelledOutage(features=case.features, right=case.right) for case in cases]


def score_cases(
    cases: Sequence[RealCase], *, weights: Weights | None = None, rng: np.random.Generator
) -> ClassScores:
    """Score the classes of real cases.

    Parameters
    ----------
    cases : sequence of RealCase
        Held out of the fit of the weights.
    weights : Weights or None
        What evidence is worth; None is as fitted.
    rng : numpy Generator
        The randomness of the bootstrap.
    """
    named = []
    for case in cases:
        top = classify(case.features, weights=weights)[0]
        named.append((str(case.right), str(top.name), top.probability))
    return class_scores(named, rng)


@lru_cache(maxsize=1)
def held_out_scores() -> ClassScores:
    """Score the bundled real cases that were held out of the fit of the bundled weights.

    Only times and which instruments showed each are known of them, so that the bare weights judge
    them by less than any outage found in readings.
    """
    _, held_out = split_cases(real_cases(load_real_outages()))
    return score_cases(held_out, rng=np.random.default_rng(len(held_out)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationLaw:
    """How long outages of a kind last, log-normal.

    Parameters
    ----------
    median_s, log_sd : float
        Median, and standard deviation of the natural log.
    n : int
        Outages it rests on.
    """

    median_s: float
    log_sd: float
    n: int


def fit_durations(
    durations_s: Sequence[float], *, prior_log_sd: float = 1.2, prior_n: float = 4.0
) -> DurationLaw:
    """Fit a log-normal law; few outages draw the spread towards a prior one.

    Parameters
    ----------
    durations_s : sequence of float
        At least one.
    prior_log_sd, prior_n : float
        The spread believed beforehand, and how many outages that is worth.
    """
    logs = np.log(durations_s)
    away = float(((logs - logs.mean()) ** 2).sum())
    variance = (away + prior_n * prior_log_sd**2) / (len(logs) + prior_n)
    return DurationLaw(
        median_s=float(np.exp(logs.mean())), log_sd=float(np.sqrt(variance)), n=len(logs)
    )


def on_the_mark_share(edges_s: Sequence[float]) -> float:
    """Return the part of edges put on the hour or half hour, the rest being even over the marks.

    Parameters
    ----------
    edges_s : sequence of float
        Beginnings or ends, written down to ten minutes.
    """
    hits = float(np.mean([edge % (30.0 * MINUTE_S) == 0.0 for edge in edges_s]))
    chance = STEP_S / (30.0 * MINUTE_S)
    return max(0.0, (hits - chance) / (1.0 - chance))


def _end_s(one: RealOutage) -> float:
    return one.began_s + (one.duration_s or 0.0)
