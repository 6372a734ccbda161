"""Words that weaken a number: about, more than, up to."""

from hashquake.claims.asked_once import asked_once
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity

_SHARED = 2
"""Characters of a preposition that may belong to a hedge and to its number."""


@asked_once
def hedges_at(sentence: SentenceRead, quantity: Quantity) -> list[Cue]:
    """Return the hedges of a number, such as *about*, in their order.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    near = [
        cue
        for cue in sentence.family("hedges")
        if (cue.kind == "hedges:about" and 0 <= cue.start - quantity.end <= 2)
        or (
            cue.start < quantity.start
            # "Plus d'un tiers": the fraction has the preposition of its hedge.
            and -_SHARED <= quantity.start - cue.end <= 12
            and sentence.clauses.words_between(cue.end, quantity.start) <= 1
        )
    ]
    # "up by more than": the one that ends at the number goes before one that lies in it.
    return [
        one
        for one in near
        if not any(
            other is not one and other.start <= one.start and one.end <= other.end for other in near
        )
    ]
