"""Exact quantiles for what is counted: a rate, the ratio of two rates, a share, a waiting time.

Two constructions, chosen by the number of blocks. From `FEW_BLOCKS` on, the neutral prior of a
third of an event: its intervals cover what they promise to within a point whichever of the usual
priors the rate comes from, and its median is the plain estimate. Below, the exact intervals
(Garwood; Clopper and Pearson), which never cover less than they promise, at the price of being
long. ``docs/theory/window.md`` has the measured coverage of both, and why not Jeffreys' half.

Source: keys ``garwood-1936``, ``clopper-pearson-1934``, ``kerman-2011``,
``przyborowski-wilenski-1940`` in ``docs/refs.bib``.
"""

from functools import lru_cache
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincc, betaincinv, gammaincinv

from hashquake.core.errors import UsageError
from hashquake.core.interval import QUANTILE_LEVELS, Quantiles

FEW_BLOCKS = 5
"""Under so many, intervals are the exact conservative ones."""
_NEUTRAL = 1 / 3


def rate_quantiles(n_events: float, exposure: float) -> Quantiles:
    """Return the quantiles of a Poisson rate from the events seen in a fixed exposure.

    Parameters
    ----------
    n_events : float
        Events seen, 0 or more; not whole where events of unequal weight count as so many equal
        ones.
    exposure : float
        What the rate is per, over 0.

    Returns
    -------
    Quantiles
        In events per unit of exposure.

    Raises
    ------
    UsageError
        ``count-negative`` or ``exposure-empty``.

    Examples
    --------
    >>> [round(value, 2) for value in rate_quantiles(10, 1.0).values]
    [5.03, 5.67, 8.02, 10.0, 12.28, 16.13, 17.52]
    """
    _check_count(n_events)
    _check_exposure(exposure)
    return _quantiles([value / exposure for value in _unit_quantiles(float(n_events))])


def rate_limits(
    n_events: NDArray[np.int64], exposure: NDArray[np.float64], *, level: float
) -> NDArray[np.float64]:
    """Return medians and limits of many rates at once; as `rate_quantiles`, without the others.

    Parameters
    ----------
    n_events : array of int64, shape (n,)
        Events seen, 0 or more.
    exposure : array of float64, shape (n,)
        What each rate is per, over 0.
    level : float
        0.5, 0.9 or 0.95.

    Returns
    -------
    array of float64, shape (3, n)
        Medians, lower and upper limits.

    Raises
    ------
    UsageError
        ``count-negative`` or ``exposure-empty``.
    """
    if not len(n_events):
        return np.empty((3, 0))
    _check_count(int(n_events.min()))
    _check_exposure(float(exposure.min()))
    levels = (0.5, 0.5 - level / 2, 0.5 + level / 2)
    wanted = [QUANTILE_LEVELS.index(round(one, 3)) for one in levels]
    numbers, place = np.unique(n_events, return_inverse=True)
    table = np.array([_unit_quantiles(float(n)) for n in numbers])[:, wanted]
    limits: NDArray[np.float64] = (table[place] / exposure[:, None]).T
    return limits


@lru_cache(maxsize=8192)
def _unit_quantiles(n_events: float) -> tuple[float, ...]:
    """Return the quantiles of a rate per unit of exposure."""
    values = []
    for level in QUANTILE_LEVELS:
        shape = n_events + prior_count(level, few=n_events < FEW_BLOCKS)
        values.append(float(gammaincinv(shape, level)) if shape > 0 else 0.0)
    return tuple(values)


def arrival_quantiles(n_intervals: int, exposure: float) -> Quantiles:
    """Return the quantiles of a rate from the exposure that a given number of intervals took.

    Here the count was fixed and the exposure is what varied, so rate times exposure is Gamma with
    the count as its shape and the intervals are exact at any count.

    Parameters
    ----------
    n_intervals : int
        Complete intervals between events, 1 or more.
    exposure : float
        Their sum, over 0.

    Raises
    ------
    UsageError
        ``count-negative`` or ``exposure-empty``.
    """
    if n_intervals < 1:
        raise UsageError("a rate between blocks needs at least two blocks", code="count-negative")
    _check_exposure(exposure)
    return _quantiles([float(gammaincinv(n_intervals, q)) / exposure for q in QUANTILE_LEVELS])


def share_quantiles(n_events: float, n_total: float) -> Quantiles:
    """Return the quantiles of the probability that an event is of one kind.

    Parameters
    ----------
    n_events, n_total : float
        Events of the kind; events in all, over 0. Not whole where events of unequal weight count
        as so many equal ones.

    Returns
    -------
    Quantiles
        0 to 1.

    Raises
    ------
    UsageError
        ``count-negative`` when the counts are impossible, ``exposure-empty`` with no event at all.
    """
    _check_count(n_events)
    _check_count(n_total - n_events)
    _check_exposure(n_total)
    others = n_total - n_events
    few = min(n_events, others) < FEW_BLOCKS
    values = []
    for level in QUANTILE_LEVELS:
        a, b = beta_counts(level, n_events, others, few=few)
        values.append(0.0 if a == 0 else 1.0 if b == 0 else float(betaincinv(a, b, level)))
    return _quantiles(values)


