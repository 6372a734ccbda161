"""Draws from the posterior of all episodes at once.

Every episode is brought to its mode and turned so that its posterior is nearly a round normal
(Laplace); there Hamiltonian moves are short and almost never refused, and they put right what
Laplace's approximation gets wrong where a share is close to nothing. Between the moves of the
episodes, what they have in common is moved too.

Source: keys ``neal-2011`` and ``rasmussen-williams-2006`` in ``docs/refs.bib``.
"""

from dataclasses import dataclass
from math import exp, inf, log

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel
from hashquake.explain._exposure_density import (
    UNTOLD_SD,
    Data,
    Hyper,
    log_density,
    log_exposure_prior,
    parts_of,
    product,
)

Floats = NDArray[np.float64]

_NEWTON_ROUNDS = 25
_CLOSE = 1e-3
_LONGEST = 2.0
_SHORTEST = 1e-5
_DIFFERENCE = 1e-4
_LEAST_CURVATURE = 0.05
_WARM_ROUNDS = 150
_STEP = 0.45
_ACCEPTED = 0.8
_LEAPS = (3, 8)
_HYPER_STEP = 0.25
_HYPER_STEPS = 4
_LONG_MOVES = 3
_LONG_LEAPS = (4, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class HyperPrior:
    """What is believed of what episodes have in common.

    Parameters
    ----------
    concentration, concentration_log_sd : float
        Median and log standard deviation of the concentration of exposures: how alike pools are.
    pull, pull_sd : float
        Mean and standard deviation of how far a pool's home moves the logit of its exposure.
    """

    concentration: float = 6.0
    concentration_log_sd: float = 0.4
    pull: float = 1.0
    pull_sd: float = 0.5

    def log_density(self, hyper: Hyper) -> float:
        """Return the log density, by the log of the concentration."""
        a = log(hyper.concentration / self.concentration) / self.concentration_log_sd
        b = (hyper.pull - self.pull) / self.pull_sd
        return -0.5 * (a * a + b * b)

    def draw(self, rng: np.random.Generator) -> Hyper:
        """Draw one."""
        a, b = rng.standard_normal(2)
        return Hyper(
            self.concentration * exp(self.concentration_log_sd * a), self.pull + self.pull_sd * b
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chart:
    """An episode turned round: ``vector = centre + turn @ round``."""

    centre: Floats
    turn: Floats


def sample(
    episodes: tuple[Data, ...],
    prior: HyperPrior,
    rng: np.random.Generator,
    *,
    draws: int,
) -> tuple[tuple[Floats, ...], Floats]:
    """Draw from the posterior of all episodes together.

    Parameters
    ----------
    episodes : tuple of Data
        What is known of each.
    prior : HyperPrior
        Of what they have in common.
    rng : Generator
        The luck.
    draws : int
        How many are kept.

    Returns
    -------
    tuple of array, shape (draws, d)
        The vectors of each episode.
    array of float, shape (draws, 2)
        Concentration and pull.
    """
    hyper = Hyper(prior.concentration, prior.pull)
    charts = [chart_of(data, hyper) for data in episodes]
    spots = [np.zeros(len(chart.centre)) for chart in charts]
    steps = np.full(len(episodes), _STEP)
    kept = tuple(np.empty((draws, len(chart.centre))) for chart in charts)
    hypers = np.empty((draws, 2))
    for turn in range(-_WARM_ROUNDS, draws):
        vectors = []
        for at, (data, chart) in enumerate(zip(episodes, charts, strict=True)):
            moves, leaps = (_LONG_MOVES, _LONG_LEAPS) if _is_long(data) else (1, _LEAPS)
            spot, rate = _moves(
                data, hyper, chart.centre, chart.turn, spots[at], steps[at],
                rng.integers(*leaps, size=moves),
                rng.standard_normal((moves, len(spots[at]))),
                rng.random(moves),
            )  # fmt: skip
            spots[at] = spot
            vectors.append(chart.centre + product(chart.turn.T, spot))
            if turn < 0:
                # Robbins and Monro: the step grows while moves are taken too easily.
                gain = 2.0 / (10.0 + turn + _WARM_ROUNDS) ** 0.6
                steps[at] *= exp(gain * (rate - _ACCEPTED))
        hyper = _move_hyper(episodes, vectors, hyper, prior, rng)
        if turn >= 0:
            for store, vector in zip(kept, vectors, strict=True):
                store[turn] = vector
            hypers[turn] = hyper
    return kept, hypers


def _is_long(data: Data) -> bool:
    """Return whether a posterior is a long ridge or a funnel, which short moves walk too slowly.

    Events at the same hours trade what they took; a place that no map tells drags all exposures
    to it along.
    """
    return len(data.dark) > 1 or float(data.map_sd.max()) > UNTOLD_SD


def chart_of(data: Data, hyper: Hyper) -> Chart:
    """Find the mode by Newton's method and turn the posterior round there."""
    parts = parts_of(data)
    vector = np.zeros(parts.end)
    vector[: parts.bias] = data.rate_mean.ravel()
    n_places = data.lean.shape[1]
    vector[parts.exposure : parts.complete] = np.tile(data.map_logit, len(data.lean))
    vector[parts.complete : parts.place] = data.complete_logit - 0.5 * n_places
    vector[parts.place :] = data.map_logit
    slope = np.empty(parts.end)
    if parts.exposure > parts.bias:
        start = data.reported[:, 0] - data.rate_mean[:, 0]
        vector[parts.bias : parts.exposure] = np.where(np.isnan(start), 0.0, start)
    value = log_density(data, hyper, vector, slope)
    while value == -inf:
        vector[parts.exposure : parts.complete] -= 1.0
        value = log_density(data, hyper, vector, slope)
    for _ in range(_NEWTON_ROUNDS):
        size, axes = _curvature(data, hyper, vector)
        move = axes @ ((axes.T @ slope) / size)
        scale = 1.0 / max(1.0, float(np.max(np.abs(move))) / _LONGEST)
        new = np.empty_like(slope)
        found = log_density(data, hyper, vector + scale * move, new)
        while found < value and scale > _SHORTEST:
            scale /= 2.0
            found = log_density(data, hyper, vector + scale * move, new)
        if found < value:
            break
        vector, value, slope = vector + scale * move, found, new
        if scale * np.max(np.abs(move)) < _CLOSE:
            break
    size, axes = _curvature(data, hyper, vector)
    return Chart(centre=vector, turn=np.ascontiguousarray(axes / np.sqrt(size)))


def _curvature(data: Data, hyper: Hyper, vector: Floats) -> tuple[Floats, Floats]:
    """Return the axes of the negative second derivatives, and their sizes, none next to nothing.

    Where tails are heavy a direction may curve upwards; its size alone still tells the scale.
    """
    size, axes = np.linalg.eigh(_second(data, hyper, vector))
    return np.maximum(np.abs(size), _LEAST_CURVATURE), axes


@kernel
def _second(data: Data, hyper: Hyper, vector: Floats) -> Floats:
    """Return minus the second derivatives, by central differences of the gradient."""
    size = len(vector)
    matrix = np.empty((size, size))
    up, down = np.empty(size), np.empty(size)
    for i in range(size):
        held = vector[i]
        vector[i] = held + _DIFFERENCE
        log_density(data, hyper, vector, up)
        vector[i] = held - _DIFFERENCE
        log_density(data, hyper, vector, down)
        vector[i] = held
        matrix[i] = (down - up) / (2.0 * _DIFFERENCE)
    return 0.5 * (matrix + matrix.T)


@kernel
def _moves(
    data: Data,
    hyper: Hyper,
    centre: Floats,
    turn: Floats,
    spot: Floats,
    step: float,
    leaps: NDArray[np.int64],
    kicks: Floats,
    luck: Floats,
) -> tuple[Floats, float]:
    """Make Hamiltonian moves; give where they lead and how readily they were taken."""
    slope = np.empty(len(spot))
    columns = np.ascontiguousarray(turn.T)
    value = log_density(data, hyper, centre + product(columns, spot), slope)
    force = product(turn, slope)
    readiness = 0.0
    for move in range(len(leaps)):
        speed = kicks[move].copy()
        before = value - 0.5 * np.sum(speed * speed)
        new, new_force, new_value = spot.copy(), force.copy(), value
        for _ in range(leaps[move]):
            speed += 0.5 * step * new_force
            new += step * speed
            new_value = log_density(data, hyper, centre + product(columns, new), slope)
            if new_value == -inf:
                break
            new_force = product(turn, slope)
            speed += 0.5 * step * new_force
        gain = new_value - 0.5 * np.sum(speed * speed) - before
        chance = exp(min(0.0, gain)) if gain > -700.0 else 0.0
        readiness += chance / len(leaps)
        if luck[move] < chance:
            spot, force, value = new, new_force, new_value
    return spot, readiness


def _move_hyper(
    episodes: tuple[Data, ...],
    vectors: list[Floats],
    hyper: Hyper,
    prior: HyperPrior,
    rng: np.random.Generator,
) -> Hyper:
    """Move what episodes have in common by a few steps of Metropolis."""

    def weight(one: Hyper) -> float:
        told = sum(log_exposure_prior(d, one, v) for d, v in zip(episodes, vectors, strict=True))
        return float(told) + prior.log_density(one)

    held = weight(hyper)
    for _ in range(_HYPER_STEPS):
        a, b = _HYPER_STEP * rng.standard_normal(2)
        new = Hyper(hyper.concentration * exp(a), hyper.pull + b)
        found = weight(new)
        if log(rng.random() + 1e-300) < found - held:
            hyper, held = new, found
    return hyper
