"""What blocks say for and against a claimed change, as one comparison of two counts."""

from dataclasses import dataclass
from math import exp, expm1, hypot, inf, isinf, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtri

from hashquake.core.claim import Claim
from hashquake.core.interval import Interval
from hashquake.core.poisson import ratio_quantiles
from hashquake.estimate.block_count import BlockCount

SUPPORT_ODDS = 19.0
"""A likelihood ratio of 19 is a probability of 0.95 from even odds."""
NARROW_LOG = 0.2
"""An interval is narrow when neither half of it spans more of the log ratio: some 20 %."""
_HALF = 0.41
"""The middle half of a normal law over its middle nine tenths."""
_GRID = 201
_DRIFT_NODES = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEvidence:
    """A claimed range of change and the measured one.

    Parameters
    ----------
    low, high : float
        The claimed change with its rounding, signed; never under -1.
    measured : Interval
        The 90 % interval of the change, Poisson noise and drift.
    exclusion : Interval
        The 95 % interval, by which claims are contradicted.
    log_odds : float
        Natural logarithm of the likelihood of the claimed range over that of no change, drift
        allowed on both sides.
    """

    low: float
    high: float
    measured: Interval
    exclusion: Interval
    log_odds: float

    @property
    def probability(self) -> float:
        """The probability of the claimed range rather than no change, even odds beforehand."""
        return 1.0 / (1.0 + exp(-self.log_odds)) if self.log_odds > -700 else 0.0

    @property
    def compatible(self) -> bool:
        """Whether some of the claimed range lies in the 90 % interval."""
        return _meet(self, self.measured)

    @property
    def excluded(self) -> bool:
        """Whether all of the claimed range lies outside the 95 % interval."""
        return not _meet(self, self.exclusion)

    @property
    def central(self) -> bool:
        """Whether the claimed range meets the middle half of an interval that is narrow."""
        if isinf(self.measured.high) or not self.measured.low > -1.0:
            return False
        middle = log(1.0 + self.measured.median) if self.measured.median > -1.0 else -inf
        low, high = log(1.0 + self.measured.low), log(1.0 + self.measured.high)
        narrow = max(middle - low, high - middle) <= NARROW_LOG
        half = Interval(
            median=self.measured.median,
            low=expm1(middle - _HALF * (middle - low)),
            high=expm1(middle + _HALF * (high - middle)),
            level=0.5,
        )
        return narrow and _meet(self, half)

    @property
    def favoured(self) -> bool:
        """Whether the blocks favour the claim over no change by more than `SUPPORT_ODDS`."""
        return self.log_odds > log(SUPPORT_ODDS)


def claimed_range(claim: Claim) -> tuple[float, float]:
    """Return the range of a claimed share or change, widened by the rounding of its digits.

    A number given as 14 % stands for 13.5 to 14.5 %, one given as 12.8 % for 12.75 to 12.85 %. A
    claim of less or more than a number has no limit on the other side but a complete stop and a
    doubling.

    Parameters
    ----------
    claim : Claim
        With a low and a high limit.

    Returns
    -------
    tuple of float
        Low and high, low not under -1.
    """
    low = claim.low - _rounding(claim.low)
    high = claim.high + _rounding(claim.high)
    if claim.relation == "below":
        low = -1.0
    elif claim.relation == "above":
        high = max(high, 1.0)
    return max(low, -1.0), high


def change_evidence(
    during: BlockCount, before: BlockCount, *, low: float, high: float, drift_sd: float = 0.0
) -> ChangeEvidence:
    """Weigh a claimed change against no change.

    Given the sum of the two counts, the count in the window is binomial and its odds hold the ratio
    of the rates alone. The likelihood of a range is the mean over it, taken evenly in the logarithm
    of the ratio; the unknown level of the baseline never enters.

    Parameters
    ----------
    during, before : BlockCount
        Of one subject, in the claim's window and in its reference.
    low, high : float
        The claimed change, signed, ``-1 <= low <= high``.
    drift_sd : float
        Standard deviation of the log ratio when nothing happens.

    Raises
    ------
    UsageError
        ``exposure-empty`` when neither holds a block.
    """
    quantiles = ratio_quantiles(
        n_events=during.n_blocks,
        exposure=during.exposure_s_per_hash,
        baseline_n_events=before.n_blocks,
        baseline_exposure=before.exposure_s_per_hash,
    ).mapped(offset=-1.0)
    # A complete stop has an infinite logarithm: one part in ten thousand stands for it.
    log_ratios = np.linspace(log(max(1.0 + low, 1e-4)), log(max(1.0 + high, 1e-4)), _GRID)
    return ChangeEvidence(
        low=low,
        high=high,
        measured=_widened(quantiles.interval(0.9), drift_sd),
        exclusion=_widened(quantiles.interval(0.95), drift_sd),
        log_odds=_log_likelihood(during, before, log_ratios, drift_sd)
        - _log_likelihood(during, before, np.zeros(1), drift_sd),
    )


def _log_likelihood(
    during: BlockCount, before: BlockCount, log_ratios: NDArray[np.float64], drift_sd: float
) -> float:
    """Return the log likelihood, a constant apart, of a log ratio taken evenly from those given."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(_DRIFT_NODES)
    log_odds = log(during.exposure_s_per_hash / before.exposure_s_per_hash)
    moved = log_ratios[:, None] + drift_sd * nodes[None, :]
    total = during.n_blocks + before.n_blocks
    each = during.n_blocks * moved - total * np.logaddexp(0.0, log_odds + moved)
    terms = each + np.log(weights / weights.sum())[None, :]
    return float(logsumexp(terms)) - log(len(log_ratios))


def _widened(measured: Interval, drift_sd: float) -> Interval:
    """Add drift to Poisson noise: independent errors of a log ratio add as squares."""
    middle = log(max(1.0 + measured.median, 1e-300))
    drift = float(ndtri(0.5 + measured.level / 2.0)) * drift_sd
    low, high = log(max(1.0 + measured.low, 1e-300)), log(max(1.0 + measured.high, 1e-300))
    return Interval(
        median=measured.median,
        low=min(measured.low, expm1(middle - hypot(middle - low, drift))),
        high=inf
        if isinf(high)
        else max(measured.high, expm1(middle + hypot(high - middle, drift))),
        level=measured.level,
    )


def _meet(evidence: ChangeEvidence, interval: Interval) -> bool:
    return evidence.low <= interval.high and evidence.high >= interval.low


def _rounding(value: float) -> float:
    """Return half a unit of the last digit of a number as it is written in percent."""
    for decimals in range(3):
        if abs(round(100 * value, decimals) - 100 * value) < 1e-9:
            return float(0.5 * 10.0 ** (-2 - decimals))
    return 0.0


def is_finite(interval: Interval) -> bool:
    """Return whether both limits are numbers a reader can use.

    Parameters
    ----------
    interval : Interval
        In any unit.
    """
    return not isinf(interval.high)
