"""Ranks put together from their words: an ordinal, "largest", and a noun that has ranks.

"Second-largest mining hub", "deuxième producteur mondial", "занимает четвёртую строчку": the words
combine freely, so a list of phrases would always miss one.
"""

from collections.abc import Sequence

from hashquake.claims.tokens import Cue
from hashquake.claims.units import number_of

_GAP_WORDS = 2
_CLOSES = frozenset(",.;:)(!?")


def composed_ranks(text: str, cues: Sequence[Cue]) -> list[Cue]:
    """Return the ranks that words of a sentence name together.

    Parameters
    ----------
    text : str
        The sentence.
    cues : sequence of Cue
        Phrases of the lexicon in it.
    """
    ordinals = _of(cues, "ordinals")
    if not ordinals and not _of(cues, "roles:largest"):
        return []
    heads = _of(cues, "roles:ranked")
    largest = _of(cues, "roles:largest")
    found = []
    for cue in ordinals:
        superlative = _next(cue, largest, 1)
        last = superlative or cue
        head = _next(last, heads, _GAP_WORDS)
        if head is None and superlative is None:
            if _is_predicate(text, cue, cues):
                found.append(_rank(cue, cue, number_of(cue)))
        elif not (number_of(cue) == 1.0 and _goes_on(head or last, cues)):
            found.append(_rank(cue, head or last, number_of(cue)))
    for cue in largest:
        if any(one.first <= cue.first < one.last for one in found):
            continue
        head = _next(cue, heads, _GAP_WORDS) or _before(cue, heads)
        if head is not None:
            found.append(_rank(min(cue, head, key=_first), max(cue, head, key=_first), 1.0))
    return found


def _first(cue: Cue) -> int:
    return cue.first


def _of(cues: Sequence[Cue], kind: str) -> list[Cue]:
    return [cue for cue in cues if cue.kind == kind]


def _next(cue: Cue, others: Sequence[Cue], gap: int) -> Cue | None:
    """Return the longest phrase that follows another within so many words."""
    near = [one for one in others if 0 <= one.first - cue.last <= gap]
    return max(near, key=lambda one: (-one.first, one.last), default=None)


def _before(cue: Cue, others: Sequence[Cue]) -> Cue | None:
    """Return the noun right before a superlative: "el pool más grande"."""
    return next((one for one in others if 0 <= cue.first - one.last <= 1), None)


def _goes_on(cue: Cue, cues: Sequence[Cue]) -> bool:
    """Whether "to ..." follows: "the first country to adopt it" has no rank."""
    return any(one.kind == "roles:first_to" and one.first == cue.last for one in cues)


def _is_predicate(text: str, cue: Cue, cues: Sequence[Cue]) -> bool:
    """Whether an ordinal stands alone behind a verb: "ViaBTC came third with 11 %"."""
    verb = any(one.kind == "roles:ranks_as" and 0 <= cue.first - one.last <= 2 for one in cues)
    after = text[cue.end : cue.end + 1]
    ends = (
        not after
        or after in _CLOSES
        or any(
            one.kind in ("roles:with", "roles:in", "roles:behind", "hedges:about", "roles:world")
            and one.first == cue.last
            for one in cues
        )
    )
    return verb and ends


def _rank(first: Cue, last: Cue, value: float) -> Cue:
    return Cue(
        kind="ranks", value=value, start=first.start, end=last.end, first=first.first,
        last=last.last,
    )  # fmt: skip
