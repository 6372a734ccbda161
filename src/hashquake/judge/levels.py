"""Verdicts on levels and on the difficulty: claims that are not about a change of hash rate.

A level has no "no change" to be weighed against: its probability is that the truth lies within a
tenth of the claim. A change of difficulty is in the chain, digit by digit: luck plays no part.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from hashquake.core.claim import Call, Claim, Verdict
from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.difficulty import EPOCH_BLOCKS, difficulty_of_bits
from hashquake.core.interval import Interval
from hashquake.core.network import MAIN, Network
from hashquake.core.verdict_reason import (
    LevelImpossible,
    LevelMeasured,
    NoRetarget,
    PoolUnnamed,
    RetargetMeasured,
    VerdictReason,
)
from hashquake.core.window import Window
from hashquake.estimate.shares import pool_shares
from hashquake.estimate.window import window_rate
from hashquake.judge.evidence import claimed_range
from hashquake.judge.interval_claims import probability_between

NARROW = 0.1
"""A level is supported only by an interval all within so much of it."""
_ROUNDING = 0.005
"""Half a unit of the third digit at worst: how a hash rate in print is rounded."""
_FINDINGS: Mapping[Call, Literal["outside", "near", "wide"]] = MappingProxyType(
    {"contradicted": "outside", "supported": "near", "undecidable": "wide"}
)


def judge_level(
    claim: Claim,
    window: Window,
    blocks: BlockColumns,
    coverage: Coverage,
    *,
    network: Network = MAIN,
) -> Verdict:
    """Judge a claimed hash rate of the network or a pool, or the claimed share of a pool.

    Parameters
    ----------
    claim : Claim
        Of ``hashrate_hps``, or of ``hashrate_share`` with a pool as its subject.
    window : Window
        The time it is about.
    blocks : BlockColumns, shape (n,)
        In height order.
    coverage : Coverage
        What was observed.
    network : Network
        Whose retarget rule holds.

    Returns
    -------
    Verdict
        ``contradicted`` when the claimed range lies outside the 95 % interval, ``supported`` when
        all of that interval lies within a tenth of it, else ``undecidable``.

    Raises
    ------
    NoCoverage
        When the window was not observed throughout, or the pools of its blocks were not looked up.
    """
    if claim.quantity == "hashrate_share":
        low, high = claimed_range(claim)
        shares = pool_shares(blocks, window, coverage, network=network)
        found = next((one for one in shares.pools if one.subject == claim.subject), None)
        if found is None:
            return _verdict(claim, "unresolved", None, PoolUnnamed(subject=claim.subject))
        per = 1.0
    else:
        if not claim.low > 0:
            return _verdict(claim, "unresolved", None, LevelImpossible())
        low, high = claim.low * (1.0 - _ROUNDING), claim.high * (1.0 + _ROUNDING)
        low = 0.0 if claim.relation == "below" else low
        high = float("inf") if claim.relation == "above" else high
        found = window_rate(blocks, window, claim.subject, coverage, network=network)
        per = (claim.low + claim.high) / 2
    measured = found.interval(0.95)
    call: Call = "undecidable"
    if high < measured.low or low > measured.high:
        call = "contradicted"
    elif low * (1.0 - NARROW) <= measured.low and measured.high <= high * (1.0 + NARROW):
        call = "supported"
    reason = LevelMeasured(
        subject=claim.subject,
        n_blocks=found.n_blocks,
        measured_share=Interval(
            median=measured.median / per,
            low=measured.low / per,
            high=measured.high / per,
            level=measured.level,
        ),
        of_claim=claim.quantity != "hashrate_share",
        finding=_FINDINGS[call],
        lean=_place(low, high, measured),
    )
    near = probability_between(low * (1.0 - NARROW), high * (1.0 + NARROW), measured, signed=False)
    return _verdict(claim, call, measured, reason, probability=near)


def _place(low: float, high: float, measured: Interval) -> Literal["lower", "median", "higher"]:
    """Return where in an interval a claim lies: in its middle half, or on which side of that."""
    quarter = 0.34 * min(measured.median - measured.low, measured.high - measured.median)
    if high < measured.median - quarter:
        return "lower"
    return "higher" if low > measured.median + quarter else "median"


def judge_difficulty(claim: Claim, window: Window, blocks: BlockColumns) -> Verdict:
    """Judge a claimed change of difficulty by the retargets in a window, or the first after it.

    Parameters
    ----------
    claim : Claim
        Of ``difficulty_change_share``, signed.
    window : Window
        The time it is about.
    blocks : BlockColumns, shape (n,)
        In height order.

    Returns
    -------
    Verdict
        ``supported`` when one of them changed the difficulty so, ``contradicted`` when none did,
        ``unresolved`` when the blocks hold no such retarget.
    """
    blocks = blocks.main()
    starts = np.flatnonzero((blocks.height % EPOCH_BLOCKS == 0) & (np.arange(len(blocks)) > 0))
    following = starts[blocks.header_s[starts] >= window.start_s]
    inside = following[blocks.header_s[following] < window.end_s]
    looked_at = inside if len(inside) else following[:1]
    if not len(looked_at):
        return _verdict(claim, "unresolved", None, NoRetarget())
    low, high = claimed_range(claim)
    changes = {
        at: difficulty_of_bits(int(blocks.bits[at])) / difficulty_of_bits(int(blocks.bits[at - 1]))
        - 1.0
        for at in looked_at.tolist()
    }
    middle = (claim.low + claim.high) / 2
    nearest = min(changes, key=lambda at: abs(changes[at] - middle))
    change = changes[nearest]
    call: Call = "supported" if low <= change <= high else "contradicted"
    return _verdict(
        claim,
        call,
        Interval(median=change, low=change, high=change, level=0.95),
        RetargetMeasured(
            height=int(blocks.height[nearest]),
            header_s=float(blocks.header_s[nearest]),
            change_share=change,
        ),
        probability=1.0 if call == "supported" else 0.0,
    )


def _verdict(
    claim: Claim,
    call: Call,
    measured: Interval | None,
    reason: VerdictReason,
    *,
    probability: float | None = None,
) -> Verdict:
    return Verdict(
        about=claim, call=call, probability=probability, measured=measured, reason=reason
    )
