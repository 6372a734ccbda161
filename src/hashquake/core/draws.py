"""Between draws and quantiles: how uncertain numbers are multiplied."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from hashquake.core.interval import QUANTILE_LEVELS, Quantiles

_SCORES = np.array([NormalDist().inv_cdf(level) for level in QUANTILE_LEVELS])


def stratified(rng: np.random.Generator, n_draws: int) -> NDArray[np.float64]:
    """Draw numbers evenly from 0 to 1, one from each of as many strata, in random order.

    Quantiles of what is made of them stray far less than those of independent draws (Latin
    hypercube sampling, key ``mckay-et-al-1979`` in ``docs/refs.bib``).

    Parameters
    ----------
    rng : Generator
        Randomness.
    n_draws : int
        How many.
    """
    drawn: NDArray[np.float64] = (rng.permutation(n_draws) + rng.random(n_draws)) / n_draws
    return drawn


def quantiles_of_draws(draws: NDArray[np.float64]) -> Quantiles:
    """Return the seven quantiles of draws.

    Parameters
    ----------
    draws : array of float64, shape (n,)
        At least some hundreds, all finite.
    """
    a, b, c, d, e, f, g = (float(value) for value in np.quantile(draws, QUANTILE_LEVELS))
    return Quantiles(values=(a, b, c, d, e, f, g))


def draws_of_quantiles(
    quantiles: Quantiles, rng: np.random.Generator, n_draws: int
) -> NDArray[np.float64]:
    """Draw from a law known by its seven quantiles.

    Parameters
    ----------
    quantiles : Quantiles
        All finite.
    rng : Generator
        Randomness.
    n_draws : int
        How many.

    Returns
    -------
    array of float64, shape (n_draws,)
        Straight lines between the quantiles on the normal scale, the outermost carried on.
    """
    values = np.array(quantiles.values)
    score = ndtri(stratified(rng, n_draws))
    drawn: NDArray[np.float64] = np.interp(score, _SCORES, values)
    low, high = score < _SCORES[0], score > _SCORES[-1]
    slope_low = (values[1] - values[0]) / (_SCORES[1] - _SCORES[0])
    slope_high = (values[-1] - values[-2]) / (_SCORES[-1] - _SCORES[-2])
    drawn[low] = values[0] + (score[low] - _SCORES[0]) * slope_low
    drawn[high] = values[-1] + (score[high] - _SCORES[-1]) * slope_high
    return drawn
