"""Verdicts on what was said of an event, from blocks alone.

A claimed change is compared with no change by the blocks of the claim's window and of a reference
before it. Three answers are possible: the blocks exclude the claim, they favour it by more than 19
to 1, or they cannot tell, and then the verdict says how many days of blocks would. What blocks
cannot measure at all is left unresolved.
"""

from dataclasses import dataclass

from hashquake.core.claim import Call, Claim, Verdict
from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.label_gap import LabelGap
from hashquake.core.network import MAIN, Network
from hashquake.core.subject import NETWORK, UNKNOWN_POOL, pool_subject
from hashquake.core.times import HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.block_count import (
    BlockCount,
    PoolBlockCounts,
    block_count,
    pool_block_counts,
)
from hashquake.estimate.drift import NETWORK_WALK, POOL_WALK, drift_sd
from hashquake.judge.evidence import change_evidence, claimed_range, is_finite
from hashquake.judge.levels import judge_difficulty, judge_level
from hashquake.judge.wording import because

LARGE_POOLS = "pools"
LARGE_SHARE = 0.05
"""A pool is large when it found so much of the reference's blocks."""
_SILENCE_S = 6 * HOUR_S
"""No wait for a block in the bundled record is so long: beyond it, blocks are missing, not late."""
_CANNOT = {
    "hashrate_hps": "blocks carry no place: only the hash rates of network and pools are known",
    "hashrate_share": "blocks carry no place: the share of a country comes from a map",
    "connectivity_share": "blocks do not measure connectivity",
    "connectivity_change_share": "blocks do not measure connectivity",
    "price_usd": "blocks do not carry a price",
    "price_change_share": "blocks do not carry a price",
    "power_mw": "blocks carry no power: it takes a guess of the machines' efficiency",
    "generation_share": "blocks carry no power",
    "money_usd": "blocks do not carry a price",
}


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


def judge_claims(claims: tuple[Claim, ...], setting: Setting) -> tuple[Verdict, ...]:
    """Judge claims in turn; see `judge_claim`.

    Parameters
    ----------
    claims : tuple of Claim
        In any order.
    setting : Setting
        Blocks, coverage and windows to judge by.
    """
    return tuple(judge_claim(claim, setting) for claim in claims)


