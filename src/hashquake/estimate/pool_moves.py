"""Who gained what a pool lost: whether machines moved to other pools or went dark.

A pool's fall and the rise of all others together are two independent counts. Where machines only
changed the pool, the others gained what the pool lost and the total is conserved; where they went
dark, the others stay as they were. The part that moved is the ratio of the two, with an interval
that includes chance, and the drift that the network has by itself.

Limits: in a day the others' chance alone is 8 % of the network, so a day shows where a pool of a
tenth went only when it lost nearly all; several days show more. ``docs/theory/pool_luck.md``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.incident import LEVEL, Drop
from hashquake.core.interval import QUANTILE_LEVELS, Interval, Quantiles
from hashquake.core.network import MAIN, Network
from hashquake.core.subject import NETWORK, pool_subject
from hashquake.core.window import Window
from hashquake.estimate.block_count import BlockCount, block_count, pool_block_counts
from hashquake.estimate.drop import ENOUGH_BLOCKS, drift_of, drop_of, pool_drops
from hashquake.estimate.volatility import Drift
from hashquake.estimate.window import rate_of

Floats = NDArray[np.float64]
MoveFinding = Literal["moved", "lost", "undecided", "no loss"]
RARE = 0.05
"""A fall that chance and drift make more often needs no explanation."""
SURE = 0.9
"""How likely it must be that more, or less, than half of the loss moved."""
_LEVELS = 199
_LEAST_LOSS_SHARE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Gainer:
    """Another pool that rose.

    Parameters
    ----------
    pool : str
        Slug.
    gain_hps : Interval
        Its rise, hashes a second; drift and chance included.
    p_value_adjusted : float
        How often chance and drift make such a change in any of the pools looked at (Holm).
    """

    pool: str
    gain_hps: Interval
    p_value_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolMoves:
    """Where a pool's hash rate went.

    Parameters
    ----------
    pool : str
        Slug.
    window, baseline : Window
        What is compared with what.
    own, others : Drop
        The fall of the pool, and of all others together; negative for a rise.
    loss_hps : Interval
        What the pool lost, hashes a second; negative for a gain.
    moved_share : Interval or None
        The part of the loss that others gained: 1 conserves the total, 0 is all dark. May be
        under 0 or over 1 by chance. None where nothing was lost beyond chance.
    moved_probability : float or None
        That more than half of the loss moved; None where nothing was lost beyond chance.
    finding : {"moved", "lost", "undecided", "no loss"}
        What that says.
    gainers : tuple of Gainer
        Other pools that rose, largest rise first.
    """

    pool: str
    window: Window
    baseline: Window
    own: Drop
    others: Drop
    loss_hps: Interval
    moved_share: Interval | None
    moved_probability: float | None
    finding: MoveFinding
    gainers: tuple[Gainer, ...]


def pool_moves(
    blocks: BlockColumns,
    pool: str,
    window: Window,
    baseline: Window,
    coverage: Coverage,
    *,
    network: Network = MAIN,
    drift: Drift | None = None,
) -> PoolMoves:
    """Compare a pool's fall with what all others gained.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order, with pools, both windows and what their difficulty rests on.
    pool : str
        Slug.
    window, baseline : Window
        What is judged, and what it is compared with.
    coverage : Coverage
        When the record was watching.
    network : Network
        Whose rules of difficulty hold.
    drift : Drift or None
        How fast the network's hash rate drifted before, best learned from a year of blocks; None
        learns it from `blocks`. From the 54 days that surround the windows, intervals contain the
        truth in 80 of 100 cases where the drift is 0.020 a square-root day, from a year in 87.

    Raises
    ------
    NoCoverage
        ``too-few-blocks`` for a pool with fewer than `ENOUGH_BLOCKS` blocks in the baseline; also
        when a window was not observed throughout or pools were never looked up.
    """
    subject = pool_subject(pool)
    counts = {}
    for name, span in (("during", window), ("before", baseline)):
        pools = pool_block_counts(blocks, span, coverage, network=network).pools
        mine = next((one for one in pools if one.subject == subject), None)
        whole = block_count(blocks, span, NETWORK, coverage, network=network)
        counts[name] = (mine or _none(subject, whole), whole)
    (own_during, all_during), (own_before, all_before) = counts["during"], counts["before"]
    if own_before.n_blocks < ENOUGH_BLOCKS:
        raise NoCoverage(
            f"{subject} found {own_before.n_blocks} blocks from {baseline}; where its hash rate "
            f"went can be determined from {ENOUGH_BLOCKS} on",
            code="too-few-blocks",
            hint="ask for a longer time, or a larger pool",
        )
    drift = drift_of(blocks, NETWORK, window, baseline, drift=drift)
    own = drop_of(
        own_during, own_before, drift=drift_of(blocks, subject, window, baseline, drift=drift)
    )
    others = drop_of(
        _without(all_during, own_during),
        _without(all_before, own_before),
        drift=drift.without_growth(),
    )
    before_hps = rate_of(own_before).quantiles.median
    share = own_before.n_counted / all_before.n_counted
    moved_share = moved_probability = None
    finding: MoveFinding = "no loss"
    if own.drop_share.median > 0.0 and own.shown_p_value < RARE:
        moved_share, moved_probability = _moved(own.drop_share, others.shown_share, share)
        finding = "undecided"
        if moved_probability >= SURE:
            finding = "moved"
        elif moved_probability <= 1.0 - SURE:
            finding = "lost"
    return PoolMoves(
        pool=pool,
        window=window,
        baseline=baseline,
        own=own,
        others=others,
        loss_hps=own.drop_share.mapped(scale=before_hps).interval(LEVEL),
        moved_share=moved_share,
        moved_probability=moved_probability,
        finding=finding,
        gainers=_gainers(blocks, pool, window, baseline, coverage, network, drift),
    )


def _none(subject: str, whole: BlockCount) -> BlockCount:
    return BlockCount(
        subject=subject,
        window=whole.window,
        n_blocks=0,
        exposure_s_per_hash=whole.exposure_s_per_hash,
        n_equal=None if whole.n_equal is None else 0.0,
    )


def _without(whole: BlockCount, part: BlockCount) -> BlockCount:
    """Return the count of all pools but one."""
    equal = None
    if whole.n_equal is not None and part.n_equal is not None:
        equal = whole.n_equal - part.n_equal
    return BlockCount(
        subject=f"all but {part.subject}",
        window=whole.window,
        n_blocks=whole.n_blocks - part.n_blocks,
        exposure_s_per_hash=whole.exposure_s_per_hash,
        n_equal=equal,
    )


def _moved(own: Quantiles, others: Quantiles, share: float) -> tuple[Interval, float]:
    """Return the part of a loss that others gained, and the chance that it is over a half.

    Both falls are independent: every pair of their equally likely values is as likely.
    """
    levels = (np.arange(_LEVELS) + 0.5) / _LEVELS
    lost = share * np.maximum(_at(own, levels), _LEAST_LOSS_SHARE)
    gained = -(1.0 - share) * _at(others, levels)
    ratio = (gained[:, None] / lost[None, :]).ravel()
    low, median, high = np.quantile(ratio, (0.05, 0.5, 0.95))
    interval = Interval(median=float(median), low=float(low), high=float(high), level=LEVEL)
    return interval, float((ratio > 0.5).mean())


def _at(quantiles: Quantiles, levels: Floats) -> Floats:
    """Return values at levels, between the seven quantiles and no further than the outer ones."""
    return np.interp(levels, QUANTILE_LEVELS, quantiles.values)


def _gainers(
    blocks: BlockColumns,
    pool: str,
    window: Window,
    baseline: Window,
    coverage: Coverage,
    network: Network,
    drift: Drift,
) -> tuple[Gainer, ...]:
    before = {
        one.subject: rate_of(one).quantiles.median
        for one in pool_block_counts(blocks, baseline, coverage, network=network).pools
        if one.n_blocks
    }
    found = []
    for one in pool_drops(blocks, window, baseline, coverage, network=network, drift=drift):
        gain = one.drop.shown_share.mapped(scale=-before[pool_subject(one.pool)])
        if one.pool != pool and gain.median > 0.0:
            found.append(
                Gainer(
                    pool=one.pool,
                    gain_hps=gain.interval(LEVEL),
                    p_value_adjusted=one.p_value_adjusted,
                )
            )
    return tuple(sorted(found, key=lambda one: -one.gain_hps.median))
