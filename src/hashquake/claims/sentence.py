"""One sentence taken apart: its words, phrases, numbers with units, and times."""

from collections.abc import Sequence
from dataclasses import dataclass

from hashquake.claims.clauses import Clauses, clauses_of
from hashquake.claims.entities import pools_in
from hashquake.claims.lexicon import Lexicon
from hashquake.claims.numbers import numbers_in
from hashquake.claims.quantities import quantities_in
from hashquake.claims.time_reader import TimeNamed
from hashquake.claims.times import times_in
from hashquake.claims.tokens import Cue, longest, words_of
from hashquake.claims.units import Quantity

_FAMILIES = ("topics:", "place", "direction:", "hedges:", "pools:", "units:", "ranks")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceRead:
    """What stands in a sentence.

    Parameters
    ----------
    text : str
        As published.
    language : str
        Two letters.
    cues : tuple of Cue
        Phrases of the lexicon; of each family the longest alone.
    pools : tuple of Cue
        Pools named.
    quantities : tuple of Quantity
        Numbers with their units, but those of times.
    times : tuple of TimeNamed
        Times named.
    clauses : Clauses
        Where its clauses end.
    """

    text: str
    language: str
    cues: tuple[Cue, ...]
    pools: tuple[Cue, ...]
    quantities: tuple[Quantity, ...]
    times: tuple[TimeNamed, ...]
    clauses: Clauses

    def of(self, *kinds: str) -> list[Cue]:
        """Return the phrases of some kinds.

        Parameters
        ----------
        *kinds : str
            Such as ``direction:down``.
        """
        return [cue for cue in self.cues if cue.kind in kinds]

    def nearest(
        self, cues: Sequence[Cue], quantity: Quantity, *, within: float = 99.0
    ) -> Cue | None:
        """Return the phrase nearest to a quantity; one before it goes first.

        Parameters
        ----------
        cues : sequence of Cue
            To choose from.
        quantity : Quantity
            One of the sentence.
        within : float
            Farthest distance, in words.
        """
        best, best_far = None, within
        for cue in cues:
            far = self.far(cue, quantity)
            if far < best_far or (
                far == best_far and best is not None and cue.end <= quantity.start
            ):
                best, best_far = cue, far
        return best

    def far(self, cue: Cue, quantity: Quantity) -> float:
        """Return the distance of a phrase from a quantity; see `Clauses.distance`.

        Parameters
        ----------
        cue : Cue
            The phrase.
        quantity : Quantity
            One of the sentence.
        """
        return self.clauses.distance(cue, quantity.start, quantity.end)


def _is_source(pool: Cue, cues: Sequence[Cue]) -> bool:
    """Whether a pool is only named as where the data come from: "according to BTC.com"."""
    own = any(cue.kind == "roles:its" for cue in cues)
    return any(
        (
            cue.kind == "speakers:before"
            and 0 <= pool.first - cue.last <= 1
            and cue.end <= pool.start
            and not any(one.kind == "multiples" and 0 <= cue.first - one.last <= 1 for one in cues)
        )
        or (cue.kind == "speakers:rates" and cue.first == pool.last and not own)
        or (
            cue.kind == "speakers:data"
            and 0 <= cue.first - pool.last <= 0
            and cue.start >= pool.end
        )
        for cue in cues
    )


def _places_once(cues: Sequence[Cue], text: str) -> list[Cue]:
    """Leave out a place that another list names too, and "us", no country when written so."""
    kept: list[Cue] = []
    for cue in cues:
        if cue.kind == "place":
            if any(one.kind == "place" and one.start <= cue.start < one.end for one in kept):
                continue
            written = text[cue.start : cue.end]
            if len(written) <= 2 and not written.isupper():
                continue
        kept.append(cue)
    return kept


def sentence_of(text: str, known: Lexicon, published_s: float | None) -> SentenceRead:
    """Take a sentence apart.

    Parameters
    ----------
    text : str
        The sentence.
    known : Lexicon
        Of its language.
    published_s : float or None
        When it was published, UTC Unix seconds.
    """
    words = words_of(text)
    cues = known.phrases.find(words)
    kept: list[Cue] = []
    for family in _FAMILIES:
        kept += longest(cue for cue in cues if cue.kind.startswith(family))
    kept = _places_once(kept, text)
    kept += [cue for cue in cues if not cue.kind.startswith(_FAMILIES)]
    named = pools_in(text, words)
    # A pool's name holds words that mean something else by themselves: BTC.com, ViaBTC, HashPool.
    kept = [
        cue
        for cue in kept
        if not any(pool.start <= cue.start and cue.end <= pool.end for pool in named)
    ]
    pools = tuple(one for one in named if not _is_source(one, kept))
    numbers = numbers_in(text, words, known)
    times = times_in(text, kept, numbers, known, published_s)
    free = [
        one
        for one in numbers
        if all(one.end <= time.start or time.end <= one.start for time in times)
    ]
    quantities = quantities_in(text, free, kept)
    # "Since its weakest reading in May" is a time: none of its words says what fell or where.
    kept = [
        cue
        for cue in kept
        if not cue.kind.startswith(("direction:", "topics:", "place"))
        or not any(
            one.kind == "since" and one.start <= cue.start and cue.end <= one.end for one in times
        )
    ]
    # "A fifth part" is a number, no word for a share.
    kept = [
        cue
        for cue in kept
        if not cue.kind.startswith(("direction:", "topics:"))
        or not any(
            one.start <= cue.start and cue.end <= one.end
            for one in quantities
            if one.kind != "count"
        )
    ]
    return SentenceRead(
        text=text,
        language=known.language,
        cues=tuple(sorted(kept, key=lambda cue: cue.start)),
        pools=pools,
        quantities=tuple(quantities),
        times=tuple(times),
        clauses=clauses_of(text, words, kept),
    )
