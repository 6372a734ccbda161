"""Sentences on what the claims of a text say of each other."""

from hashquake.judge.arithmetic import Calculation
from hashquake.judge.claim_groups import ClaimGroup
from hashquake.serve.language import message, number, translate

_CAUSES = {
    "windows": message("they are about different times"),
    "subjects": message("they are about different pools or places"),
    "telemetry": (
        message(
            "some come from what pools measure themselves, which is finer than what blocks show"
        )
    ),
    "share_and_change": message("some are shares of the hash rate, others changes of it"),
    "then_and_now": message("some are older facts"),
    "before_and_after": message("one is the value before a change and another the value after it"),
    "parts": message("they may be parts of a whole"),
    "noise": message("within the luck of the blocks they cannot be distinguished"),
}


def group_because(group: ClaimGroup) -> str:
    """Return why the figures of a group differ, in a sentence.

    Parameters
    ----------
    group : ClaimGroup
        Of claims about one quantity.
    """
    if group.low == group.high:
        return translate("All of them give the same figure.")
    if not group.causes:
        return translate("Nothing in the text explains why they differ.")
    reasons = [translate(_CAUSES[cause]) for cause in group.causes]
    listed = (
        reasons[0]
        if len(reasons) == 1
        else translate("{reasons}; and {last}", reasons="; ".join(reasons[:-1]), last=reasons[-1])
    )
    return translate("The figures may differ because {listed}.", listed=listed)


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
