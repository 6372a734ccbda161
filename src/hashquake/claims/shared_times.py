"""Whether one time is of several numbers: it frames a sentence, or closes a list."""

import re

from hashquake.claims.direction import is_level
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.time_reader import TimeNamed
from hashquake.claims.units import Quantity

_LIST_WORDS = 3
_VERSUS_GAP = 6
_ELLIPTIC_WORDS = 5
SAME_LIST = frozenset({"count", "watt"})
"""Kinds that one list may mix: "196 farms with 600 MW were shut on 24 January"."""
_TOPICS = ("topics:hashrate", "topics:price", "topics:difficulty", "topics:asset")
_COMMA = re.compile(r",\s")
_RELATIVE = re.compile(
    r",\s(?:which|who|whose|die|der|das|deren|dessen|qui|dont|où|que|quien|cuy\w+|donde|onde|cuj\w+"
    r"|котор\w+)\s", re.IGNORECASE)  # fmt: skip
_OPENING = 20
"""Characters within which a time opens a sentence and frames all of it."""


def is_shared(sentence: SentenceRead, time: TimeNamed, figure: tuple[int, int]) -> bool:
    """Return whether a time that stands by another number is this one's as well.

    Parameters
    ----------
    sentence : SentenceRead
        With both.
    time : TimeNamed
        One of its times.
    figure : tuple of int
        Where the number stands, characters.
    """
    low, high = min(time.end, figure[1]), max(time.start, figure[0])
    between = [one for one in sentence.quantities if low <= one.start < high]
    parted = is_parted(sentence, low, high)
    if _is_compared_with(sentence, time, figure) or is_aside(sentence, time, figure):
        return False
    if not between:
        listed = [one for one in sentence.quantities if one.start == figure[0]]
        same = time.end <= figure[0] and ";" not in sentence.text[low:high]
        if same and listed and _lists_names(sentence, listed):
            return True
        return not parted or (
            time.end <= figure[0] and not _is_of_another(sentence, time, low, high)
        )
    if time.start >= figure[1] and not parted:
        return not any(one.pair or _is_from(sentence, one) for one in between)
    if time.end <= figure[0]:
        return _frames(sentence, time, figure, between)
    return _closes(sentence, time, figure, between)


def is_aside(sentence: SentenceRead, time: TimeNamed, figure: tuple[int, int]) -> bool:
    """Return whether a time in front of a number is closed in: ", which it banned in May, ...".

    Or whether the number is said to have come after it: "46 % in April, then zero".

    Parameters
    ----------
    sentence : SentenceRead
        With both.
    time : TimeNamed
        One of its times.
    figure : tuple of int
        Where the number stands, characters.
    """
    if time.end > figure[0]:
        return False
    if any(time.end <= one.start < figure[0] for one in sentence.of("roles:afterwards")):
        return True
    opened = [one.end() for one in _RELATIVE.finditer(sentence.text, 0, time.start)]
    return (
        bool(opened)
        and not _COMMA.search(sentence.text, opened[-1], time.start)
        and _COMMA.search(sentence.text, time.end, figure[0]) is not None
    )


def _is_of_another(sentence: SentenceRead, time: TimeNamed, low: int, high: int) -> bool:
    """Whether a time in front of a number, with a clause's end between, is of something else."""
    if ";" in sentence.text[low:high]:
        return True
    if not sentence.quantities or time.end <= sentence.quantities[0].start:
        return False  # it opens the sentence
    if _is_elliptic(sentence, time, low, high):
        return False
    named = sentence.of("roles:separator", *_TOPICS)
    if any(low <= one < high for one in sentence.clauses.joins):
        named = [*named, *sentence.of("place"), *sentence.pools]
    return any(low <= cue.start < high for cue in named)


def _is_elliptic(sentence: SentenceRead, time: TimeNamed, low: int, high: int) -> bool:
    """Whether a number shares its verb with the one before: "A lost 25 % on Friday and B 20 %"."""
    before = [one for one in sentence.quantities if one.end <= time.start]
    after = [one for one in sentence.quantities if one.start >= high]
    acts = sentence.of("direction:down", "direction:up", "direction:share", "direction:offline",
                       *_TOPICS)  # fmt: skip
    named = [*sentence.pools, *sentence.of("place")]
    return (
        bool(before and after)
        and before[-1].kind == after[0].kind
        and sentence.clauses.words_between(low, high) <= _ELLIPTIC_WORDS
        and any(low <= one.start < high for one in named)
        and not any(low <= one.start < high for one in acts)
    )


