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

from hashquake.explain._exposure_density import (
    UNTOLD_SD,
    Data,
    Hyper,
    kernel,
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
        """Return the log density, by the log of the concentration.

        Parameters
        ----------
        hyper : Hyper
            What episodes share.
        """
        a = log(hyper.concentration / self.concentration) / self.concentration_log_sd
        b = (hyper.pull - self.pull) / self.pull_sd
        return -0.5 * (a * a + b * b)

    def draw(self, rng: np.random.Generator) -> Hyper:
        """Draw one.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of randomness.
        """
        a, b = rng.standard_normal(2)
        return Hyper(
            self.concentration * exp(self.concentration_log_sd * a), self.pull + self.pull_sd * b
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chart:
    """An episode turned round: ``vector = centre + turn @ round``.

    Parameters
    ----------
    centre : array of float64, shape (d,)
        The mode.
    turn : array of float64, shape (d, d)
        Axes of the curvature there, each scaled to one standard deviation.
    """

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
        Source of randomness.
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
    columns = [np.ascontiguousarray(chart.turn.T) for chart in charts]
    steps = np.full(len(episodes), _STEP)
    kept = tuple(np.empty((draws, len(chart.centre))) for chart in charts)
    hypers = np.empty((draws, 2))
    for turn in range(-_WARM_ROUNDS, draws):
        vectors = []
        for at, (data, chart) in enumerate(zip(episodes, charts, strict=True)):
            moves, leaps = (_LONG_MOVES, _LONG_LEAPS) if _is_long(data) else (1, _LEAPS)
            spots[at], vector, rate = _moves(
                data, hyper, chart.centre, chart.turn, columns[at], spots[at], steps[at],
                rng.integers(*leaps, size=moves),
                rng.standard_normal((moves, len(spots[at]))),
                rng.random(moves),
            )  # fmt: skip
            vectors.append(vector)
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
    """Find the mode by Newton's method and turn the posterior round there.

    Parameters
    ----------
    data, hyper : Data, Hyper
        Data, and what episodes share.
    """
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

    Where tails are heavy a direction may curve upwards; its size alone still gives the scale.
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
        for j in range(size):
            matrix[i, j] = (down[j] - up[j]) / (2.0 * _DIFFERENCE)
    for i in range(size):
        for j in range(i):
            matrix[i, j] = matrix[j, i] = 0.5 * (matrix[i, j] + matrix[j, i])
    return matrix


@kernel
def _at(
    data: Data, hyper: Hyper, centre: Floats, columns: Floats, spot: Floats, work: Floats
) -> float:
    """Return the log density at a place of the round chart; fill its vector and its gradient.

    The rows of `work` are the vector and the gradient by the vector.
    """
    vector = work[0]
    product(columns, spot, vector)
    for i in range(len(centre)):
        vector[i] += centre[i]
    return log_density(data, hyper, vector, work[1])


@kernel
def _moves(
    data: Data,
    hyper: Hyper,
    centre: Floats,
    turn: Floats,
    columns: Floats,
    spot: Floats,
    step: float,
    leaps: NDArray[np.int64],
    kicks: Floats,
    uniform: Floats,
) -> tuple[Floats, Floats, float]:
    """Make Hamiltonian moves; `columns` is `turn` transposed, and `kicks` are spent.

    Returns
    -------
    array of float64, shape (d,)
        Where they lead, in the round chart.
    array of float64, shape (d,)
        The same as the vector of unknowns.
    float
        How readily the moves were taken.
    """
    size = len(spot)
    work = np.empty((2, size))
    # Place, vector and force now; then those of the move that is tried.
    now, new = np.empty((3, size)), np.empty((3, size))
    for i in range(size):
        now[0, i] = spot[i]
    value = _at(data, hyper, centre, columns, now[0], work)
    product(turn, work[1], now[2])
    for i in range(size):
        now[1, i] = work[0, i]
    readiness = 0.0
    for move in range(len(leaps)):
        speed = kicks[move]
        gain, new_value = -value, value
        for i in range(size):
            gain += 0.5 * speed[i] * speed[i]
            new[0, i], new[2, i] = now[0, i], now[2, i]
        for _ in range(leaps[move]):
            new_value = _leap(data, hyper, centre, turn, columns, step, new, speed, work)
            if new_value == -inf:
                break
        gain += new_value
        for i in range(size):
            gain -= 0.5 * speed[i] * speed[i]
            new[1, i] = work[0, i]
        chance = exp(min(0.0, gain)) if gain > -700.0 else 0.0
        readiness += chance / len(leaps)
        if uniform[move] < chance:
            now, new, value = new, now, new_value
    return now[0].copy(), now[1].copy(), readiness


@kernel
def _leap(
    data: Data,
    hyper: Hyper,
    centre: Floats,
    turn: Floats,
    columns: Floats,
    step: float,
    new: Floats,
    speed: Floats,
    work: Floats,
) -> float:
    """Leap once, in place; return the log density there."""
    half = 0.5 * step
    for i in range(len(speed)):
        speed[i] += half * new[2, i]
        new[0, i] += step * speed[i]
    value = _at(data, hyper, centre, columns, new[0], work)
    if value > -inf:
        product(turn, work[1], new[2])
        for i in range(len(speed)):
            speed[i] += half * new[2, i]
    return value


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
