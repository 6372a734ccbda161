"""How near words stand to each other in a sentence, counting what parts its clauses."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from hashquake.claims.tokens import Cue, Word

_HARD = re.compile(r"[;:()\u2014\u2013\u00ab\u00bb]|\s-\s|,(?=\s)|[.!?](?=\s)")
_PHRASES = ("hedges:", "time:", "roles:which_is", "roles:points_back")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clauses:
    """The words of a sentence and the places where one clause ends.

    Parameters
    ----------
    starts : tuple of int
        Where each word begins.
    breaks : tuple of int
        Where clauses are parted by a mark or a word such as *while*, in order.
    joins : tuple of int
        Where *and* stands.
    end : int
        Where the sentence ends.
    """

    starts: tuple[int, ...]
    breaks: tuple[int, ...]
    joins: tuple[int, ...]
    end: int

    def words_between(self, one: int, other: int) -> int:
        """Count the words that begin between two places.

        Parameters
        ----------
        one, other : int
            Characters.
        """
        low, high = (one, other) if one <= other else (other, one)
        return bisect_left(self.starts, high) - bisect_left(self.starts, low)

    def breaks_between(self, one: int, other: int) -> int:
        """Count the ends of clauses between two places.

        Parameters
        ----------
        one, other : int
            Characters.
        """
        if not self.breaks:
            return 0
        low, high = (one, other) if one <= other else (other, one)
        return bisect_right(self.breaks, high - 1) - bisect_left(self.breaks, low)

    def around(self, start: int, end: int) -> tuple[int, int]:
        """Return where the clause of a stretch begins and ends, characters.

        Parameters
        ----------
        start, end : int
            The stretch, characters.
        """
        at, then = bisect_right(self.breaks, start), bisect_left(self.breaks, end)
        low = self.breaks[at - 1] if at else 0
        return low, self.breaks[then] if then < len(self.breaks) else self.end

    def distance(self, cue: Cue, start: int, end: int) -> float:
        """Return how far a phrase is from a stretch, in words; the end of a clause counts as six.

        Parameters
        ----------
        cue : Cue
            The phrase.
        start, end : int
            The stretch, characters.
        """
        if cue.end <= start:
            return self.words_between(cue.end, start) + 6.0 * self.breaks_between(cue.end, start)
        if cue.start >= end:
            return self.words_between(end, cue.start) + 6.0 * self.breaks_between(end, cue.start)
        return 0.0


def clauses_of(
    text: str,
    words: Sequence[Word],
    cues: Sequence[Cue],
    whole: Sequence[tuple[int, int]] = (),
) -> Clauses:
    """Find the clauses of a sentence.

    Parameters
    ----------
    text : str
        The sentence.
    words : sequence of Word
        Its words.
    cues : sequence of Cue
        Phrases of the lexicon in it.
    whole : sequence of tuple of int
        Stretches in which no clause ends: the stop of "zwischen dem 23. und dem 24. Dezember".
    """
    breaks = {
        match.start()
        for match in _HARD.finditer(text)
        if not any(start <= match.start() < end for start, end in whole)
    }
    # "That" of "so that", "что" of "только что": a part of a longer phrase ends no clause.
    phrases = [cue for cue in cues if cue.last - cue.first > 1 and cue.kind.startswith(_PHRASES)]
    hedges = [cue for cue in cues if cue.kind.startswith("hedges:")] + phrases
    breaks |= {
        cue.start
        for cue in cues
        if cue.kind == "roles:separator"
        and not any(one.start <= cue.start and cue.end <= one.end for one in hedges)
    }
    return Clauses(
        starts=tuple(word.start for word in words),
        breaks=tuple(sorted(breaks)),
        joins=tuple(sorted(cue.start for cue in cues if cue.kind == "roles:and")),
        end=len(text),
    )
