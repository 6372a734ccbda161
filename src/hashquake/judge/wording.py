"""The reasons of verdicts in words a reader can check: counts, the interval, what it would take."""

from math import ceil, isinf

from hashquake.core.claim import Call
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.estimate.block_count import BlockCount
from hashquake.estimate.detectability import blocks_to_detect
from hashquake.judge.evidence import ChangeEvidence


def because(
    call: Call, evidence: ChangeEvidence, during: BlockCount, before: BlockCount, *, who: str
) -> str:
    """Return the reason of a verdict on a change.

    Parameters
    ----------
    call : {"supported", "contradicted", "undecidable"}
        The finding.
    evidence : ChangeEvidence
        What it rests on.
    during, before : BlockCount
        The claim's window and its reference.
    who : str
        The subject in words.

    Returns
    -------
    str
        One to three sentences.
    """
    counts = (
        f"{during.n_blocks:,} blocks of {who} in {_duration(during.window.duration_s)} where "
        f"{_expected(during, before):,.0f} were expected from the "
        f"{_duration(before.window.duration_s)} before"
    )
    return f"{counts}: {_finding(call, evidence, during, before)}"


def _finding(call: Call, evidence: ChangeEvidence, during: BlockCount, before: BlockCount) -> str:
    measured = evidence.measured
    found = (
        f"a change of {_percent(measured.median)}, 90 % interval {_percent(measured.low)} to "
        f"{_percent(measured.high)}"
    )
    claimed = _range(evidence.low, evidence.high)
    if call == "contradicted" and evidence.favoured:
        return f"{found}. There is a change, but all of {claimed} lies outside that interval."
    if call == "contradicted":
        return f"{found}. All of {claimed} lies outside it."
    if call == "supported" and evidence.favoured:
        return (
            f"{found}. The claim of {claimed} lies in it and explains the blocks far better than "
            f"no change does."
        )
    if call == "supported":
        return (
            f"{found}. The claim of {claimed} is consistent with it, as other sizes are; no change "
            f"is not."
        )
    if not evidence.compatible:
        return (
            f"{found}. All of {claimed} lies outside it, but inside the 95 % interval, by which "
            f"claims are contradicted."
        )
    return f"{found}. {_needed(evidence, during, before)}"


def _needed(evidence: ChangeEvidence, during: BlockCount, before: BlockCount) -> str:
    """Return the sentence that says that nothing can be concluded, and what would be needed."""
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


def _expected(during: BlockCount, before: BlockCount) -> float:
    return before.n_blocks * during.exposure_s_per_hash / before.exposure_s_per_hash


def _range(low: float, high: float) -> str:
    return _percent(low) if low == high else f"{_percent(low)} to {_percent(high)}"


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
