"""When a fall began and when it ended, weighed together.

Onset and end are scanned in turn, each with the other fixed at its best value. That takes the other
for granted, and a short small fall may be an early one that ended late or a late one that ended
early; so at last the two are weighed together, on the few places that hold their chances.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from hashquake.core.times import HOUR_S
from hashquake.estimate.intervention import Fitter

Floats = NDArray[np.float64]

END_CELL_S = 6.0 * HOUR_S
"""Spacing of the moments at which an end is looked for."""
_NO_SECOND_STEP = 0.6
_GROUPS = 8
_APART_S = HOUR_S


class Place(NamedTuple):
    """A moment a step may have, its chance and its evidence with the other moment fixed.

    Parameters
    ----------
    at_s : float or None
        The moment, UTC Unix seconds; None for an end that has not come.
    chance : float
        Its probability among the moments scanned, the other moment fixed.
    log_evidence : float
        Natural logarithm of the likelihood.
    """

    at_s: float | None
    chance: float
    log_evidence: float


class Together(NamedTuple):
    """Onset and end weighed together.

    Parameters
    ----------
    onset_chance : array of float64, shape (onsets,)
        Probability of each onset.
    means, sds : array of float64, shape (pairs,)
        Mean and standard deviation of the log size of the first step, for each pair of an onset and
        an end.
    chances : array of float64, shape (pairs,)
        Probability of each pair.
    """

    onset_chance: Floats
    means: Floats
    sds: Floats
    chances: Floats


class _Group(NamedTuple):
    members: NDArray[np.intp]
    at_s: float | None
    log_weight: float


def moments(onset_s: float, end_s: float | None) -> tuple[float, ...]:
    """Return the steps of a fall that may have ended.

    Parameters
    ----------
    onset_s : float
        When the fall began, UTC Unix seconds.
    end_s : float or None
        When it ended; None is not yet.
    """
    return (onset_s,) if end_s is None else (onset_s, end_s)


def scan_onset(
    fitter: Fitter, onsets_s: Floats, end_s: float | None
) -> tuple[float, tuple[Place, ...]]:
    """Weigh onsets, each as likely as any other beforehand; give the best, and all.

    Parameters
    ----------
    fitter : Fitter
        Of the counts.
    onsets_s : array of float, shape (m,)
        UTC Unix seconds.
    end_s : float or None
        Moment of the second step.
    """
    times = onsets_s.tolist()
    evidence = np.array([fitter.fit(moments(at_s, end_s)).log_evidence for at_s in times])
    return times[int(np.argmax(evidence))], _places(times, evidence, evidence)


def scan_end(
    fitter: Fitter, onset_s: float, ends_s: Floats
) -> tuple[float | None, tuple[Place, ...]]:
    """Weigh moments of a second step, none included; give the best, and all in order of time.

    Parameters
    ----------
    fitter : Fitter
        Of the counts.
    onset_s : float
        Moment of the first step, UTC Unix seconds.
    ends_s : array of float, shape (m,)
        Where to look; moments not after the onset are passed over.
    """
    later = [at_s for at_s in ends_s.tolist() if at_s > onset_s + _APART_S]
    without = fitter.fit((onset_s,)).log_evidence
    if not later:
        return None, (Place(None, 1.0, without),)
    each = (1.0 - _NO_SECOND_STEP) / len(later)
    evidence = np.array([fitter.fit((onset_s, at_s)).log_evidence for at_s in later])
    prior = np.full(len(later), np.log(each))
    found = without + np.log(_NO_SECOND_STEP) < logsumexp(evidence + prior)
    if found:
        # Between two edges the step may lie anywhere: the best cell is looked at finely.
        best = int(np.argmax(evidence))
        shifts_s = END_CELL_S * np.array([-0.75, -0.5, -0.25, 0.25, 0.5, 0.75])
        near = [x for x in (later[best] + shifts_s).tolist() if x > onset_s + _APART_S]
        finer = [fitter.fit((onset_s, at_s)).log_evidence for at_s in near]
        prior[best] -= np.log(4.0)
        prior = np.concatenate([prior, np.full(len(near), np.log(each / 4.0))])
        order = np.argsort([*later, *near], kind="stable")
        later = [[*later, *near][k] for k in order]
        evidence, prior = np.concatenate([evidence, finer])[order], prior[order]
    times = [None, *later]
    all_evidence = np.concatenate([[without], evidence])
    weights = all_evidence + np.concatenate([[np.log(_NO_SECOND_STEP)], prior])
    return (
        later[int(np.argmax(evidence))] if found else None,
        _places(times, all_evidence, weights),
    )


def log_evidence(onsets: tuple[Place, ...], ends: tuple[Place, ...]) -> float:
    """Return the log probability of the counts with a fall, its onset and its end integrated over.

    Parameters
    ----------
    onsets, ends : tuple of Place
        As scanned: onsets with the end at its best, ends ("none" first) with the onset at its best.
    """
    each = [place.log_evidence for place in onsets]
    onset = float(logsumexp(each)) - float(np.log(len(each)))
    # All ends together against the one that the onsets were scanned with.
    without = ends[0]
    prior = np.log(_NO_SECOND_STEP) if len(ends) > 1 else 0.0
    all_ends = without.log_evidence + prior - float(np.log(max(without.chance, 1e-300)))
    return onset + float(all_ends) - max(each)


def weigh_together(fitter: Fitter, onsets: tuple[Place, ...], ends: tuple[Place, ...]) -> Together:
    """Weigh onset and end together on the places that hold their chances.

    Parameters
    ----------
    fitter : Fitter
        Of the counts.
    onsets, ends : tuple of Place
        As scanned.
    """
    # "No end" is not a neighbour of the earliest end, but a place of its own.
    rows, columns = _groups(onsets), [*_groups(ends[:1]), *_groups(ends[1:], begins=1)]
    weight = np.empty((len(rows), len(columns)))
    mean, sd = np.empty_like(weight), np.empty_like(weight)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            onset_s, end_s = float(row.at_s or 0.0), column.at_s
            if end_s is not None:
                end_s = max(end_s, onset_s + _APART_S)
            fit = fitter.fit(moments(onset_s, end_s))
            weight[i, j] = fit.log_evidence + row.log_weight + column.log_weight
            mean[i, j], sd[i, j] = fit.steps_log[0], np.sqrt(fit.covariance[0, 0])
    chances = np.exp(weight - logsumexp(weight))
    onset_chance = np.array([place.chance for place in onsets])
    for row, share in zip(rows, chances.sum(axis=1), strict=True):
        onset_chance[row.members] *= share / onset_chance[row.members].sum()
    return Together(onset_chance, mean.ravel(), sd.ravel(), chances.ravel())


def _places(
    times: list[float] | list[float | None], evidence: Floats, weights: Floats
) -> tuple[Place, ...]:
    chance = np.exp(weights - logsumexp(weights))
    return tuple(
        Place(at_s, float(c), float(e)) for at_s, c, e in zip(times, chance, evidence, strict=True)
    )


def _groups(places: tuple[Place, ...], begins: int = 0) -> list[_Group]:
    """Cut neighbours into a few groups of like chance, each stood for by its likeliest member.

    The weight of a group is its chance over its member's evidence: with the evidence of a pair put
    in its place, the chance of the pair of groups comes out.
    """
    if not places:
        return []
    chance = np.array([place.chance for place in places])
    chance = np.maximum(chance, 1e-300)
    middle = (np.cumsum(chance) - chance / 2.0) / chance.sum()
    label = np.minimum((middle * _GROUPS).astype(np.int64), _GROUPS - 1)
    found = []
    for one in np.unique(label):
        members = np.flatnonzero(label == one)
        best = places[int(members[int(np.argmax(chance[members]))])]
        log_weight = float(np.log(chance[members].sum())) - best.log_evidence
        found.append(_Group(members + begins, best.at_s, log_weight))
    return found
