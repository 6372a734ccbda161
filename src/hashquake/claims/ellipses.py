"""Numbers whose unit stands at an earlier one: "AntPool 25 %, F2Pool 14", "$107 m, then 52 m"."""

import re
from collections.abc import Sequence

from hashquake.claims.numbers import Number
from hashquake.claims.tokens import Cue
from hashquake.claims.units import CuesAt, Kind, Quantity, exact, scaled_end

_LIST_KINDS: tuple[Kind, ...] = ("percent", "count", "hps")
_MOST_PERCENT = 100.0
_LABEL = re.compile(r"(?:\s*(?:[,:(]|[-\u2010-\u2015])\s*|\s+)(?:[^\W\d_]{1,5}\s+)?")
"""Between a name and its number: a mark, and a word such as *with* or *only* at most."""
_CLOSED = re.compile(r"\s*(?:[.,;)]|$)|\s+[^\W\d_]{1,3}\s")
"""Behind such a number: the end, a mark, or a short word such as *and*."""


def with_unit_before(
    text: str, number: Number, found: Sequence[Quantity], names: Sequence[Cue], at: CuesAt
) -> Quantity | None:
    """Return a bare number with the unit of an earlier one; None where it can have none.

    Parameters
    ----------
    text : str
        The sentence.
    number : Number
        Without a unit of its own.
    found : sequence of Quantity
        Those before it in the sentence.
    names : sequence of Cue
        Pools and countries named.
    at : dict of int to list of Cue
        Units and scales of the lexicon, by where they begin.
    """
    if not found:
        return None
    before = found[-1]
    end, factor = scaled_end(text, number, at)
    if factor > 1.0:
        return _money(text, number, before, end, factor)
    if before.kind == "count" and any(
        cue.kind == "units:others" and 0 <= cue.start - number.end <= 2
        for cues in (at.get(place, ()) for place in range(number.end, number.end + 3))
        for cue in cues
    ):
        return _like(before, number, 1.0, number.end)
    listed = before.kind in _LIST_KINDS and any(
        name.end <= number.start and _LABEL.fullmatch(text[name.end : number.start])
        for name in names
        if name.start >= before.end
    )
    if not listed or not _CLOSED.match(text, number.end):
        return None
    if before.kind == "percent" and number.value > _MOST_PERCENT:
        # "290 blocks, 29 % of all; AntPool, 232": the list is that of the number before.
        counts = [one for one in found if one.kind == "count"]
        return _like(counts[-1], number, 1.0, number.end) if counts else None
    return _like(before, number, before.unit_size, number.end)


def _money(text: str, number: Number, before: Quantity, end: int, factor: float) -> Quantity | None:
    alone = re.match(r"\s*(?:[.,;:)]|$)|\s+[^\W\d_]{1,3}\b|\s+[^\W\d_]+(?:$|[.,])", text[end:])
    if before.kind != "usd" or not before.scaled or alone is None:
        return None
    return _like(before, number, factor, end)


def _like(before: Quantity, number: Number, size: float, end: int) -> Quantity:
    value = exact(number.value / 100 if size == 0.01 else number.value * size)
    return Quantity(
        kind=before.kind, low=value, high=value, start=number.start, end=end,
        scaled=before.scaled, unit_size=size,
    )  # fmt: skip
