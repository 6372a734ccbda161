"""Readings of one series as values of equal steps: what a drawing and a table of them show."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hashquake.core.reading import Reading
from hashquake.core.window import Window


def step_means(
    readings: Sequence[Reading],
    values: Sequence[float],
    window: Window,
    step_s: float,
) -> NDArray[np.float64]:
    """Return the mean value of each step of a window, NaN where no reading is.

    A reading counts in each step whose middle it covers, and one that is shorter than a step in the
    step where its own middle lies.

    Parameters
    ----------
    readings : sequence of Reading
        Of one series.
    values : sequence of float, shape (n,)
        One a reading.
    window : Window
        What is cut into steps; the last step may reach beyond its end.
    step_s : float
        Length of a step, seconds.

    Returns
    -------
    ndarray of float64
        One value a step.
    """
    n = max(1, int(np.ceil(window.duration_s / step_s)))
    starts = (np.array([one.window.start_s for one in readings]) - window.start_s) / step_s
    ends = (np.array([one.window.end_s for one in readings]) - window.start_s) / step_s
    first, past = np.ceil(starts - 0.5), np.ceil(ends - 0.5)
    lone = past <= first
    first[lone] = np.floor((starts + ends) / 2)[lone]
    past[lone] = first[lone] + 1
    inside = (past > 0) & (first < n)
    first, past = np.clip(first, 0, n)[inside].astype(int), np.clip(past, 0, n)[inside].astype(int)
    known = np.array(values, dtype=float)[inside]
    count, total = np.zeros(n + 1), np.zeros(n + 1)
    for edge, sign in ((first, 1.0), (past, -1.0)):
        np.add.at(count, edge, sign)
        np.add.at(total, edge, sign * known)
    counts, totals = count.cumsum()[:n], total.cumsum()[:n]
    return np.where(counts > 0.5, totals / np.maximum(counts, 1.0), np.nan)
