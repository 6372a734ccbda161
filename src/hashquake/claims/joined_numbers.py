"""Two numbers of which only the second has its unit: "15-18 %", "from 205 to 177 EH/s"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from hashquake.claims.numbers import Number
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity, exact, start_with_sign

RANGE = re.compile(r"\s*(?:[-\u2010-\u2015\u2212]|\.\.\.?|\u2026)\s*")
FALL_GAP = 30
LEAD = 12
"""Characters before a number in which "from" and "between" belong to it."""
_PART_WORDS = 2


def joined(
    text: str, bare: Number, number: Number, quantity: Quantity, cues: Sequence[Cue]
) -> list[Quantity]:
    """Return a bare number and one with a unit as a range, as two figures, or the latter alone.

    Parameters
    ----------
    text : str
        The sentence.
    bare, number : Number
        The two, in their order.
    quantity : Quantity
        The second with its unit.
    cues : sequence of Cue
        Phrases of the lexicon in it.
    """
    between = text[bare.end : number.start]
    factor = quantity.low / number.value if number.value else 0.0
    value = exact(bare.value * factor)
    low, high = sorted((value, quantity.low))
    start = start_with_sign(text, bare)
    ranged = replace(quantity, low=low, high=high, start=start)
    if RANGE.fullmatch(between.replace("$", "")):
        return [ranged]
    inside = {cue.kind for cue in cues if bare.end <= cue.start < number.start}
    one = replace(quantity, low=value, high=value, start=start, end=bare.end)
    words = between.split()
    if _is_part(bare, number, quantity, inside, len(words)) or _are_respective(inside, cues):
        return [one, quantity]
    if len(words) > 4 or not inside & {"roles:range", "roles:to", "roles:and"}:
        return [quantity]
    lead = {cue.kind for cue in cues if bare.start - LEAD <= cue.end <= bare.start}
    if "roles:from" in lead and "roles:to" in inside and _moves(bare, number, quantity, cues):
        return [replace(one, pair=1), replace(quantity, pair=2)]
    is_list = bool(inside & {"roles:and"}) or not inside & {"roles:range"}
    listed = not lead & {"roles:between", "roles:from"} and "roles:to" not in inside and is_list
    if len(words) <= 2 and not listed:
        return [ranged]
    # "12 and 14 %": two figures of a list; "12 kg and 40 %": a number of something else first.
    alike = len(words) <= 2 and _only_cues(text, bare.end, number.start, cues)
    return [one, quantity] if alike else [quantity]


def _is_part(
    bare: Number, number: Number, quantity: Quantity, inside: set[str], words: int
) -> bool:
    """Whether a number is a part of the next one: "97 of the 291 blocks"."""
    less = quantity.kind == "count" and bare.value <= number.value
    return less and words <= _PART_WORDS and bool(inside & {"roles:of", "roles:part_of"})


def _are_respective(inside: set[str], cues: Sequence[Cue]) -> bool:
    """Whether two numbers are those of two names: "18 and 11 percent respectively"."""
    return "roles:respectively" in inside or (
        "roles:and" in inside and any(cue.kind == "roles:respectively" for cue in cues)
    )


def _moves(bare: Number, number: Number, quantity: Quantity, cues: Sequence[Cue]) -> bool:
    """Whether "from ... to ..." is a change, and no range."""
    if quantity.kind == "watt" and bare.value < number.value:
        # "Draw from three to four gigawatts" says that nothing rose.
        return any(cue.kind in ("direction:up", "direction:down") for cue in cues)
    if quantity.kind != "percent" or bare.value > number.value:
        return True
    return all(
        any(cue.kind == kind and 0 <= bare.start - cue.end <= gap for cue in cues)
        for kind, gap in (("direction:share", 3 * FALL_GAP), ("direction:up", FALL_GAP))
    )


def _only_cues(text: str, start: int, end: int, cues: Sequence[Cue]) -> bool:
    """Whether every word between two numbers is one that joins or hedges them."""
    left = list(text[start:end])
    for cue in cues:
        if cue.kind.startswith(("roles:", "hedges:")) and start <= cue.start and cue.end <= end:
            left[cue.start - start : cue.end - start] = " " * (cue.end - cue.start)
    return not any(one.isalnum() for one in left)
