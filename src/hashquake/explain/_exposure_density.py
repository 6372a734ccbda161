"""The posterior density of exposures in one episode, with its gradient.

What is not known stands in one vector: the log rates every pool would have had (S a pool), the
bias of each pool's own reports where there are any, the logit of each pool's exposure to each
place, the logit of each event's completeness and of each place's share of the network.

Kernels here are plain loops over single numbers: whole-array expressions cost the compiler up to a
second each, and a person waits for that on the first run.
"""

from math import exp, inf, log, log1p
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel as compiled

kernel = compiled(error_model="numpy", nogil=True)
Floats = NDArray[np.float64]
LEAST_MEAN = 1e-6
UNTOLD_SD = 0.5
"""A place whose share is less sure than this, on the logit scale, counts as stated by no map."""
_LEAST_LEFT = 1e-4
_HALF_LOG_TAU = 0.9189385332046727
_TAIL = 5.0
"""Degrees of freedom of the reports' errors, four, plus one."""


class Data(NamedTuple):
    """What is known of an episode, as kernels take it.

    P pools, J segments, E events, K places, S = J columns of rates, or J + 1 with reports.

    Parameters
    ----------
    n_blocks : array of float64, shape (P, J)
        Blocks found in each dark segment.
    exposure : array of float64, shape (J,)
        Time over work, in units in which the network finds one block at its rate before the onset.
    dark : array of float64, shape (E, J)
        Mean intensity of each event in each segment, 0 to 1.
    place_of : array of int64, shape (E,)
        The place each event strikes.
    rate_mean : array of float64, shape (P, S)
        Mean log rates the pools would have had, from the lit time alone.
    rate_precision : array of float64, shape (P S, P S)
        Inverse of their covariance, pool by pool.
    reported, report_scale : array of float64, shape (P, S)
        Log rates that pools reported, NaN where none did, and the scale of their errors.
    lean : array of float64, shape (P, K)
        How much a pool leans to a place, from its home. Weighed by the pools' shares it sums to 0:
        homes move exposures from pool to pool and leave the place its share of the whole.
    map_logit, map_sd : array of float64, shape (K,)
        Logit of each place's share of the network on the map, and its standard deviation.
    complete_logit, complete_sd : array of float64, shape (E,)
        Logit of the part of the place's machines that an event stops, and its standard deviation.
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
    """What all episodes have in common.

    Parameters
    ----------
    concentration : float
        Of the beta distribution of exposures round their mean: the larger, the more alike pools
        are.
    pull : float
        By how much a pool's home moves the logit of its exposure, for each unit of `Data.lean`.
    """

    concentration: float
    pull: float


class Parts(NamedTuple):
    """Where the parts of the vector begin; the first part, log rates, begins at 0.

    Parameters
    ----------
    bias : int
        Bias of each pool's reports; as `exposure` where there are no reports.
    exposure : int
        Logits of exposures, pool by pool.
    complete : int
        Logits of each event's completeness.
    place : int
        Logits of each place's share of the network.
    end : int
        Length of the vector.
    """

    bias: int
    exposure: int
    complete: int
    place: int
    end: int


@kernel
def parts_of(data: Data) -> Parts:
    """Return where the parts of the vector begin.

    Parameters
    ----------
    data : Data
        Its shapes are read.
    """
    n_pools, n_rates = data.rate_mean.shape
    n_reports = n_pools if n_rates > len(data.exposure) else 0
    bias = n_pools * n_rates
    exposure = bias + n_reports
    complete = exposure + n_pools * data.lean.shape[1]
    place = complete + len(data.dark)
    return Parts(bias, exposure, complete, place, place + data.lean.shape[1])


@kernel
def product(columns: Floats, vector: Floats, out: Floats) -> None:
    """Multiply a matrix, given column by column, with a vector.

    Matrices here are so small that a linear algebra library loses more time by waking its threads
    than it gains by them.

    Parameters
    ----------
    columns : array of float64, shape (n, m)
        The matrix transposed.
    vector : array of float64, shape (n,)
        What it is multiplied with.
    out : array of float64, shape (m,)
        Overwritten.
    """
    n, m = columns.shape
    for i in range(m):
        out[i] = 0.0
    whole = n - n % 4
    # Four columns at a time: the sum goes to memory and back a quarter as often.
    for j in range(0, whole, 4):
        a, b, c, d = vector[j], vector[j + 1], vector[j + 2], vector[j + 3]
        for i in range(m):
            first = columns[j, i] * a + columns[j + 1, i] * b
            out[i] += first + (columns[j + 2, i] * c + columns[j + 3, i] * d)
    for j in range(whole, n):
        for i in range(m):
            out[i] += columns[j, i] * vector[j]


@kernel
def log_gamma(x: float) -> tuple[float, float]:
    """Return the log of the gamma function and its derivative, for x over 0.

    Stirling's series where x is at least 8, where the terms left out are below 1e-12; a smaller x
    is brought there by the recurrence.

    Parameters
    ----------
    x : float
        Above 0.
    """
    rise, slope = 1.0, 0.0
    while x < 8.0:
        # The product of the steps and its derivative: one logarithm and one division for all.
        slope = slope * x + rise
        rise *= x
        x += 1.0
    each = 1.0 / x
    square = each * each
    value = 1.0 / 1260.0 - square * (1.0 / 1680.0 - square / 1188.0)
    value = each * (1.0 / 12.0 - square * (1.0 / 360.0 - square * value))
    falls = 1.0 / 252.0 - square * (1.0 / 240.0 - square / 132.0)
    falls = square * (1.0 / 12.0 - square * (1.0 / 120.0 - square * falls))
    log_x = log(x)
    value += (x - 0.5) * log_x - x + _HALF_LOG_TAU - log(rise)
    return value, log_x - 0.5 * each - falls - slope / rise


@kernel
def logistic(x: float) -> float:
    """Return the share whose logit is x.

    Parameters
    ----------
    x : float
        A logit.
    """
    return 1.0 / (1.0 + exp(-x)) if x > -700.0 else 0.0


@kernel
def mean_exposure(data: Data, hyper: Hyper, place_logit: float, pool: int, place: int) -> float:
    """Return the mean of a pool's exposure to a place, before any block.

    Parameters
    ----------
    data, hyper : Data, Hyper
        Data, and what episodes share.
    place_logit : float
        Logit of the place's share of the network.
    pool, place : int
        Their numbers.
    """
    mean = logistic(place_logit + hyper.pull * data.lean[pool, place])
    return min(max(mean, LEAST_MEAN), 1.0 - LEAST_MEAN)


@kernel
def log_exposure_prior(data: Data, hyper: Hyper, vector: Floats) -> float:
    """Return the log density of the exposures to places on a map, given what episodes share.

    A place that no map tells learns from the others and teaches them nothing: its pools' zeros
    say that hardly anybody mines there, not how alike pools are elsewhere.

    Parameters
    ----------
    data, hyper : Data, Hyper
        Data, and what episodes share.
    vector : array of float64, shape (d,)
        Where; see `Parts`.
    """
    at = parts_of(data)
    n_pools, n_places = data.lean.shape
    total = 0.0
    whole = log_gamma(hyper.concentration)[0]
    for pool in range(n_pools):
        for place in range(n_places):
            if data.map_sd[place] > UNTOLD_SD:
                continue
            mean = mean_exposure(data, hyper, vector[at.place + place], pool, place)
            a, b = hyper.concentration * mean, hyper.concentration * (1.0 - mean)
            logit = vector[at.exposure + pool * n_places + place]
            total += whole - log_gamma(a)[0] - log_gamma(b)[0]
            total -= a * _softplus(-logit) + b * _softplus(logit)
    return total


@kernel
def log_density(data: Data, hyper: Hyper, vector: Floats, slope: Floats) -> float:
    """Return the log posterior density up to a constant, and fill its gradient.

    Parameters
    ----------
    data, hyper : Data, Hyper
        Data, and what episodes share.
    vector, slope : array of float, shape (d,)
        Where, and the gradient to be filled.

    Returns
    -------
    float
        Minus infinity where no hash rate would be left.
    """
    at = parts_of(data)
    n_rates = data.rate_mean.shape[1]
    away, pull = np.empty(at.bias), np.empty(at.bias)
    for i in range(at.bias):
        away[i] = vector[i] - data.rate_mean[i // n_rates, i % n_rates]
    product(data.rate_precision, away, pull)
    total = 0.0
    for i in range(at.bias):
        total -= 0.5 * away[i] * pull[i]
        slope[i] = -pull[i]
    for i in range(at.bias, at.end):
        slope[i] = 0.0
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
    whole = log_gamma(hyper.concentration)[0]
    for place in range(n_places):
        here = at.exposure + pool * n_places + place
        logit = vector[here]
        # One exponential gives the share and the logs of it and of the rest.
        odds = exp(-abs(logit))
        least = log1p(odds)
        low, high = least + max(-logit, 0.0), least + max(logit, 0.0)
        exposed[place] = 1.0 / (1.0 + odds) if logit > 0.0 else odds / (1.0 + odds)
        mean = mean_exposure(data, hyper, vector[at.place + place], pool, place)
        a, b = hyper.concentration * mean, hyper.concentration * (1.0 - mean)
        log_a, slope_a = log_gamma(a)
        log_b, slope_b = log_gamma(b)
        total += whole - log_a - log_b - a * low - b * high
        slope[here] += a - hyper.concentration * exposed[place]
        by_mean = hyper.concentration * (slope_b - slope_a - low + high)
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
