"""The posterior density of exposures in one episode, with its gradient.

What is not known stands in one vector: the log rates every pool would have had (S a pool), the
bias of each pool's own reports where there are any, the logit of each pool's exposure to each
place, the logit of each event's completeness and of each place's share of the network.
"""

from math import exp, inf, lgamma, log, log1p
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel

Floats = NDArray[np.float64]
LEAST_MEAN = 1e-6
UNTOLD_SD = 0.5
"""A place whose share is less sure than this, on the logit scale, counts as told by no map."""
_LEAST_LEFT = 1e-4
_TAIL = 5.0
"""Degrees of freedom of the reports' errors, four, plus one."""


class Data(NamedTuple):
    """What is known of an episode, as kernels take it.

    P pools, J segments, E events, K places, S = J columns of rates, or J + 1 with reports. What
    pools lean to a place, weighed by their shares, sums to nothing: homes move exposures from pool
    to pool and leave the place its share of the whole.
    """

    n_blocks: Floats
    exposure: Floats
    dark: Floats
    place_of: NDArray[np.int64]
    rate_mean: Floats
    rate_precision: Floats
    reported: Floats
    report_scale: Floats
    lean: Floats
    map_logit: Floats
    map_sd: Floats
    complete_logit: Floats
    complete_sd: Floats


class Hyper(NamedTuple):
    """What all episodes have in common: concentration of exposures, pull of a pool's home."""

    concentration: float
    pull: float


class Parts(NamedTuple):
    """Where the parts of the vector begin."""

    bias: int
    exposure: int
    complete: int
    place: int
    end: int


@kernel
def parts_of(data: Data) -> Parts:
    """Return where the parts of the vector begin."""
    n_pools, n_rates = data.rate_mean.shape
    n_reports = n_pools if n_rates > len(data.exposure) else 0
    bias = n_pools * n_rates
    exposure = bias + n_reports
    complete = exposure + n_pools * data.lean.shape[1]
    place = complete + len(data.dark)
    return Parts(bias, exposure, complete, place, place + data.lean.shape[1])


@kernel
def product(columns: Floats, vector: Floats) -> Floats:
    """Multiply a matrix, given column by column, with a vector.

    Matrices here are so small that a linear algebra library loses more time by waking its threads
    than it gains by them.
    """
    total = np.zeros(columns.shape[1])
    for j in range(len(columns)):
        for i in range(columns.shape[1]):
            total[i] += columns[j, i] * vector[j]
    return total


@kernel
def digamma(x: float) -> float:
    """Return the derivative of the log of the gamma function, for x over 0."""
    shift = 0.0
    while x < 6.0:
        shift -= 1.0 / x
        x += 1.0
    square = 1.0 / (x * x)
    series = square * (
        1.0 / 12.0 - square * (1.0 / 120.0 - square * (1.0 / 252.0 - square / 240.0))
    )
    return shift + log(x) - 0.5 / x - series


@kernel
def logistic(x: float) -> float:
    """Return the share whose logit is x."""
    return 1.0 / (1.0 + exp(-x)) if x > -700.0 else 0.0


@kernel
def mean_exposure(data: Data, hyper: Hyper, place_logit: float, pool: int, place: int) -> float:
    """Return the mean of a pool's exposure to a place, before any block."""
    mean = logistic(place_logit + hyper.pull * data.lean[pool, place])
    return min(max(mean, LEAST_MEAN), 1.0 - LEAST_MEAN)


@kernel
def log_exposure_prior(data: Data, hyper: Hyper, vector: Floats) -> float:
    """Return the log density of the exposures to places on a map, given what episodes share.

    A place that no map tells learns from the others and teaches them nothing: its pools' zeros
    say that hardly anybody mines there, not how alike pools are elsewhere.
    """
    at = parts_of(data)
    n_pools, n_places = data.lean.shape
    total = 0.0
    for pool in range(n_pools):
        for place in range(n_places):
            if data.map_sd[place] > UNTOLD_SD:
                continue
            mean = mean_exposure(data, hyper, vector[at.place + place], pool, place)
            a, b = hyper.concentration * mean, hyper.concentration * (1.0 - mean)
            logit = vector[at.exposure + pool * n_places + place]
            total += lgamma(a + b) - lgamma(a) - lgamma(b)
            total -= a * _softplus(-logit) + b * _softplus(logit)
    return total


