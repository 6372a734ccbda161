"""Why hash rate was lower in a window somebody chose, such as that of an event in the news.

No alarm chose the window, so luck is not the rate of false alarms but the chance that nothing
happened and the count came out so.
"""

from math import hypot

import numpy as np

from hashquake.core.beta_law import beta_values
from hashquake.core.interval import Interval
from hashquake.core.quake import Cause
from hashquake.core.reason import CauseReason, NullRange
from hashquake.core.times import YEAR_S
from hashquake.core.window import Window
from hashquake.estimate.drift import NETWORK_WALK, drift_sd
from hashquake.explain.candidates import Candidate, without_repeats
from hashquake.explain.cause_model import STATED, CauseModel
from hashquake.explain.cause_reasons import during_event, rate_reason
from hashquake.explain.causes import depth_nodes
from hashquake.explain.fall_size import NODES, CauseKey, FallSize, normalised, share_nodes

MATTERS_SHARE = 0.03
"""A smaller fall is not shown as one: it cannot be distinguished from drift."""


def causes_of_window(
    remaining: Interval,
    *,
    window: Window,
    baseline: Window,
    candidates: tuple[Candidate, ...] = (),
    model: CauseModel = STATED,
    with_drift: bool = False,
) -> tuple[Cause, ...]:
    """Weigh why the hash rate of a window differed from its baseline.

    Parameters
    ----------
    remaining : Interval
        Hash rate in the window over that in the baseline.
    with_drift : bool
        Whether the interval allows for drift already, as a predictive one does.
    window, baseline : Window
        What was compared.
    candidates : tuple of Candidate
        What happened; those that do not overlap the window count for nothing.
    model : CauseModel
        Prior rates and laws of causes.

    Returns
    -------
    tuple of Cause
        Most probable first; they sum to 1. ``luck`` is luck and slow drift: no fall of
        `MATTERS_SHARE` or more, whatever happened meanwhile.
    """
    present = tuple(one for one in without_repeats(candidates) if one.window.overlap(window))
    size = FallSize.of(remaining)
    if not with_drift:
        drift = drift_sd(window, baseline, walk=NETWORK_WALK)
        size = FallSize(size.mean, hypot(size.sd, drift))
    rates: dict[CauseKey, float] = {}
    best: dict[CauseKey, tuple[float, Candidate]] = {}
    nothing = 1.0
    for one in present:
        manner = model.manners[one.name]
        # What settles lower stays so after the event itself is over.
        end_s = window.end_s if manner.settles > 0.5 else min(one.window.end_s, window.end_s)
        part = (end_s - max(one.window.start_s, window.start_s)) / window.duration_s
        loss = np.outer(share_nodes(one.share), depth_nodes(one, manner)).ravel() * part
        matters = loss[loss >= MATTERS_SHARE]
        works = one.credence * manner.works * len(matters) / len(loss)
        weight = works * size.density(matters) if len(matters) else 0.0
        nothing *= 1.0 - works
        key = (one.name, one.country)
        rates[key] = rates.get(key, 0.0) + weight
        if key not in best or weight > best[key][0]:
            best[key] = (weight, one)
    rates["luck", None] = nothing * size.density(np.zeros(1))
    chance = min(0.5, model.unknown_per_year * window.duration_s / YEAR_S)
    rates["unknown", None] = chance * size.density(
        beta_values(model.unknown_loss_mean, model.unknown_loss_weight, NODES)
    )
    chances = normalised(rates, model.odds_power)
    causes = []
    for (name, country), probability in chances.items():
        reason: CauseReason
        if name == "luck":
            reason = NullRange(
                low_share=1.0 - 1.645 * size.sd,
                high_share=1.0 + 1.645 * size.sd,
                measured_share=remaining.median,
                least_fall_share=MATTERS_SHARE,
            )
        elif name == "unknown":
            reason = rate_reason(name, false_alarms_per_year=0.0, model=model)
        else:
            reason = during_event(best[name, country][1], window=window, remaining=remaining)
        causes.append(Cause(name=name, probability=probability, reason=reason, country=country))
    return tuple(sorted(causes, key=lambda cause: (-cause.probability, cause.name)))
