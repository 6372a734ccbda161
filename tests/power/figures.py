"""A figure that was measured, with its standard error and what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured figure.

    Parameters
    ----------
    value : float
        The figure.
    error : float
        Its standard error.
    n : int
        How many alarms, trials or forecasts it rests on.
    """

    value: float
    error: float
    n: int


def share(hits: Sequence[bool], groups: Sequence[int] | None = None) -> Figure:
    """Return the share of trials in which something holds.

    Parameters
    ----------
    hits : sequence of bool, shape (n,)
        The trials.
    groups : sequence of int, shape (n,), or None
        Which chain each trial is of: trials of one chain may hold together, and the standard error
        is then that of the means of chains where it is larger.
    """
    values = np.array(hits, np.float64)
    mean = float(values.mean())
    # Half a trial is added either way, so that no error is 0.
    smoothed = (values.sum() + 0.5) / (len(values) + 1.0)
    error = float(np.sqrt(smoothed * (1.0 - smoothed) / len(values)))
    if groups is not None:
        labels = np.unique(groups)
        sums = np.array([(values - mean)[np.array(groups) == label].sum() for label in labels])
        between = np.sqrt((sums**2).sum() * len(labels) / (len(labels) - 1)) / len(values)
        # A few chains may agree by chance; they cannot tell more than as many single trials.
        error = max(error, float(between))
    return Figure(value=mean, error=error, n=len(values))


def mean(values: Sequence[float]) -> Figure:
    """Return the mean of independent values."""
    array = np.array(values, np.float64)
    error = float(array.std(ddof=1) / np.sqrt(len(array)))
    return Figure(value=float(array.mean()), error=error, n=len(array))


def rate(count: int, years: float) -> Figure:
    """Return how often something happens a year; half an event stands for none."""
    return Figure(value=count / years, error=max(count, 0.5) ** 0.5 / years, n=count)


def percent(figure: Figure) -> Figure:
    """Return a share in percent."""
    return Figure(value=100.0 * figure.value, error=100.0 * figure.error, n=figure.n)
