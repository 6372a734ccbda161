"""Probabilities of what an outage was, with their reasons.

A naive Bayes score: each piece of evidence is present to a degree from 0 to 1 and moves the log
odds of each class, against ``unknown``, by a stated weight. Evidence that is not known moves
nothing. The weights are fitted on simulated country-years; see ``docs/theory/outage_classes.md``.
"""

from dataclasses import dataclass
from math import exp, log

from hashquake.core.outage import OUTAGE_CLASSES, OutageClass, OutageClassName
from hashquake.core.reason import Finding, Findings
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.detect.outage_features import TOGETHER_S, OutageFeatures
from hashquake.detect.outage_weights import Weights, fitted_weights
from hashquake.detect.series import PROBING, TRAFFIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece of evidence.

    Parameters
    ----------
    name : str
        Its row in the weights.
    degree_share : float
        How far it is present, 0 to 1.
    finding : Finding
        What was found.
    """

    name: str
    degree_share: float
    finding: Finding


def classify(
    features: OutageFeatures, *, weights: Weights | None = None
) -> tuple[OutageClass, ...]:
    """Return the probability of every class.

    Parameters
    ----------
    features : OutageFeatures
        What is known of the outage.
    weights : Weights or None
        What evidence is worth; None is as fitted, with or without the networks watched.

    Returns
    -------
    tuple of OutageClass
        All classes, most probable first; they sum to 1.
    """
    if weights is None:
        weights = fitted_weights(watched=features.fallen_share is not None)
    found = evidence_of(features)
    scores: dict[OutageClassName, float] = {}
    moved: dict[OutageClassName, list[tuple[float, Finding]]] = {}
    for name in OUTAGE_CLASSES:
        moves = [
            (
                weights.temper * item.degree_share * weights.table[item.name].get(name, 0.0),
                item.finding,
            )
            for item in found
        ]
        moved[name] = [move for move in moves if abs(move[0]) >= 0.05]
        scores[name] = log(weights.prior[name]) + sum(value for value, _ in moves)
    top = max(scores.values())
    total = sum(exp(score - top) for score in scores.values())
    classes = [
        OutageClass(
            name=name,
            probability=exp(scores[name] - top) / total,
            reason=_findings(moved[name], weights.prior[name]),
        )
        for name in OUTAGE_CLASSES
    ]
    return tuple(sorted(classes, key=lambda each: -each.probability))


def _findings(moves: list[tuple[float, Finding]], prior: float) -> Findings:
    ranked = sorted(moves, key=lambda move: -abs(move[0]))
    return Findings(
        supporting=tuple(finding for value, finding in ranked if value > 0.0)[:4],
        opposing=tuple(finding for value, finding in ranked if value < 0.0)[:2],
        prior_probability=prior,
    )


def evidence_of(features: OutageFeatures) -> tuple[Evidence, ...]:
    """Weigh how far each piece of evidence is present; what is absent is left out.

    Parameters
    ----------
    features : OutageFeatures
        What was seen of the outage.
    """
    found = (*_of_witnesses(features), *_of_windows(features), *_of_members(features))
    return tuple(item for item in found if item.degree_share > 0.0)


def _ramp(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _item(
    name: str,
    degree_share: float,
    value: float | None = None,
    *,
    saw: tuple[str, ...] = (),
    missed: tuple[str, ...] = (),
) -> Evidence:
    finding = Finding(name=name, value=value, saw=saw, missed=missed)
    return Evidence(name=name, degree_share=degree_share, finding=finding)


def _of_witnesses(f: OutageFeatures) -> list[Evidence]:
    found = []
    if f.depth_share is not None:
        found += [
            _item("total", _ramp(f.depth_share, 0.75, 0.95), f.depth_share),
            _item("partial", 1.0 - _ramp(f.depth_share, 0.4, 0.75), f.depth_share),
        ]
    if len(f.witnesses) > 1:
        found.append(_item("agreement", 1.0, saw=f.witnesses))
    elif f.witnesses == (TRAFFIC,) and PROBING in f.doubters:
        found.append(_item("traffic_only", 1.0, saw=f.witnesses, missed=f.doubters))
    elif f.witnesses and f.doubters:
        found.append(_item("lone_witness", 1.0, saw=f.witnesses, missed=f.doubters))
    elif not f.witnesses and f.doubters:
        found.append(_item("routes_only", 1.0, missed=f.doubters))
    if f.route_share is not None and f.witnesses:
        deep = 1.0 if f.depth_share is None else _ramp(f.depth_share, 0.3, 0.6)
        stay = _ramp(f.route_share, 0.85, 0.95) * deep
        found += [
            _item("routes_stay", stay, f.route_share),
            _item("routes_gone", 1.0 - _ramp(f.route_share, 0.4, 0.8), f.route_share),
        ]
    if f.elsewhere_share is not None:
        found.append(_item("elsewhere", _ramp(f.elsewhere_share, 0.05, 0.3), f.elsewhere_share))
    return found


def _of_windows(f: OutageFeatures) -> list[Evidence]:
    recurs = _ramp(f.recurrence_share, 0.3, 0.9)
    switched = _ramp(f.restorations, 0.5, 2.5) * (1.0 - recurs)
    return [
        _item("recurrence", recurs),
        _item("switched", switched, float(f.restorations)),
        _item("mostly_dark", _ramp(f.dark_share, 0.55, 0.8) * recurs, f.dark_share),
        _item("half_hour", f.half_hour_share),
        _item("long", _ramp(f.duration_s, 0.5 * DAY_S, 2.0 * DAY_S), f.duration_s),
        *_of_slopes(f),
    ]


def _of_slopes(f: OutageFeatures) -> list[Evidence]:
    """Weigh how the country fell and came back: batteries empty, grids come up slowly."""
    found = []
    if f.fall_s is not None:
        found.append(_item("slid", _ramp(f.fall_s, 0.5 * HOUR_S, 2.0 * HOUR_S), f.fall_s))
    if f.return_s is not None:
        found += [
            _item("climbed", _ramp(f.return_s, 1.0 * HOUR_S, 6.0 * HOUR_S), f.return_s),
            _item("sprang_back", 1.0 - _ramp(f.return_s, 0.5 * HOUR_S, 2.0 * HOUR_S), f.return_s),
        ]
    return found


def _of_members(f: OutageFeatures) -> list[Evidence]:
    found = []
    if f.simultaneous_share is not None and f.stagger_s is not None:
        spread = (1.0 - _ramp(f.simultaneous_share, 0.5, 0.8)) * (f.stagger_s > TOGETHER_S)
        at_once = _ramp(f.simultaneous_share, 0.5, 0.9)
        found += [
            _item("simultaneous", at_once, f.simultaneous_share),
            _item("staggered", spread, f.stagger_s),
        ]
        if f.gradual_share is not None:
            found.append(_item("stepwise", spread * (1.0 - f.gradual_share), f.stagger_s))
    if f.gradual_share is not None:
        found += [
            _item("gradual", _ramp(f.gradual_share, 0.1, 0.5), f.gradual_share),
            _item("abrupt", 1.0 - _ramp(f.gradual_share, 0.1, 0.5), f.gradual_share),
        ]
    if f.together_back_share is not None:
        back = f.together_back_share
        found += [
            _item("together_back", _ramp(back, 0.5, 0.9), back),
            _item("slow_return", 1.0 - _ramp(back, 0.3, 0.6), back),
        ]
    if f.fallen_depth_share is not None:
        thinned = 1.0 - _ramp(f.fallen_depth_share, 0.6, 0.85)
        found.append(_item("thinned", thinned, f.fallen_depth_share))
    if f.mobile_fallen_share is not None and f.fixed_fallen_share is not None:
        mobile = _ramp(f.mobile_fallen_share - f.fixed_fallen_share, 0.3, 0.7)
        both = _ramp(min(f.mobile_fallen_share, f.fixed_fallen_share), 0.3, 0.7)
        found += [_item("mobile_fell", mobile), _item("both_fell", both)]
    if f.upstream_share is not None:
        found.append(_item("upstream", _ramp(f.upstream_share, 0.5, 0.9), f.upstream_share))
    return found
