"""Which country a number is about."""

from collections.abc import Sequence

from hashquake.claims.meaning import Memory
from hashquake.claims.owners import own_name, take_turns
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity

_PLACE_REACH = 30.0
_LIST_GAP = 3
_BESIDE_WORDS = 3
_ARTICLE = 5
"""Characters between a preposition and the name it leads: an article."""


def place_of(sentence: SentenceRead, quantity: Quantity, memory: Memory) -> str:
    """Return the country a figure is about; empty where nothing names one.

    The sentence's own, see `hashquake.claims.owners`; else the one the sentences before spoke of.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    memory : Memory
        Of the sentences before.
    """
    places = _not_left(sentence, sentence.of("place"))
    alike = [one for one in sentence.quantities if one.kind == quantity.kind]
    if len(places) > 1 and quantity in alike and take_turns(places, alike):
        return f"country:{places[alike.index(quantity)].value}"
    outdone = outdone_places(sentence)
    labelled = [cue for cue in outdone if _has_figure_behind(sentence, cue)]
    named = [cue for cue in places if cue not in outdone or cue in labelled]
    cue = own_name(sentence, named, quantity)
    if cue is not None and is_of_the_country(sentence, cue.start, quantity, memory):
        return memory.place
    if cue is None and not memory.place:
        cue = sentence.nearest(named or places, quantity, within=_PLACE_REACH)
    return memory.place if cue is None else f"country:{cue.value}"


def is_of_the_country(
    sentence: SentenceRead, start: int, quantity: Quantity, memory: Memory
) -> bool:
    """Return whether "the country" is meant, and not one named later: "it took rigs from China".

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    start : int
        Where the other country is named, characters.
    quantity : Quantity
        One of its quantities.
    memory : Memory
        Of the sentences before.
    """
    beside = sentence.clauses.words_between(quantity.end, start) <= _BESIDE_WORDS
    if quantity.kind not in ("count", "rank") and beside:
        return False  # "against 4 % for Paraguay"
    return bool(memory.place) and any(
        one.end <= min(quantity.start, start) and start > quantity.start
        for one in sentence.of("roles:country")
    )


def _has_figure_behind(sentence: SentenceRead, cue: Cue) -> bool:
    """Whether a figure of its own follows a name: "behind the United States, with 38 %"."""
    return any(
        cue.end <= one.start and sentence.clauses.words_between(cue.end, one.start) <= _LIST_GAP
        for one in sentence.quantities
    )


def outdone_places(sentence: SentenceRead) -> list[Cue]:
    """Return the countries that another is only compared with: "behind the United States".

    Parameters
    ----------
    sentence : SentenceRead
        Of any kind.
    """
    return [
        place
        for place in sentence.of("place")
        for one in sentence.of("roles:behind")
        if one.end <= place.start and sentence.clauses.words_between(one.end, place.start) <= 1
    ]


def place_to_remember(sentence: SentenceRead, memory: Memory) -> str:
    """Return the country that "it" or "the country" of the next sentence means.

    The last one named; one that another is only compared with, where nothing else was named.

    Parameters
    ----------
    sentence : SentenceRead
        Read last.
    memory : Memory
        Of the sentences before it.
    """
    places, outdone = sentence.of("place"), outdone_places(sentence)
    own = [cue for cue in places if cue not in outdone]
    if own:
        return f"country:{own[-1].value}"
    return memory.place or (f"country:{places[-1].value}" if places else "")


def _not_left(sentence: SentenceRead, places: Sequence[Cue]) -> list[Cue]:
    """Leave out the country that something went away from: "moved from China to Kazakhstan"."""

    def led_by(cue: Cue, *kinds: str) -> bool:
        return any(
            one.end <= cue.start
            and cue.start - one.end <= _ARTICLE
            and len(sentence.text[one.end : cue.start].split()) <= 1
            for one in sentence.of(*kinds)
        )

    kept = []
    members = sentence.of("roles:of_them")
    for at, cue in enumerate(places):
        # "25 firms, most of them Chinese": of what is counted, not of where.
        if any(0 <= cue.first - one.last <= 1 for one in members):
            continue
        after = places[at + 1] if at + 1 < len(places) else None
        left = (
            after is not None
            and led_by(cue, "roles:from", "roles:out_of")
            and led_by(after, "roles:to", "roles:into")
            and sentence.clauses.words_between(cue.end, after.start) <= _LIST_GAP
        )
        if not left:
            kept.append(cue)
    return kept


def place_at_topic(sentence: SentenceRead, topic: Cue | None) -> str:
    """Return the country whose hash rate, power or Internet is meant: the one at that very word.

    Parameters
    ----------
    sentence : SentenceRead
        With the topic.
    topic : Cue or None
        The word, such as *hash rate*.
    """
    if topic is None:
        return ""
    clauses = sentence.clauses
    for cue in sentence.of("place"):
        if cue.end <= topic.start and clauses.words_between(cue.end, topic.start) <= 1:
            own = sentence.text[cue.end : topic.start].strip(" '\u2019s-\u00a0") == ""
            elsewhere = any(
                0 <= cue.start - one.end <= 5 and one.end <= cue.start
                for one in sentence.of("roles:in")
                if clauses.words_between(one.end, cue.start) <= 1
            )
            if own and not elsewhere and not clauses.breaks_between(cue.end, topic.start):
                return f"country:{cue.value}"
        elif cue.start >= topic.end and clauses.words_between(topic.end, cue.start) <= 2:
            inside = any(
                topic.end <= one.start < cue.start for one in sentence.of("roles:in", "roles:of")
            )
            # "Хешрейт Казахстана": a genitive needs no word between.
            genitive = not sentence.text[topic.end : cue.start].strip()
            if (inside or genitive) and not clauses.breaks_between(topic.end, cue.start):
                return f"country:{cue.value}"
    return ""


def acting_place(sentence: SentenceRead, quantity: Quantity) -> str:
    """Return the country that does what is said, "Kazakhstan supplied 25 EH/s"; else empty.

    Parameters
    ----------
    sentence : SentenceRead
        Without a word for hash rate.
    quantity : Quantity
        One of its quantities.
    """
    for cue in reversed(sentence.of("place")):
        if cue.end > quantity.start or sentence.clauses.breaks_between(cue.end, quantity.start):
            continue
        led = any(
            one.end <= cue.start and len(sentence.text[one.end : cue.start].split()) <= 1
            for one in sentence.of("roles:in", "roles:of", "roles:from", "roles:to", "roles:behind")
            if cue.start - one.end <= _ARTICLE
        )
        if not led:
            return f"country:{cue.value}"
    return ""
