"""A share that is not sure, as equally likely values of a Beta law."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from hashquake.core.interval import Interval
from hashquake.core.normal import normal_quantile

Floats = NDArray[np.float64]


def beta_values(mean: float, weight: float, count: int) -> Floats:
    """Return equally likely values of a Beta law.

    Parameters
    ----------
    mean : float
        Between 0 and 1.
    weight : float
        Sum of its two shapes, over 0.
    count : int
        How many.

    Returns
    -------
    array of float64, shape (count,)
        Ascending.
    """
    levels = (np.arange(count) + 0.5) / count
    return np.asarray(betaincinv(mean * weight, (1.0 - mean) * weight, levels), np.float64)


def share_values(share: Interval, count: int) -> Floats:
    """Return equally likely values of a share that is known by an interval.

    Parameters
    ----------
    share : Interval
        Read as mean and spread of a Beta law; one without width is one value.
    count : int
        How many.

    Returns
    -------
    array of float64, shape (count,) or (1,)
        Ascending.
    """
    sd = (share.high - share.low) / (2.0 * normal_quantile(0.5 + share.level / 2.0))
    if sd < 1e-9:
        return np.array([share.median])
    mean = min(max(share.median, 1e-5), 1.0 - 1e-5)
    # A weight under 1 would pile the law up at 0 and 1.
    return beta_values(mean, max(mean * (1.0 - mean) / sd**2 - 1.0, 1.0), count)
