"""Quantiles of the rate from probability on a grid of log rates.

They are read once an answer, so this is NumPy and nothing that has to be compiled.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def read_quantiles(mass: Floats, origin: Ints, cell_log: float, levels_at: Floats) -> Floats:
    """Read quantiles of the rate, level and transient together.

    Parameters
    ----------
    mass : array of float64, shape (subjects, levels, transients)
        Probability.
    origin : array of int64, shape (subjects,)
        Where each grid starts.
    cell_log : float
        Width of a cell; inside it probability is spread evenly.
    levels_at : array of float64, shape (q,)
        Increasing probabilities.

    Returns
    -------
    array of float64, shape (subjects, q)
        Rates.
    """
    subjects, levels, transients = mass.shape
    sums = np.zeros((subjects, levels + transients - 1))
    for k in range(transients):
        sums[:, k : k + levels] += mass[:, :, k]
    below = np.zeros((subjects, sums.shape[1] + 1))
    np.cumsum(sums, axis=1, out=below[:, 1:])
    out = np.empty((subjects, len(levels_at)))
    for s in range(subjects):
        wanted = levels_at * below[s, -1]
        cell = np.minimum(np.searchsorted(below[s, 1:], wanted), sums.shape[1] - 1)
        inside = np.where(sums[s, cell] > 0.0, sums[s, cell], np.inf)
        part = np.where(np.isinf(inside), 0.5, (wanted - below[s, cell]) / inside)
        left = origin[s] - transients // 2 - 0.5
        out[s] = np.exp((left + cell + np.minimum(part, 1.0)) * cell_log)
    return out
