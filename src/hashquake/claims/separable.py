"""Verbs whose second part stands at the end of the clause: "gab im Mai um 4 Prozent nach"."""

import re
from collections.abc import Mapping, Sequence

from hashquake.claims.tokens import Cue, Word

_REACH_WORDS = 24
_CLAUSE_ENDS = re.compile(r"\s*(?:[.,;:!?()\u2013\u2014]|$)|\s+(?:und|oder|als|wie)\b")

Separable = Mapping[str, Mapping[str, str]]
"""For each verb its second parts, and the kind of phrase that both make."""


def separated_verbs(text: str, words: Sequence[Word], verbs: Separable) -> list[Cue]:
    """Return the verbs of a sentence that are in two parts, each where its first part stands.

    Parameters
    ----------
    text : str
        The sentence.
    words : sequence of Word
        Its words.
    verbs : mapping
        From the lexicon; empty for a language without such verbs.
    """
    found = []
    for at, word in enumerate(words) if verbs else ():
        parts = verbs.get(word.text)
        if parts is None:
            continue
        for later in words[at + 1 : at + _REACH_WORDS]:
            kind = parts.get(later.text)
            if kind is not None and _CLAUSE_ENDS.match(text, later.end):
                found.append(
                    Cue(
                        kind=kind, value=None, start=word.start, end=word.end, first=at, last=at + 1
                    )
                )
                break
    return found
