"""Quantiles of a weighted mixture of normal distributions."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from hashquake.core.root import root

Floats = NDArray[np.float64]
_REACH_SD = 8.0
_LEAST_CHANCE = 1e-9


def mixture_quantile(mean: Floats, sd: Floats, chance: Floats, level: float) -> float:
    """Return a quantile of a mixture of normals.

    Parameters
    ----------
    mean, sd : array of float64, shape (m,)
        Of the parts, sd over 0.
    chance : array of float64, shape (m,)
        Weights of the parts, not all 0; those under 1e-9 of the sum are left out.
    level : float
        Probability, between 1e-12 and 1 less that.

    Returns
    -------
    float
        In the unit of the means.

    Raises
    ------
    ValueError
        When the level is not inside the range.

    Examples
    --------
    >>> round(mixture_quantile(np.array([0.0]), np.array([1.0]), np.array([1.0]), 0.975), 3)
    1.96
    """
    heavy = chance > _LEAST_CHANCE * chance.sum()
    mean, sd, chance = mean[heavy], sd[heavy], chance[heavy] / chance[heavy].sum()

    def excess(x: float) -> float:
        return float(chance @ ndtr((x - mean) / sd)) - level

    low, high = float(np.min(mean - _REACH_SD * sd)), float(np.max(mean + _REACH_SD * sd))
    return root(excess, low, high, xtol=1e-12, rtol=8.9e-16)
