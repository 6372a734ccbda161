"""Verdicts on what was said of an event, from blocks alone.

A claimed change is compared with no change by the blocks of the claim's window and of a reference
before it. Three answers are possible: the blocks exclude the claim, they favour it by more than 19
to 1, or they cannot tell, and then the verdict says how many days of blocks would. What blocks
cannot measure at all is left unresolved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hashquake.core.claim import Call, Claim, Verdict
from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.label_gap import LabelGap
from hashquake.core.network import MAIN, Network
from hashquake.core.subject import NETWORK, UNKNOWN_POOL, pool_subject
from hashquake.core.times import HOUR_S
from hashquake.core.verdict_reason import (
    DataMissing,
    EmptyReference,
    LabelsFail,
    Limit,
    NotMeasured,
    VerdictReason,
)
from hashquake.core.window import Window
from hashquake.estimate.block_count import (
    BlockCount,
    PoolBlockCounts,
    block_count,
    pool_block_counts,
)
from hashquake.estimate.drift import NETWORK_WALK, POOL_WALK, drift_sd
from hashquake.judge.change_measured import change_measured
from hashquake.judge.evidence import change_evidence, claimed_range, is_finite
from hashquake.judge.impossible import impossible_value
from hashquake.judge.levels import judge_difficulty, judge_level

LARGE_POOLS = "pools"
LARGE_SHARE = 0.05
"""A pool is large when it found so much of the reference's blocks."""
_SILENCE_S = 6 * HOUR_S
"""No wait for a block in the bundled record is so long: beyond it, blocks are missing, not late."""
_CANNOT: Mapping[str, Limit] = MappingProxyType(
    {
        "hashrate_hps": "no_place",
        "hashrate_share": "no_country_share",
        "connectivity_share": "no_connectivity",
        "connectivity_change_share": "no_connectivity",
        "price_usd": "no_price",
        "price_change_share": "no_price",
        "power_mw": "no_power",
        "generation_share": "no_generation",
        "money_usd": "no_price",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a claim is judged on.

    Parameters
    ----------
    blocks : BlockColumns
        In height order; they must reach over the window of every claim and of its reference.
    window, baseline : Window
        The event's, for claims that name no time, and what a change is measured from.
    coverage : Coverage
        What was observed.
    label_gaps : tuple of LabelGap
        Known faults of the pool labels.
    network : Network
        Whose retarget rule holds.
    """

    blocks: BlockColumns
    window: Window
    baseline: Window
    coverage: Coverage
    label_gaps: tuple[LabelGap, ...] = ()
    network: Network = MAIN


def judge_claim(claim: Claim, setting: Setting) -> Verdict:
    """Judge a claim by the blocks.

    Changes of the hash rate of the network, of a pool, or of the large pools together are judged
    here; levels of either and changes of difficulty in `hashquake.judge.levels`. The window is the
    claim's, or the event's where the claim names none. The reference is the event's baseline as far
    as it lies before that window: long, so that the reference adds little noise of its own; where
    less of it is left than the window is long, the stretch of the window's length right before it.

    Parameters
    ----------
    claim : Claim
        A statement with a quantity and limits.
    setting : Setting
        Blocks, coverage and windows to judge by.

    Returns
    -------
    Verdict
        ``contradicted`` when the whole claimed range, rounding included, lies outside the 95 %
        interval of luck and drift; ``supported`` when some of it lies in the 90 % interval, and
        either the blocks favour it over no change by more than 19 to 1 or that interval excludes
        no change (then `is_consistent` is set: other sizes agree as well); ``undecidable``
        otherwise; ``unresolved`` when blocks do not measure it. `measured` is the 90 % interval of
        luck and drift.
    """
    impossible = impossible_value(claim)
    if impossible is not None:
        return Verdict(
            about=claim, call="contradicted", probability=0.0, measured=None, reason=impossible
        )
    limit = _limit(claim)
    if limit is not None:
        return _unresolved(claim, NotMeasured(limit=limit, quantity=claim.quantity))
    window = claim.window or setting.window
    try:
        return _judge(claim, window, setting)
    except NoCoverage as error:
        return _unresolved(claim, DataMissing(error=error.code, message=error.message))


def _judge(claim: Claim, window: Window, setting: Setting) -> Verdict:
    if claim.quantity == "difficulty_change_share":
        return judge_difficulty(claim, window, setting.blocks)
    reference = reference_of(window, setting.baseline)
    for one in (window, reference):
        setting.coverage.require(one, what=claim.subject)
        _require_reach(setting.blocks, one)
    fault = _label_fault(claim.subject, window, reference, setting.label_gaps)
    if fault is not None:
        return _unresolved(claim, fault)
    if claim.quantity != "hashrate_change_share":
        return judge_level(claim, window, setting.blocks, setting.coverage, network=setting.network)
    return _judge_change(claim, window, reference, setting)


def _judge_change(claim: Claim, window: Window, reference: Window, setting: Setting) -> Verdict:
    during, before, n_pools = _tallies(claim.subject, window, reference, setting)
    who = claim.subject.removeprefix("pool:")
    if not before.n_blocks:
        return _unresolved(claim, EmptyReference(who=who, n_pools=n_pools, window=reference))
    low, high = claimed_range(claim)
    walk = POOL_WALK if claim.subject.startswith("pool:") else NETWORK_WALK
    drift = drift_sd(window, reference, walk=walk)
    evidence = change_evidence(during, before, low=low, high=high, drift_sd=drift)
    call: Call = "undecidable"
    changed = not evidence.measured.holds(0.0)
    if evidence.excluded:
        call = "contradicted"
    elif evidence.compatible and (evidence.favoured or changed):
        call = "supported"
    agrees = call == "undecidable" and evidence.compatible and evidence.central
    return Verdict(
        about=claim,
        call=call,
        probability=evidence.probability,
        measured=evidence.measured if is_finite(evidence.measured) else None,
        reason=change_measured(
            call,
            evidence,
            during,
            before,
            who=who,
            n_pools=n_pools,
            drift_sd=drift,
            consistent=agrees,
        ),
        is_consistent=agrees or (call == "supported" and not evidence.favoured),
    )


def _limit(claim: Claim) -> Limit | None:
    """Return why blocks cannot judge a claim; None when they can."""
    mined = claim.subject == NETWORK or claim.subject.startswith("pool:")
    if claim.quantity == "hashrate_change_share":
        if not mined and claim.subject != LARGE_POOLS:
            return "no_place"
        return "level_for_change" if claim.relation == "level" else None
    judged = (
        (claim.quantity == "difficulty_change_share" and claim.subject == NETWORK)
        or (claim.quantity == "hashrate_hps" and mined)
        or (claim.quantity == "hashrate_share" and claim.subject.startswith("pool:"))
    )
    if judged:
        return None
    return _CANNOT.get(claim.quantity, "not_judged")


def reference_of(window: Window, baseline: Window) -> Window:
    """Return what a claim's window is compared with; see `judge_claim`.

    Parameters
    ----------
    window : Window
        The claim's.
    baseline : Window
        The event's.
    """
    end_s = min(baseline.end_s, window.start_s)
    if end_s - baseline.start_s >= window.duration_s:
        return Window(start_s=baseline.start_s, end_s=end_s)
    return Window(start_s=window.start_s - window.duration_s, end_s=window.start_s)


def blocks_reach(blocks: BlockColumns, window: Window) -> bool:
    """Return whether the blocks given reach over a window: else it would be counted as empty.

    Coverage says what the record observed, not what of it was loaded.

    Parameters
    ----------
    blocks : BlockColumns
        As loaded.
    window : Window
        To be counted.
    """
    if not len(blocks):
        return False
    first_s, last_s = float(blocks.header_s.min()), float(blocks.header_s.max())
    return first_s - _SILENCE_S <= window.start_s and window.end_s <= last_s + _SILENCE_S


def _require_reach(blocks: BlockColumns, window: Window) -> None:
    if not blocks_reach(blocks, window):
        raise NoCoverage(
            f"the loaded blocks do not cover {window}",
            code="blocks-short",
            hint="load the blocks of every claim's window and of its reference",
        )


def _tallies(
    subject: str, window: Window, reference: Window, setting: Setting
) -> tuple[BlockCount, BlockCount, int]:
    """Count the subject in window and reference; how many pools that is, 0 for one subject."""
    blocks, coverage, network = setting.blocks, setting.coverage, setting.network
    if subject != LARGE_POOLS:
        during = block_count(blocks, window, subject, coverage, network=network)
        before = block_count(blocks, reference, subject, coverage, network=network)
        return during, before, 0
    all_before = pool_block_counts(blocks, reference, coverage, network=network)
    all_during = pool_block_counts(blocks, window, coverage, network=network)
    large = {
        one.subject
        for one in all_before.pools
        if one.n_blocks >= LARGE_SHARE * all_before.n_labelled
        and one.subject != pool_subject(UNKNOWN_POOL)
    }
    if not large:
        raise NoCoverage(f"no pool found {100 * LARGE_SHARE:.0f} % of the blocks from {reference}")
    return _sum(all_during, large, window), _sum(all_before, large, reference), len(large)


def _sum(counts: PoolBlockCounts, subjects: set[str], window: Window) -> BlockCount:
    parts = [one for one in counts.pools if one.subject in subjects]
    return BlockCount(
        subject=LARGE_POOLS,
        window=window,
        n_blocks=sum(one.n_blocks for one in parts),
        exposure_s_per_hash=parts[0].exposure_s_per_hash,
    )


def _label_fault(
    subject: str, window: Window, reference: Window, label_gaps: tuple[LabelGap, ...]
) -> LabelsFail | None:
    for gap in label_gaps:
        touched = gap.window.overlap(window) or gap.window.overlap(reference)
        if touched and subject in (pool_subject(gap.pool), pool_subject(gap.filed_under)):
            return LabelsFail(pool=gap.pool, filed_under=gap.filed_under, window=gap.window)
    return None


def _unresolved(claim: Claim, reason: VerdictReason) -> Verdict:
    return Verdict(about=claim, call="unresolved", probability=None, measured=None, reason=reason)