def ratio_quantiles(
    *, n_events: int, exposure: float, baseline_n_events: int, baseline_exposure: float
) -> Quantiles:
    """Return the quantiles of the ratio of two Poisson rates, the baseline's below the line.

    Given their sum, the first of two Poisson counts is binomial, with odds equal to the ratio of
    the rates times that of the exposures: nothing else of the unknown rates is left.

    Parameters
    ----------
    n_events, baseline_n_events : int
        Events in each, not both 0.
    exposure, baseline_exposure : float
        Exposure of each, over 0.

    Returns
    -------
    Quantiles
        Dimensionless; the upper ones are infinite when the baseline holds no event.

    Raises
    ------
    UsageError
        ``count-negative`` or ``exposure-empty``.
    """
    _check_exposure(exposure)
    _check_exposure(baseline_exposure)
    shares = share_quantiles(n_events, n_events + baseline_n_events)
    odds = baseline_exposure / exposure
    return _quantiles([inf if p == 1.0 else p / (1.0 - p) * odds for p in shares.values])


def ratio_p_value(
    *, n_events: int, exposure: float, baseline_n_events: int, baseline_exposure: float
) -> float:
    """Return the two-sided p-value of equal Poisson rates, by the law of `ratio_quantiles`.

    It is under 0.05 exactly when the 95 % interval of `ratio_quantiles` leaves out a ratio of 1,
    and so at every level: number and interval never contradict each other. With few events on
    either side it is the exact conditional test.

    Parameters
    ----------
    n_events, baseline_n_events : int
        Events counted, from 0.
    exposure, baseline_exposure : float
        How long, or how much, they were counted over; one unit for both, above 0.

    Raises
    ------
    UsageError
        ``count-negative`` or ``exposure-empty``.
    """
    _check_count(n_events)
    _check_count(baseline_n_events)
    _check_exposure(exposure)
    _check_exposure(baseline_exposure)
    probability = exposure / (exposure + baseline_exposure)
    lower, upper = ratio_tails(n_events, baseline_n_events, np.array([probability]))
    return min(1.0, 2.0 * min(float(lower[0]), float(upper[0])))


def ratio_tails(
    n_events: int, baseline_n_events: int, probability: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the weight of either side of a chance that an event falls to the first of two counts.

    Parameters
    ----------
    n_events, baseline_n_events : int
        The counts.
    probability : array of float64, shape (k,)
        Chances that an event falls to the first.

    Returns
    -------
    lower, upper : array of float64, shape (k,)
        Weight below, by the law of lower limits, and above, by that of upper limits: a lower
        limit at a level lies above the chance exactly where `lower` is under the level.
    """
    few = min(n_events, baseline_n_events) < FEW_BLOCKS
    a, b = beta_counts(0.0, n_events, baseline_n_events, few=few)
    lower = betainc(a, b, probability) if a > 0.0 else np.ones_like(probability)
    a, b = beta_counts(1.0, n_events, baseline_n_events, few=few)
    upper = betaincc(a, b, probability) if b > 0.0 else np.ones_like(probability)
    return lower, upper


def beta_counts(level: float, n_events: float, others: float, *, few: bool) -> tuple[float, float]:
    """Return the parameters of the beta law whose quantile at a level is the limit of a share.

    Parameters
    ----------
    level : float
        Of the limit, 0 to 1: 0.05 for the lower limit of a 90 % interval, 0.95 for the upper.
    n_events, others : float
        Events that count towards the share, and those that do not.
    few : bool
        Whether to use the limits for small counts; see `prior_count`.
    """
    prior = prior_count(level, few=few)
    return n_events + prior, others + (1.0 - prior if prior in (0.0, 1.0) else prior)


def prior_count(level: float, *, few: bool) -> float:
    """Return the events a quantile adds to those seen: a neutral third, or the exact 0 and 1.

    With few events the lower limits take the count as it is and the upper ones one more, which is
    how tails of a discrete law turn into tails of a continuous one without losing coverage.

    Parameters
    ----------
    level : float
        Of the quantile, 0 to 1.
    few : bool
        Whether the count is so small that exact limits are used.
    """
    if not few or level == 0.5:
        return _NEUTRAL
    return 0.0 if level < 0.5 else 1.0


def _check_count(n_events: float) -> None:
    if n_events < 0:
        raise UsageError(
            f"a count of events must be 0 or more, got {n_events}", code="count-negative"
        )


def _check_exposure(exposure: float) -> None:
    if not exposure > 0:
        raise UsageError(
            f"an exposure must be above 0, got {exposure}",
            code="exposure-empty",
            hint="take a longer window",
        )


def _quantiles(values: list[float]) -> Quantiles:
    a, b, c, d, e, f, g = values
    return Quantiles(values=(a, b, c, d, e, f, g))
