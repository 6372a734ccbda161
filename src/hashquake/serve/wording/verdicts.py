"""Sentences for the reasons of verdicts: counts, the interval, what it would take to tell."""

from math import ceil

from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, HOUR_S, format_time
from hashquake.core.verdict_reason import (
    ChangeMeasured,
    DataMissing,
    EmptyReference,
    LabelsFail,
    LevelImpossible,
    LevelMeasured,
    NoRetarget,
    NotMeasured,
    PoolUnnamed,
    RecordMeasured,
    RetargetMeasured,
    VerdictReason,
)
from hashquake.serve.wording.claim_evidence import evidence_because

_LIMITS = {
    "no_place": "Blocks carry no place: whose machines stopped cannot be determined from them.",
    "no_country_share": "Blocks carry no place: the share of a country comes from a map.",
    "no_connectivity": "Blocks do not measure connectivity.",
    "no_price": "Blocks do not carry a price.",
    "no_power": "Blocks carry no power: it takes a guess of the machines' efficiency.",
    "no_generation": "Blocks carry no power.",
    "level_for_change": "A level is claimed where a change is meant.",
    "no_machines": (
        "No record counts machines or miners: blocks show what they do together, not how many "
        "they are."
    ),
    "no_sites": "No record counts sites, farms or companies.",
    "count_unsaid": "The claim does not say what is counted; blocks could be looked up.",
    "no_money": (
        "The record knows what miners of the whole network earn in a day and what 1 PH/s earns; "
        "this sum is of something else."
    ),
    "no_money_of": (
        "The record knows what the whole network earns; what one country or company earned "
        "depends on contracts and on power prices that it does not have."
    ),
}
_LEVELS = {
    "outside": "; the claim lies outside it.",
    "near": ", all within a tenth of the claim.",
    "wide": ": the claim lies in it, as much else does.",
}
_FINDINGS = {
    "excluded_though_changed": (
        "There is a change, but all of {claimed} lies outside that interval."
    ),
    "excluded": "All of {claimed} lies outside it.",
    "favoured": (
        "The claim of {claimed} lies in it and explains the blocks far better than no change does."
    ),
    "consistent": (
        "The claim of {claimed} is consistent with it, as other sizes are; no change is not."
    ),
    "between_levels": (
        "All of {claimed} lies outside it, but inside the 95 % interval, by which claims are "
        "contradicted."
    ),
    "holds_no_change": "The claim includes no change, so nothing could set the two apart.",
}
_NOT_PROVEN = (
    " The claim is consistent with what was measured, but so is an unchanged hash rate: it is not "
    "proven."
)
_SETTLED = ("excluded", "excluded_though_changed", "favoured")
_GOOD_POWER = 0.8
_LEANS = {
    "claim": "The blocks lean towards the claim.",
    "no_change": "The blocks lean towards no change.",
    "neither": "The blocks lean neither way.",
}


def rests_on_blocks(reason: VerdictReason) -> bool:
    """Return whether a verdict comes from counted blocks, not from a map, prices or signals.

    Parameters
    ----------
    reason : VerdictReason
        A code and values.
    """
    return isinstance(reason, ChangeMeasured | LevelMeasured | RecordMeasured | RetargetMeasured)


def verdict_because(reason: VerdictReason) -> str:
    """Return the reason of a verdict, in one to four sentences a reader can check.

    Parameters
    ----------
    reason : VerdictReason
        A code and values.
    """
    match reason:
        case ChangeMeasured():
            return _change(reason)
        case LevelMeasured():
            return _level(reason)
        case RetargetMeasured():
            where = f"height {reason.height:,}, {format_time(reason.header_s)}"
            return (
                f"The chain has it exactly: at {where}, difficulty changed by "
                f"{100 * reason.change_share:+.2f} %."
            )
        case NotMeasured() | DataMissing() | PoolUnnamed() | LevelImpossible() | NoRetarget():
            return _unresolved(reason)
        case LabelsFail() | EmptyReference():
            return _without_count(reason)
    return evidence_because(reason)


def _without_count(reason: LabelsFail | EmptyReference) -> str:
    if isinstance(reason, LabelsFail):
        return (
            f"Labels fail here: from {reason.window} blocks of {reason.pool} are filed under "
            f"{reason.filed_under}."
        )
    who = _who(reason.who, reason.n_pools)
    return f"The reference, {reason.window}, holds no block of {who}."


def _unresolved(
    reason: NotMeasured | DataMissing | PoolUnnamed | LevelImpossible | NoRetarget,
) -> str:
    if isinstance(reason, NotMeasured):
        return _limit(reason)
    if isinstance(reason, DataMissing):
        return f"{reason.message[:1].upper()}{reason.message[1:]}."
    if isinstance(reason, PoolUnnamed):
        return f"No block names {reason.subject}."
    if isinstance(reason, LevelImpossible):
        return "A hash rate is claimed that cannot be."
    return "No retarget follows in the blocks at hand."


