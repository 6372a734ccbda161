"""Why hash rate fell: a probability for each cause, with what speaks for and against it.

Every explanation is a rate: how often a year it makes a fall like this one, here and now. Luck
and the undocumented run at constant rates; a candidate is sharp in time, and bounded in size by
what its place has. Probabilities are the rates over their sum. Source: Bayes' rule for competing
marked point processes, key ``daley-vere-jones-2003`` in ``docs/refs.bib``.
"""

from dataclasses import dataclass
from math import exp, hypot, log, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx, ndtr

from hashquake.core.beta_law import beta_values
from hashquake.core.interval import Interval
from hashquake.core.normal import normal_density, normal_survival
from hashquake.core.quake import ALWAYS, Cause, Quake
from hashquake.core.times import DAY_S, YEAR_S
from hashquake.core.window import Window
from hashquake.estimate.intervention import POOL_STEP
from hashquake.explain.candidates import Candidate, without_repeats
from hashquake.explain.cause_model import STATED, CauseModel, Manner
from hashquake.explain.cause_reasons import near_event, rate_reason
from hashquake.explain.fall_size import NODES, CauseKey, FallSize, normalised, share_nodes

if TYPE_CHECKING:
    from hashquake.core.reason import CauseReason

Floats = NDArray[np.float64]
_SETTLED_AFTER_S = 30 * DAY_S
_NEAR_S = 7 * DAY_S
_LEAST_TOLD = 0.001
_SURE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """What was measured of a fall: all that the probabilities of its causes rest on.

    Parameters
    ----------
    onset : Window
        When it began, as a 90 % interval.
    remaining_share : Interval
        Hash rate after over before.
    lasted_s : float or None
        How long, seconds; None while it is not over.
    watched_s : float
        How long it was watched from its onset on, seconds.
    luck_per_year : float
        How often luck alone raises one.
    pools_only : bool
        Whether pools fell and the network did not.
    n_pools : int or None
        How many pools fell with the network; None where blocks carry no labels.
    rejected : bool
        Whether a review on later blocks found no fall.
    nothing_probability : float or None
        What a review made of the chance that nothing broke, by the blocks alone; None before one.
    """

    onset: Window
    remaining_share: Interval
    lasted_s: float | None
    watched_s: float
    luck_per_year: float
    pools_only: bool = False
    n_pools: int | None = None
    rejected: bool = False
    nothing_probability: float | None = None


def fall_of_quake(quake: Quake, *, labelled: bool = True) -> Fall:
    """Take what a quake's latest opinion says; `labelled` is whether blocks tell pools.

    Parameters
    ----------
    quake : Quake
        Its latest revision.
    labelled : bool
        Whether blocks name their pools.
    """
    middle_s = (quake.onset.start_s + quake.onset.end_s) / 2.0
    return Fall(
        onset=quake.onset,
        remaining_share=quake.remaining_share,
        lasted_s=None if quake.end_s is None else max(quake.end_s - middle_s, 3600.0),
        watched_s=max(quake.issued_s - middle_s, 3600.0),
        luck_per_year=quake.false_alarms_per_year,
        pools_only=quake.subject.startswith("pool:") or quake.kind == "disagreement",
        n_pools=len(quake.pools) if labelled else None,
        rejected=quake.status == "rejected",
        nothing_probability=quake.nothing_probability,
    )


