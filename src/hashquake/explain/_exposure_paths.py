"""Where the hash rates of all pools would have gone had nobody been dark: Laplace, exact in time.

The log rates of the pools walk together, as the network does, and against each other, as machines
change pool; what one pool gains that way the others lose, so that it cancels in the total. Blocks
of the lit time alone are used. The precision of all rates at all times is a band, and Newton's
method costs time linear in the number of cells.

Source: key ``rasmussen-williams-2006`` in ``docs/refs.bib``.
"""

from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from hashquake.core.kernels import kernel
from hashquake.core.times import DAY_S
from hashquake.estimate.band import factor, solve, subtract_product
from hashquake.estimate.intervention import NETWORK_STEP
from hashquake.explain._exposure_episode import Episode

Floats = NDArray[np.float64]

MOVES_LOG_PER_SQRT_DAY = (0.01, 0.02, 0.04)
"""How far machines that change pool may carry a pool's log rate in a day; weighed by evidence."""
_LEVEL_SD_LOG = 2.0
_ROUNDS = 40
_CLOSE_LOG = 1e-5


class Paths(NamedTuple):
    """What the lit time says of the dark: a normal distribution of log rates.

    Log rates are against `Episode.log_unit_hps`. Column 0 is the mean of the last cells before the
    first onset where `reference` was asked for; the dark segments follow.

    Parameters
    ----------
    mean : array of float64, shape (P, S)
        Mean log rates of P pools.
    covariance : array of float64, shape (P S, P S)
        Their covariance, pool by pool.
    walk_chance : array of float64, shape (m,)
        Posterior probability of each of `MOVES_LOG_PER_SQRT_DAY`.
    """

    mean: Floats
    covariance: Floats
    walk_chance: Floats


def follow_paths(episode: Episode, *, reference_s: float = 0.0) -> Paths:
    """Return mean and covariance of the pools' mean log rates in the dark segments.

    Parameters
    ----------
    episode : Episode
        Of P pools and J segments.
    reference_s : float
        Length of a stretch before the first onset to be given too, seconds; 0 for no such stretch.

    Returns
    -------
    Paths
        ``mean`` of shape (P, S), ``covariance`` of shape (P S, P S), pool by pool, with S = J, or
        J + 1 with a reference.
    """
    groups = _groups(episode, reference_s)
    fits = [_follow(episode, groups, moves) for moves in MOVES_LOG_PER_SQRT_DAY]
    evidence = np.array([fit[2] for fit in fits])
    chance = np.exp(evidence - logsumexp(evidence))
    mean = sum(c * fit[0] for c, fit in zip(chance, fits, strict=True))
    covariance = sum(
        c * (fit[1] + np.outer(fit[0] - mean, fit[0] - mean))
        for c, fit in zip(chance, fits, strict=True)
    )
    shape = (len(episode.pools), len(groups))
    return Paths(np.asarray(mean).reshape(shape), np.asarray(covariance), chance)


def _groups(episode: Episode, reference_s: float) -> Floats:
    """Return the weights of cells in each mean asked for, shape (S, m)."""
    weights = [np.where(episode.segment == j, episode.exposure, 0.0)
               for j in range(episode.n_segments)]  # fmt: skip
    if reference_s:
        onset_s = episode.intensities[0].span.start_s
        ends_s = episode.edges_s[1:]
        near = (ends_s <= onset_s) & (ends_s > onset_s - reference_s)
        weights.insert(0, np.where(near, episode.exposure, 0.0))
    return np.array([row / row.sum() for row in weights])


def _follow(episode: Episode, groups: Floats, moves: float) -> tuple[Floats, Floats, float]:
    n_pools, n_cells = episode.n_blocks.shape
    model = NETWORK_STEP
    middle_s = (episode.edges_s[1:] + episode.edges_s[:-1]) / 2.0
    gaps_d = np.diff(middle_s) / DAY_S
    together = np.ones((n_pools, n_pools)) * episode.walk_log_per_sqrt_day**2
    # A machine that leaves one pool joins others: the moves weighed by shares sum to nothing.
    against = np.eye(n_pools) - np.outer(np.ones(n_pools), episode.share_before)
    per_day = together + moves**2 * against @ against.T
    walk = np.asarray(np.linalg.inv(per_day), np.float64)
    kept = np.exp(-gaps_d * DAY_S / model.transient_s)
    transient = np.concatenate([[model.transient_log**2], model.transient_log**2 * (1.0 - kept**2)])
    band = _prior_band(walk, gaps_d, transient, kept, _LEVEL_SD_LOG**-2)
    volume = (
        2.0 * n_pools * np.log(_LEVEL_SD_LOG)
        + (n_cells - 1) * np.linalg.slogdet(per_day)[1]
        + n_pools * np.log(gaps_d).sum()
        + np.log(transient).sum()
    )
    onset_s = episode.intensities[0].span.start_s
    level = np.log(episode.share_before)
    growth = episode.growth_log_per_day * (middle_s - onset_s) / DAY_S
    mean = level[:, None] + growth[None, :]
    exposure = np.where(episode.lit, episode.exposure, 0.0)
    counts = np.where(episode.lit, episode.n_blocks, 0.0)
    states, factored, evidence = _mode(band, mean, counts, exposure)
    per_cell = n_pools + 1
    held = states.reshape(n_cells, per_cell)
    log_rate = mean + held[:, :n_pools].T + held[:, n_pools]
    means = log_rate @ groups.T
    size = n_pools * len(groups)
    wanted = np.zeros((size, len(states)))
    for pool in range(n_pools):
        for at, row in enumerate(groups):
            one = wanted[pool * len(groups) + at].reshape(n_cells, per_cell)
            one[:, pool] = row
            one[:, n_pools] = row
    covariance = _spread(factored, wanted)
    return means.ravel(), covariance, float(evidence - 0.5 * volume)


