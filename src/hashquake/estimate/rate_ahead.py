"""The hash rate averaged over a time to come, and the blocks to be found in it.

Level and transient now, and everything the model lets happen until then: drift, growth, jumps,
restarts and the transient's return. The characteristic function of the average of the log rate is
known in closed form, so the distribution takes one Fourier transform.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, expm1, floor

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, gammaln, logsumexp, pdtr

from hashquake.core.times import DAY_S, YEAR_S
from hashquake.estimate.rate_model import RateModel

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateAhead:
    """The distribution of a mean hash rate over a horizon.

    Parameters
    ----------
    log_rate_hps : array of float64, shape (n,)
        Equidistant log rates.
    probability : array of float64, shape (n,)
        Sums to 1.
    """

    log_rate_hps: Floats
    probability: Floats

    def count_log_probability(self, blocks: int, exposure: float) -> float:
        """Return the log probability of finding so many blocks.

        Parameters
        ----------
        blocks : int
            Number of blocks.
        exposure : float
            Seconds over work in hashes, summed over the horizon.
        """
        expected = np.exp(self.log_rate_hps) * exposure
        with np.errstate(divide="ignore"):
            weight = np.log(self.probability)
        terms = weight + blocks * np.log(expected) - expected - gammaln(blocks + 1.0)
        return float(logsumexp(terms))

    def count_cdf(self, blocks: int, exposure: float) -> float:
        """Return the probability of finding so many blocks or fewer.

        Parameters
        ----------
        blocks : int
            From 0.
        exposure : float
            Seconds over work in hashes: expected blocks per hash per second.
        """
        if blocks < 0:
            return 0.0
        expected = np.exp(self.log_rate_hps) * exposure
        return float(self.probability @ pdtr(blocks, expected))

    def reached(self, blocks: int, exposure: float) -> float:
        """Return the probability of finding at least so many blocks (1 or more).

        Parameters
        ----------
        blocks : int
            At least 1.
        exposure : float
            Seconds over work in hashes: expected blocks per hash per second.
        """
        expected = np.exp(self.log_rate_hps) * exposure
        return float(self.probability @ gammainc(blocks, expected))


def rate_ahead(mass: Floats, origin: int, model: RateModel, horizon_s: float) -> RateAhead:
    """Return the mean hash rate over a horizon, seen from its start.

    Parameters
    ----------
    mass : array of float64, shape (levels, transients)
        Probability now.
    origin : int
        Where the grid starts, in cells.
    model : RateModel
        Of the subject.
    horizon_s : float
        Positive; seconds.

    Notes
    -----
    The logarithm of the mean rate is taken as the mean of the log rate; the difference is half
    the variance of the log rate inside the horizon, under 0.2 % for a week.
    """
    levels, transients = mass.shape
    n = 1 << (3 * levels - 1).bit_length()
    kept, factor = _spread(model, n, horizon_s)
    # A transient that has partly returned stands between cells: it is shared among two.
    here = np.zeros(n)
    base = (n - levels) // 2
    for k in range(transients):
        place = kept * (k - transients // 2)
        cell = floor(place)
        share = place - cell
        at = base + cell
        here[at : at + levels] += (1 - share) * mass[:, k]
        here[at + 1 : at + 1 + levels] += share * mass[:, k]
    spread = np.maximum(np.fft.irfft(np.fft.rfft(here) * factor, n), 0.0)
    restarted = model.restarts_per_year * horizon_s / YEAR_S / 2
    if restarted:
        flat = np.zeros(n)
        flat[base : base + levels] = 1 / levels
        chance = -expm1(-restarted)
        spread = (1 - chance) * spread / spread.sum() + chance * flat
    return RateAhead(
        log_rate_hps=(origin - base + np.arange(n)) * model.cell_log,
        probability=spread / spread.sum(),
    )


@lru_cache(maxsize=64)
def _spread(model: RateModel, n: int, horizon_s: float) -> tuple[float, NDArray[np.complex128]]:
    """Return how much of today's transient the average keeps, and the rest's Fourier transform."""
    days = horizon_s / DAY_S
    wave = 2 * np.pi * np.fft.rfftfreq(n, model.cell_log)
    # A random walk's average over [0, h] has a third of the variance it ends with.
    exponent = -(wave**2) * model.drift_log_per_sqrt_day**2 * days / 6
    exponent = exponent - 1j * wave * model.growth_log_per_day * days / 2
    # A jump at a uniform time moves the average by a uniform share of its size; this is the
    # characteristic function of an exponential size times a uniform share.
    turn = 1j * np.maximum(wave * model.jump_log, 1e-9)
    up, down = np.log1p(turn) / turn, np.log1p(-turn) / -turn
    jumps = model.jumps_per_year * horizon_s / YEAR_S
    exponent = exponent + jumps * (model.jump_up_share * up + (1 - model.jump_up_share) * down - 1)
    if model.n_transients == 1:
        return 0.0, np.exp(exponent)
    ratio = model.transient_s / horizon_s
    gone = exp(-1 / ratio) if ratio > 1e-3 else 0.0
    kept = ratio * (1 - gone)
    variance = model.transient_log**2 * ratio * (2 - ratio * (3 - 4 * gone + gone**2))
    return kept, np.exp(exponent - wave**2 * variance / 2)