def causes_of(
    fall: Fall, candidates: tuple[Candidate, ...] = (), model: CauseModel = STATED
) -> tuple[Cause, ...]:
    """Weigh the causes of a fall.

    Parameters
    ----------
    fall : Fall
        What was measured.
    candidates : tuple of Candidate
        What happened around it, all that is known: leaving one out favours the others.
    model : CauseModel
        Prior rates and laws of causes.

    Returns
    -------
    tuple of Cause
        Most probable first, ``luck`` and ``unknown`` always among them; they sum to 1. Of several
        candidates of one kind in one country the reasons are those of the likeliest.
    """
    if fall.pools_only:
        return _pools_only(fall, model)
    size = FallSize.of(fall.remaining_share)
    rates: dict[CauseKey, float] = {}
    best: dict[CauseKey, tuple[float, Candidate]] = {}
    for one in without_repeats(candidates):
        key = (one.name, one.country)
        rate = _candidate_rate(one, fall, size, model.manners[one.name])
        rates[key] = rates.get(key, 0.0) + rate
        if key not in best or rate > best[key][0]:
            best[key] = (rate, one)
    luck = (
        fall.luck_per_year
        * size.density_of_z(model.luck_z_mean, model.luck_z_sd)
        * _luck_over_real(fall, model)
    )
    luck *= _ending(fall, model.luck_settles, 4 * DAY_S, 1.0)
    unknown = model.unknown_per_year * size.density(
        beta_values(model.unknown_loss_mean, model.unknown_loss_weight, NODES), alarmed=True
    )
    unknown *= _ending(fall, model.unknown_settles, 4 * DAY_S, 1.2)
    rates["luck", None] = luck
    rates["unknown", None] = unknown
    near = {key for key, (_, one) in best.items() if _near(one, fall)}
    chances = _worth_telling(normalised(rates, model.odds_power), near)
    causes = []
    for (name, country), chance in chances.items():
        if name in {"luck", "unknown"}:
            reason: CauseReason = rate_reason(
                name, false_alarms_per_year=fall.luck_per_year, model=model
            )
        else:
            one = best[name, country][1]
            reason = near_event(one, onset=fall.onset, remaining=fall.remaining_share)
        causes.append(Cause(name=name, probability=chance, reason=reason, country=country))
    return _shown(causes)


def _luck_over_real(fall: Fall, model: CauseModel) -> float:
    """Return how much oftener luck looks so than a real fall does, in pools and on review."""
    ratio = model.luck_rejected / model.real_rejected
    if not fall.rejected:
        ratio = (1.0 - model.luck_rejected) / (1.0 - model.real_rejected)
    if fall.n_pools is not None:
        at = min(fall.n_pools, 2)
        ratio *= model.luck_pools[at] / model.real_pools[at]
    return ratio


def _candidate_rate(one: Candidate, fall: Fall, size: FallSize, manner: Manner) -> float:
    """Return the rate, per year, at which it makes such a fall at that time."""
    loss = np.outer(share_nodes(one.share), depth_nodes(one, manner)).ravel()
    when = _when(one, fall, manner)
    ending = _ending(fall, manner.settles, one.window.duration_s, manner.lasts_factor_log_sd)
    return one.credence * manner.works * when * YEAR_S * size.density(loss, alarmed=True) * ending


def depth_nodes(one: Candidate, manner: Manner) -> Floats:
    """Return equally likely values of the part of the place's hash rate that stops.

    Parameters
    ----------
    one : Candidate
        The candidate, with its depth.
    manner : Manner
        How such a cause stops machines.
    """
    depth = beta_values(manner.depth_mean, manner.depth_weight, NODES)
    if one.depth is None:
        return depth
    # What is cut is known; what of it fails over, or runs on unseen, is not.
    return np.minimum(1.0, one.depth.median * depth / manner.depth_mean)


def _when(one: Candidate, fall: Fall, manner: Manner) -> float:
    """Density per second of the measured onset, given the candidate's times."""
    middle_s = (fall.onset.start_s + fall.onset.end_s) / 2.0
    onset_sd_s = max(fall.onset.duration_s / (2.0 * 1.6449), 900.0)
    sd_s = sqrt(onset_sd_s**2 + one.blur_s**2)
    late_s = middle_s - one.window.start_s
    soon = _normal_plus_exponential(late_s, sd_s, manner.lag_s)
    span_s = max(one.window.duration_s, sd_s)
    spread = (ndtr(late_s / sd_s) - ndtr((late_s - span_s) / sd_s)) / span_s
    return float((1.0 - manner.spread_share) * soon + manner.spread_share * spread)


