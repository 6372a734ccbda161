"""Exact samplers on a Philox stream: uniform, exponential, Binomial.

A ziggurat with 256 layers for the exponential, inversion and Hoermann's transformed rejection for
the Binomial. Source: keys ``marsaglia-tsang-2000-ziggurat``, ``hormann-1993`` in
``docs/refs.bib``.
"""

from math import exp, floor, lgamma, log, log1p, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.forward.compiled import leaf
from hashquake.forward.philox import Words, word

Floats = NDArray[np.float64]
_LAYERS = 256
_EXP_EDGE, _EXP_AREA = 7.69711747013104972, 0.0039496598225815571993
_UNIT = 2.0**-53
_HALF_UNIT = 2.0**-32
_FEW = 10.0
_LOG_FACTORIALS = np.array([lgamma(k + 1.0) for k in range(8_192)])
"""Enough for all blocks of four epochs."""


def _layers(edge: float, area: float) -> tuple[Floats, Floats]:
    """Return the ziggurat: right edges of the layers, and the density at them."""
    x = np.zeros(_LAYERS + 1)
    x[0], x[1] = area / exp(-edge), edge
    for at in range(2, _LAYERS):
        x[at] = -log(area / x[at - 1] + exp(-x[at - 1]))
    return x, np.exp(-x)


_EXP_X, _EXP_Y = _layers(_EXP_EDGE, _EXP_AREA)


@leaf
def uniform(stream: Words) -> float:
    """Draw from (0, 1): 53 bits, never 0 and never 1.

    Parameters
    ----------
    stream : array of uint64, shape (STREAM_WORDS,)
        Moved on.
    """
    return (np.int64(word(stream) >> np.uint64(11)) + 0.5) * _UNIT


@leaf
def _exponential_edge(stream: Words, layer: Any, x: float) -> float:
    """Decide a draw that fell outside the rectangle; below 0 means draw again."""
    if layer == 0:
        return _EXP_EDGE - log(uniform(stream))
    low, high = _EXP_Y[layer], _EXP_Y[layer + 1]
    return x if low + uniform(stream) * (high - low) < exp(-x) else -1.0


@leaf
def exponential(stream: Words) -> float:
    """Draw from the exponential law of mean 1.

    Parameters
    ----------
    stream : array of uint64, shape (STREAM_WORDS,)
        Moved on.
    """
    while True:
        bits = word(stream)
        layer = np.int64(bits & np.uint64(255))
        x: float = np.int64(bits >> np.uint64(11)) * _UNIT * _EXP_X[layer]
        if x < _EXP_X[layer + 1]:
            return x
        x = _exponential_edge(stream, layer, x)
        if x >= 0.0:
            return x


@leaf
def binomial(stream: Words, n: int, p: float) -> int:
    """Draw from the Binomial law; `p` outside [0, 1] is taken as the nearer end.

    Parameters
    ----------
    stream : array of uint64, shape (STREAM_WORDS,)
        Moved on.
    n : int
        Trials; none below 0.
    p : float
        Chance of each.
    """
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    rarer = p if p <= 0.5 else 1.0 - p
    k = _many(stream, n, rarer) if n * rarer >= _FEW else _few(stream, n, rarer)
    return k if p <= 0.5 else n - k


@leaf
def _few(stream: Words, n: int, p: float) -> int:
    """Walk up the probabilities from none."""
    odds, left = p / (1.0 - p), uniform(stream)
    chance, found = exp(n * log1p(-p)), 0
    while left > chance and found < n:
        left -= chance
        found += 1
        chance *= odds * (n - found + 1) / found
    return found


@leaf
def _try(stream: Words, a: float, b: float, centre: float) -> tuple[int, float, float]:
    """Propose a count; gives it, the room left of the hat and the height drawn below it."""
    # Two numbers of 32 bits each are enough to choose among a few thousand counts.
    bits = word(stream)
    u = (np.int64(bits >> np.uint64(32)) + 0.5) * _HALF_UNIT - 0.5
    v: float = (np.int64(bits & np.uint64(0xFFFFFFFF)) + 0.5) * _HALF_UNIT
    room = 0.5 - abs(u)
    return floor((2.0 * a / room + b) * u + centre), room, v


@leaf
def _many(stream: Words, n: int, p: float) -> int:
    """Accept at once four times in five; only the rest pays for a call."""
    spread = sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    k, room, v = _try(stream, a, b, n * p + 0.5)
    if room >= 0.07 and (0.92 - v) * b >= 4.2:
        return k
    return _on_the_edge(stream, n, p, spread, a, b, k, room, v)


@leaf
def _on_the_edge(
    stream: Words,
    n: int,
    p: float,
    spread: float,
    a: float,
    b: float,
    k: int,
    room: float,
    v: float,
) -> int:
    alpha, mode, odds = (2.83 + 5.1 / b) * spread, floor((n + 1) * p), p / (1.0 - p)
    while True:
        if 0 <= k <= n:
            height = log(v * alpha / (a / (room * room) + b))
            if height <= _log_ways(n, mode, k) + (k - mode) * log(odds):
                return k
        k, room, v = _try(stream, a, b, n * p + 0.5)
        if room >= 0.07 and (0.92 - v) * b >= 4.2:
            return k


@leaf
def _log_ways(n: int, mode: int, k: int) -> float:
    """Return the logarithm of n choose k over n choose mode."""
    if n < len(_LOG_FACTORIALS):
        logs = _LOG_FACTORIALS
        ways: float = logs[mode] + logs[n - mode] - logs[k] - logs[n - k]
        return ways
    return (
        (mode + 0.5) * log((mode + 1.0) / (n - mode + 1.0))
        + (n + 1.0) * log((n - mode + 1.0) / (n - k + 1.0))
        + (k + 0.5) * log((n - k + 1.0) / (k + 1.0))
        + _stirling(mode)
        + _stirling(n - mode)
        - _stirling(k)
        - _stirling(n - k)
    )


@leaf
def _stirling(k: int) -> float:
    """Return what Stirling's formula misses of log(k!), as the series from k + 1."""
    if k < 10:
        total, plain = 0.0, k + 1.0
        for factor in range(2, k + 1):
            total += log(factor)
        return total - (0.9189385332046727 + (k + 0.5) * log(plain) - plain)
    r = 1.0 / (k + 1.0)
    return (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 * r * r) * r * r) * r
