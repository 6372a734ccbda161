"""Quantiles of a weighted mixture of normal distributions."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]
_REACH_SD = 8.0
_HALVINGS = 60
_LEAST_CHANCE = 1e-9


def mixture_quantile(mean: Floats, sd: Floats, chance: Floats, level: float) -> float:
    """Give a quantile of a mixture of normals, by halving.

    Parameters
    ----------
    mean, sd : array of float64, shape (m,)
        Of the parts, sd over 0.
    chance : array of float64, shape (m,)
        Weights of the parts; those next to nothing are left out.
    level : float
        Between 0 and 1.
    """
    held = chance > _LEAST_CHANCE * chance.sum()
    mean, sd, chance = mean[held], sd[held], chance[held] / chance[held].sum()
    low = float(np.min(mean - _REACH_SD * sd))
    high = float(np.max(mean + _REACH_SD * sd))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if float(chance @ ndtr((middle - mean) / sd)) < level:
            low = middle
        else:
            high = middle
    return high
