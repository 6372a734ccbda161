"""Sentences on what the claims of a text say of each other."""

from hashquake.judge.arithmetic import Calculation
from hashquake.judge.claim_groups import ClaimGroup

_CAUSES = {
    "windows": "they are about different times",
    "subjects": "they are about different pools or places",
    "telemetry": (
        "some come from what pools measure themselves, which is finer than what blocks show"
    ),
    "share_and_change": "some are shares of the hash rate, others changes of it",
    "then_and_now": "some are older facts",
    "before_and_after": "one is the value before a change and another the value after it",
    "parts": "they may be parts of a whole",
    "noise": "within the luck of the blocks they cannot be distinguished",
}


def group_because(group: ClaimGroup) -> str:
    """Return why the figures of a group differ, in a sentence.

    Parameters
    ----------
    group : ClaimGroup
        Of claims about one quantity.
    """
    if group.low == group.high:
        return "All of them give the same figure."
    if not group.causes:
        return "Nothing in the text explains why they differ."
    reasons = [_CAUSES[cause] for cause in group.causes]
    listed = reasons[0] if len(reasons) == 1 else f"{'; '.join(reasons[:-1])}; and {reasons[-1]}"
    return f"The figures may differ because {listed}."


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
        said = (
            f"The two values make a change of {middle:+.1f} % ({low:+.1f} to {high:+.1f} % with "
            f"rounding)"
        )
    else:
        said = (
            f"The powers and the share make a whole of {one.value_low:,.0f} to "
            f"{one.value_high:,.0f} MW"
        )
    if one.agrees is None:
        return f"{said}."
    of = "the stated figure" if one.kind == "change" else "the country's capacity"
    return f"{said}: {'it agrees' if one.agrees else 'it does not agree'} with {of}."
