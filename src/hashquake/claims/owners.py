"""Which number a name belongs to, where a sentence has several of both.

Each name belongs to one number, the nearest; a number that has none of its own takes the last one
named before it, and after that what the sentences before were about. A name that stands at another
number is never borrowed backwards: in "it had 21 %, behind the United States (38 %)" the first
figure is not the United States'.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity

_BREAK_WORDS = 6.0
_OTHER_FIGURE_WORDS = 8.0
_LABEL = re.compile(r"\s*(?:[(:,]|[-\u2010-\u2015]{1,2})\s*$|\s*(?:['\u2019]s)?\s*$")
"""What stands between a name and its figure in a list: "AntPool: 25 %", "Kazakhstan (18 %)"."""


def own_name(sentence: SentenceRead, names: Sequence[Cue], quantity: Quantity) -> Cue | None:
    """Return the name that belongs to a number, or the last one before it; None without either.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    names : sequence of Cue
        Of one kind, in their order.
    quantity : Quantity
        One of its quantities.
    """
    if quantity.pair == 2:
        quantity = sentence.quantities[sentence.quantities.index(quantity) - 1]
    own = [cue for cue in names if owner_of(sentence, cue) is quantity]
    if own:
        return min(own, key=lambda cue: _cost(sentence, cue, quantity))
    before = [cue for cue in names if cue.end <= quantity.start]
    return before[-1] if before else None


def owner_of(sentence: SentenceRead, cue: Cue) -> Quantity | None:
    """Return the number that a name belongs to; None in a sentence without numbers.

    Parameters
    ----------
    sentence : SentenceRead
        With the name.
    cue : Cue
        The name.
    """
    return min(
        (one for one in sentence.quantities if one.pair != 2),
        key=lambda one: _cost(sentence, cue, one),
        default=None,
    )


def take_turns(names: Sequence[Cue], figures: Sequence[Quantity]) -> bool:
    """Return whether as many names as figures stand in turn: name, figure, name, figure.

    Parameters
    ----------
    names : sequence of Cue
        In their order.
    figures : sequence of Quantity
        In their order.
    """
    if len(names) != len(figures) or not names:
        return False
    marks = sorted(
        [(one.start, "name") for one in names] + [(one.start, "figure") for one in figures]
    )
    return all(before[1] != after[1] for before, after in pairwise(marks))


def _cost(sentence: SentenceRead, cue: Cue, quantity: Quantity) -> float:
    low, high = min(cue.end, quantity.end), max(cue.start, quantity.start)
    if cue.end <= quantity.start and _LABEL.fullmatch(sentence.text[low:high]):
        return 0.0
    clauses = sentence.clauses
    others = sum(low <= one.start < high for one in sentence.quantities if one is not quantity)
    joins = sum(low <= one < high for one in clauses.joins)
    return (
        clauses.words_between(low, high)
        + _BREAK_WORDS * (clauses.breaks_between(low, high) + joins)
        + _OTHER_FIGURE_WORDS * others
    )
