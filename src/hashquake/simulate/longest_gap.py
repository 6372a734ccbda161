"""The longest of n gaps, drawn in one step from its exact law.

Points thrown evenly on a line cut it into spacings; the longest of n is at most x of the whole
with probability sum over k of (-1)^k C(n, k) (1 - k x)^(n - 1). Few spacings are drawn one by one,
more are read from a table of the law's inverse. Source: key ``feller-1971`` in ``docs/refs.bib``.
"""

from functools import lru_cache
from math import exp, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from hashquake.simulate.compiled import inner, kernel
from hashquake.simulate.draws import exponential
from hashquake.simulate.philox import Words

Floats = NDArray[np.float64]
FEW = 20
"""Up to so many spacings are drawn one by one."""
_LOW, _STEP, _SCORES = -2.7, 0.3, 130
_SIZES, _LEAST, _MOST = 48, 12, 2048
_FIRST_SIZE, _PER_SIZE = log(_LEAST), (_SIZES - 1) / (log(_MOST) - log(_LEAST))
_PER_SCORE = 1.0 / _STEP
_TERMS = 48
_ROUNDS = 9
_SMALL = 2e-3


@lru_cache(maxsize=1)
def gap_table() -> Floats:
    """Tabulate what the longest spacing differs from its limiting Gumbel law.

    Returns
    -------
    array of float64, shape (48, 130)
        By the logarithm of the number of spacings and by the Gumbel score: n times the longest
        spacing, less log n, less the score.
    """
    n = np.exp(np.linspace(log(_LEAST), log(_MOST), _SIZES))[:, None]
    score = (_LOW + _STEP * np.arange(_SCORES))[None, :]
    x = np.clip((score + np.log(n)) / n, 0.3 / n, 0.97)
    for _ in range(_ROUNDS):
        above, density = _survival(n, x)
        above = np.clip(above, 1e-300, 1 - 1e-15)
        left = -np.log1p(-above)
        move = (-np.log(left) - score) * left * (1 - above) / np.maximum(density, 1e-300)
        x = np.clip(x - np.clip(move, -0.3 * x, 0.5 * (1 - x)), 0.2 / n, 1 - 1e-12)
    table: Floats = np.ascontiguousarray(n * x - np.log(n) - score)
    return table


def _survival(n: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Give the probability that the longest of n spacings exceeds x, and its density."""
    above, density = np.zeros(np.broadcast(n, x).shape), np.zeros(np.broadcast(n, x).shape)
    for k in range(1, _TERMS + 1):
        room = np.maximum(1 - k * x, 0.0)
        with np.errstate(divide="ignore"):
            choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0) + 1)
            term = np.where((room > 0) & (n >= k), np.exp(choose + (n - 1) * np.log(room)), 0.0)
        sign = 1.0 if k % 2 else -1.0
        above += sign * term
        density += sign * k * (n - 1) * term / np.maximum(room, 1e-300)
    return above, density


@kernel
def longest_share(stream: Words, n: int, table: Floats) -> float:
    """Draw the longest of `n` spacings as a share of the whole.

    Parameters
    ----------
    stream : array of uint64
        The luck.
    n : int
        How many spacings, 1 or more.
    table : array of float64
        From `gap_table`.
    """
    if n <= FEW:
        whole = longest = 0.0
        for _ in range(n):
            one = exponential(stream)
            whole += one
            longest = max(longest, one)
        return longest / whole
    score = -log(exponential(stream))
    size = log(n)
    row = (size - _FIRST_SIZE) * _PER_SIZE
    column = (score - _LOW) * _PER_SCORE
    i = min(max(int(row), 0), _SIZES - 2)
    j = min(max(int(column), 0), _SCORES - 2)
    a, b = min(row - i, 1.0), min(max(column - j, 0.0), 1.0)
    upper = (1 - b) * table[i, j] + b * table[i, j + 1]
    lower = (1 - b) * table[i + 1, j] + b * table[i + 1, j + 1]
    found: float = (score + size + (1 - a) * upper + a * lower) / n
    return found


@inner
def first_of(stream: Words, n: int) -> float:
    """Draw the share of a stretch before the first of `n` points thrown on it."""
    x = exponential(stream) / n
    if x < _SMALL:
        # The series to the fourth power is exact to the last digit here, and quicker.
        return x * (1.0 - x * (0.5 - x * (1.0 / 6.0 - x * (1.0 / 24.0 - x / 120.0))))
    return 1.0 - exp(-x)
