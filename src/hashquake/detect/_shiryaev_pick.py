"""From the evidence for each start to a pick: when it began and how much is left."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from hashquake.core.interval import Interval
from hashquake.core.mixture import mixture_quantile
from hashquake.core.window import Window

Floats = NDArray[np.float64]
LEVEL = 0.9
_LEAST_S = 1.0


def log_weights(starts: Floats) -> Floats:
    """Turn the evidence for starts into probabilities, newest first.

    Parameters
    ----------
    starts : array of float, shape (4, m)
        As the kernel gives them: row 0 holds log weights, NaN where a start is not allowed.

    Returns
    -------
    array of float, shape (m,)
        Sums to 1.
    """
    raw = np.where(np.isnan(starts[0]), -np.inf, starts[0])
    return np.asarray(np.exp(raw - logsumexp(raw)))


def onset_window(starts: Floats, weights: Floats, *, detected_s: float) -> Window:
    """Return the 90 % interval of the onset.

    Parameters
    ----------
    starts, weights : array of float, shape (4, m) and (m,)
        Starts and their probabilities, newest first.
    detected_s : float
        The end of what can be the onset.
    """
    allowed = weights > 0.0
    times, chance = starts[1][allowed], weights[allowed]
    # Each start stands for the stretch from its own block to that of the next newer start.
    newer = np.concatenate([[detected_s], times[:-1]])
    below = np.cumsum(chance)
    tail = (1.0 - LEVEL) / 2.0
    newest = int(np.searchsorted(below, tail))
    oldest = min(int(np.searchsorted(below, 1.0 - tail)), len(times) - 1)
    start_s = float(times[oldest])
    return Window(start_s=start_s, end_s=max(float(newer[newest]), start_s + _LEAST_S))


def remaining_share(starts: Floats, weights: Floats) -> Interval:
    """Return the hash rate after over before: a mixture of log-normals over the starts.

    Biased towards large drops, since only what looked large was picked; to be estimated again
    at review.

    Parameters
    ----------
    starts, weights : array of float, shape (4, m) and (m,)
        Rows 2 and 3 of `starts` hold mean and variance of the log share.
    """
    allowed = weights > 0.0
    mean, sd = starts[2][allowed], np.sqrt(starts[3][allowed])
    chance = weights[allowed]

    def quantile(level: float) -> float:
        return float(np.exp(mixture_quantile(mean, sd, chance, level)))

    tail = (1.0 - LEVEL) / 2.0
    return Interval(
        median=quantile(0.5), low=quantile(tail), high=quantile(1.0 - tail), level=LEVEL
    )
