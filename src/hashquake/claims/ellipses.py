"""Numbers whose unit stands at an earlier one: "AntPool 25 %, F2Pool 14", "$107 m, then 52 m"."""

import re
from collections.abc import Sequence

from hashquake.claims.numbers import Number
from hashquake.claims.tokens import Cue
from hashquake.claims.units import CuesAt, Kind, Quantity, exact, scaled_end

_LIST_KINDS: tuple[Kind, ...] = ("percent", "count", "hps")
_LED_KINDS: tuple[Kind, ...] = ("hps", "watt", "usd")
_MOST_PERCENT = 100.0
_MOST_RATIO = 10.0
_ENDS = re.compile(r"\s*(?:[.,;](?!\d)|$)")
_LABEL = re.compile(r"(?:\s*(?:[,:(]|[-\u2010-\u2015])\s*|\s+)(?:[^\W\d_]{1,5}\s+)?")
"""Between a name and its number: a mark, and a word such as *with* or *only* at most."""
_TIME_LABEL = re.compile(r"\s*[,:(]?\s*")
"""Between a time and its number: a mark at most."""
_CLOSED = re.compile(r"\s*(?:[.,;)]|$)|\s+[^\W\d_]{1,3}\s")
"""Behind such a number: the end, a mark, or a short word such as *and*."""


def with_unit_before(
    text: str,
    number: Number,
    found: Sequence[Quantity],
    names: Sequence[Cue],
    hedges: Sequence[Cue],
    at: CuesAt,
    *,
    led: Quantity | None = None,
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
    hedges : sequence of Cue
        Words such as *about*.
    at : dict of int to list of Cue
        Units and scales of the lexicon, by where they begin.
    led : Quantity or None
        What it is compared with, or where that one ended.
    """
    if not found:
        return None
    end, factor = scaled_end(text, number, at)
    if factor > 1.0:
        return _money(text, number, found[-1], end, factor)
    before = found[-1]
    if _is_more(number, before, at) or (
        before.kind in ("watt", "hps", "count") and _is_hedged(text, number, hedges)
    ):
        return _like(before, number, before.unit_size, number.end)
    if led is not None and led.kind in _LED_KINDS and is_same_size(number, led):
        # "130 EH/s, against about 85 in July", "from 172 EH/s on Thursday to 154 on Saturday"
        return _like(led, number, led.unit_size, number.end)
    rates = [one for one in found if one.kind == "hps"]
    if rates and is_same_size(number, rates[-1]) and _ENDS.match(text, number.end):
        # "From 180 EH/s we have come to 86."
        return _like(rates[-1], number, rates[-1].unit_size, number.end)
    return _listed(text, number, found, names)


def is_same_size(number: Number, before: Quantity) -> bool:
    """Return whether a number may be in an earlier one's unit: neither is ten times the other.

    Parameters
    ----------
    number : Number
        Without a unit of its own.
    before : Quantity
        The earlier one.
    """
    written = before.high / before.unit_size
    return number.value > 0 and max(written / number.value, number.value / written) < _MOST_RATIO


def _is_more(number: Number, before: Quantity, at: CuesAt) -> bool:
    """Whether "more" or "others" stands for what was counted: "67 machines and 39 others"."""
    return before.kind == "count" and any(
        cue.kind == "units:others" and 0 <= cue.start - number.end <= 2
        for cues in (at.get(place, ()) for place in range(number.end, number.end + 3))
        for cue in cues
    )


def _listed(
    text: str, number: Number, found: Sequence[Quantity], names: Sequence[Cue]
) -> Quantity | None:
    """Return a number behind a name of a list: "AntPool 25 %, F2Pool 14"."""
    before = found[-1]
    named = is_labelled(text, number, [name for name in names if name.start >= before.end])
    if before.kind not in _LIST_KINDS or named is None:
        return None
    if before.kind == "percent" and number.value > _MOST_PERCENT:
        # "290 blocks, 29 % of all; AntPool, 232": the list is that of the number before.
        counts = [one for one in found if one.kind == "count"]
        return _like(counts[-1], number, 1.0, number.end) if counts else None
    return _like(before, number, before.unit_size, number.end)


def is_labelled(text: str, number: Number, names: Sequence[Cue]) -> Cue | None:
    """Return the name right before a number that stands in a list: "F2Pool: 14"; None without one.

    Parameters
    ----------
    text : str
        The sentence.
    number : Number
        Without a unit of its own.
    names : sequence of Cue
        Pools and countries named.
    """
    if not _CLOSED.match(text, number.end):
        return None
    for name in names:
        label = _TIME_LABEL if name.kind == "time" else _LABEL
        if name.end <= number.start and label.fullmatch(text[name.end : number.start]):
            return name
    return None


def _is_hedged(text: str, number: Number, hedges: Sequence[Cue]) -> bool:
    """Whether "about" stands before a number that ends its clause: "others about 1,200."."""
    return any(0 <= number.start - one.end <= 1 for one in hedges) and bool(
        re.match(r"\s*(?:[.,;)]|$)", text[number.end :])
    )


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
