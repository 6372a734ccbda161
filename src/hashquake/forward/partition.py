"""A country cut off that goes on mining inside: two chains, and what heals when it comes back.

Both sides mine at the difficulty of before. Blocks of each are Poisson, so the difference of the
two lengths is Skellam. Counted exactly, no simulation. Sources: keys ``skellam-1946`` and
``rosenfeld-2014`` in ``docs/refs.bib``; what nodes do, key ``bitcoin-core``.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri
from scipy.stats import poisson, skellam

from hashquake.core.difficulty import BLOCK_TARGET_S, EPOCH_BLOCKS
from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval

Floats = NDArray[np.float64]
_SHARES = 65
_LEAST = 1e-6
"""Shares as near as this to 0 and to 1 are not distinguished from them."""
_NO_BLOCKS = 1e-9
WHAT_NODES_DO = (
    "Mining inside needs nodes that reach each other: one without a peer gives no block template.",
    "Miners whose pool is abroad stand still: only the part with a pool inside counts.",
    "Nodes inside take the slow chain for the only one; their confirmations protect nothing.",
    "When the cut heals, the chain with less work is undone, with the payments and rewards in it.",
)
"""What is assumed of nodes; see ``docs/theory/partition.md``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """What a cut does to both chains, when it heals.

    Parameters
    ----------
    inside_share : Interval
        Part of the network's hash rate that mines inside: has power and a pool there.
    duration_s : float
        How long the cut lasts, seconds.
    inside_blocks, outside_blocks : Interval
        Blocks found by each side.
    inside_longer : float
        Probability that the inside's chain has more blocks, so that the world gives way.
    tie : float
        Probability of equal lengths: the next block decides.
    undone_inside, undone_outside : Interval
        Blocks undone inside and outside; zero where that side wins.
    inside_interval_s, outside_interval_s : float
        Mean time between blocks of each side, at the median of its share, seconds.
    inside_retarget_s : float
        How long the inside would need for one epoch, seconds, were it to last.
    """

    inside_share: Interval
    duration_s: float
    inside_blocks: Interval
    outside_blocks: Interval
    inside_longer: float
    tie: float
    undone_inside: Interval
    undone_outside: Interval
    inside_interval_s: float
    outside_interval_s: float
    inside_retarget_s: float


def partition(
    share: Interval | float,
    duration_s: float,
    *,
    domestic_share: float = 1.0,
    interval_s: float = float(BLOCK_TARGET_S),
    level: float = 0.9,
) -> Partition:
    """Work out a cut of a given length.

    Parameters
    ----------
    share : Interval or float
        The country's part of the network's hash rate, 0 to 1.
    duration_s : float
        Length of the cut, seconds.
    domestic_share : float
        Part of the country's machines that mine for a pool inside; the others stand still, and
        neither side has them.
    interval_s : float
        Mean time between blocks of the whole network before, seconds.
    level : float
        Of the intervals.

    Raises
    ------
    UsageError
        ``share-range`` or ``duration-range``.

    Examples
    --------
    >>> round(partition(0.18, 3600.0).inside_longer, 4)
    0.0284
    """
    shares = _share_nodes(share)
    if not 0.0 <= domestic_share <= 1.0:
        raise UsageError(
            f"the domestic part must be 0 to 1, got {domestic_share}",
            code="share-range",
            hint="parts are 0 to 1",
        )
    _check_duration(duration_s, interval_s)
    inside = shares * domestic_share * duration_s / interval_s
    outside = (1.0 - shares) * duration_s / interval_s
    reach = int(np.max(outside + inside) + 12.0 * sqrt(float(np.max(outside + inside)))) + 20
    counts = np.arange(reach + 1)
    inside_pmf = _mixed(counts, inside)
    longer = float(np.mean([_longer(a, b) for a, b in zip(inside, outside, strict=True)]))
    tie = float(np.mean([_tie(a, b) for a, b in zip(inside, outside, strict=True)]))
    inside_share = _quantiles(shares * domestic_share, level)
    outside_share = float(np.median(1.0 - shares))
    slow_s = interval_s / inside_share.median if inside_share.median > 0.0 else float("inf")
    fast_s = interval_s / outside_share if outside_share > 0.0 else float("inf")
    return Partition(
        inside_share=inside_share,
        duration_s=duration_s,
        inside_blocks=_interval(counts, inside_pmf, level),
        outside_blocks=_interval(counts, _mixed(counts, outside), level),
        inside_longer=longer,
        tie=tie,
        undone_inside=_interval(counts, _undone(counts, inside, outside), level),
        undone_outside=_interval(counts, _undone(counts, outside, inside), level),
        inside_interval_s=slow_s,
        outside_interval_s=fast_s,
        inside_retarget_s=slow_s * EPOCH_BLOCKS,
    )


