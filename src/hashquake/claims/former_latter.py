"""Whom "the former", "the latter" and "the third" mean: the pools or countries named last."""

from collections.abc import Sequence

from hashquake.claims.meaning import Memory
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity

_KINDS = ("roles:former", "roles:latter", "roles:third")
_WORDS = 4


def former_or_latter(sentence: SentenceRead, quantity: Quantity, memory: Memory) -> str:
    """Return whose figure it is where "the first" or "the second" says so; else empty.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    memory : Memory
        Of the sentences before.
    """
    words = [cue for cue in sentence.of(*_KINDS) if cue.end <= quantity.start]
    if not words or any(words[-1].end <= one.start < quantity.start for one in sentence.quantities):
        return ""
    word = words[-1]
    if sentence.clauses.words_between(word.end, quantity.start) > _WORDS:
        return ""
    # "F2Pool, once the first, fell to 12 %" is of F2Pool.
    named = [one for one in (*sentence.pools, *sentence.of("place")) if one.start < quantity.start]
    pair = pair_of(sentence, word.start) if named else memory.pair
    at = _KINDS.index(word.kind)
    return pair[at] if at < len(pair) else ""


def pair_of(sentence: SentenceRead, end: int) -> tuple[str, ...]:
    """Return the two or three pools, or countries, that a sentence names; else none.

    Parameters
    ----------
    sentence : SentenceRead
        Of any kind.
    end : int
        Names behind it do not count, characters.
    """
    return _two("pool", sentence.pools, end) or _two("country", sentence.of("place"), end)


def _two(kind: str, names: Sequence[Cue], end: int) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(f"{kind}:{one.value}" for one in names if one.end <= end))
    return found if len(found) in (2, 3) else ()
