"""Whom a number is about: the network, a pool, several pools, a country."""

from collections.abc import Sequence
from itertools import pairwise

from hashquake.claims.asked_once import asked_once
from hashquake.claims.meaning import Meaning, Memory
from hashquake.claims.owners import own_name, take_turns
from hashquake.claims.places import place_at_topic
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity
from hashquake.core.subject import NETWORK

POOLS = "pools"
UNKNOWN = "unknown"
_POOL_REACH = 14.0
_LIST_GAP = 3
_TOGETHER_WORDS = 8
_LEADING = 12
"""Characters in which a pool opens a sentence, "The pool" before it at most: its subject."""
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
    closely = len(groups) > 1 or _follow_closely(sentence, alike)
    if len(names) > 1 and len(alike) == len(names) and several is None and closely:
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


def _follow_closely(sentence: SentenceRead, figures: Sequence[Quantity]) -> bool:
    """Whether figures are a list of their own: "AntPool and F2Pool fell by 11 % and 12 %"."""
    return all(
        sentence.clauses.words_between(one.end, other.start) <= _LIST_GAP
        for one, other in pairwise(figures)
    )


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
    if topic is None and names_network(sentence, quantity):
        return NETWORK
    if sentence.pools and _network_acts(sentence, quantity):
        return NETWORK
    alone = len(groups) == 1 and len({cue.value for cue in groups[0]}) == 1
    if topic is not None and alone and _is_its(sentence, topic):
        return _of_group(groups[0])
    world = [
        cue
        for cue in sentence.of("roles:world")
        if topic is not None and topic.kind == "topics:hashrate" and _touches(sentence, cue, topic)
    ]
    pool = pool_subject_of(sentence, quantity)
    if pool and not (world and pool.startswith("pool") and _far_pool(sentence, quantity, topic)):
        return pool
    return (
        place_at_topic(sentence, topic)
        or speaking_pool(sentence, memory)
        or remembered_subject(sentence, topic, memory)
        or _nameless_pool(sentence, quantity, memory)
        or NETWORK
    )


def _nameless_pool(sentence: SentenceRead, quantity: Quantity, memory: Memory) -> str:
    """Return whose "the pool" is where no other is named: its figure is not the network's."""
    if sentence.pools or sentence.of("roles:network", "topics:asset"):
        return ""
    clauses = sentence.clauses
    named = [
        one
        for one in sentence.of("roles:one_pool")
        # "The pool-operator" is nobody's hash rate, nor is a pool's of another clause.
        if sentence.text[one.end : one.end + 1] != "-"
        and not clauses.breaks_between(min(one.end, quantity.end), max(one.start, quantity.start))
    ]
    if not named:
        return ""
    return memory.subject if memory.subject.startswith("pool:") else UNKNOWN


def speaking_pool(sentence: SentenceRead, memory: Memory) -> str:
    """Return the pool that says "we" or "our", by the sentences before; empty where none does.

    Parameters
    ----------
    sentence : SentenceRead
        Of any kind.
    memory : Memory
        Of the sentences before.
    """
    said = sentence.of("roles:we") and not sentence.pools
    return memory.subject if said and memory.subject.startswith("pool:") else ""


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


@asked_once
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


def _network_acts(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether the network, and no pool, is what a number's own clause is about."""
    start, end = sentence.clauses.around(quantity.start, quantity.end)
    if any(start <= one.start < end for one in sentence.pools):
        return False
    return any(
        start <= cue.start and cue.end <= quantity.start and not _is_led(sentence, cue)
        for cue in sentence.of("roles:network")
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
    if topic is None:
        return ""
    clauses = sentence.clauses
    for cue in sentence.of("roles:nation"):
        low, high = min(cue.end, topic.end), max(cue.start, topic.start)
        if clauses.words_between(low, high) <= 2 and not clauses.breaks_between(low, high):
            own = [one for one in sentence.of("place") if one.end <= cue.start]
            return f"country:{own[-1].value}" if own else memory.place
    if sentence.pools or sentence.of("place", "topics:asset", "roles:network"):
        return ""
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
    clauses = sentence.clauses
    return clauses.words_between(low, high) <= 2 and not clauses.breaks_between(low, high)


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
    leads = cue.start <= _LEADING and cue.end <= quantity.start
    near_only = (between and not leads) or cue.start >= quantity.end
    reach = _POOL_REACH if near_only else float("inf")
    return stretches[cue] if sentence.far(cue, quantity) < reach else None


def _whole(group: Sequence[Cue]) -> Cue:
    """Return the names of a list as one stretch."""
    return group[0]._replace(end=group[-1].end, last=group[-1].last)


def _of_group(group: Sequence[Cue]) -> str:
    names = {str(cue.value) for cue in group}
    return POOLS if len(names) > 1 else f"pool:{names.pop()}"
