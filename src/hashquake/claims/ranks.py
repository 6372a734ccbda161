"""Claims of rank: "the world's second largest mining country", "an all-time high"."""

from hashquake.claims.direction import REACH
from hashquake.claims.meaning import Meaning, Memory
from hashquake.claims.places import is_of_the_country, outdone_places
from hashquake.claims.records import records_in
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity, number_of

_TOPIC_WORDS = 6.0
_FAR_TOPIC_WORDS = 24.0
_APPOSED_WORDS = 3
_PLACE_WORDS = 30.0
_LISTED = 24
"""Characters between the names of a list that a rank leads: "at the top stand A (15 %), B"."""


def ranks_in(sentence: SentenceRead, memory: Memory) -> list[tuple[Cue, Meaning]]:
    """Return the claims of rank in a sentence, each with its words.

    Parameters
    ----------
    sentence : SentenceRead
        Of any kind.
    memory : Memory
        Of the sentences before.
    """
    found = [
        (cue, _rank(subject, number_of(cue)))
        for cue in _apart(sentence.of("ranks"))
        if not _is_past(sentence, cue) and (subject := _ranked(sentence, cue, memory))
    ]
    return [*found, *records_in(sentence, memory)]


def _is_past(sentence: SentenceRead, cue: Cue) -> bool:
    """Whether a rank is one of former days: "F2Pool, once number one"."""
    return any(0 <= cue.first - one.last <= 1 for one in sentence.of("roles:once"))


def _apart(cues: list[Cue]) -> list[Cue]:
    """Leave out a phrase over words that another one has taken."""
    kept: list[Cue] = []
    for cue in cues:
        if all(cue.start >= one.end for one in kept):
            kept.append(cue)
    return kept


def _rank(subject: str, value: float) -> Meaning:
    return Meaning(subject=subject, quantity="rank", low=value, high=value, relation="level")


def _ranked(sentence: SentenceRead, cue: Cue, memory: Memory) -> str:
    """Return who has a rank in mining; empty where it is not of mining or of nobody known."""
    # "The second producer of bitcoin"
    coins = [
        one
        for one in sentence.of("topics:asset")
        if 0 <= one.first - cue.last <= _APPOSED_WORDS or cue.start <= one.start < cue.end
    ]
    mined = [*sentence.of("topics:hashrate", "topics:mining"), *coins]
    pooled = bool(sentence.pools) or memory.subject.startswith("pool:")
    going_on = (memory.topic == "hashrate" or pooled) and not sentence.of("topics:foreign")
    placed = sentence.of("place", "roles:country")
    far = _FAR_TOPIC_WORDS if placed and not sentence.of("topics:foreign") else 0.0
    if _nearest(sentence, mined, cue) > max(_TOPIC_WORDS, far) and not going_on:
        return ""
    if _is_of_several(sentence, cue):
        return ""
    if any(
        one.start < cue.end
        and cue.start < one.end
        and not (cue.start <= one.start and one.end <= cue.end)
        for one in sentence.of("pools:several")
    ):
        return ""  # "the largest pools" ranks none of them; a phrase of rank may name one pool
    quantity = Quantity(kind="rank", low=1, high=1, start=cue.start, end=cue.end)
    pool = sentence.nearest(sentence.pools, quantity, within=REACH)
    place = _ranked_place(sentence, cue, quantity, memory)
    if not place:
        # "It is only the fourth-largest pool": the one spoken of before.
        of_pool = memory.subject.startswith("pool:") and not sentence.of("roles:nation")
        place = memory.subject if of_pool else memory.place
    return place if pool is None else f"pool:{pool.value}"


def _is_of_several(sentence: SentenceRead, cue: Cue) -> bool:
    """Whether a rank is several names' or no single one's: "the three largest pools"."""
    counted = any(0 <= cue.start - one.end <= 1 and one.value > 1 for one in sentence.bare)
    behind = [one for one in sentence.pools if one.start >= cue.end]
    listed = len(behind) > 1 and all(
        one.start - before.end <= _LISTED
        for before, one in zip([cue, *behind], behind, strict=False)
    )
    # "An American pool is number one": not the country.
    kind = any(
        0 <= pool.first - place.last <= 1
        for place in sentence.of("place")
        for pool in sentence.of("roles:pool")
    )
    return counted or listed or kind


def _ranked_place(sentence: SentenceRead, cue: Cue, quantity: Quantity, memory: Memory) -> str:
    """Return the country that has a rank; the one "behind" which it comes has another."""
    outdone = outdone_places(sentence)
    named = [place for place in sentence.of("place") if place not in outdone]
    before = [place for place in named if place.end <= cue.start]
    if before and sentence.clauses.words_between(before[-1].end, cue.start) <= _APPOSED_WORDS:
        return f"country:{before[-1].value}"
    if outdone and named and not is_of_the_country(sentence, named[0].start, quantity, memory):
        return f"country:{named[0].value}"
    near = sentence.nearest(named, quantity, within=_PLACE_WORDS)
    if near is None or is_of_the_country(sentence, near.start, quantity, memory):
        return ""
    return f"country:{near.value}"


def _nearest(sentence: SentenceRead, topics: list[Cue], cue: Cue) -> float:
    far = (sentence.clauses.distance(one, cue.start, cue.end) for one in topics)
    return min(far, default=float("inf"))
