"""Which of the times that a sentence names is a number's own."""

from dataclasses import replace

from hashquake.claims.asked_once import asked_once
from hashquake.claims.direction import is_level
from hashquake.claims.meaning import Meaning
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.shared_times import SAME_LIST, is_aside, is_shared, kind_at
from hashquake.claims.time_reader import TimeNamed
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity
from hashquake.core.times import DAY_S

_COMPARED_WORDS = 5
_WHEN_GAP = 8
_SHORT_CUE = 6
"""Characters of words such as *than* and *que*, which compare only behind *less* or a number."""
_APART = 9.0
_LIST_WORDS = 3
_KIND_COST = {"year": 3.0}
_SAYING_COST = 5.0
_SPEAKER_WORDS = 4
"""Words of a speaker between the verb and the day: "a affirmé le président Rohani mercredi"."""
_INSTANT = ("price_usd", "hashrate_hps")
"""Levels of an instant: the stretch over which another number changed is not theirs."""


def time_of(sentence: SentenceRead, figure: tuple[int, int], meaning: Meaning) -> TimeNamed | None:
    """Return the time a number is about; None where the sentence names none for it.

    Each time belongs first to the number nearest to it. A number without a time of its own takes
    one that stands before it and opens the sentence, or one behind the last number of a list.

    Parameters
    ----------
    sentence : SentenceRead
        With the number.
    figure : tuple of int
        Where the number stands, characters.
    meaning : Meaning
        What it claims.
    """
    quantity = _quantity_at(sentence, figure)
    if quantity is not None and quantity.pair:
        return _of_pair(sentence, quantity, meaning)
    if quantity is not None and (outer := _restated(sentence, quantity)):
        figure = (outer.start, outer.end)
    return _time_at(sentence, figure, meaning)


def _of_pair(sentence: SentenceRead, quantity: Quantity, meaning: Meaning) -> TimeNamed | None:
    """Return the time of one end of a change "from ... to ...".

    A stretch named by both its days gives each end one; any other stretch is the change's alone.
    """
    named = _time_at(sentence, (quantity.start, quantity.end), meaning)
    if named is None:
        at = sentence.quantities.index(quantity)
        other = sentence.quantities[at - 1 if quantity.pair == 2 else at + 1]
        shared = _time_at(sentence, (other.start, other.end), meaning)
        named = shared if shared is not None and shared.ends is not None else None
    if named is None or named.kind not in ("span", "since"):
        return named
    if named.ends is None:
        return None
    return replace(named, window=named.ends[quantity.pair - 1])


def _restated(sentence: SentenceRead, quantity: Quantity) -> Quantity | None:
    """Return the number that one in brackets only says again: "nearly a fifth (18.1 %)"."""
    at = sentence.quantities.index(quantity)
    if not at:
        return None
    outer = sentence.quantities[at - 1]
    alike = outer.kind == quantity.kind and not any(
        outer.end <= one.start < quantity.end for one in sentence.times
    )
    opened = sentence.text[outer.end : quantity.start].strip() == "("
    return outer if alike and opened else None


def _quantity_at(sentence: SentenceRead, figure: tuple[int, int]) -> Quantity | None:
    return next((one for one in sentence.quantities if one.start == figure[0]), None)


def _time_at(sentence: SentenceRead, figure: tuple[int, int], meaning: Meaning) -> TimeNamed | None:
    for one in sentence.times:
        if one.named is not None and _is_told_of(sentence, one, figure):
            return replace(one, window=one.named, kind="day")
    times = [
        one
        for one in sentence.times
        if not _is_cut_off(sentence, one, figure)
        and not is_aside(sentence, one, figure)
        and not _is_reference(sentence, one, figure)
        and not (_is_of_saying(sentence, one) and _parted(sentence, one, figure))
    ]
    if meaning.relation != "change" and not meaning.sign:
        # A level is of no stretch "since", unless that is all that is said of it.
        times = [one for one in times if one.kind != "since" or _is_for(sentence, one, figure)]
    if meaning.quantity == "rank":
        times = [
            one
            for one in times
            if one.kind not in ("span", "since") and not _parted(sentence, one, figure)
        ]
    own = [one for one in times if _owner(sentence, one) == figure[0]]
    near = min(own, key=lambda one: _distance(sentence, one, figure), default=None)
    if near is not None and _distance(sentence, near, figure) <= _APART:
        return near
    shared = [
        one
        for one in times
        if one.kind != "now"
        and is_shared(sentence, one, figure)
        and not (meaning.quantity != "hashrate_share" and _ended_in(sentence, one, figure))
        and not (
            one.kind in ("span", "week")
            and one.ends is None
            and meaning.quantity in _INSTANT
            and not meaning.sign
        )
    ]
    return min(shared, key=lambda one: _distance(sentence, one, figure), default=near)


def _is_told_of(sentence: SentenceRead, time: TimeNamed, figure: tuple[int, int]) -> bool:
    """Whether "when" leads from a time to a number: "since July 2021, when it sank 28 %"."""
    return time.end <= figure[0] and any(
        0 <= one.start - time.end <= _WHEN_GAP
        and not any(time.end <= each.start < figure[0] for each in sentence.quantities)
        for one in sentence.of("roles:when")
    )


def _is_cut_off(sentence: SentenceRead, time: TimeNamed, figure: tuple[int, int]) -> bool:
    """Whether a semicolon parts a time from a number, and no list goes on behind it."""
    at = sentence.text.find(";", time.end, figure[0])
    return at >= 0 and not any(one.end <= at for one in sentence.quantities)


