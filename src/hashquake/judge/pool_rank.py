"""Claims of a pool's rank, by the blocks that each pool found.

Where two pools found nearly as many blocks, luck orders them: the rank is a random number too.
"""

import numpy as np

from hashquake.core.claim import Call, Claim, Verdict
from hashquake.core.interval import Interval
from hashquake.core.subject import UNKNOWN_POOL, pool_subject
from hashquake.core.verdict_reason import IntervalFinding, IntervalMeasured, PoolUnnamed
from hashquake.core.window import Window
from hashquake.estimate.block_count import PoolBlockCounts

_DRAWS = 20_000
_SEED = 12
_PRIOR = 0.5
"""Jeffreys' prior of a Poisson rate: half a block."""


def judge_pool_rank(claim: Claim, window: Window, counts: PoolBlockCounts) -> Verdict:
    """Judge a pool's rank among the pools that sign their blocks.

    Parameters
    ----------
    claim : Claim
        Of ``rank`` with a pool as its subject.
    window : Window
        The time it is about.
    counts : PoolBlockCounts
        Of all pools in that time; blocks that nobody signed are no pool.

    Returns
    -------
    Verdict
        ``supported`` when the pool has that rank with a probability of 0.9 or more,
        ``contradicted`` under 0.05, else ``undecidable``; the ranks are drawn from the posterior
        of the pools' rates given their blocks.
    """
    named = [one for one in counts.pools if one.subject != pool_subject(UNKNOWN_POOL)]
    at = next((i for i, one in enumerate(named) if one.subject == claim.subject), None)
    if at is None:
        return Verdict(
            about=claim,
            call="unresolved",
            probability=None,
            measured=None,
            reason=PoolUnnamed(subject=claim.subject),
        )
    found = np.array([one.n_blocks for one in named], dtype=float)
    draws = np.random.default_rng(_SEED).gamma(found + _PRIOR, size=(_DRAWS, len(found)))
    ranks = 1 + (draws > draws[:, [at]]).sum(axis=1)
    low = -np.inf if claim.relation == "below" else claim.low
    high = np.inf if claim.relation == "above" else claim.high
    probability = float(((low <= ranks) & (ranks <= high)).mean())
    measured = Interval(
        median=float(np.median(ranks)),
        low=float(np.quantile(ranks, 0.05, method="lower")),
        high=float(np.quantile(ranks, 0.95, method="higher")),
        level=0.9,
    )
    call: Call = "undecidable"
    if probability >= 0.9:
        call = "supported"
    elif probability < 0.05:
        call = "contradicted"
    central = claim.low <= measured.median <= claim.high
    return Verdict(
        about=claim,
        call=call,
        probability=probability,
        measured=measured,
        reason=IntervalMeasured(
            evidence="rank_of_blocks",
            quantity=claim.quantity,
            measured=measured,
            window=window,
            source="",
            finding=_finding(call, claim, measured, central=central),
        ),
        is_consistent=call == "undecidable" and central,
    )


def _finding(call: Call, claim: Claim, measured: Interval, *, central: bool) -> IntervalFinding:
    if call == "contradicted":
        return "outside"
    if call == "supported":
        return "near"
    if central:
        return "inside"
    return "inside_lower" if claim.high < measured.median else "inside_higher"
