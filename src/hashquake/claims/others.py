"""Whether a sentence speaks of something that nothing is known of."""

import re

from hashquake.claims.sentence import SentenceRead
from hashquake.claims.units import Quantity

_WORD = re.compile(r"[^\W\d_]{3,}")


def names_others(
    sentence: SentenceRead, quantity: Quantity, *, names_only: bool = False, since: int = 0
) -> bool:
    """Return whether words of no list stand before a number: "Evergrande lost 12 %".

    A sentence without a word of any matter goes on with the one before only where this is not so.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    names_only : bool
        Whether only words with a capital count, but for the first of the sentence.
    since : int
        Where to begin, characters.
    """
    taken = [(one.start, one.end) for one in sentence.cues]
    taken += [(one.start, one.end) for one in sentence.times]
    taken += [(one.start, one.end) for one in sentence.quantities]
    for match in _WORD.finditer(sentence.text, since, quantity.start):
        start, end = match.span()
        if any(low <= start and end <= high for low, high in taken):
            continue
        if names_only:
            if match[0][0].isupper() and start > 0:
                return True
        elif match[0].lower() not in sentence.common:
            return True
    return False
