"""The longest of n gaps, drawn in one step from its exact law.

Points thrown evenly on a line cut it into spacings; the longest of n is at most x of the whole
with probability sum over k of (-1)^k C(n, k) (1 - k x)^(n - 1). Few spacings are drawn one by one,
more are read from a table of the law's inverse. Source: key ``feller-1971`` in ``docs/refs.bib``.
"""

from functools import lru_cache
from math import exp, inf, lgamma, log, log1p

import numpy as np
from numpy.typing import NDArray

from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.forward.compiled import leaf
from hashquake.forward.draws import exponential, uniform
from hashquake.forward.philox import Words

Floats = NDArray[np.float64]
FEW = 20
"""Up to so many spacings are drawn one by one."""
_LOW, _STEP, _SCORES = -2.7, 0.3, 130
_SIZES, _LEAST, _MOST = 48, 12, 2048
_FIRST_SIZE, _PER_SIZE = log(_LEAST), (_SIZES - 1) / (log(_MOST) - log(_LEAST))
_PER_SCORE = 1.0 / _STEP
_TERMS = 48
_ROUNDS = 9
_SMALL = 0.05
_LOGS = np.log(np.arange(1.0, EPOCH_BLOCKS + 1.0))


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
    """Return the probability that the longest of n spacings exceeds x, and its density."""
    above, density = np.zeros(np.broadcast(n, x).shape), np.zeros(np.broadcast(n, x).shape)
    for k in range(1, _TERMS + 1):
        room = np.maximum(1 - k * x, 0.0)
        choose = np.vectorize(_log_choose, otypes=[float])(n, k)
        with np.errstate(divide="ignore"):
            term = np.where(room > 0, np.exp(choose + (n - 1) * np.log(room)), 0.0)
        sign = 1.0 if k % 2 else -1.0
        above += sign * term
        density += sign * k * (n - 1) * term / np.maximum(room, 1e-300)
    return above, density


def _log_choose(n: float, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) if n >= k else -inf


@leaf
def longest_share(stream: Words, n: int, table: Floats) -> float:
    """Draw the longest of `n` spacings as a share of the whole.

    Parameters
    ----------
    stream : array of uint64
        Source of randomness.
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
    return _inverse(-log(exponential(stream)), n, table)


@leaf
def longest_over(stream: Words, n: int, least: float, table: Floats, spacings: Floats) -> float:
    """Draw the longest of `n` spacings where it exceeds `least`; 0 where it does not.

    The chance that some spacing exceeds a length is at most the sum of each one's chance,
    ``n (1 - least)^(n - 1)``. Only as often need anything be drawn, which spares most of the work
    when many short stretches follow a long gap.

    Parameters
    ----------
    stream, n, table
        As for `longest_share`.
    least : float
        A share of the whole.
    spacings : array of float64, shape (FEW,)
        Overwritten.
    """
    if least >= 1.0:
        return 0.0
    if n > FEW:
        # The same bound, made simpler by (1 - x) < exp(-x), on the logarithm of the rank.
        rank = exponential(stream)
        if rank <= (n - 1) * least - _LOGS[n - 1]:
            return 0.0
        longest = _inverse(-log(-log1p(-exp(-rank))), n, table)
        return longest if longest > least else 0.0
    likely = n * (1.0 - least) ** (n - 1)
    if uniform(stream) >= likely:
        return 0.0
    if likely >= 1.0 or n == 1:
        longest = longest_share(stream, n, table)
        return longest if longest > least else 0.0
    # One spacing, any, exceeds; the rest is split evenly. Cases in which k exceed come up k times
    # too often, once for each of them, so that one in k of them counts.
    longest = least + (1.0 - least) * first_of(stream, n - 1)
    whole, left, exceed = 0.0, 1.0 - longest, 1
    for at in range(n - 1):
        spacings[at] = exponential(stream)
        whole += spacings[at]
    for at in range(n - 1):
        one = spacings[at] / whole * left
        exceed += 1 if one > least else 0
        longest = max(longest, one)
    return longest if exceed == 1 or uniform(stream) * exceed < 1.0 else 0.0


@leaf
def _inverse(score: float, n: int, table: Floats) -> float:
    """Return the longest spacing at a Gumbel score, by the table."""
    size = _LOGS[n - 1]
    row = (size - _FIRST_SIZE) * _PER_SIZE
    column = (score - _LOW) * _PER_SCORE
    i = min(max(int(row), 0), _SIZES - 2)
    j = min(max(int(column), 0), _SCORES - 2)
    a, b = min(row - i, 1.0), min(max(column - j, 0.0), 1.0)
    upper = (1 - b) * table[i, j] + b * table[i, j + 1]
    lower = (1 - b) * table[i + 1, j] + b * table[i + 1, j + 1]
    found: float = (score + size + (1 - a) * upper + a * lower) / n
    return found


@leaf
def first_of(stream: Words, n: int) -> float:
    """Draw the share of a stretch before the first of `n` points thrown on it.

    Parameters
    ----------
    stream : array of uint64, shape (STREAM_WORDS,)
        Moved on.
    n : int
        At least 1.
    """
    x = exponential(stream) / n
    if x < _SMALL:
        # The series to the eighth power is exact to the last digit here, and quicker; by twos, so
        # that the processor need not wait for each product.
        square = x * x
        tail = 1.0 / 120.0 - x / 720.0 + square * (1.0 / 5_040.0 - x / 40_320.0)
        return x * (1.0 - 0.5 * x + square * (1.0 / 6.0 - x / 24.0 + square * tail))
    return 1.0 - exp(-x)