def reversal_risk(
    share: float,
    duration_s: float,
    confirmations: int,
    *,
    interval_s: float = float(BLOCK_TARGET_S),
) -> float:
    """Return the chance that a payment with confirmations inside is undone when the cut heals.

    Parameters
    ----------
    share : float
        Part of the network's hash rate that mines inside.
    duration_s : float
        Length of the cut, seconds; the payment entered the first block inside.
    confirmations : int
        Seen inside by the end of the cut, at least.
    interval_s : float
        Mean time between blocks of the whole network before, seconds.

    Returns
    -------
    float
        Given that so many blocks were found inside, that the world's chain is longer. A tie is
        lost by the inside with the world's part of the next block.

    Raises
    ------
    UsageError
        ``share-range``, ``duration-range`` or ``confirmations-range``.
    """
    if confirmations < 1:
        raise UsageError(
            f"confirmations must be 1 or more, got {confirmations}",
            code="confirmations-range",
            hint="ask for 1 or more",
        )
    if not 0.0 <= share <= 1.0:
        raise UsageError(
            f"a share must be 0 to 1, got {share}", code="share-range", hint="such as 0.3"
        )
    _check_duration(duration_s, interval_s)
    inside, outside = share * duration_s / interval_s, (1.0 - share) * duration_s / interval_s
    reach = int(inside + outside + 12.0 * sqrt(inside + outside)) + confirmations + 20
    found = np.arange(confirmations, reach + 1)
    chance = poisson.pmf(found, inside)
    lost = poisson.sf(found, outside) + (1.0 - share) * poisson.pmf(found, outside)
    if chance.sum() <= 0.0:
        return 1.0
    return float(chance @ lost / chance.sum())


def _check_duration(duration_s: float, interval_s: float) -> None:
    if not duration_s > 0.0 or not np.isfinite(duration_s) or interval_s <= 0.0:
        raise UsageError(
            f"a cut must last more than 0 s, got {duration_s}",
            code="duration-range",
            hint="give seconds over 0",
        )


def _share_nodes(share: Interval | float) -> Floats:
    """Return equally likely shares, ascending, whose median and interval are those given.

    Their logits follow a normal law with one spread below the median and another above it: a map's
    interval is lopsided, and a law by its mean and spread would move its median.
    """
    if isinstance(share, Interval):
        low, middle, high, level = share.low, share.median, share.high, share.level
    else:
        low, middle, high, level = share, share, share, 0.9
    if not 0.0 <= low <= middle <= high <= 1.0:
        raise UsageError(
            f"a share must be 0 to 1, got {middle}", code="share-range", hint="such as 0.3"
        )
    if low == high:
        return np.array([middle])
    logits = np.asarray(logit(np.clip([low, middle, high], _LEAST, 1.0 - _LEAST)))
    spreads = np.diff(logits) / ndtri(0.5 + level / 2.0)
    steps = ndtri((np.arange(_SHARES) + 0.5) / _SHARES)
    return np.asarray(expit(logits[1] + steps * np.where(steps < 0.0, *spreads)), np.float64)


def _longer(inside: float, outside: float) -> float:
    return float(skellam.sf(0, inside, outside)) if inside > _NO_BLOCKS else 0.0


def _tie(inside: float, outside: float) -> float:
    if inside <= _NO_BLOCKS or outside <= _NO_BLOCKS:
        return float(np.exp(-inside - outside))
    return float(skellam.pmf(0, inside, outside))


def _mixed(counts: NDArray[np.int64], means: Floats) -> Floats:
    return np.asarray(np.mean([poisson.pmf(counts, mean) for mean in means], axis=0), np.float64)


def _undone(counts: NDArray[np.int64], loser: Floats, winner: Floats) -> Floats:
    """Law of the blocks a side loses: its own where the other has more, none where it has more."""
    total = np.zeros(len(counts))
    for mine, other in zip(loser, winner, strict=True):
        pmf = poisson.pmf(counts, mine)
        beaten = poisson.sf(counts, other)
        share = mine / (mine + other) if mine + other > 0.0 else 0.0
        beaten = beaten + (1.0 - share) * poisson.pmf(counts, other)
        lost = pmf * beaten
        lost[0] += float(pmf.sum() - lost.sum())
        total += lost
    return np.asarray(total / len(loser), np.float64)


def _interval(counts: NDArray[np.int64], pmf: Floats, level: float) -> Interval:
    below = np.cumsum(pmf) / pmf.sum()
    tail = (1.0 - level) / 2.0
    low, median, high = (
        float(counts[int(np.searchsorted(below, q))]) for q in (tail, 0.5, 1.0 - tail)
    )
    return Interval(median=median, low=low, high=high, level=level)


def _quantiles(values: Floats, level: float) -> Interval:
    tail = (1.0 - level) / 2.0
    low, median, high = (
        float(np.quantile(values, q, method="hazen")) for q in (tail, 0.5, 1.0 - tail)
    )
    return Interval(median=median, low=low, high=high, level=level)