def _is_for(sentence: SentenceRead, time: TimeNamed, figure: tuple[int, int]) -> bool:
    """Whether "since" is a number's own, or one of a list such as "196 farms with 600 MW"."""
    owner = _owner(sentence, time)
    if owner == figure[0]:
        return True
    kinds = {kind_at(sentence, (owner, owner)), kind_at(sentence, figure)}
    return kinds == SAME_LIST


def _parted(sentence: SentenceRead, time: TimeNamed, figure: tuple[int, int]) -> bool:
    low, high = min(time.end, figure[1]), max(time.start, figure[0])
    return bool(sentence.clauses.breaks_between(low, high))


def _ended_in(sentence: SentenceRead, time: TimeNamed, figure: tuple[int, int]) -> bool:
    """Whether a level is where a stretch of another number ended: "in 24 hours ..., to 179"."""
    quantity = _quantity_at(sentence, figure)
    if quantity is None or quantity.pair or time.kind != "span":
        return False
    return is_level(sentence, quantity)


def _distance(sentence: SentenceRead, time: TimeNamed, figure: tuple[int, int]) -> float:
    clauses = sentence.clauses
    near, far = (time.end, figure[0]) if time.end <= figure[0] else (figure[1], time.start)
    return (
        clauses.words_between(near, far)
        + 4.0 * clauses.breaks_between(near, far)
        + 4.0 * sum(near <= one < far for one in clauses.joins)
        + _KIND_COST.get(time.kind, 0.0)
        + (_SAYING_COST if _is_of_saying(sentence, time) else 0.0)
    )


@asked_once
def _is_of_saying(sentence: SentenceRead, time: TimeNamed) -> bool:
    """Whether a time stands at the verb of saying: "the agency said on Thursday"."""
    return any(
        sentence.clauses.words_between(min(time.end, cue.end), max(time.start, cue.start))
        <= (_SPEAKER_WORDS if cue.end <= time.start else 1)
        and not sentence.clauses.breaks_between(cue.end, time.start)
        for cue in sentence.of("speakers:after", "speakers:published")
        if cue.start >= time.end or cue.end <= time.start
    )


@asked_once
def _owner(sentence: SentenceRead, time: TimeNamed) -> int:
    """Return where the number begins to which a time is nearest; of two as near, the one before."""
    best, best_far = -1, float("inf")
    for quantity in sentence.quantities:
        far = _distance(sentence, time, (quantity.start, quantity.end))
        if far < best_far:
            best, best_far = quantity.start, far
    return best


def is_compared_with(sentence: SentenceRead, time: TimeNamed) -> bool:
    """Return whether a time only says what is compared: "less than in April", "the most since May".

    Parameters
    ----------
    sentence : SentenceRead
        With the time.
    time : TimeNamed
        One of its times.
    """
    if time.kind == "since":
        return _is_last_like_it(sentence, time)
    return any(
        cue.end <= time.start
        and sentence.clauses.words_between(cue.end, time.start) <= 1
        and _follows_comparison(sentence, cue)
        for cue in sentence.of("roles:versus")
    )


def _is_reference(sentence: SentenceRead, time: TimeNamed, figure: tuple[int, int]) -> bool:
    """Whether a time is the one compared with: "lower than in April", "versus Tuesday"."""
    # A number in brackets behind a time is its value, whatever it is compared with.
    explained = sentence.text[time.end : figure[0]].strip() == "("
    if explained or (time.shift is not None and time.kind == "span"):
        return False  # "3 % more than 24 hours earlier" is a change over those hours
    if time.kind == "since":
        return _is_last_like_it(sentence, time)
    if _is_start(sentence, time):
        return True
    for cue in sentence.of("roles:versus"):
        if not cue.end <= time.start:
            continue
        near = (
            time.end <= figure[0]
            and not _parted(sentence, time, figure)
            and kind_at(sentence, figure) not in ("percent", "multiple")
        )
        if near and sentence.clauses.words_between(time.end, figure[0]) <= _COMPARED_WORDS:
            continue  # "short of May's peak of 180 EH/s": the value compared with has that time
        if any(cue.end <= one.start < time.start for one in sentence.quantities):
            continue
        if cue.end - cue.start <= _SHORT_CUE and not _follows_comparison(sentence, cue):
            continue
        if sentence.clauses.words_between(cue.end, time.start) <= _COMPARED_WORDS and not (
            sentence.clauses.breaks_between(cue.end, time.start)
        ):
            return True
    return False


@asked_once
def _is_last_like_it(sentence: SentenceRead, time: TimeNamed) -> bool:
    """Whether a time is when it was so before: "for the first time since September"."""
    return any(
        cue.end <= time.start and sentence.clauses.words_between(cue.end, time.start) <= _LIST_WORDS
        for cue in sentence.of("time:extreme")
    )


@asked_once
def _is_start(sentence: SentenceRead, time: TimeNamed) -> bool:
    """Whether a change is counted from a time: "down 2 % from a day earlier"."""
    if time.window is not None and time.window.duration_s > DAY_S:
        return False  # "from 5 to 10 January" is all of it
    of_starts = {cue.start for cue in sentence.of("roles:of")}
    return any(
        cue.start not in of_starts
        and cue.end <= time.start
        and sentence.clauses.words_between(cue.end, time.start) <= 1
        for cue in sentence.of("roles:from")
    )


def _follows_comparison(sentence: SentenceRead, cue: Cue) -> bool:
    clauses = sentence.clauses
    ends = [
        one.end for one in sentence.of("direction:down", "direction:up") if one.end <= cue.start
    ]
    ends += [one.end for one in sentence.quantities if one.end <= cue.start]
    return any(clauses.words_between(end, cue.start) <= 2 for end in ends) or any(
        one.start <= cue.start and cue.end <= one.end
        for one in sentence.of("direction:down", "direction:up")
    )