def _frames(
    sentence: SentenceRead, time: TimeNamed, figure: tuple[int, int], between: list[Quantity]
) -> bool:
    """Whether a time is of a number behind others: it stands before all, or they are a list."""
    if time.end > sentence.quantities[0].start and not _lists_names(sentence, between):
        return False
    # A sum of money behind a fall of yesterday is not yesterday's.
    kind = kind_at(sentence, figure)
    alike = any((one.kind == "usd") == (kind == "usd") for one in between)
    low, high = time.end, figure[0]
    if kind == "usd" and time.kind in ("day", "clock") and _is_end(sentence, figure, between):
        return True  # "it fell on Friday by 9 % to 40,900 dollars"
    return time.start <= _OPENING or alike or not is_parted(sentence, low, high)


def _is_end(sentence: SentenceRead, figure: tuple[int, int], between: list[Quantity]) -> bool:
    """Whether a number is where the change right before it ended."""
    quantity = next((one for one in sentence.quantities if one.start == figure[0]), None)
    return (
        quantity is not None
        and len(between) == 1
        and between[0].kind == "percent"
        and sentence.clauses.words_between(between[0].end, figure[0]) <= _LIST_WORDS
        and is_level(sentence, quantity)
    )


def _closes(
    sentence: SentenceRead, time: TimeNamed, figure: tuple[int, int], between: list[Quantity]
) -> bool:
    """Whether a time behind a list of numbers is of each of them."""
    if any(figure[1] <= cue.start < time.start for cue in sentence.of("roles:versus")):
        return False  # "156 against 240 on Friday"
    kind = kind_at(sentence, figure)
    alike = all(
        (one.kind == kind or {one.kind, kind} <= SAME_LIST)
        and not one.pair
        and ({one.kind, kind} == SAME_LIST or not _is_from(sentence, one))
        for one in between
    )
    inside = sentence.text[figure[1] : time.start]
    return alike and ";" not in inside and _is_list(sentence, figure, between)


def is_parted(sentence: SentenceRead, low: int, high: int) -> bool:
    """Return whether a clause ends, or "and" stands, between two places.

    Parameters
    ----------
    sentence : SentenceRead
        Of any kind.
    low, high : int
        Characters.
    """
    clauses = sentence.clauses
    return bool(clauses.breaks_between(low, high)) or any(
        low <= one < high for one in clauses.joins
    )


def kind_at(sentence: SentenceRead, figure: tuple[int, int]) -> str:
    """Return the kind of the number at a place; ``rank`` where no number stands.

    Parameters
    ----------
    sentence : SentenceRead
        With the number.
    figure : tuple of int
        Where it stands, characters.
    """
    return next((one.kind for one in sentence.quantities if one.start == figure[0]), "rank")


def _lists_names(sentence: SentenceRead, between: list[Quantity]) -> bool:
    """Whether shares of several are listed: "A had 22 % in May, ahead of B at 15 and C at 9"."""
    named = (*sentence.pools, *sentence.of("place"))
    moves = sentence.of("direction:down", "direction:up", "direction:offline")
    return len(named) > 1 and not moves and all(one.kind == "percent" for one in between)


def _is_compared_with(sentence: SentenceRead, time: TimeNamed, figure: tuple[int, int]) -> bool:
    """Whether a number is what the one at a time is compared with: "90 today against 180"."""
    hedges = sentence.family("hedges")
    return any(
        time.end <= cue.start
        and 0 <= figure[0] - cue.end <= _VERSUS_GAP
        and not any(one.start <= cue.start and cue.end <= one.end for one in hedges)
        for cue in sentence.of("roles:versus")
    )


def _is_list(sentence: SentenceRead, figure: tuple[int, int], following: list[Quantity]) -> bool:
    """Whether figures follow each other so closely that they are a list."""
    ends = [figure[1], *(one.end for one in following)]
    return all(
        sentence.clauses.words_between(end, one.start) <= _LIST_WORDS
        for end, one in zip(ends, following, strict=False)
    )


def _is_from(sentence: SentenceRead, quantity: Quantity) -> bool:
    return any(0 <= quantity.start - cue.end <= 2 for cue in sentence.of("roles:from"))
