"""Say what an outage was, as probabilities with their reasons.

A naive Bayes score: each piece of evidence is present to a degree from 0 to 1 and moves the log
odds of each class, against ``unknown``, by a stated weight. Evidence that is not known moves
nothing. The weights are fitted on simulated country-years; see ``docs/theory/outage_classes.md``.
"""

from dataclasses import dataclass
from math import exp, log

from hashquake.core.outage import OUTAGE_CLASSES, OutageClass, OutageClassName
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
    text : str
        What was found, in words.
    """

    name: str
    degree_share: float
    text: str


def classify(
    features: OutageFeatures, *, weights: Weights | None = None
) -> tuple[OutageClass, ...]:
    """Give the probability of every class.

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
    moved: dict[OutageClassName, list[tuple[float, str]]] = {}
    for name in OUTAGE_CLASSES:
        moves = [
            (
                weights.temper * item.degree_share * weights.table[item.name].get(name, 0.0),
                item.text,
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
            because=_because(name, moved[name], weights.prior[name]),
        )
        for name in OUTAGE_CLASSES
    ]
    return tuple(sorted(classes, key=lambda each: -each.probability))


def _because(name: OutageClassName, moves: list[tuple[float, str]], prior: float) -> str:
    ranked = sorted(moves, key=lambda move: -abs(move[0]))
    speaks_for = [text for value, text in ranked if value > 0.0][:4]
    against = [text for value, text in ranked if value < 0.0][:2]
    parts = []
    if speaks_for:
        parts.append("for it: " + "; ".join(speaks_for))
    if against:
        parts.append("against it: " + "; ".join(against))
    if not parts:
        what = "what no other class explains" if name == "unknown" else "nothing either way"
        parts.append(f"{what}; {prior:.2g} beforehand")
    return ". ".join(parts)


def evidence_of(features: OutageFeatures) -> tuple[Evidence, ...]:
    """Weigh how far each piece of evidence is present; what is absent is left out."""
    found = (*_of_witnesses(features), *_of_windows(features), *_of_members(features))
    return tuple(item for item in found if item.degree_share > 0.0)


def _ramp(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _item(name: str, degree_share: float, text: str) -> Evidence:
    return Evidence(name=name, degree_share=degree_share, text=text)


def _of_witnesses(f: OutageFeatures) -> list[Evidence]:
    found = []
    if f.depth_share is not None:
        gone = f"a share of {f.depth_share:.2f} of the usual connectivity was gone"
        found += [
            _item("total", _ramp(f.depth_share, 0.75, 0.95), gone),
            _item("partial", 1.0 - _ramp(f.depth_share, 0.4, 0.75), "only " + gone),
        ]
    saw, not_seen = " and ".join(f.witnesses), " and ".join(f.doubters)
    if len(f.witnesses) > 1:
        found.append(_item("agreement", 1.0, f"{saw} saw it alike"))
    elif f.witnesses == (TRAFFIC,) and PROBING in f.doubters:
        found.append(_item("traffic_only", 1.0, "traffic fell while hosts went on answering"))
    elif f.witnesses and f.doubters:
        found.append(_item("lone_witness", 1.0, f"{saw} alone saw it, {not_seen} did not"))
    elif not f.witnesses and f.doubters:
        found.append(_item("routes_only", 1.0, f"routes alone fell, {not_seen} did not"))
    if f.route_share is not None and f.witnesses:
        routes = f"a share of {f.route_share:.2f} of the routes was left"
        deep = 1.0 if f.depth_share is None else _ramp(f.depth_share, 0.3, 0.6)
        stay = _ramp(f.route_share, 0.85, 0.95) * deep
        found += [
            _item("routes_stay", stay, routes),
            _item("routes_gone", 1.0 - _ramp(f.route_share, 0.4, 0.8), "only " + routes),
        ]
    if f.elsewhere_share is not None:
        text = f"in a share of {f.elsewhere_share:.2f} of other countries one began at once"
        found.append(_item("elsewhere", _ramp(f.elsewhere_share, 0.05, 0.3), text))
    return found


def _of_windows(f: OutageFeatures) -> list[Evidence]:
    recurs = _ramp(f.recurrence_share, 0.3, 0.9)
    again = f"it came back {f.restorations} times in between"
    mostly = f"it was dark for a share of {f.dark_share:.2f} of the time"
    return [
        _item("recurrence", recurs, "it returned at the same time of day"),
        _item("switched", _ramp(f.restorations, 0.5, 2.5) * (1.0 - recurs), again),
        _item("mostly_dark", _ramp(f.dark_share, 0.55, 0.8) * recurs, mostly),
        _item("half_hour", f.half_hour_share, "it begins and ends on the hour or half hour"),
        _item("long", _ramp(f.duration_s, 0.5 * DAY_S, 2.0 * DAY_S), "it lasted for days"),
    ]


def _of_members(f: OutageFeatures) -> list[Evidence]:
    found = []
    if f.simultaneous_share is not None and f.stagger_s is not None:
        at_once = f"a share of {f.simultaneous_share:.2f} of the networks fell inside 15 minutes"
        hours = f"the networks fell one by one over {f.stagger_s / HOUR_S:.1f} h"
        spread = (1.0 - _ramp(f.simultaneous_share, 0.5, 0.8)) * (f.stagger_s > TOGETHER_S)
        found += [
            _item("simultaneous", _ramp(f.simultaneous_share, 0.5, 0.9), at_once),
            _item("staggered", spread, hours),
        ]
        if f.gradual_share is not None:
            stepwise = f"{hours}, each at a stroke"
            found.append(_item("stepwise", spread * (1.0 - f.gradual_share), stepwise))
    if f.gradual_share is not None:
        slid = f"a share of {f.gradual_share:.2f} of the networks slid down for over half an hour"
        found += [
            _item("gradual", _ramp(f.gradual_share, 0.1, 0.5), slid),
            _item("abrupt", 1.0 - _ramp(f.gradual_share, 0.1, 0.5), "networks fell at a stroke"),
        ]
    if f.together_back_share is not None:
        back = f"a share of {f.together_back_share:.2f} came back inside 15 minutes"
        found += [
            _item("together_back", _ramp(f.together_back_share, 0.5, 0.9), back),
            _item("slow_return", 1.0 - _ramp(f.together_back_share, 0.3, 0.6), "only " + back),
        ]
    if f.fallen_depth_share is not None:
        lost = f"networks that fell lost a share of {f.fallen_depth_share:.2f} of themselves each"
        found.append(_item("thinned", 1.0 - _ramp(f.fallen_depth_share, 0.6, 0.85), lost))
    if f.mobile_fallen_share is not None and f.fixed_fallen_share is not None:
        mobile = _ramp(f.mobile_fallen_share - f.fixed_fallen_share, 0.3, 0.7)
        both = _ramp(min(f.mobile_fallen_share, f.fixed_fallen_share), 0.3, 0.7)
        found += [
            _item("mobile_fell", mobile, "mobile networks fell, fixed ones did not"),
            _item("both_fell", both, "mobile and fixed networks fell alike"),
        ]
    if f.upstream_share is not None:
        shared = "those that fell share an upstream that the others do not use"
        found.append(_item("upstream", _ramp(f.upstream_share, 0.5, 0.9), shared))
    return found
