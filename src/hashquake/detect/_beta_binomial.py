"""Beta-binomial likelihoods for numba kernels: what a drifting share says of the next blocks.

A share known as Beta(a, b) is widened or moved on the log-odds scale by keeping the ratio a / b
(times the odds ratio) and choosing the size for the variance 1 / a + 1 / b. Both the baseline and
the alternative stay proper distributions of sequences of blocks, so their ratio is a likelihood
ratio.
"""

from math import log, pi

from hashquake.core.kernels import kernel

_HALF_LOG_2PI = 0.5 * log(2.0 * pi)


@kernel
def log_gamma(x: float) -> float:
    """Compute the log of the gamma function for x > 0, to eight digits.

    Shifted Stirling series: several times faster than the library's inside a kernel.

    Parameters
    ----------
    x : float
        Above 0.
    """
    shift = 1.0
    while x < 7.0:
        shift *= x
        x += 1.0
    inverse = 1.0 / x
    square = inverse * inverse
    series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1260.0))
    return float((x - 0.5) * log(x) - x + _HALF_LOG_2PI + series - log(shift))


@kernel
def log_beta(a: float, b: float) -> float:
    """Compute the log of the beta function.

    Parameters
    ----------
    a, b : float
        Above 0.
    """
    return float(log_gamma(a) + log_gamma(b) - log_gamma(a + b))


@kernel
def moved(a: float, b: float, odds_ratio: float, more_variance: float) -> tuple[float, float]:
    """Move a share's odds by a factor and widen it by a variance on the log-odds scale.

    >>> moved(20.0, 80.0, 1.0, 0.0)
    (20.0, 80.0)

    Parameters
    ----------
    a, b : float
        Shape parameters of the Beta law, above 0.
    odds_ratio : float
        Factor on the odds, above 0.
    more_variance : float
        Variance added on the log-odds scale, from 0.
    """
    odds = odds_ratio * a / b
    b_new = (1.0 + 1.0 / odds) / (1.0 / a + 1.0 / b + more_variance)
    return odds * b_new, b_new


@kernel
def log_marginal(a: float, b: float, hits: float, others: float) -> float:
    """Compute the log probability of one order of hits and others under Beta(a, b).

    Parameters
    ----------
    a, b : float
        Shape parameters of the Beta law, above 0.
    hits, others : float
        Counts, from 0; they need not be whole.
    """
    return float(log_beta(a + hits, b + others) - log_beta(a, b))
