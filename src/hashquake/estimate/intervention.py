"""A drifting hash rate with steps imposed on it: Laplace approximation, exact in time.

The log of the rate is a level that drifts as a random walk, a short-lived wobble, growth, and up
to two steps. Counts in bins are Poisson with the exposure of the bin. For given moments of the
steps everything else is integrated out: the Gaussian process by Laplace's approximation around its
mode (Rasmussen and Williams 2006, algorithm 3.1), the sizes of the steps with it.

Source: key ``rasmussen-williams-2006`` in ``docs/refs.bib``.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from hashquake.core.times import DAY_S

Floats = NDArray[np.float64]
_LEVEL_SD_LOG = 2.0
_ROUNDS = 30
_CLOSE_LOG = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class StepModel:
    """What is assumed of a hash rate around a step.

    Parameters
    ----------
    drift_log_per_sqrt_day : float
        Standard deviation of the level's random walk after a day.
    wobble_log, wobble_s : float
        Standard deviation and time constant of the wobble.
    growth_log_per_day : float
        Mean growth.
    step_sd_log : float
        Standard deviation, around none, of the log size of a step.
    """

    drift_log_per_sqrt_day: float = 0.009
    wobble_log: float = 0.02
    wobble_s: float = 0.7 * DAY_S
    growth_log_per_day: float = 0.001
    step_sd_log: float = 0.7


NETWORK_STEP = StepModel()
POOL_STEP = StepModel(
    drift_log_per_sqrt_day=0.036, wobble_log=0.0, growth_log_per_day=0.0, step_sd_log=1.2
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bins:
    """Counts in consecutive stretches of time.

    Parameters
    ----------
    edges_s : array of float, shape (m + 1,)
        UTC Unix seconds, increasing.
    n_blocks : array of float, shape (m,)
        Blocks of the subject in each.
    exposure_s_per_hash : array of float, shape (m,)
        Time over work in each, over 0.
    """

    edges_s: Floats
    n_blocks: Floats
    exposure_s_per_hash: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepFit:
    """What is known when the moments of the steps are given.

    Parameters
    ----------
    log_evidence : float
        Log probability of the counts, up to a constant common to all moments.
    steps_log : array of float, shape (k,)
        Posterior means of the log sizes.
    covariance : array of float, shape (k, k)
        Of the log sizes.
    log_rate : array of float, shape (m,)
        Mode of the log rate per bin, hashes per second.
    """

    log_evidence: float
    steps_log: Floats
    covariance: Floats
    log_rate: Floats


class Fitter:
    """Fits steps at many moments to the same bins; holds what does not depend on the moments."""

    def __init__(self, bins: Bins, model: StepModel) -> None:
        self.bins = bins
        self.model = model
        self._covariance = _covariance(bins, model)
        middle_s = (bins.edges_s[1:] + bins.edges_s[:-1]) / 2.0
        level = np.log(bins.n_blocks.sum() + 0.5) - np.log(bins.exposure_s_per_hash.sum())
        growth = model.growth_log_per_day * (middle_s - middle_s.mean()) / DAY_S
        self._mean = np.asarray(level + growth)
        self._guess = self._mean.copy()
        self._known: dict[tuple[float, ...], StepFit] = {}

    def fit(self, moments_s: tuple[float, ...]) -> StepFit:
        """Fit steps at given moments.

        Parameters
        ----------
        moments_s : tuple of float
            UTC Unix seconds.
        """
        if moments_s not in self._known:
            self._known[moments_s] = self._fit(moments_s)
        return self._known[moments_s]

    def _fit(self, moments_s: tuple[float, ...]) -> StepFit:
        low_s, width_s = self.bins.edges_s[:-1], np.diff(self.bins.edges_s)
        # A bin that a step cuts has its part of it.
        parts = [1.0 - np.clip((at_s - low_s) / width_s, 0.0, 1.0) for at_s in moments_s]
        after = np.array(parts).reshape(len(moments_s), len(low_s))
        prior = self._covariance + self.model.step_sd_log**2 * (after.T @ after)
        count, exposure = self.bins.n_blocks, self.bins.exposure_s_per_hash
        value = self._guess
        size = len(count)
        for _ in range(_ROUNDS):
            expected = np.exp(value) * exposure
            root = np.sqrt(expected)
            lower = np.linalg.cholesky(np.eye(size) + root[:, None] * prior * root[None, :])
            pull = expected * (value - self._mean) + count - expected
            part = solve_triangular(lower, root * (prior @ pull), lower=True, check_finite=False)
            part = solve_triangular(lower, part, lower=True, trans="T", check_finite=False)
            weights = pull - root * part
            # A damped step: from far away Newton on an exponential overshoots.
            move = np.clip(self._mean + prior @ weights - value, -1.0, 1.0)
            value = value + move
            if float(np.abs(move).max()) < _CLOSE_LOG:
                break
        self._guess = value
        evidence = float(
            np.sum(count * value - expected)
            - 0.5 * weights @ (value - self._mean)
            - np.sum(np.log(np.diag(lower)))
        )
        # Steps are part of the process: their posterior follows from that of the whole.
        cross = self.model.step_sd_log**2 * after
        half = solve_triangular(lower, root[:, None] * cross.T, lower=True, check_finite=False)
        steps_sd = np.eye(len(moments_s)) * self.model.step_sd_log**2
        return StepFit(
            log_evidence=evidence,
            steps_log=cross @ weights,
            covariance=steps_sd - half.T @ half,
            log_rate=value,
        )


@lru_cache(maxsize=8)
def _kernel(edges: bytes, model: StepModel) -> Floats:
    edges_s = np.frombuffer(edges)
    middle = (edges_s[1:] + edges_s[:-1]) / 2.0
    since = (middle - edges_s[0]) / DAY_S
    walk = model.drift_log_per_sqrt_day**2 * np.minimum(since[:, None], since[None, :])
    if not model.wobble_log:
        return np.asarray(walk + _LEVEL_SD_LOG**2)
    apart = np.abs(middle[:, None] - middle[None, :])
    wobble = model.wobble_log**2 * np.exp(-apart / model.wobble_s)
    # The mean of a wobble over a bin varies less than the wobble.
    width = np.diff(edges_s) / model.wobble_s
    inside = 2.0 * (width - 1.0 + np.exp(-width)) / width**2
    np.fill_diagonal(wobble, model.wobble_log**2 * inside)
    return np.asarray(walk + wobble + _LEVEL_SD_LOG**2)


def _covariance(bins: Bins, model: StepModel) -> Floats:
    return _kernel(np.asarray(bins.edges_s, np.float64).tobytes(), model)
