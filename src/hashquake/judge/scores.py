"""How good a forecast was: proper scores and the probability integral transform.

Source: Gneiting and Raftery 2007, key ``gneiting-raftery-2007``; randomised PIT for counts: Czado,
Gneiting and Held 2009, key ``czado-gneiting-held-2009``; both in ``docs/refs.bib``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, kolmogorov

Floats = NDArray[np.float64]


def crps_of_quantiles(levels: Floats, quantiles: Floats, truth: float) -> float:
    """Return the continuous ranked probability score of a forecast known by many quantiles.

    Parameters
    ----------
    levels : array of float64, shape (q,)
        Equidistant probabilities ``(i + 0.5) / q``.
    quantiles : array of float64, shape (q,)
        Of the forecast.
    truth : float
        What happened.

    Returns
    -------
    float
        In the unit of the quantity; smaller is better. It is twice the mean pinball loss, and
        the absolute error when all quantiles are one number. Computed by scoringrules.

    Examples
    --------
    >>> crps_of_quantiles(np.array([0.25, 0.75]), np.array([3.0, 3.0]), 5.0)
    2.0
    """
    from scoringrules import crps_quantile  # noqa: PLC0415  loads slowly, and only here

    return float(crps_quantile(truth, quantiles, levels))


def negative_binomial_log_score(
    blocks: NDArray[np.int64], shape: Floats, rate_exposure: Floats, exposure: Floats
) -> Floats:
    """Return the log score of counts when the rate has a Gamma distribution.

    Parameters
    ----------
    blocks : array of int64, shape (n,)
        Counts that came.
    shape, rate_exposure : array of float64, shape (n,)
        Of the Gamma distribution: shape, and rate in the unit of exposure.
    exposure : array of float64, shape (n,)
        Over which the counts came.

    Returns
    -------
    array of float64, shape (n,)
        Log probabilities; larger is better.
    """
    total = rate_exposure + exposure
    score: Floats = (
        gammaln(shape + blocks)
        - gammaln(shape)
        - gammaln(blocks + 1.0)
        + shape * np.log(rate_exposure / total)
        + blocks * np.log(exposure / total)
    )
    return score


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniformity:
    """How uniform a set of PIT values is.

    Parameters
    ----------
    n : int
        Number of values.
    distance : float
        Largest gap between their distribution and the uniform one (Kolmogorov-Smirnov).
    p_value : float
        Chance of a larger gap were they uniform, and as many as are independent.
    tenths : tuple of float
        Share of the values in each tenth of the unit interval; 0.1 each at best.
    central_share : float
        Share between 0.05 and 0.95: the coverage of the central 90 % interval.
    """

    n: int
    distance: float
    p_value: float
    tenths: tuple[float, ...]
    central_share: float


def randomised_pit(below: Floats, at_most: Floats, draws: Floats) -> Floats:
    """Return the PIT of counts, the jump at each count spread by a uniform draw.

    Parameters
    ----------
    below, at_most : array of float64, shape (n,)
        Predicted probability of fewer than, and of at most, the count that came.
    draws : array of float64, shape (n,)
        Uniform on [0, 1).
    """
    return below + draws * (at_most - below)


def uniformity(pit: Floats, *, independent: float | None = None) -> Uniformity:
    """Measure how uniform PIT values are.

    Parameters
    ----------
    pit : array of float64, shape (n,)
        Between 0 and 1.
    independent : float or None
        How many independent values they amount to; forecasts that overlap are worth as many as
        fit side by side. None for all of them.
    """
    n = len(pit)
    ordered = np.sort(pit)
    steps = np.arange(n + 1) / n
    distance = float(max(np.max(steps[1:] - ordered), np.max(ordered - steps[:-1])))
    tenths = np.histogram(pit, 10, (0.0, 1.0))[0] / n
    return Uniformity(
        n=n,
        distance=distance,
        p_value=float(kolmogorov(distance * np.sqrt(n if independent is None else independent))),
        tenths=tuple(tenths.tolist()),
        central_share=float(np.mean((pit > 0.05) & (pit < 0.95))),
    )
