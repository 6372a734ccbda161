"""Figures of several names: "12 % each", "18.1 and 11.2 percent respectively"."""

from dataclasses import replace
from itertools import pairwise

from hashquake.claims.meaning import Meaning
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.units import Quantity

_EACH_WORDS = 2
_BEHIND_WORDS = 5
_LIST_WORDS = 4
_MARK_WORDS = 3
_RUN_WORDS = 2


def of_each(sentence: SentenceRead, quantity: Quantity, meaning: Meaning) -> list[Meaning]:
    """Return what a number claims of each of those it is of; the claim itself without "each".

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    meaning : Meaning
        What it claims of one of them, or of all.
    """
    kind, parted, _ = meaning.subject.partition(":")
    if one := _respective(sentence, quantity):
        return [replace(meaning, subject=one)]
    if not (parted or meaning.subject == "pools") or not _has_each(sentence, quantity):
        return [meaning]
    names = sentence.of("place") if kind == "country" else sentence.pools
    last = max((one.end for one in sentence.quantities if one.end <= quantity.start), default=0)
    listed = [one for one in names if last <= one.start and one.end <= quantity.start]
    near = all(
        sentence.clauses.words_between(one.end, other.start) <= _LIST_WORDS
        for one, other in pairwise(listed)
    )
    if len(listed) < 2 or not near:
        return [meaning]
    prefix = "country" if kind == "country" else "pool"
    return [replace(meaning, subject=f"{prefix}:{one.value}") for one in listed]


def _respective(sentence: SentenceRead, quantity: Quantity) -> str:
    """Return the name that "respectively" gives a number, as many of both in order; else empty."""
    marks = sentence.of("roles:respectively")
    if not marks:
        return ""
    run = [quantity]
    for one in reversed([each for each in sentence.quantities if each.end <= quantity.start]):
        if not _is_next(sentence, one, run[0]):
            break
        run.insert(0, one)
    before = len(run) - 1
    for one in (each for each in sentence.quantities if each.start >= quantity.end):
        if not _is_next(sentence, run[-1], one):
            break
        run.append(one)
    near = any(
        sentence.clauses.words_between(min(cue.end, run[0].start), run[0].start) <= _MARK_WORDS
        and sentence.clauses.words_between(run[-1].end, max(cue.start, run[-1].end))
        <= _BEHIND_WORDS
        for cue in marks
    )
    for kind, cues in (("pool", sentence.pools), ("country", sentence.of("place"))):
        names = [one for one in cues if one.end <= run[0].start][-len(run) :]
        if near and len(run) > 1 and len(names) == len(run):
            return f"{kind}:{names[before].value}"
    return ""


def _is_next(sentence: SentenceRead, one: Quantity, other: Quantity) -> bool:
    between = sentence.clauses.words_between(one.end, other.start)
    return one.kind == other.kind and between <= _RUN_WORDS


def _has_each(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether "each" stands at a number."""
    return any(
        (
            one.end <= quantity.start
            and sentence.clauses.words_between(one.end, quantity.start) <= _EACH_WORDS
        )
        or (
            quantity.end <= one.start
            and sentence.clauses.words_between(quantity.end, one.start) <= _BEHIND_WORDS
            and not any(quantity.end <= each.start < one.start for each in sentence.quantities)
        )
        for one in sentence.of("roles:each")
    )
