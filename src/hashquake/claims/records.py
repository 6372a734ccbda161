"""Claims of records: "an all-time high" of hash rate, difficulty or price, "lowest since May"."""

from dataclasses import replace

from hashquake.claims.meaning import Meaning, Memory
from hashquake.claims.prices import names_bitcoin
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.time_reader import TimeNamed
from hashquake.claims.tokens import Cue
from hashquake.core.subject import BITCOIN, NETWORK
from hashquake.core.window import Window

_RECORD_WORDS = 8.0
_SHORT_RECORD = 10
"""Characters: a lone short word such as *record* says less than *all-time high*."""
_SINCE_WORDS = 4
_MATTERS = ("hashrate", "difficulty", "price")
_LEVELS = {"hashrate": "hps", "price": "usd"}


def records_in(sentence: SentenceRead, memory: Memory) -> list[tuple[Cue, Meaning]]:
    """Return the claims of a sentence that something is the highest ever, or the lowest since.

    Where the level itself is stated ("a record 273 EH/s"), that is the claim.

    Parameters
    ----------
    sentence : SentenceRead
        Of any kind.
    memory : Memory
        Of the sentences before.
    """
    for cue in sentence.of("roles:record"):
        lone = cue.last - cue.first < 2 and cue.end - cue.start < _SHORT_RECORD
        matter = "" if lone else _matter(sentence, cue, memory)
        if matter:
            return [(cue, _meaning(matter, "highest"))]
    for cue in sentence.of("roles:lowest"):
        since = _since(sentence, cue)
        matter = "" if since is None else _matter(sentence, cue, memory)
        if matter and since is not None:
            return [(cue, _meaning(matter, "lowest", since.window))]
    return []


def _meaning(matter: str, extreme: str, window: Window | None = None) -> Meaning:
    measure = f"{matter}_{extreme}"
    return Meaning(
        subject=BITCOIN if matter == "price" else NETWORK,
        quantity="rank",
        low=1.0,
        high=1.0,
        relation="level",
        measure="" if measure == "hashrate_highest" else measure,
        window=window,
    )


def _matter(sentence: SentenceRead, cue: Cue, memory: Memory) -> str:
    """Return what is at its extreme: the nearest of three; empty where none is near."""
    kinds = {quantity.kind for quantity in sentence.quantities}
    far = {name: _nearest(sentence, sentence.of(f"topics:{name}"), cue) for name in _MATTERS}
    if not sentence.of("topics:difficulty", "topics:hashrate"):
        # "Bitcoin hit an all-time high" is of its price.
        far["price"] = min(far["price"], _nearest(sentence, sentence.of("topics:asset"), cue))
    matter = min(far, key=lambda name: far[name])
    named = any(names_bitcoin(sentence, one) for one in sentence.of("topics:price"))
    known = matter != "price" or sentence.of("topics:asset") or named or memory.on_bitcoin
    if far[matter] > _RECORD_WORDS or not known or _LEVELS.get(matter) in kinds:
        return ""
    return "" if sentence.of("topics:foreign", "topics:coin", "topics:firm") else matter


def _since(sentence: SentenceRead, cue: Cue) -> TimeNamed | None:
    """Return the time since which something was never so low; None where none is named."""
    named = (
        one
        for one in sentence.times
        if one.kind == "since"
        and one.start >= cue.start
        and sentence.clauses.words_between(cue.end, one.start) <= _SINCE_WORDS
    )
    first = next(named, None)
    return None if first is None else _from_its_end(first)


def _from_its_end(time: TimeNamed) -> TimeNamed | None:
    """Return the time that begins where the one named ended: September itself was lower."""
    if time.named is None or time.window is None or time.named.end_s >= time.window.end_s:
        return None
    return replace(time, window=Window(start_s=time.named.end_s, end_s=time.window.end_s))


def _nearest(sentence: SentenceRead, topics: list[Cue], cue: Cue) -> float:
    far = (sentence.clauses.distance(one, cue.start, cue.end) for one in topics)
    return min(far, default=float("inf"))