def judge_claim(claim: Claim, setting: Setting) -> Verdict:
    """Judge a claim by the blocks.

    Changes of the hash rate of the network, of a pool, or of the large pools together are judged
    here; levels of either and changes of difficulty in `hashquake.judge.levels`. The window is the
    claim's, or the event's where the claim names none. The reference is the event's baseline as far
    as it lies before that window: long, so that the reference adds little luck of its own; where
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
    reason = _unresolved(claim)
    if reason:
        return _verdict(claim, "unresolved", f"{reason[0].upper()}{reason[1:]}.")
    window = claim.window or setting.window
    try:
        return _judge(claim, window, setting)
    except NoCoverage as error:
        return _verdict(claim, "unresolved", f"{error.message[0].upper()}{error.message[1:]}.")


def _judge(claim: Claim, window: Window, setting: Setting) -> Verdict:
    if claim.quantity == "difficulty_change_share":
        return judge_difficulty(claim, window, setting.blocks)
    reference = _reference(window, setting.baseline)
    for one in (window, reference):
        setting.coverage.require(one, what=claim.subject)
        _require_reach(setting.blocks, one)
    fault = _label_fault(claim.subject, window, reference, setting.label_gaps)
    if fault:
        return _verdict(claim, "unresolved", fault)
    if claim.quantity != "hashrate_change_share":
        return judge_level(claim, window, setting.blocks, setting.coverage, network=setting.network)
    return _judge_change(claim, window, reference, setting)


def _judge_change(claim: Claim, window: Window, reference: Window, setting: Setting) -> Verdict:
    during, before, who = _tallies(claim.subject, window, reference, setting)
    if not before.n_blocks:
        return _verdict(
            claim, "unresolved", f"The reference, {reference}, holds no block of {who}."
        )
    low, high = claimed_range(claim)
    walk = POOL_WALK if claim.subject.startswith("pool:") else NETWORK_WALK
    evidence = change_evidence(
        during,
        before,
        low=low,
        high=high,
        drift_sd=drift_sd(window, reference, walk=walk),
    )
    call: Call = "undecidable"
    changed = not evidence.measured.holds(0.0)
    if evidence.excluded:
        call = "contradicted"
    elif evidence.compatible and (evidence.favoured or changed):
        call = "supported"
    return Verdict(
        about=claim,
        call=call,
        probability=evidence.probability,
        measured=evidence.measured if is_finite(evidence.measured) else None,
        because=because(call, evidence, during, before, who=who),
        is_consistent=call == "supported" and not evidence.favoured,
    )


def _unresolved(claim: Claim) -> str:
    """Return why blocks cannot judge a claim; empty when they can."""
    mined = claim.subject == NETWORK or claim.subject.startswith("pool:")
    if claim.quantity == "hashrate_change_share":
        if not mined and claim.subject != LARGE_POOLS:
            return (
                "blocks carry no place: whose machines stopped where cannot be determined from them"
            )
        return "" if claim.relation != "level" else "a level is claimed where a change is meant"
    judged = (
        (claim.quantity == "difficulty_change_share" and claim.subject == NETWORK)
        or (claim.quantity == "hashrate_hps" and mined)
        or (claim.quantity == "hashrate_share" and claim.subject.startswith("pool:"))
    )
    if judged:
        return ""
    return _CANNOT.get(claim.quantity, f"claims of {claim.quantity} are not judged on blocks")


def _reference(window: Window, baseline: Window) -> Window:
    end_s = min(baseline.end_s, window.start_s)
    if end_s - baseline.start_s >= window.duration_s:
        return Window(start_s=baseline.start_s, end_s=end_s)
    return Window(start_s=window.start_s - window.duration_s, end_s=window.start_s)


def _require_reach(blocks: BlockColumns, window: Window) -> None:
    """Refuse a window that the blocks given do not reach: it would be counted as empty.

    Coverage tells what the record observed, not what of it was loaded.
    """
    first_s = float(blocks.header_s.min()) if len(blocks) else 0.0
    last_s = float(blocks.header_s.max()) if len(blocks) else 0.0
    if window.start_s < first_s - _SILENCE_S or window.end_s > last_s + _SILENCE_S:
        raise NoCoverage(
            f"the blocks at hand do not reach over {window}",
            code="blocks-short",
            hint="load the blocks of every claim's window and of its reference",
        )


def _tallies(
    subject: str, window: Window, reference: Window, setting: Setting
) -> tuple[BlockCount, BlockCount, str]:
    """Count the subject in window and reference, and name it."""
    blocks, coverage, network = setting.blocks, setting.coverage, setting.network
    if subject != LARGE_POOLS:
        during = block_count(blocks, window, subject, coverage, network=network)
        before = block_count(blocks, reference, subject, coverage, network=network)
        return during, before, "the network" if subject == NETWORK else subject[len("pool:") :]
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
    who = f"the {len(large)} pools over {100 * LARGE_SHARE:.0f} % together"
    return _sum(all_during, large, window), _sum(all_before, large, reference), who


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
) -> str:
    for gap in label_gaps:
        touched = gap.window.overlap(window) or gap.window.overlap(reference)
        if touched and subject in (pool_subject(gap.pool), pool_subject(gap.filed_under)):
            return (
                f"Labels fail here: from {gap.window} blocks of {gap.pool} are filed under "
                f"{gap.filed_under}."
            )
    return ""


def _verdict(claim: Claim, call: Call, because: str) -> Verdict:
    return Verdict(about=claim, call=call, probability=None, measured=None, because=because)
