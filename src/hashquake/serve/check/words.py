"""Sentences on what the claims of a text say of each other."""

from collections.abc import Sequence

from hashquake.core.claim import Verdict
from hashquake.judge.arithmetic import Calculation
from hashquake.judge.claim_groups import ClaimGroup
from hashquake.serve.language import message, number, translate
from hashquake.serve.report.claim_rows import figure_words
from hashquake.serve.wording.numbers import listed

_APART = {
    "then_and_now": message("About an earlier time: {figures}."),
    "before_and_after": message("The value before a change: {figures}."),
    "subjects": message("About other pools or places than the rest: {figures}."),
    "telemetry": message(
        "About pools, which count their own machines and see finer than blocks do: {figures}."
    ),
    "windows": message("About other hours or days than the rest: {figures}."),
    "noise": message(
        "Chance in finding blocks is larger than the differences between {figures}, so blocks "
        "cannot say which of them is right."
    ),
}
_SHARE = message("A share of the hash rate, not a change of it: {figures}.")
_CHANGE = message("A change of the hash rate, not a share of it: {figures}.")
_ALL = {
    "before_and_after": message("They are values before changes."),
    "subjects": message("Each is about another pool or place."),
    "telemetry": message("Pools count their own machines and see finer than blocks do."),
    "windows": message("Each is about other hours or days."),
    "parts": message("They may be parts of a whole."),
    "noise": message(
        "Chance in finding blocks is larger than the differences between these figures, so blocks "
        "cannot say which of them is right."
    ),
}


def group_because(group: ClaimGroup, verdicts: Sequence[Verdict]) -> str:
    """Return why the figures of a group differ, in one to three sentences.

    Parameters
    ----------
    group : ClaimGroup
        Of claims about one quantity.
    verdicts : sequence of Verdict
        Of all claims of the text.
    """
    if group.low == group.high:
        return translate("All of them give the same figure.")
    if not group.points:
        return translate("Nothing in the text explains why they differ.")
    said = []
    for point in group.points:
        figures = dict.fromkeys(figure_words(verdicts[at].about) for at in point.claims)
        if not figures:
            said.append(translate(_ALL[point.cause]))
            continue
        sentence = _APART.get(point.cause)
        if sentence is None:
            first = verdicts[point.claims[0]].about
            sentence = _SHARE if first.quantity == "hashrate_share" else _CHANGE
        said.append(translate(sentence, figures=listed(tuple(figures))))
    return " ".join(said)


def calculation_because(one: Calculation) -> str:
    """Return what some numbers of a text imply, in a sentence.

    Parameters
    ----------
    one : Calculation
        Of the text's own numbers.
    """
    if one.kind == "change":
        low, high = 100 * one.value_low, 100 * one.value_high
        middle = (low + high) / 2
        said = translate(
            "The two values make a change of {middle} % ({low} to {high} % with rounding)",
            middle=number(f"{middle:+.1f}"),
            low=number(f"{low:+.1f}"),
            high=number(f"{high:+.1f}"),
        )
    else:
        said = translate(
            "The powers and the share make a whole of {low} to {high} MW",
            low=number(f"{one.value_low:,.0f}"),
            high=number(f"{one.value_high:,.0f}"),
        )
    if one.agrees is None:
        return f"{said}."
    if one.kind == "change":
        return (
            translate("{said}: it agrees with the stated figure.", said=said)
            if one.agrees
            else translate("{said}: it does not agree with the stated figure.", said=said)
        )
    return (
        translate("{said}: it agrees with the country's capacity.", said=said)
        if one.agrees
        else translate("{said}: it does not agree with the country's capacity.", said=said)
    )
