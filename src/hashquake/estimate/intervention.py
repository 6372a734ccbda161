"""A drifting hash rate with steps imposed on it: Laplace approximation, exact in time.

The log of the rate is a level that drifts as a random walk, a short-lived transient, growth, and up
to two steps. Counts in bins are Poisson with the exposure of the bin. For given moments of the
steps everything else is integrated out: the Gaussian process by Laplace's approximation around its
mode, the sizes of the steps with it. Level and transient are Markov in time, so their precision
matrix is a band and a fit costs time linear in the number of bins.

Source: key ``rasmussen-williams-2006`` in ``docs/refs.bib``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel
from hashquake.core.times import DAY_S
from hashquake.estimate.band import factor, solve, subtract_product

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
    transient_log, transient_s : float
        Standard deviation and time constant of the transient.
    growth_log_per_day : float
        Mean growth.
    step_sd_log : float
        Standard deviation, around none, of the log size of a step.
    breaks_per_year : float
        How often such a step comes, up or down, as fitted for the filter: see `estimate.fitted`.
    """

    drift_log_per_sqrt_day: float = 0.009
    transient_log: float = 0.02
    transient_s: float = 0.7 * DAY_S
    growth_log_per_day: float = 0.001
    step_sd_log: float = 0.7
    breaks_per_year: float = 8.0


REAL_FALLS_PER_YEAR = 1.3
"""Real falls of the network a year that a detector at one false alarm a year finds: 12 alarms on
the bundled 5.2 years less the 5.2 that luck owes."""
NETWORK_STEP = StepModel()
POOL_STEP = StepModel(
    drift_log_per_sqrt_day=0.036,
    transient_log=0.0,
    growth_log_per_day=0.0,
    step_sd_log=1.2,
    breaks_per_year=6.0,
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
        self._prior, self._log_prior_volume = _precision(bins, model)
        middle_s = (bins.edges_s[1:] + bins.edges_s[:-1]) / 2.0
        level = np.log(bins.n_blocks.sum() + 0.5) - np.log(bins.exposure_s_per_hash.sum())
        growth = model.growth_log_per_day * (middle_s - middle_s.mean()) / DAY_S
        self._mean = np.asarray(level + growth)
        self._states = np.zeros(len(self._prior))
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
        steps, inverse, log_rate, evidence = _mode(
            self._prior,
            after,
            self.model.step_sd_log**-2,
            self._mean,
            self.bins.n_blocks,
            self.bins.exposure_s_per_hash,
            self._states,
        )
        # The prior's volume: the same for all moments, but not for all numbers of steps.
        volume = self._log_prior_volume + 2.0 * len(moments_s) * np.log(self.model.step_sd_log)
        return StepFit(
            log_evidence=float(evidence - 0.5 * volume),
            steps_log=steps,
            covariance=inverse,
            log_rate=log_rate,
        )


@kernel
def _mode(
    prior: Floats,
    after: Floats,
    step_precision: float,
    mean: Floats,
    count: Floats,
    exposure: Floats,
    states: Floats,
) -> tuple[Floats, Floats, Floats, float]:
    """Find the mode by Newton's method: a band for the states, a border for the steps.

    `states` is where the search starts and is left at the mode: neighbouring moments have
    neighbouring modes.
    """
    n_steps, per_bin = len(after), len(states) // len(count)
    steps = np.zeros(n_steps)
    value = _summed(states, steps, after, per_bin) + mean
    schur = np.empty((n_steps, n_steps))
    half_log_volume = 0.0
    for _ in range(_ROUNDS):
        expected = np.exp(value) * exposure
        band = _curvature(prior, expected, per_bin)
        slope = np.repeat(count - expected, per_bin)
        subtract_product(prior, states, slope)
        half_log_volume = 0.5 * factor(band)
        solve(band, slope)
        right: Floats = after @ (count - expected) - step_precision * steps
        # The border: how the steps and the states hang together through the counts.
        pulled = np.empty((n_steps, len(states)))
        for k in range(n_steps):
            border = np.repeat(expected * after[k], per_bin)
            pulled[k] = border
            solve(band, pulled[k])
            right[k] -= np.sum(border * slope)
            for other in range(n_steps):
                tied = np.repeat(expected * after[other], per_bin)
                schur[k, other] = np.sum(after[k] * expected * after[other])
                schur[k, other] -= np.sum(tied * pulled[k])
            schur[k, k] += step_precision
        move_steps: Floats = right
        if n_steps:
            move_steps = np.asarray(np.linalg.solve(schur, right))
        for k in range(n_steps):
            slope -= move_steps[k] * pulled[k]
        move = _summed(slope, move_steps, after, per_bin)
        # A damped step: from far away Newton on an exponential overshoots.
        damping = 1.0 / max(1.0, np.max(np.abs(move)))
        states += damping * slope
        steps += damping * move_steps
        value = value + damping * move
        if np.max(np.abs(move)) < _CLOSE_LOG:
            break
    spread: Floats = schur
    if n_steps:
        half_log_volume += 0.5 * np.log(np.linalg.det(schur))
        spread = np.asarray(np.linalg.inv(schur))
    pull = np.zeros(len(states))
    subtract_product(prior, states, pull)
    fit = np.sum(count * value - np.exp(value) * exposure) + 0.5 * np.sum(states * pull)
    evidence = fit - 0.5 * step_precision * np.sum(steps * steps) - half_log_volume
    return steps, spread, value, evidence


@kernel
def _summed(states: Floats, steps: Floats, after: Floats, per_bin: int) -> Floats:
    """Add up what makes the log rate of each bin: its states and the steps it lies after."""
    total = np.zeros(len(states) // per_bin)
    for part in range(per_bin):
        total += states[part::per_bin]
    for k in range(len(steps)):
        total += steps[k] * after[k]
    return total


@kernel
def _curvature(prior: Floats, expected: Floats, per_bin: int) -> Floats:
    """Return the prior's band plus the counts', which tie the parts of one bin."""
    band = prior.copy()
    for i in range(len(expected)):
        for part in range(per_bin):
            for other in range(part + 1):
                band[per_bin * i + part, part - other] += expected[i]
    return band


def _precision(bins: Bins, model: StepModel) -> tuple[Floats, float]:
    """Return the prior precision of level and transient, bin by bin, and the log of its volume.

    The states of a bin stand together, so that the precision has one band below the diagonal
    without the transient and two with it.
    """
    middle = (bins.edges_s[1:] + bins.edges_s[:-1]) / 2.0
    walk = model.drift_log_per_sqrt_day**2
    first = _LEVEL_SD_LOG**2 + walk * (middle[0] - bins.edges_s[0]) / DAY_S
    parts = [(np.concatenate([[first], walk * np.diff(middle) / DAY_S]), np.ones(len(middle) - 1))]
    if model.transient_log:
        kept = np.exp(-np.diff(middle) / model.transient_s)
        fresh = model.transient_log**2 * (1.0 - kept**2)
        parts.append((np.concatenate([[model.transient_log**2], fresh]), kept))
    band = np.zeros((len(parts) * len(middle), len(parts) + 1))
    volume = 0.0
    for at, (variance, kept) in enumerate(parts):
        own = 1.0 / variance
        own[:-1] += kept**2 / variance[1:]
        band[at :: len(parts), 0] = own
        band[at + len(parts) :: len(parts), len(parts)] = -kept / variance[1:]
        volume += float(np.log(variance).sum())
    return band, volume
