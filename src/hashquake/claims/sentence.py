"""One sentence taken apart: its words, phrases, numbers with units, and times."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from hashquake.claims.clauses import Clauses, clauses_of
from hashquake.claims.entities import pools_in
from hashquake.claims.lexicon import Lexicon
from hashquake.claims.numbers import Number, numbers_in
from hashquake.claims.quantities import quantities_in
from hashquake.claims.rank_phrases import composed_ranks
from hashquake.claims.separable import separated_verbs
from hashquake.claims.time_reader import TimeNamed
from hashquake.claims.times import times_in
from hashquake.claims.tokens import Cue, family_of, longest, words_of
from hashquake.claims.units import Quantity

_START = attrgetter("start")
_SOURCE_WORDS = 2
"""Words between "according to" and what is only part of a source's name."""
_SPEAKER_GAP = 3
"""Words between "estimates" and the name: "schätzt der Betreiber BTC.com"."""
_OTHERS = ("roles:network", "topics:asset", "topics:price", "roles:world", "place")
_MARK = re.compile(r"[,;:()\u2013\u2014]")
_COLON = re.compile(r"\s*(?:[:,\u2013\u2014]|[.!?\u2026]+(?=\s))")
_OPENING_WORDS = 1
_FAMILIES = ("topics", "place", "direction", "hedges", "pools", "units", "ranks")


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
    bare : tuple of Number
        Numbers without a unit, but those of times.
    times : tuple of TimeNamed
        Times named.
    rarities : tuple of TimeNamed
        How long a value was not reached: "its lowest in two years"; no figure's time.
    clauses : Clauses
        Where its clauses end.
    common : frozenset of str
        The commonest words of its language.
    published_s : float or None
        When it was published, UTC Unix seconds; None where it is not known.
    by_kind : mapping of str to list of Cue
        The phrases again, by kind.
    by_family : mapping of str to list of Cue
        The same by what stands before the colon of their kind, such as ``hedges``.
    asked : dict of tuple to list of Cue
        What `of` has answered so far: each number of a sentence asks the same.
    answers : dict of tuple to object
        What `hashquake.claims.asked_once` keeps.
    """

    text: str
    language: str
    cues: tuple[Cue, ...]
    pools: tuple[Cue, ...]
    quantities: tuple[Quantity, ...]
    bare: tuple[Number, ...]
    times: tuple[TimeNamed, ...]
    rarities: tuple[TimeNamed, ...]
    clauses: Clauses
    common: frozenset[str]
    published_s: float | None
    by_kind: Mapping[str, list[Cue]] = field(init=False, repr=False, compare=False)
    by_family: Mapping[str, list[Cue]] = field(init=False, repr=False, compare=False)
    asked: dict[tuple[str, ...], list[Cue]] = field(init=False, repr=False, compare=False)
    answers: dict[tuple[object, int, int], Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the phrases by kind: each is asked for many times."""
        by_kind: dict[str, list[Cue]] = {}
        by_family: dict[str, list[Cue]] = {}
        for cue in self.cues:
            by_kind.setdefault(cue.kind, []).append(cue)
            by_family.setdefault(family_of(cue.kind), []).append(cue)
        object.__setattr__(self, "by_kind", by_kind)
        object.__setattr__(self, "by_family", by_family)
        object.__setattr__(self, "asked", {})
        object.__setattr__(self, "answers", {})

    def of(self, *kinds: str) -> list[Cue]:
        """Return the phrases of some kinds; the list is shared and must not be changed.

        Parameters
        ----------
        *kinds : str
            Such as ``direction:down``.
        """
        try:
            return self.asked[kinds]
        except KeyError:
            named = [self.by_kind[kind] for kind in kinds if kind in self.by_kind]
            if len(named) == 1:
                found = named[0]
            else:
                found = [cue for one in named for cue in one]
                found.sort(key=_START)
            self.asked[kinds] = found
            return found

    def family(self, name: str) -> Sequence[Cue]:
        """Return the phrases of a family of kinds, in their order.

        Parameters
        ----------
        name : str
            Such as ``hedges``, of all kinds ``hedges:...``.
        """
        return self.by_family.get(name, ())

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


