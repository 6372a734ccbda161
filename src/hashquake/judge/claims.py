"""Verdicts on what was said of an event, from blocks alone.

A claimed change is compared with no change by the blocks of the claim's window and of a reference
before it. Three answers are possible: the blocks exclude the claim, they favour it by more than 19
to 1, or they cannot tell, and then the verdict says how many days of blocks would. What blocks
cannot measure at all is left unresolved.
"""

from dataclasses import dataclass
from math import ceil, isinf

from hashquake.core.claim import Call, Claim, Verdict
from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.label_gap import LabelGap
from hashquake.core.network import MAIN, Network
from hashquake.core.subject import NETWORK, UNKNOWN_POOL, pool_subject
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.detectability import blocks_to_detect
from hashquake.estimate.tally import PoolTallies, Tally, tally, tally_pools
from hashquake.judge.drift import NETWORK_WALK, POOL_WALK, drift_sd
from hashquake.judge.evidence import ChangeEvidence, change_evidence, claimed_range, is_finite

LARGE_POOLS = "pools"
LARGE_SHARE = 0.05
"""A pool is large when it found so much of the reference's blocks."""
_CANNOT = {
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
        In height order.
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
    """Judge claims in turn; see `judge_claim`."""
    return tuple(judge_claim(claim, setting) for claim in claims)


def judge_claim(claim: Claim, setting: Setting) -> Verdict:
    """Say what the blocks make of a claim.

    Only changes of the hash rate of the network, of a pool, or of the large pools together can be
    judged. The window is the claim's, or the event's where the claim names none. The reference is
    the event's baseline as far as it lies before that window: long, so that the reference adds
    little luck of its own; where less of it is left than the window is long, the stretch of the
    window's length right before it.

    Returns
    -------
    Verdict
        ``contradicted`` when the whole claimed range, rounding included, lies outside the 95 %
        interval, and still does when hash rate's own drift between the two windows is allowed for;
        ``supported`` when it does not and the blocks favour it over no change by more than 19 to 1;
        ``undecidable`` otherwise; ``unresolved`` when blocks do not measure it. `measured` is the
        interval of luck alone, as in every table of the report.
    """
    reason = _unresolved(claim)
    if reason:
        return _verdict(claim, "unresolved", f"{reason[0].upper()}{reason[1:]}.")
    window = claim.window or setting.window
    reference = _reference(window, setting.baseline)
    try:
        during, before, who = _tallies(claim.subject, window, reference, setting)
    except NoCoverage as error:
        return _verdict(claim, "unresolved", f"{error.message}.")
    fault = _label_fault(claim.subject, window, reference, setting.label_gaps)
    if fault:
        return _verdict(claim, "unresolved", fault)
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
    if evidence.excluded:
        call = "contradicted"
    elif evidence.compatible and evidence.favoured:
        call = "supported"
    counts = (
        f"{during.n_blocks:,} blocks of {who} in {_duration(window.duration_s)} where "
        f"{_expected(during, before):,.0f} were to be expected from the "
        f"{_duration(reference.duration_s)} before"
    )
    return Verdict(
        about=claim,
        call=call,
        probability=evidence.probability,
        measured=evidence.measured if is_finite(evidence.measured) else None,
        because=f"{counts}: {_because(call, evidence, during, before)}",
    )


def _unresolved(claim: Claim) -> str:
    if claim.quantity != "hashrate_change_share":
        return _CANNOT.get(claim.quantity, f"{claim.quantity} is not judged on blocks")
    if claim.subject in (NETWORK, LARGE_POOLS) or claim.subject.startswith("pool:"):
        return "" if claim.relation != "level" else "a level is claimed where a change is meant"
    return "blocks carry no place: whose machines stopped where cannot be told from them"


def _reference(window: Window, baseline: Window) -> Window:
    end_s = min(baseline.end_s, window.start_s)
    if end_s - baseline.start_s >= window.duration_s:
        return Window(start_s=baseline.start_s, end_s=end_s)
    return Window(start_s=window.start_s - window.duration_s, end_s=window.start_s)


def _tallies(
    subject: str, window: Window, reference: Window, setting: Setting
) -> tuple[Tally, Tally, str]:
    """Count the subject in window and reference, and name it."""
    blocks, coverage, network = setting.blocks, setting.coverage, setting.network
    if subject != LARGE_POOLS:
        during = tally(blocks, window, subject, coverage, network=network)
        before = tally(blocks, reference, subject, coverage, network=network)
        return during, before, "the network" if subject == NETWORK else subject[len("pool:") :]
    all_before = tally_pools(blocks, reference, coverage, network=network)
    all_during = tally_pools(blocks, window, coverage, network=network)
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


def _sum(tallies: PoolTallies, subjects: set[str], window: Window) -> Tally:
    parts = [one for one in tallies.pools if one.subject in subjects]
    return Tally(
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


def _because(call: Call, evidence: ChangeEvidence, during: Tally, before: Tally) -> str:
    measured = evidence.measured
    found = (
        f"a change of {_percent(measured.median)}, 95 % interval {_percent(measured.low)} to "
        f"{_percent(measured.high)}"
    )
    claimed = _range(evidence.low, evidence.high)
    if call == "contradicted" and evidence.favoured:
        return f"{found}. There is a change, but all of {claimed} lies outside that interval."
    if call == "contradicted":
        return f"{found}. All of {claimed} lies outside it."
    if call == "supported":
        return f"{found}. It holds {claimed}, and no change would explain the blocks far worse."
    if not evidence.compatible:
        return (
            f"{found}. All of {claimed} lies outside it, but by less than hash rate drifts of "
            f"itself in such a time."
        )
    return f"{found}. {_needed(evidence, during, before)}"


def _needed(evidence: ChangeEvidence, during: Tally, before: Tally) -> str:
    """Say that nothing can be said, and what it would take."""
    if evidence.low <= 0 <= evidence.high:
        return "The claim includes no change, so nothing could set the two apart."
    size = (evidence.low + evidence.high) / 2
    what = f"A {'fall' if size < 0 else 'rise'} of {_percent(abs(size), signed=False)}"
    hint = (
        f"{what} can neither be confirmed nor excluded within {_duration(during.window.duration_s)}"
        if evidence.measured.holds(0.0)
        else f"{what} is possible, but the blocks favour it over no change by less than 19 to 1"
    )
    # A rise needs as many blocks as the fall that would undo it.
    drop_share = -size if size < 0 else size / (1.0 + size)
    per_s = _expected(during, before) / during.window.duration_s
    n_blocks = blocks_to_detect(drop_share, baseline_blocks=before.n_blocks)
    if isinf(n_blocks):
        n_each = ceil(2 * blocks_to_detect(drop_share))
        return (
            f"{hint}: to find one four times in five takes some {n_each:,} blocks, "
            f"{_duration(n_each / per_s)}, on either side."
        )
    if n_blocks / per_s <= during.window.duration_s:
        return (
            f"{hint}. The window is long enough to find one four times in five, but the blocks "
            f"came out between the two."
        )
    return (
        f"{hint}: to find one four times in five takes about {_duration(n_blocks / per_s)} of "
        f"blocks ({ceil(n_blocks):,})."
    )


def _expected(during: Tally, before: Tally) -> float:
    return before.n_blocks * during.exposure_s_per_hash / before.exposure_s_per_hash


def _verdict(claim: Claim, call: Call, because: str) -> Verdict:
    return Verdict(about=claim, call=call, probability=None, measured=None, because=because)


def _range(low: float, high: float) -> str:
    return f"{_percent(low)} to {_percent(high)}"


def _percent(share: float, *, signed: bool = True) -> str:
    text = f"{100 * share:+.1f}" if signed else f"{100 * share:.1f}"
    return f"{text.removesuffix('.0')} %"


def _duration(duration_s: float) -> str:
    if duration_s < 2 * DAY_S:
        return f"{duration_s / HOUR_S:.3g} hours"
    return (
        f"{duration_s / DAY_S:.2g} days"
        if duration_s < 10 * DAY_S
        else f"{duration_s / DAY_S:.0f} days"
    )
