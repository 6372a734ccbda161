"""Claims of rank: "the world's second largest mining country", "an all-time high"."""

from hashquake.claims.direction import REACH
from hashquake.claims.meaning import Meaning, Memory
from hashquake.claims.places import outdone_places
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity, number_of
from hashquake.core.subject import NETWORK

_TOPIC_WORDS = 6.0
_FAR_TOPIC_WORDS = 24.0
_APPOSED_WORDS = 3
_PLACE_WORDS = 30.0
_RECORD_WORDS = 8.0
_SHORT_RECORD = 10
"""Characters: a lone short word such as *record* says less than *all-time high*."""


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
        if (subject := _ranked(sentence, cue, memory))
    ]
    record = _record(sentence)
    return found if record is None else [*found, (record, _rank(NETWORK, 1.0))]


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
    mined = sentence.of("topics:hashrate", "topics:mining")
    # "The second producer of bitcoin"
    mined += [
        one
        for one in sentence.of("topics:asset")
        if 0 <= one.first - cue.last <= _APPOSED_WORDS or cue.start <= one.start < cue.end
    ]
    pooled = bool(sentence.pools) or memory.subject.startswith("pool:")
    going_on = (memory.topic == "hashrate" or pooled) and not sentence.of("topics:foreign")
    far = _FAR_TOPIC_WORDS if sentence.of("place") and not sentence.of("topics:foreign") else 0.0
    if _nearest(sentence, mined, cue) > max(_TOPIC_WORDS, far) and not going_on:
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
    place = _ranked_place(sentence, cue, quantity)
    if not place:
        # "It is only the fourth-largest pool": the one spoken of before.
        of_pool = memory.subject.startswith("pool:") and not sentence.of("roles:nation")
        place = memory.subject if of_pool else memory.place
    return place if pool is None else f"pool:{pool.value}"


def _ranked_place(sentence: SentenceRead, cue: Cue, quantity: Quantity) -> str:
    """Return the country that has a rank; the one "behind" which it comes has another."""
    outdone = outdone_places(sentence)
    named = [place for place in sentence.of("place") if place not in outdone]
    before = [place for place in named if place.end <= cue.start]
    if before and sentence.clauses.words_between(before[-1].end, cue.start) <= _APPOSED_WORDS:
        return f"country:{before[-1].value}"
    if outdone and named:
        return f"country:{named[0].value}"
    near = sentence.nearest(named, quantity, within=_PLACE_WORDS)
    return "" if near is None else f"country:{near.value}"


def _record(sentence: SentenceRead) -> Cue | None:
    """Return the words that call the network's hash rate the highest ever; None without them."""
    topics = sentence.of("topics:hashrate")
    if any(one.kind == "hps" for one in sentence.quantities):
        return None  # the level itself is the claim
    for cue in sentence.of("roles:record"):
        lone = cue.last - cue.first < 2 and cue.end - cue.start < _SHORT_RECORD
        if not lone and _nearest(sentence, topics, cue) <= _RECORD_WORDS:
            return cue
    return None


def _nearest(sentence: SentenceRead, topics: list[Cue], cue: Cue) -> float:
    far = (sentence.clauses.distance(one, cue.start, cue.end) for one in topics)
    return min(far, default=float("inf"))
