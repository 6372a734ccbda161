"""Luck of a pool: the blocks it found against those its own reported hash rate lets expect.

Blocks are Poisson given a hash rate, and the reported mean has an error of its own; both are
averaged over, at fixed quantiles of the reported mean, so that the same question has the same
answer.
"""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, pdtr, pdtrc

from hashquake.core.interval import Interval
from hashquake.core.poisson import FEW_BLOCKS, prior_count
from hashquake.estimate.reported_mean import ReportedMean

MADE_BY = "pool_luck/1"
_NODES = (np.arange(201) + 0.5) / 201
_HALVINGS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLuck:
    """What a pool found against what it reported.

    Parameters
    ----------
    expected_blocks : Interval
        Blocks to expect of the reported hash rate.
    luck_share : Interval
        The hash rate that its blocks imply over the reported one; 1 is what was to be expected.
    p_value : float
        How often chance alone moves the number of blocks at least as far from what is expected,
        in either direction: twice the smaller tail, at most 1.
    """

    expected_blocks: Interval
    luck_share: Interval
    p_value: float


def pool_luck(
    n_blocks: float, exposure_s_per_hash: float, reported: ReportedMean, *, level: float = 0.9
) -> PoolLuck | None:
    """Compare a pool's blocks with its reported hash rate.

    Parameters
    ----------
    n_blocks : float
        Blocks found in a window, 0 or more; not whole where blocks of unequal work count as so
        many equal ones.
    exposure_s_per_hash : float
        Of the window: a hash rate times this is the number of blocks to expect.
    reported : ReportedMean
        Over the same window.
    level : float
        Of the intervals, 0.5, 0.9 or 0.95.

    Returns
    -------
    PoolLuck or None
        None when the pool reports that it mines nothing: no luck can be told from that.
    """
    if not reported.mean_hps > 0.0:
        return None
    expected = reported.quantiles_hps(_NODES) * exposure_s_per_hash
    few = n_blocks < FEW_BLOCKS
    low, median, high = (
        _ratio_quantile(n_blocks + prior_count(tail, few=few), expected, tail)
        for tail in ((1.0 - level) / 2.0, 0.5, (1.0 + level) / 2.0)
    )
    whole = reported.interval(level)
    return PoolLuck(
        expected_blocks=Interval(
            median=whole.median * exposure_s_per_hash,
            low=whole.low * exposure_s_per_hash,
            high=whole.high * exposure_s_per_hash,
            level=level,
        ),
        luck_share=Interval(median=median, low=low, high=high, level=level),
        p_value=luck_p_value(n_blocks, expected),
    )


def luck_p_value(n_blocks: float, expected: NDArray[np.float64]) -> float:
    """Return how often chance alone gives a number of blocks at least as far from what is expected.

    Parameters
    ----------
    n_blocks : float
        Blocks found.
    expected : array of float64, shape (n,)
        Numbers to expect, each as likely as the others.

    Returns
    -------
    float
        Twice the smaller tail of the mixture of Poisson laws, at most 1.
    """
    fewer = float(pdtr(n_blocks, expected).mean())
    # No fewer than none is certain, and pdtrc(-1, ...) is not defined.
    more = float(pdtrc(n_blocks - 1.0, expected).mean()) if n_blocks >= 1.0 else 1.0
    return float(min(1.0, 2.0 * min(fewer, more)))


def _ratio_quantile(shape: float, expected: NDArray[np.float64], level: float) -> float:
    """Return a quantile of a Gamma variable over the numbers expected, by halving."""
    if shape <= 0.0:
        return 0.0
    low, high = 0.0, (shape + 20.0 * (shape**0.5 + 1.0)) / float(expected.min())
    if high == inf:
        return inf
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if float(gammainc(shape, middle * expected).mean()) < level:
            low = middle
        else:
            high = middle
    return float((low + high) / 2.0)