def _limit(reason: NotMeasured) -> str:
    if reason.limit == "not_judged":
        return f"Claims of {reason.quantity} are not judged on blocks."
    if reason.quantity == "hashrate_hps":
        return "Blocks carry no place: only the hash rates of network and pools are known."
    return _LIMITS[reason.limit]


def _level(reason: LevelMeasured) -> str:
    measured = reason.measured_share
    unit = "% of the claimed level" if reason.of_claim else "%"
    return (
        f"{reason.n_blocks:,} blocks of {reason.subject}: {100 * measured.median:.1f} {unit}, "
        f"95 % interval {100 * measured.low:.1f} to {100 * measured.high:.1f} %"
        f"{_LEVELS[reason.finding]}{_level_lean(reason)}"
    )


def _level_lean(reason: LevelMeasured) -> str:
    if reason.finding != "wide" or reason.lean is None:
        return ""
    if reason.lean == "median":
        return " The claim is consistent: it lies about the median."
    return f" The claim lies on the {'low' if reason.lean == 'lower' else 'high'} side of it."


def _change(reason: ChangeMeasured) -> str:
    measured = reason.measured_share
    return (
        f"{reason.n_blocks:,} blocks of {_who(reason.who, reason.n_pools)} in "
        f"{_duration(reason.duration_s)} where {reason.expected_blocks:,.0f} were expected from "
        f"the {_duration(reason.reference_s)} before: a change of {_percent(measured.median)}, "
        f"90 % interval {_percent(measured.low)} to {_percent(measured.high)}. "
        f"{_finding(reason)}{_power_and_lean(reason)}"
    )


def _power_and_lean(reason: ChangeMeasured) -> str:
    """Return how often blocks would find such a change, and which way they lean if they cannot."""
    if reason.lean is None or reason.finding in _SETTLED:
        return ""
    size = (reason.low_share + reason.high_share) / 2
    power = ""
    if reason.power_share is not None and reason.power_share < _GOOD_POWER:
        power = (
            f" In {_duration(reason.duration_s)} blocks find a {'fall' if size < 0 else 'rise'} of "
            f"{_percent(abs(size), signed=False)} in {100 * reason.power_share:.0f} of 100 cases."
        )
    agrees = _NOT_PROVEN if reason.central else ""
    return f"{power} {_LEANS[reason.lean]}{agrees}"


def _finding(reason: ChangeMeasured) -> str:
    sentence = _FINDINGS.get(reason.finding)
    if sentence is None:
        return _needed(reason)
    return sentence.format(claimed=_range(reason.low_share, reason.high_share))


def _needed(reason: ChangeMeasured) -> str:
    """Return the sentence that nothing can be concluded, and what would be needed."""
    size = (reason.low_share + reason.high_share) / 2
    what = f"A {'fall' if size < 0 else 'rise'} of {_percent(abs(size), signed=False)}"
    hint = (
        f"{what} is possible, but the blocks favour it over no change by less than 19 to 1"
        if reason.shown
        else f"{what} can neither be confirmed nor excluded within {_duration(reason.duration_s)}"
    )
    if reason.finding == "long_enough" or reason.needed_blocks is None or reason.needed_s is None:
        return (
            f"{hint}. The window is long enough to find one four times in five, but the blocks "
            f"came out between the two."
        )
    if reason.finding == "needs_both_sides":
        return (
            f"{hint}: to find one four times in five takes some {ceil(reason.needed_blocks):,} "
            f"blocks, {_duration(reason.needed_s)}, on either side."
        )
    return (
        f"{hint}: to find one four times in five takes about {_duration(reason.needed_s)} of "
        f"blocks ({ceil(reason.needed_blocks):,})."
    )


def _who(who: str, n_pools: int) -> str:
    if n_pools:
        return f"the {n_pools} pools over 5 % together"
    return "the network" if who == NETWORK else who


def _range(low: float, high: float) -> str:
    return _percent(low) if low == high else f"{_percent(low)} to {_percent(high)}"


def _percent(share: float, *, signed: bool = True) -> str:
    text = f"{100 * share:+.1f}" if signed else f"{100 * share:.1f}"
    text = text.replace("-0.0", "+0.0") if float(text) == 0.0 else text
    return f"{text.removesuffix('.0')} %"


def _duration(duration_s: float) -> str:
    if duration_s < 2 * DAY_S:
        return f"{duration_s / HOUR_S:.3g} hours"
    return (
        f"{duration_s / DAY_S:.2g} days"
        if duration_s < 10 * DAY_S
        else f"{duration_s / DAY_S:.0f} days"
    )