@kernel
def _prior_band(
    walk: Floats, gaps_d: Floats, transient: Floats, kept: Floats, first: float
) -> Floats:
    """Return the precision of walk and transient; the states of a cell stand together."""
    n_pools, n_cells = len(walk), len(gaps_d) + 1
    per_cell = n_pools + 1
    band = np.zeros((n_cells * per_cell, 2 * per_cell))
    for t in range(n_cells):
        for i in range(n_pools):
            row = t * per_cell + i
            if t == 0:
                band[row, 0] += first
            for j in range(n_pools):
                before = walk[i, j] / gaps_d[t - 1] if t else 0.0
                after = walk[i, j] / gaps_d[t] if t < n_cells - 1 else 0.0
                if j <= i:
                    band[row, i - j] += before + after
                if t:
                    band[row, per_cell + i - j] -= before
        row = t * per_cell + n_pools
        band[row, 0] = 1.0 / transient[t]
        if t < n_cells - 1:
            band[row, 0] += kept[t] ** 2 / transient[t + 1]
        if t:
            band[row, per_cell] = -kept[t - 1] / transient[t]
    return band


@kernel
def _mode(
    prior: Floats, mean: Floats, counts: Floats, exposure: Floats
) -> tuple[Floats, Floats, float]:
    """Find the mode by damped Newton steps; return it, the factored precision and the evidence."""
    n_pools, n_cells = mean.shape
    per_cell = n_pools + 1
    size, width = prior.shape
    states, slope, pull = np.zeros(size), np.empty(size), np.empty(size)
    band = np.empty((size, width))
    log_volume, fit = 0.0, 0.0
    for _ in range(_ROUNDS):
        for row in range(size):
            slope[row] = pull[row] = 0.0
            for back in range(width):
                band[row, back] = prior[row, back]
        fit = 0.0
        for t in range(n_cells):
            row = t * per_cell
            for i in range(n_pools):
                value = mean[i, t] + states[row + i] + states[row + n_pools]
                expected = exposure[t] * exp(value)
                left = counts[i, t] - expected
                fit += counts[i, t] * value - expected
                slope[row + i] += left
                slope[row + n_pools] += left
                band[row + i, 0] += expected
                band[row + n_pools, 0] += expected
                band[row + n_pools, n_pools - i] += expected
        subtract_product(prior, states, pull)
        for row in range(size):
            fit += 0.5 * states[row] * pull[row]
            slope[row] += pull[row]
        log_volume = factor(band)
        solve(band, slope)
        largest = 0.0
        for row in range(size):
            largest = max(largest, abs(slope[row]))
        if largest < _CLOSE_LOG:
            break
        for row in range(size):
            states[row] += slope[row] / max(1.0, largest)
    return states, band, fit - 0.5 * log_volume


@kernel
def _spread(factored: Floats, wanted: Floats) -> Floats:
    """Return the covariance of weighted sums of states.

    With the precision L L', the covariance of sums A is (L^-1 A')' (L^-1 A'): half a solution a
    row, and products of what does not vanish.
    """
    count, size = wanted.shape
    width = factored.shape[1]
    halves = np.empty((count, size))
    for i in range(count):
        for row in range(size):
            total = wanted[i, row]
            for back in range(1, min(width - 1, row) + 1):
                total -= factored[row, back] * halves[i, row - back]
            halves[i, row] = total / factored[row, 0]
    covariance = np.empty((count, count))
    for i in range(count):
        for j in range(i + 1):
            total = 0.0
            for row in range(size):
                total += halves[i, row] * halves[j, row]
            covariance[i, j] = covariance[j, i] = total
    return covariance