def _normal_plus_exponential(x: float, sd: float, mean: float) -> float:
    """Density of a centred normal plus an exponential delay, without overflow."""
    z = (sd / mean - x / sd) / sqrt(2.0)
    if z < -25.0:
        return exp(min(0.0, sd * sd / (2.0 * mean * mean) - x / mean)) / mean
    return float(exp(-x * x / (2.0 * sd * sd)) * erfcx(z) / (2.0 * mean))


def _ending(fall: Fall, settles: float, usual_s: float, log_sd: float) -> float:
    """Density, per unit of log time, of how long it lasted; a chance while it is not over."""
    usual_log = log(max(usual_s, 3600.0))
    if fall.lasted_s is None:
        longer = normal_survival(log(fall.watched_s), usual_log, log_sd)
        seen = min(1.0, fall.watched_s / _SETTLED_AFTER_S)
        # Early on nobody can have settled; every explanation is as good.
        return float(settles + (1.0 - settles) * max(longer, 1.0 - seen))
    peak = 1.0 / sqrt(2.0 * pi)
    density = normal_density(log(fall.lasted_s), usual_log, log_sd)
    return float((1.0 - settles) * max(density, 0.01 * peak))


def _near(one: Candidate, fall: Fall) -> bool:
    before_s = fall.onset.start_s - one.window.end_s
    after_s = one.window.start_s - fall.onset.end_s
    return max(before_s, after_s) < _NEAR_S


def _worth_telling(chances: dict[CauseKey, float], near: set[CauseKey]) -> dict[CauseKey, float]:
    """Keep what may be, and what a reader would ask about; the rest is next to nothing."""
    probabilities = {
        key: chance
        for key, chance in chances.items()
        if key in near or chance >= _LEAST_TOLD or key[0] in ALWAYS
    }
    probabilities["unknown", None] += max(0.0, 1.0 - sum(probabilities.values()))
    return probabilities


def _pools_only(fall: Fall, model: CauseModel) -> tuple[Cause, ...]:
    """Machines that change pool leave the network as it was; so does one operator's trouble."""
    lost = 1.0 - fall.remaining_share.median
    whole = lost > 0.8
    rates: dict[CauseKey, float] = {
        (name, None): per_year * ((2.0 if whole else 0.5) if name == "operator" else 1.0)
        for name, per_year in model.pools_only_per_year.items()
    }
    size = FallSize.of(fall.remaining_share)
    usual = 0.5  # a real fall of pools is of any size, in the same unit
    if fall.nothing_probability is None:
        read = normal_density(size.mean, model.luck_pool_loss_mean, model.luck_pool_loss_sd)
        luck = fall.luck_per_year * float(read)
    else:
        luck = _luck_by_review(fall.nothing_probability, size)
    rates["luck", None] = luck / usual
    chances = normalised(rates, model.odds_power)
    return _shown(
        [
            Cause(
                name=name,
                probability=chance,
                reason=rate_reason(name, false_alarms_per_year=fall.luck_per_year, model=model),
            )
            for (name, _), chance in chances.items()
        ]
    )


def _luck_by_review(nothing_probability: float, size: FallSize) -> float:
    """Return the density, per year, of a pool's fall by chance, from what its review found likely.

    A review weighs drift alone against breaks that come at a stated rate and in sizes of a stated
    law. The density of such a break, times the odds that there was none, is that of chance: the
    review's own rate and law drop out.
    """
    nothing = min(max(nothing_probability, _SURE), 1.0 - _SURE)
    broken = normal_density(size.mean, 0.0, hypot(POOL_STEP.step_sd_log, size.sd))
    return nothing / (1.0 - nothing) * POOL_STEP.breaks_per_year * float(broken)


def _shown(causes: list[Cause]) -> tuple[Cause, ...]:
    return tuple(sorted(causes, key=lambda cause: (-cause.probability, cause.name)))
