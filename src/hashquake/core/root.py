"""The root of a function between two limits, by Brent's method.

SciPy's optimisation takes longer to load than most questions take, so only a root that is sought
loads it.
"""

from collections.abc import Callable
from sys import float_info


def root(
    function: Callable[[float], float],
    low: float,
    high: float,
    *,
    xtol: float = 2e-12,
    rtol: float = 4.0 * float_info.epsilon,
) -> float:
    """Return where a function is zero; see `scipy.optimize.brentq`.

    Parameters
    ----------
    function : callable
        Continuous, with values of different signs at the limits.
    low, high : float
        The limits.
    xtol, rtol : float
        How far off the root may be, absolutely and as a share of it.
    """
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=xtol, rtol=rtol))
