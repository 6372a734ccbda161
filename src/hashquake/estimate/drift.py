"""How far hash rate wanders of itself between two windows, with nothing to be explained.

Outside events the logarithm of the network's hash rate behaves like a random walk with a short
transient on top; the two constants were measured on the bundled record. Pools walk faster, for
machines change pool.
"""

from math import exp, sqrt

from hashquake.core.times import DAY_S
from hashquake.core.window import Window

NETWORK_WALK = 0.009
"""Standard deviation of the network's log rate after a day; it grows as the root of time."""
POOL_WALK = 0.035
"""The same for one pool, as measured on the bundled record: with it, chance alone shows one of ten
pools as fallen in 1 to 6 of 100 windows of five days, however fast their network drifts."""
TRANSIENT_LOG = 0.02
"""Standard deviation of the short transient about the walk."""
TRANSIENT_S = 0.7 * DAY_S
"""Time constant of the transient, seconds."""


def drift_sd(window: Window, reference: Window, *, walk: float) -> float:
    """Return the standard deviation of the log ratio of two mean hash rates when nothing happened.

    The difference between the means of a random walk over two stretches of length a and b, a gap g
    apart, has the variance ``walk**2 (a / 3 + g + b / 3)``; the transient's means add their own.

    Parameters
    ----------
    window, reference : Window
        Without a common instant.
    walk : float
        `NETWORK_WALK` or `POOL_WALK`, per square-root day.

    Returns
    -------
    float
        Dimensionless, of the natural logarithm.
    """
    gap_s = max(window.start_s - reference.end_s, reference.start_s - window.end_s, 0.0)
    walked_s = gap_s + (window.duration_s + reference.duration_s) / 3.0
    transients = _transient_variance(window.duration_s) + _transient_variance(reference.duration_s)
    return sqrt(walk**2 * walked_s / DAY_S + transients)


def _transient_variance(duration_s: float) -> float:
    """Return the variance of the mean of an Ornstein-Uhlenbeck process over a stretch."""
    x = duration_s / TRANSIENT_S
    return TRANSIENT_LOG**2 * 2.0 * (x - 1.0 + exp(-x)) / x**2