def _is_source(pool: Cue, cues: Sequence[Cue], text: str) -> bool:
    """Whether a pool is only named as where the data come from: "according to BTC.com"."""
    network = any(cue.kind == "roles:network" for cue in cues)
    own = not network and any(cue.kind == "roles:its" for cue in cues)
    # "Foundry reported it had slipped to 19 %" is of Foundry, as nobody else is named.
    others = any(cue.kind in _OTHERS for cue in cues)
    return any(
        (
            cue.kind == "speakers:before"
            and 0 <= pool.first - cue.last <= 1
            and cue.end <= pool.start
            and not any(one.kind == "multiples" and 0 <= cue.first - one.last <= 1 for one in cues)
        )
        or (
            cue.kind == "speakers:after"
            and (
                (
                    cue.end <= pool.start
                    and 0 <= pool.first - cue.last <= _SPEAKER_GAP
                    # In "data showed, with F2Pool down 12 %" nobody speaks behind the comma.
                    and not _MARK.search(text[cue.end : pool.start])
                )
                or (others and not own and pool.end <= cue.start and cue.first == pool.last)
            )
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


def _own_tokens(cues: list[Cue]) -> list[Cue]:
    """Leave out words such as *the coin* where they stand for another coin than bitcoin.

    "Its token" is a company's; in a sentence that names another coin and not bitcoin, that one's.
    """
    spans = {(cue.start, cue.end) for cue in cues if cue.kind == "roles:token"}
    if not spans:
        return cues
    named = [
        cue for cue in cues if cue.kind == "topics:asset" and (cue.start, cue.end) not in spans
    ]
    other = not named and any(cue.kind == "topics:coin" for cue in cues)
    owned = {cue.last for cue in cues if cue.kind == "roles:its"}
    return [
        cue
        for cue in cues
        if cue.kind != "topics:asset"
        or (cue.start, cue.end) not in spans
        or not (other or cue.first in owned)
    ]


def _without_sources(cues: list[Cue]) -> list[Cue]:
    """Leave out what only names a source: the "index" of "according to the Cambridge index"."""
    ends = [cue.last for cue in cues if cue.kind == "speakers:before"]
    return [
        cue
        for cue in cues
        if cue.kind != "topics:foreign"
        or not any(0 <= cue.first - end <= _SOURCE_WORDS for end in ends)
    ]


def _outside(
    cues: list[Cue], families: tuple[str, ...], stretches: Sequence[tuple[int, int]]
) -> list[Cue]:
    """Leave out phrases of some families that lie within a stretch of the sentence."""
    if not stretches:
        return cues
    return [
        cue
        for cue in cues
        if not any(start <= cue.start and cue.end <= end for start, end in stretches)
        or family_of(cue.kind) not in families
    ]


def _unbroken(
    text: str, times: Sequence[TimeNamed], quantities: Sequence[Quantity], cues: Sequence[Cue]
) -> list[tuple[int, int]]:
    """Return the stretches in which no mark ends a clause.

    The stop of "zwischen dem 23. und dem 24. Dezember", and the colon or the stop behind a number
    that opens the sentence: "40 percent: that is what the network lost", "more than a third: ...".
    """
    found = [(one.start, one.end) for one in times]
    for one in quantities[:1]:
        colon = _COLON.match(text, one.end)
        hedges = [cue.end for cue in cues if cue.kind.startswith("hedges:")]
        opening = max((end for end in hedges if end <= one.start), default=0)
        if colon and len(text[opening : one.start].split()) <= _OPENING_WORDS:
            found.append((one.start, colon.end()))
    return found


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
    cues += separated_verbs(text, words, known.separable)
    cues += composed_ranks(text, cues)
    families: dict[str, list[Cue]] = {family: [] for family in _FAMILIES}
    named: list[Cue] = []
    others: list[Cue] = []
    families["pool"] = named
    for cue in cues:
        families.get(family_of(cue.kind), others).append(cue)
    del families["pool"]
    kept = _places_once([cue for one in families.values() for cue in longest(one)], text) + others
    # The "up" of "up to 20 %" says nothing of rising.
    limits = [(cue.start, cue.end) for cue in kept if cue.kind == "hedges:upto"]
    kept = _outside(kept, ("direction",), limits)
    ranked = [cue for cue in kept if cue.kind == "ranks"]
    # "Крупнейший пул" ranks one pool; it does not stand for the large ones.
    # "Les deux tiers" are no two pools.
    parts = [cue for cue in kept if cue.kind == "fractions"]
    kept = _outside(kept, ("pools",), [(one.start, one.end) for one in (*ranked, *parts)])
    blocks = any(cue.kind == "roles:blocks" for cue in kept)
    named = pools_in(text, named, blocks=blocks)
    if named:
        # A pool's name holds words that mean something else by themselves: BTC.com, HashPool.
        kept = [
            cue
            for cue in kept
            if not any(pool.start <= cue.start and cue.end <= pool.end for pool in named)
        ]
    pools = tuple(one for one in named if not _is_source(one, kept, text))
    # "The pools AntPool and F2Pool": the word only introduces them.
    led = {one.first for one in pools}
    kept = [cue for cue in kept if cue.kind != "pools:several" or cue.last not in led]
    kept = _without_sources(kept)
    numbers = numbers_in(text, words, known)
    times = times_in(text, kept, numbers, known, published_s)
    free = [
        one
        for one in numbers
        if all(one.end <= time.start or time.end <= one.start for time in times)
    ]
    quantities = quantities_in(text, free, kept, pools, times)
    # "Since its weakest reading in May" is a time: none of its words says what fell or where.
    kept = _own_tokens(kept)
    since = [(one.start, one.end) for one in times if one.kind == "since"]
    kept = _outside(kept, ("direction", "topics", "place"), since)
    # The "ans" of "il y a deux ans" is nobody's age.
    kept = _outside(kept, ("topics",), [(one.start, one.end) for one in times])
    # The "third" of "in the third quarter" ranks nobody.
    seasons = [(one.start, one.end) for one in times if one.kind == "season"]
    kept = _outside(kept, ("ranks",), seasons)
    # "A fifth part" is a number, no word for a share.
    named_by = [(one.start, one.end) for one in quantities if one.kind != "count"]
    kept = _outside(kept, ("direction", "topics"), named_by)
    return SentenceRead(
        text=text,
        language=known.language,
        cues=tuple(sorted(kept, key=_START)),
        pools=pools,
        quantities=tuple(quantities),
        bare=tuple(
            one
            for one in free
            if not any(each.start <= one.start < each.end for each in quantities)
        ),
        times=tuple(one for one in times if one.kind != "rarity"),
        rarities=tuple(one for one in times if one.kind == "rarity"),
        clauses=clauses_of(text, words, kept, _unbroken(text, times, quantities, kept)),
        common=known.common,
        published_s=published_s,
    )
