"""The quantities of a sentence in their order: numbers with units, ranges, fractions, multiples.

What each is a quantity of (a share, a fall, a price) is not decided here.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from hashquake.claims.ellipses import with_unit_before
from hashquake.claims.joined_numbers import FALL_GAP, LEAD, RANGE, joined
from hashquake.claims.numbers import Number
from hashquake.claims.time_reader import TimeNamed
from hashquake.claims.tokens import Cue
from hashquake.claims.units import (
    HOURS,
    CuesAt,
    Kind,
    Quantity,
    exact,
    number_of,
    with_unit,
)

_WORDY: dict[str, Kind] = {"fractions": "percent", "multiples": "multiple"}
_LED_GAP = 4
"""Characters between "against" and its number: an article."""
_TIME_UNITS = ("time:day", "time:week", "time:month", "time:year", "time:hour", "time:minute")
_MOVING = ("direction:", "time:ago", "weekday", "month")
_SOFTENED = ("hedges:about", "hedges:above", "hedges:below")
_FREE = re.compile(r"(?![\d%])(?!\s?[-\u2010-\u2015]?\s?\d)(?=\s|[.,;)]|$)")
_LEAST_HPS = 1e18


def quantities_in(
    text: str,
    numbers: Sequence[Number],
    cues: Sequence[Cue],
    pools: Sequence[Cue] = (),
    times: Sequence[TimeNamed] = (),
) -> list[Quantity]:
    """Return the numbers that carry a unit, ranges joined, in their order.

    Parameters
    ----------
    text : str
        The sentence.
    numbers : sequence of Number
        From `hashquake.claims.numbers.numbers_in`.
    cues : sequence of Cue
        Phrases of the lexicon in it.
    pools : sequence of Cue
        Pools it names.
    times : sequence of TimeNamed
        Times it names: "163 blocks yesterday, the day before 131".
    """
    at: CuesAt = {}
    hedges = [cue for cue in cues if cue.kind == "hedges:about"]
    names = [*pools, *(cue for cue in cues if cue.kind == "place")]
    names += [Cue("time", None, one.start, one.end, 0, 0) for one in times]
    for cue in cues:
        if cue.kind.startswith("units:") or cue.kind in ("scales", "halves"):
            at.setdefault(cue.start, []).append(cue)
    found: list[Quantity] = []
    bare: Number | None = None
    listed: list[Number] = []
    fractions = [cue for cue in cues if cue.kind in _WORDY]
    units_of_time = [cue for cue in cues if cue.kind in _TIME_UNITS]
    for at_number, number in enumerate(numbers):
        if any(one.start <= number.start and number.end <= one.end for one in fractions):
            continue  # the "five" of "one in five"
        if any(0 <= one.start - number.end <= 1 for one in units_of_time):
            continue  # "the seven-day average of 960 EH/s"
        quantity = with_unit(text, number, at)
        if quantity is None:
            after = numbers[at_number + 1] if at_number + 1 < len(numbers) else None
            base = _base(found)
            led = base is not None and _is_led(text, number, after, base, cues)
            quantity = with_unit_before(
                text, number, found, names, hedges, at, led=base if led else None
            )
            if quantity is None:
                if bare is not None:
                    listed.append(bare)
                bare = number
                continue
            bare = None
        quantity = _with_half(quantity, at)
        both = [quantity] if bare is None else joined(text, bare, number, quantity, cues)
        if len(both) > 1 and bare is not None:
            found += _listed_before(text, [*listed, bare], both[0])
        found += both
        bare = None
        listed = []
    found += [one for one in _of_articles(text, cues) if not _is_rate(one, found, text)]
    found += _wordy(cues, found)
    found = [one for one in found if not _compares(one, found, text)]
    return _ranges(text, sorted(found, key=lambda one: one.start), cues)


def _base(found: Sequence[Quantity]) -> Quantity | None:
    """Return what a bare number may be compared with; of a price and its fall, the price."""
    if len(found) > 1 and found[-1].kind == "percent" and found[-2].kind == "usd":
        return found[-2]
    return found[-1] if found else None


def _with_half(quantity: Quantity, at: CuesAt) -> Quantity:
    """Return a quantity with the half behind its unit: "deux gigawatts et demi"."""
    for cue in at.get(quantity.end + 1, ()):
        if cue.kind == "halves" and quantity.low == quantity.high:
            value = exact(quantity.low + quantity.unit_size / 2)
            return replace(quantity, low=value, high=value, end=cue.end)
    return quantity


def _is_led(
    text: str, number: Number, after: Number | None, before: Quantity, cues: Sequence[Cue]
) -> bool:
    """Whether a number is compared with the one before it, or is where a change from it ended."""
    if any(mark in text[before.end : number.start] for mark in ";:.()"):
        return False
    if not _FREE.match(text, number.end):
        return False
    start = number.start
    for cue in cues:
        if cue.kind in _SOFTENED and 0 <= number.start - cue.end <= 1:
            start = min(start, cue.start)
    goes_on = after is not None and any(
        cue.kind in ("roles:to", "roles:range")
        and 0 <= cue.start - number.end <= 1
        and 0 <= after.start - cue.end <= _LED_GAP
        for cue in cues
    )
    if before.pair or goes_on:
        return False
    leads = {
        cue.kind for cue in cues if before.end <= cue.start and 0 <= start - cue.end <= _LED_GAP
    }
    if leads & {"roles:versus", "roles:from"}:
        return "roles:and" not in leads
    if before.kind in ("usd", "hps") and "roles:to" in leads:
        # Behind a level stands what it came down to, or what it was at another time.
        return any(
            cue.kind.startswith(_MOVING) and before.end <= cue.start < number.start for cue in cues
        )
    return "roles:to" in leads and any(
        cue.kind == "roles:from" and 0 <= before.start - cue.end <= _LED_GAP for cue in cues
    )


def _of_articles(text: str, cues: Sequence[Cue]) -> list[Quantity]:
    """Return the units that only an article counts: "a gigawatt", "ein Exahash"."""
    kinds: dict[str, Kind] = {"units:watt": "watt", "units:hash": "hps"}
    found: list[Quantity] = []
    for cue in cues:
        kind = kinds.get(cue.kind)
        if kind is None or HOURS.match(text, cue.end):
            continue
        article = next(
            (one for one in cues if one.kind == "time:a" and one.last == cue.first), None
        )
        if article is None:
            continue
        size = number_of(cue) / (1e6 if kind == "watt" else 1.0)
        if kind == "hps" and size < _LEAST_HPS:
            continue  # "a petahash fetches $81 a day"
        found.append(
            Quantity(
                kind=kind, low=size, high=size, start=article.start, end=cue.end, unit_size=size
            )
        )
    return found


def _is_rate(one: Quantity, found: Sequence[Quantity], text: str) -> bool:
    """Whether a unit is taken by a number or only says per what: "81 dollars a petahash"."""
    return any(
        (other.start < one.end and one.start < other.end)
        or (other.end <= one.start and not text[other.end : one.start].strip())
        for other in found
    )


def _listed_before(text: str, bare: Sequence[Number], first: Quantity) -> list[Quantity]:
    """Return the numbers of a list in front of its last two: "11.6, 12.8 and 19.2 percent"."""
    found: list[Quantity] = []
    size = first.low / bare[-1].value if bare[-1].value else 0.0
    for one, after in reversed(list(pairwise(bare))):
        if text[one.end : after.start].strip() != ",":
            break
        value = exact(one.value * size)
        found.append(replace(first, low=value, high=value, start=one.start, end=one.end))
    return found[::-1]


def _wordy(cues: Sequence[Cue], found: Sequence[Quantity]) -> list[Quantity]:
    """Return fractions ("a fifth") and multiples ("doubled"): numbers and units in one."""
    wordy: list[Quantity] = []
    for cue in sorted(cues, key=lambda one: one.start - one.end):
        if cue.kind not in _WORDY:
            continue
        if any(one.start < cue.end and cue.start < one.end for one in (*found, *wordy)):
            continue
        value = number_of(cue)
        wordy.append(
            Quantity(kind=_WORDY[cue.kind], low=value, high=value, start=cue.start, end=cue.end)
        )
    return wordy


def _compares(one: Quantity, found: Sequence[Quantity], text: str) -> bool:
    """Whether "double" only compares with the number behind it: "double the 16.8 % of April"."""
    return one.kind == "multiple" and any(
        other.kind == "percent"
        and 0 <= other.start - one.end <= 16
        and len(text[one.end : other.start].split()) <= 2
        for other in found
        if other is not one
    )


def _ranges(text: str, found: list[Quantity], cues: Sequence[Cue]) -> list[Quantity]:
    """Join "between 15 % and 18 %" to one range; mark the ends of "from 205 EH/s to 177 EH/s"."""
    out: list[Quantity] = []
    for one in found:
        before = out[-1] if out else None
        if before is None or before.kind != one.kind or before.pair or before.low != before.high:
            out.append(one)
            continue
        between = text[before.end : one.start]
        inside = {cue.kind for cue in cues if before.end <= cue.start and cue.end <= one.start}
        lead = {cue.kind for cue in cues if before.start - LEAD <= cue.end <= before.start + 1}
        words = len(between.split())
        dashed = RANGE.fullmatch(between) is not None and one.kind != "count"
        joins = {"roles:and", "roles:range"} if one.kind == "percent" else {"roles:and"}
        if dashed or (words <= 2 and inside & joins and "roles:between" in lead):
            low, high = sorted((before.low, one.low))
            out[-1] = replace(before, low=low, high=high, end=one.end)
        elif _is_range_of_percent(before, one, words, inside, lead, cues):
            # "A fall of from 15 % to 20 %": nothing fell from less to more.
            out[-1] = replace(before, high=one.high, end=one.end)
        elif "roles:from" in lead and "roles:to" in inside and words <= 6:
            out[-1] = replace(before, pair=1)
            out.append(replace(one, pair=2))
        else:
            out.append(one)
    return out


def _is_range_of_percent(
    before: Quantity,
    one: Quantity,
    words: int,
    inside: set[str],
    lead: set[str],
    cues: Sequence[Cue],
) -> bool:
    """Whether two percentages are one range: "12 % to 14 %", "fell by from 15 % to 20 %"."""
    joined = one.kind == "percent" and words <= 1 and "roles:range" in inside
    if not joined or before.low >= one.low or "roles:and" in inside:
        return False
    return "roles:from" not in lead or _falls_before(cues, before)


def _falls_before(cues: Sequence[Cue], quantity: Quantity) -> bool:
    """Whether a word of falling stands shortly before a number."""
    return any(
        cue.kind == "direction:down" and 0 <= quantity.start - cue.end <= FALL_GAP for cue in cues
    )
