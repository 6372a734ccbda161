"""Whom a number is about: the network, a pool, several pools, a country."""

from collections.abc import Sequence
from dataclasses import replace

from hashquake.claims.meaning import Meaning, Memory
from hashquake.claims.owners import own_name, take_turns
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity
from hashquake.core.subject import NETWORK

POOLS = "pools"
UNKNOWN = "unknown"
_POOL_REACH = 14.0
_PLACE_REACH = 30.0
_LIST_GAP = 3
_TOGETHER_WORDS = 8
_ARTICLE = 5
"""Characters between a preposition and the name it leads: an article."""
_WORLD = 12
"""Characters behind a rank in which "in the world" belongs to it."""


def pool_subject_of(sentence: SentenceRead, quantity: Quantity) -> str:
    """Return the pool or pools a figure of hash rate is about; empty where it names none.

    As many figures as pools go with them in order; one figure for several pools is one of all.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    alike = [one for one in sentence.quantities if one.kind == quantity.kind]
    groups = _groups(sentence)
    names = [cue for group in groups for cue in group]
    several = sentence.nearest(sentence.of("pools:several"), quantity, within=_POOL_REACH)
    at = alike.index(quantity)
    if len(names) > 1 and _are_together(sentence, quantity):
        return POOLS
    if len(names) > 1 and len(alike) == len(names) and several is None:
        return f"pool:{names[at].value}"
    if take_turns([_whole(group) for group in groups], alike) and len(groups) > 1:
        return _of_group(groups[at])
    nearest = _nearest_group(sentence, groups, quantity)
    if several is not None:
        if nearest is None or len(nearest) > 1:
            return POOLS
        if sentence.far(several, quantity) <= min(sentence.far(cue, quantity) for cue in nearest):
            return POOLS
    return "" if nearest is None else _of_group(nearest)


def _are_together(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether "together" stands by a figure: it is one of all pools named so far."""
    for cue in sentence.of("pools:together"):
        low, high = min(cue.end, quantity.end), max(cue.start, quantity.start)
        behind = cue.start >= quantity.end
        if behind and sentence.clauses.breaks_between(low, high):
            continue
        if sentence.clauses.words_between(low, high) <= _TOGETHER_WORDS and not any(
            low <= one.start < high for one in sentence.quantities
        ):
            return True
    return False


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
    if cue is None and not memory.place:
        cue = sentence.nearest(named or places, quantity, within=_PLACE_REACH)
    return memory.place if cue is None else f"country:{cue.value}"


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
    for at, cue in enumerate(places):
        after = places[at + 1] if at + 1 < len(places) else None
        left = (
            after is not None
            and led_by(cue, "roles:from")
            and led_by(after, "roles:to")
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


def hashrate_subject(
    sentence: SentenceRead, quantity: Quantity, topic: Cue | None, memory: Memory
) -> str:
    """Return whose hash rate changed or is stated: a pool's, pools', a country's, the network's.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    topic : Cue or None
        The word that names hash rate.
    memory : Memory
        Of the sentences before.
    """
    groups = _groups(sentence)
    if topic is not None and len(groups) == 1 and _is_its(sentence, topic):
        return _of_group(groups[0])
    if topic is None and names_network(sentence, quantity):
        return NETWORK
    world = [
        cue
        for cue in sentence.of("roles:world")
        if topic is not None and topic.kind == "topics:hashrate" and _touches(sentence, cue, topic)
    ]
    pool = pool_subject_of(sentence, quantity)
    if pool and not (world and pool.startswith("pool") and _far_pool(sentence, quantity, topic)):
        return pool
    return place_at_topic(sentence, topic) or remembered_subject(sentence, topic, memory) or NETWORK


def goes_on(sentence: SentenceRead, quantity: Quantity, before: Meaning | None) -> bool:
    """Whether a figure is of the same as the one before: "fell by two fifths, from 23 EH/s".

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    before : Meaning or None
        Of the number before it in the sentence.
    """
    if before is None or not before.quantity.startswith("hashrate"):
        return False
    if before.subject in (NETWORK, UNKNOWN):
        return False
    ends = [one.end for one in sentence.quantities if one.end <= quantity.start]
    named = sentence.of("topics:hashrate", "roles:world", "roles:network", "place")
    return bool(ends) and not any(
        max(ends) <= one.start < quantity.start for one in (*named, *sentence.pools)
    )


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


def names_network(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether the network itself does what is said: "the network reached 500 EH/s".

    Not where it only receives or holds something ("25 EH/s to the network", "its network").

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    named = [cue for cue in sentence.of("roles:network") if cue.end <= quantity.start]
    acting = [cue for cue in named if not _is_led(sentence, cue)]
    pool = sentence.nearest(sentence.pools, quantity)
    return any(
        pool is None or sentence.far(cue, quantity) < sentence.far(pool, quantity) for cue in acting
    )


def _is_led(sentence: SentenceRead, cue: Cue) -> bool:
    """Whether "of", "to", "in" or "its" stands before a word, an article between at most."""
    for one in sentence.of("roles:of", "roles:to", "roles:in", "roles:its", "place"):
        if one.end > cue.start:
            continue
        between = sentence.text[one.end : cue.start].split()
        # "A rede" has the article that Portuguese spells as its preposition.
        if len(between) <= 1 and (between or one.end - one.start > 1):
            return True
    return False


def remembered_subject(sentence: SentenceRead, topic: Cue | None, memory: Memory) -> str:
    """Return whose hash rate "its" or "the country's" is, by the sentences before; else empty.

    Parameters
    ----------
    sentence : SentenceRead
        Without a pool or a place of its own.
    topic : Cue or None
        The word that names hash rate.
    memory : Memory
        Of the sentences before.
    """
    if topic is None or sentence.pools or sentence.of("place", "topics:asset", "roles:network"):
        return ""
    clauses = sentence.clauses
    for cue in sentence.of("roles:nation"):
        low, high = min(cue.end, topic.end), max(cue.start, topic.start)
        if clauses.words_between(low, high) <= 2 and not clauses.breaks_between(low, high):
            return memory.place
    return memory.subject if _is_its(sentence, topic) else ""


def _is_its(sentence: SentenceRead, topic: Cue) -> bool:
    """Whether "its" or "their" stands right before a topic."""
    return any(
        cue.end <= topic.start and sentence.clauses.words_between(cue.end, topic.start) <= 1
        for cue in sentence.of("roles:its")
    )


def _far_pool(sentence: SentenceRead, quantity: Quantity, topic: Cue | None) -> bool:
    """Whether the network's own hash rate is named nearer than any pool."""
    if topic is None:
        return False
    nearest = sentence.nearest(sentence.pools, quantity)
    return nearest is None or sentence.far(nearest, quantity) > sentence.far(topic, quantity)


def _touches(sentence: SentenceRead, cue: Cue, topic: Cue) -> bool:
    low, high = min(cue.end, topic.end), max(cue.start, topic.start)
    return sentence.clauses.words_between(low, high) <= 2


def _groups(sentence: SentenceRead) -> list[list[Cue]]:
    """Return the pools named, those of one list ("AntPool, F2Pool and ViaBTC") together."""
    groups: list[list[Cue]] = []
    for cue in sentence.pools:
        if groups and _goes_on(sentence, groups[-1][-1], cue):
            groups[-1].append(cue)
        else:
            groups.append([cue])
    return groups


def _goes_on(sentence: SentenceRead, before: Cue, cue: Cue) -> bool:
    if any(before.end <= one.start < cue.start for one in sentence.quantities):
        return False
    if any(before.end <= one.start < cue.start for one in sentence.of("roles:separator")):
        return False
    between = sentence.text[before.end : cue.start]
    return len(between.split()) <= _LIST_GAP and not any(one in between for one in ".;:")


def _nearest_group(
    sentence: SentenceRead, groups: Sequence[list[Cue]], quantity: Quantity
) -> list[Cue] | None:
    """Return the pools that a figure belongs to; however far before it, if nobody else is named."""
    stretches = {_whole(group): group for group in groups}
    cue = own_name(sentence, list(stretches), quantity)
    if cue is None:
        return None
    ranked = sentence.of("ranks")
    others = [
        one
        for one in sentence.of("roles:network", "place", "topics:asset", "roles:world")
        if not any(rank.start - 1 <= one.start <= rank.end + _WORLD for rank in ranked)
    ]
    between = any(cue.end <= one.start and one.end <= quantity.start for one in others)
    reach = _POOL_REACH if between or cue.start >= quantity.end else float("inf")
    return stretches[cue] if sentence.far(cue, quantity) < reach else None


def _whole(group: Sequence[Cue]) -> Cue:
    """Return the names of a list as one stretch."""
    return replace(group[0], end=group[-1].end, last=group[-1].last)


def _of_group(group: Sequence[Cue]) -> str:
    names = {str(cue.value) for cue in group}
    return POOLS if len(names) > 1 else f"pool:{names.pop()}"