@kernel
def log_density(data: Data, hyper: Hyper, vector: Floats, slope: Floats) -> float:
    """Return the log posterior density up to a constant, and fill its gradient.

    Parameters
    ----------
    data, hyper : Data, Hyper
        What is known, and what is held.
    vector, slope : array of float, shape (d,)
        Where, and the gradient to be filled.

    Returns
    -------
    float
        Minus infinity where no hash rate would be left.
    """
    at = parts_of(data)
    slope[:] = 0.0
    away = vector[: at.bias] - data.rate_mean.ravel()
    pull = product(data.rate_precision, away)
    total: float = -0.5 * np.sum(away * pull)
    slope[: at.bias] = -pull
    total += _normal(vector, slope, at.complete, data.complete_logit, data.complete_sd)
    total += _normal(vector, slope, at.place, data.map_logit, data.map_sd)
    complete = np.empty(len(data.dark))
    for event in range(len(complete)):
        complete[event] = logistic(vector[at.complete + event])
    exposed = np.empty(data.lean.shape[1])
    for pool in range(len(data.rate_mean)):
        total += _exposure(data, hyper, pool, vector, slope, exposed)
        total += _before(data, pool, vector, slope)
        total += _counts(data, pool, vector, slope, exposed, complete)
    return total


@kernel
def _normal(vector: Floats, slope: Floats, begin: int, mean: Floats, sd: Floats) -> float:
    """Return the log density of logits believed to be normal."""
    total = 0.0
    for k in range(len(mean)):
        error = (vector[begin + k] - mean[k]) / sd[k]
        total -= 0.5 * error * error
        slope[begin + k] -= error / sd[k]
    return total


@kernel
def _exposure(
    data: Data, hyper: Hyper, pool: int, vector: Floats, slope: Floats, exposed: Floats
) -> float:
    """Return the log density of a pool's exposures, and fill them in."""
    at = parts_of(data)
    n_places = len(exposed)
    total = 0.0
    for place in range(n_places):
        here = at.exposure + pool * n_places + place
        exposed[place] = logistic(vector[here])
        mean = mean_exposure(data, hyper, vector[at.place + place], pool, place)
        a, b = hyper.concentration * mean, hyper.concentration * (1.0 - mean)
        low, high = _softplus(-vector[here]), _softplus(vector[here])
        total += lgamma(a + b) - lgamma(a) - lgamma(b) - a * low - b * high
        slope[here] += a - hyper.concentration * exposed[place]
        by_mean = hyper.concentration * (digamma(b) - digamma(a) - low + high)
        slope[at.place + place] += by_mean * mean * (1.0 - mean)
    return total


@kernel
def _before(data: Data, pool: int, vector: Floats, slope: Floats) -> float:
    """Return the log density of a pool's bias and of its report from before the first onset."""
    at = parts_of(data)
    if at.bias == at.exposure:
        return 0.0
    here, own = pool * data.rate_mean.shape[1], at.bias + pool
    bias = float(vector[own])
    slope[own] -= bias
    told: float = _report(data, pool, 0, vector[here] + bias, slope, here, own)
    return told - 0.5 * bias * bias


@kernel
def _counts(
    data: Data, pool: int, vector: Floats, slope: Floats, exposed: Floats, complete: Floats
) -> float:
    """Return the log density of a pool's blocks and reports in the dark segments."""
    at = parts_of(data)
    n_rates, n_segments, n_places = data.rate_mean.shape[1], len(data.exposure), len(exposed)
    first = n_rates - n_segments
    total = 0.0
    for segment in range(n_segments):
        left = 1.0
        for event in range(len(complete)):
            left -= complete[event] * data.dark[event, segment] * exposed[data.place_of[event]]
        if left < _LEAST_LEFT:
            return -inf
        here = pool * n_rates + first + segment
        whole = data.exposure[segment] * exp(vector[here])
        n = data.n_blocks[pool, segment]
        total += n * (vector[here] + log(left)) - whole * left
        slope[here] += n - whole * left
        by_left = n / left - whole
        if first:
            told = vector[here] + log(left) + vector[at.bias + pool]
            before = slope[here]
            total += _report(data, pool, segment + 1, told, slope, here, at.bias + pool)
            by_left += (slope[here] - before) / left
        for event in range(len(complete)):
            place = data.place_of[event]
            moved = by_left * data.dark[event, segment] * complete[event] * exposed[place]
            slope[at.exposure + pool * n_places + place] -= moved * (1.0 - exposed[place])
            slope[at.complete + event] -= moved * (1.0 - complete[event])
    return total


@kernel
def _report(
    data: Data, pool: int, column: int, told: float, slope: Floats, rate: int, bias: int
) -> float:
    """Return the log density of a report, Student's t with four degrees of freedom."""
    reported = data.reported[pool, column]
    if np.isnan(reported):
        return 0.0
    error = reported - told
    wide = (_TAIL - 1.0) * data.report_scale[pool, column] ** 2
    by_told = _TAIL * error / (wide + error * error)
    slope[rate] += by_told
    slope[bias] += by_told
    return -0.5 * _TAIL * log1p(error * error / wide)


@kernel
def _softplus(x: float) -> float:
    return x + log1p(exp(-x)) if x > 0.0 else log1p(exp(x))
