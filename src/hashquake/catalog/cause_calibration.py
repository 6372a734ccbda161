"""Are the probabilities given to causes right? Simulated years of known shocks, through detection.

Each quake of the catalog is matched with the largest shock that began near its onset; a quake
without one was luck. The expected calibration error is that of all (cause, probability) pairs,
in tenths. Source: key ``naeini-2015`` in ``docs/refs.bib``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.catalog.quakes import build_catalog
from hashquake.core.quake import CauseName, Quake
from hashquake.core.times import DAY_S
from hashquake.explain.candidates import Candidate
from hashquake.explain.cause_model import STATED, CauseModel
from hashquake.explain.causes import causes_of, fall_of_quake
from hashquake.forward.shock_model import Notice, ShockModel, TrueShock
from hashquake.forward.shocked_years import ShockedYears, shocked_years

Floats = NDArray[np.float64]
BINS = 10
_LEAST_LOSS_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One simulated quake, what was documented around it, and what caused it.

    Parameters
    ----------
    quake : Quake
        Its last opinion.
    candidates : tuple of Candidate
        Everything documented in those years.
    truth : tuple of str and str or None
        Name of the cause, and country.
    """

    quake: Quake
    candidates: tuple[Candidate, ...]
    truth: tuple[CauseName, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseScores:
    """How right the probabilities were.

    Parameters
    ----------
    quakes : int
        How many were judged.
    calibration_error : float
        Mean distance of probability from frequency, over the pairs in each tenth, weighted by
        their number; pairs under one per mille are left out, they would flatter it.
    top_calibration_error : float
        The same for the likeliest cause of each quake alone.
    right_share : float
        Part of the quakes whose likeliest cause, country included, was the true one.
    log_score : float
        Mean log of the probability given to the truth.
    bins : tuple of tuple
        For each tenth with pairs: number, mean probability, frequency.
    """

    quakes: int
    calibration_error: float
    top_calibration_error: float
    right_share: float
    log_score: float
    bins: tuple[tuple[int, float, float], ...]


def cases(seed: int, *, worlds: int, years: float = 5.0) -> tuple[Case, ...]:
    """Simulate worlds and find their quakes.

    Parameters
    ----------
    seed : int
        World k depends on this and k alone.
    worlds : int
        How many.
    years : float
        Length of each.
    """
    found: list[Case] = []
    for k in range(worlds):
        world = shocked_years(ShockModel(), np.random.default_rng([seed, k]), years=years)
        found.extend(_cases_of(world))
    return tuple(found)


def score(judged: tuple[Case, ...], model: CauseModel = STATED) -> CauseScores:
    """Return the scores of a model on cases.

    Parameters
    ----------
    judged : tuple of Case
        At least one.
    model : CauseModel
        Prior rates and laws of causes.
    """
    probability: list[float] = []
    happened: list[bool] = []
    top: list[tuple[float, bool]] = []
    logs: list[float] = []
    for case in judged:
        causes = causes_of(fall_of_quake(case.quake), case.candidates, model)
        pairs = [(one.probability, (one.name, one.country) == case.truth) for one in causes]
        top.append(pairs[0])
        logs.append(np.log(max(sum(chance for chance, true in pairs if true), 1e-6)))
        probability.extend(chance for chance, _ in pairs if chance >= 0.001)
        happened.extend(true for chance, true in pairs if chance >= 0.001)
    bins = _bins(np.array(probability), np.array(happened, float))
    top_bins = _bins(np.array([a for a, _ in top]), np.array([b for _, b in top], float))
    return CauseScores(
        quakes=len(judged),
        calibration_error=_error(bins),
        top_calibration_error=_error(top_bins),
        right_share=float(np.mean([true for _, true in top])),
        log_score=float(np.mean(logs)),
        bins=bins,
    )


def _cases_of(world: ShockedYears) -> list[Case]:
    candidates = tuple(_candidate(one) for one in world.notices)
    return [
        Case(quake=quake, candidates=candidates, truth=_truth(quake, world.shocks))
        for quake in build_catalog(world.blocks)
        if quake.kind != "pools"
    ]


def _candidate(notice: Notice) -> Candidate:
    return Candidate(
        name=notice.name,
        country=notice.country,
        about=f"{notice.name} in {notice.country or 'the whole network'}",
        window=notice.window,
        blur_s=notice.blur_s,
        share=notice.share,
        depth=notice.depth,
    )


def _truth(quake: Quake, shocks: tuple[TrueShock, ...]) -> tuple[CauseName, str | None]:
    near = [
        shock
        for shock in shocks
        if quake.onset.start_s - DAY_S <= shock.window.start_s <= quake.detected_s
        and shock.loss_share >= _LEAST_LOSS_SHARE
    ]
    if not near:
        return ("luck", None)
    largest = max(near, key=lambda shock: shock.loss_share)
    return (largest.name, largest.country)


def _bins(chance: Floats, happened: Floats) -> tuple[tuple[int, float, float], ...]:
    at = np.minimum((chance * BINS).astype(int), BINS - 1)
    return tuple(
        (int((at == k).sum()), float(chance[at == k].mean()), float(happened[at == k].mean()))
        for k in range(BINS)
        if (at == k).any()
    )


def _error(bins: tuple[tuple[int, float, float], ...]) -> float:
    total = sum(n for n, _, _ in bins)
    return sum(n * abs(chance - frequency) for n, chance, frequency in bins) / total
