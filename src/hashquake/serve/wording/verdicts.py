"""Sentences for the reasons of verdicts: counts, the interval, what it would take to tell."""

from math import ceil

from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, HOUR_S
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
from hashquake.serve.format_times import counted_days, counted_hours, utc
from hashquake.serve.language import message, number, translate, translate_plural
from hashquake.serve.source_names import pool_name
from hashquake.serve.wording.claim_evidence import evidence_because

_LIMITS = {
    "no_place": message(
        "Blocks carry no place: whose machines stopped cannot be determined from them."
    ),
    "no_country_share": message("Blocks carry no place: the share of a country comes from a map."),
    "no_connectivity": message("Blocks do not measure connectivity."),
    "no_price": message("Blocks do not carry a price."),
    "no_power": message("Blocks carry no power: it takes a guess of the machines' efficiency."),
    "no_generation": message("Blocks carry no power."),
    "level_for_change": message("A level is claimed where a change is meant."),
    "no_machines": message(
        "No record counts machines or miners: blocks show what they do together, not how many "
        "they are."
    ),
    "no_sites": message("No record counts sites, farms or companies."),
    "count_unsaid": message("The claim does not say what is counted; blocks could be looked up."),
    "no_money": message(
        "The record knows what miners of the whole network earn in a day and what 1 PH/s earns; "
        "this sum is of something else."
    ),
    "no_money_of": message(
        "The record knows what the whole network earns; what one country or company earned "
        "depends on contracts and on power prices that it does not have."
    ),
}
_LEVELS = {
    "outside": message("; the claim lies outside it."),
    "near": message(", all within a tenth of the claim."),
    "wide": message(": the claim lies in it, as many other values do."),
}
_FINDINGS = {
    "excluded_though_changed": (
        message("There is a change, but not one of {claimed}: that lies outside the interval.")
    ),
    "excluded": message("A change of {claimed} lies outside it."),
    "favoured": (
        message(
            "The claim of {claimed} lies in it and explains the blocks far "
            "better than no change does."
        )
    ),
    "consistent": (
        message(
            "The claim of {claimed} is consistent with it, as other sizes are; no change is not."
        )
    ),
    "between_levels": (
        message(
            "A change of {claimed} lies outside it, but inside the 95 % interval, by "
            "which claims are contradicted."
        )
    ),
    "holds_no_change": message("The claim includes no change, so nothing could set the two apart."),
}
_NOT_PROVEN = message(
    " The claim is consistent with what was measured, but so is an "
    "unchanged hash rate: it is not proven."
)
_SETTLED = ("excluded", "excluded_though_changed", "favoured")
_GOOD_POWER = 0.8
_POWER = {
    "fall": message(" In {duration} blocks find a fall of {share} in {power_share} of 100 cases."),
    "rise": message(" In {duration} blocks find a rise of {share} in {power_share} of 100 cases."),
}
_SIZED = {"fall": message("A fall of {share}"), "rise": message("A rise of {share}")}
_LEANS = {
    "claim": message("The blocks lean towards the claim."),
    "no_change": message("The blocks lean towards no change."),
    "neither": message("The blocks lean neither way."),
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
            where = translate(
                "height {height}, {time}",
                height=number(f"{reason.height:,}"),
                time=utc(reason.header_s),
            )
            return translate(
                "The chain has it exactly: at {where}, difficulty changed by {change_share} %.",
                where=where,
                change_share=number(f"{100 * reason.change_share:+.2f}"),
            )
        case NotMeasured() | DataMissing() | PoolUnnamed() | LevelImpossible() | NoRetarget():
            return _unresolved(reason)
        case LabelsFail() | EmptyReference():
            return _without_count(reason)
    return evidence_because(reason)


def _without_count(reason: LabelsFail | EmptyReference) -> str:
    if isinstance(reason, LabelsFail):
        return translate(
            "Labels fail here: from {window} blocks of {pool} are filed under {filed_under}.",
            window=reason.window,
            pool=reason.pool,
            filed_under=reason.filed_under,
        )
    who = _who(reason.who, reason.n_pools)
    return translate(
        "The reference, {window}, holds no block of {who}.", window=reason.window, who=who
    )


def _unresolved(
    reason: NotMeasured | DataMissing | PoolUnnamed | LevelImpossible | NoRetarget,
) -> str:
    if isinstance(reason, NotMeasured):
        return _limit(reason)
    if isinstance(reason, DataMissing):
        return f"{reason.message[:1].upper()}{reason.message[1:]}."
    if isinstance(reason, PoolUnnamed):
        return translate("No block names {subject}.", subject=reason.subject)
    if isinstance(reason, LevelImpossible):
        return translate("A hash rate is claimed that cannot be.")
    return translate("No retarget follows in the blocks of the record.")


def _limit(reason: NotMeasured) -> str:
    if reason.limit == "not_judged":
        return translate("Claims of {quantity} are not judged on blocks.", quantity=reason.quantity)
    if reason.quantity == "hashrate_hps":
        return translate(
            "Blocks carry no place: only the hash rates of network and pools are known."
        )
    return translate(_LIMITS[reason.limit])


def _level(reason: LevelMeasured) -> str:
    measured = reason.measured_share
    unit = translate("% of the claimed level") if reason.of_claim else "%"
    return translate_plural(
        "{n_blocks} block of {subject}: {median} {unit}, 95 % interval "
        "{low} to {high} %{levels}{lean}",
        "{n_blocks} blocks of {subject}: {median} {unit}, 95 % interval "
        "{low} to {high} %{levels}{lean}",
        reason.n_blocks,
        n_blocks=number(f"{reason.n_blocks:,}"),
        subject=_who(reason.subject.removeprefix("pool:"), 0),
        median=number(f"{100 * measured.median:.1f}"),
        unit=unit,
        low=number(f"{100 * measured.low:.1f}"),
        high=number(f"{100 * measured.high:.1f}"),
        levels=translate(_LEVELS[reason.finding]),
        lean=_level_lean(reason),
    )


def _level_lean(reason: LevelMeasured) -> str:
    if reason.finding != "wide" or reason.lean is None:
        return ""
    if reason.lean == "median":
        return translate(" The claim is consistent: it lies about the median.")
    if reason.lean == "lower":
        return translate(" The claim lies on the low side of it.")
    return translate(" The claim lies on the high side of it.")


def _change(reason: ChangeMeasured) -> str:
    measured = reason.measured_share
    return translate_plural(
        "{n_blocks} block of {who} in {duration} where {expected_blocks} "
        "were expected from the {reference} before: a change of {share}, "
        "90 % interval {low} to {high}. {finding}{power_and_lean}",
        "{n_blocks} blocks of {who} in {duration} where {expected_blocks} "
        "were expected from the {reference} before: a change of {share}, "
        "90 % interval {low} to {high}. {finding}{power_and_lean}",
        reason.n_blocks,
        n_blocks=number(f"{reason.n_blocks:,}"),
        who=_who(reason.who, reason.n_pools),
        duration=_duration(reason.duration_s),
        expected_blocks=number(f"{reason.expected_blocks:,.0f}"),
        reference=_duration(reason.reference_s),
        share=_percent(measured.median),
        low=_percent(measured.low),
        high=_percent(measured.high),
        finding=_finding(reason),
        power_and_lean=_power_and_lean(reason),
    )


def _power_and_lean(reason: ChangeMeasured) -> str:
    """Return how often blocks would find such a change, and which way they lean if they cannot."""
    if reason.lean is None or reason.finding in _SETTLED:
        return ""
    size = (reason.low_share + reason.high_share) / 2
    power = ""
    if reason.power_share is not None and reason.power_share < _GOOD_POWER:
        power = translate(
            _POWER["fall" if size < 0 else "rise"],
            duration=_duration(reason.duration_s),
            share=_percent(abs(size), signed=False),
            power_share=number(f"{100 * reason.power_share:.0f}"),
        )
    agrees = translate(_NOT_PROVEN) if reason.central else ""
    return f"{power} {translate(_LEANS[reason.lean])}{agrees}"


def _finding(reason: ChangeMeasured) -> str:
    sentence = _FINDINGS.get(reason.finding)
    if sentence is None:
        return _needed(reason)
    return translate(sentence, claimed=_range(reason.low_share, reason.high_share))


def _needed(reason: ChangeMeasured) -> str:
    """Return the sentence that nothing can be concluded, and what would be needed."""
    size = (reason.low_share + reason.high_share) / 2
    what = translate(
        _SIZED["fall" if size < 0 else "rise"],
        share=_percent(abs(size), signed=False),
    )
    hint = (
        translate(
            "{what} is possible, but the blocks favour it over no change by less than 19 to 1",
            what=what,
        )
        if reason.shown
        else translate(
            "{what} can neither be confirmed nor excluded within {duration}",
            what=what,
            duration=_duration(reason.duration_s),
        )
    )
    if reason.finding == "long_enough" or reason.needed_blocks is None or reason.needed_s is None:
        return translate(
            "{hint}. The window is long enough to find one four times in five, "
            "but the blocks came out between the two.",
            hint=hint,
        )
    if reason.finding == "needs_both_sides":
        return translate(
            "{hint}: to find one four times in five takes some {needed_blocks} "
            "blocks, {duration}, on either side.",
            hint=hint,
            needed_blocks=number(f"{ceil(reason.needed_blocks):,}"),
            duration=_duration(reason.needed_s),
        )
    return translate(
        "{hint}: to find one four times in five takes about {duration} of "
        "blocks ({needed_blocks}).",
        hint=hint,
        duration=_duration(reason.needed_s),
        needed_blocks=number(f"{ceil(reason.needed_blocks):,}"),
    )


def _who(who: str, n_pools: int) -> str:
    if n_pools:
        return translate("the {n_pools} pools over 5 % together", n_pools=n_pools)
    return translate("the network") if who == NETWORK else pool_name(who)


def _range(low: float, high: float) -> str:
    first, last = _percent(low), _percent(high)
    # Limits that only rounding parts, as those of "12.8 %", are one figure to a reader.
    return first if first == last else translate("{low} to {high}", low=first, high=last)


def _percent(share: float, *, signed: bool = True) -> str:
    text = f"{100 * share:+.1f}" if signed else f"{100 * share:.1f}"
    text = text.replace("-0.0", "+0.0") if float(text) == 0.0 else text
    return number(f"{text.removesuffix('.0')} %")


def _duration(duration_s: float) -> str:
    if duration_s < 2 * DAY_S:
        return counted_hours(f"{duration_s / HOUR_S:.3g}")
    few = duration_s < 10 * DAY_S
    return counted_days(f"{duration_s / DAY_S:.2g}" if few else f"{duration_s / DAY_S:.0f}")
