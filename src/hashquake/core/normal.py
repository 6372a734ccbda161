"""The normal law, without the library of all laws, which takes longer to load than lists take."""

from math import exp, pi, sqrt
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

_PEAK = 1.0 / sqrt(2.0 * pi)


def normal_density(at: Any, mean: Any = 0.0, sd: Any = 1.0) -> Any:
    """Return the density of a normal law.

    Parameters
    ----------
    at, mean, sd : float or array of float64
        Where; the law's mean and standard deviation, over 0.

    Examples
    --------
    >>> round(normal_density(0.0), 4)
    0.3989
    """
    away = (at - mean) / sd
    if isinstance(away, np.ndarray):
        return _PEAK * np.exp(-0.5 * away * away) / sd
    return _PEAK * exp(-0.5 * away * away) / sd


def normal_survival(at: float, mean: float = 0.0, sd: float = 1.0) -> float:
    """Return the probability that a normal value is over a limit.

    Parameters
    ----------
    at, mean, sd : float
        The limit; the law's mean and standard deviation, over 0.

    Examples
    --------
    >>> normal_survival(0.0)
    0.5
    """
    return float(ndtr((mean - at) / sd))


def normal_quantile(probability: float) -> float:
    """Return the standard normal value under which a probability lies.

    Parameters
    ----------
    probability : float
        0 to 1.

    Examples
    --------
    >>> round(normal_quantile(0.95), 3)
    1.645
    """
    return float(ndtri(probability))
