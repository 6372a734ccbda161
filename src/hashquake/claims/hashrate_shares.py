"""Percentages of hash rate: a share of it, or a change."""

from dataclasses import replace

from hashquake.claims.direction import REACH, is_level, sign_and_distance
from hashquake.claims.former_latter import former_or_latter
from hashquake.claims.meaning import Meaning, Memory, bound_of, change_meaning, level_meaning
from hashquake.claims.others import names_others
from hashquake.claims.owners import own_name
from hashquake.claims.places import place_of
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.share_or_change import (
    is_bare_zero,
    is_share,
    leads_to,
    sign_of_pair,
    states_share,
)
from hashquake.claims.subjects import (
    POOLS,
    UNKNOWN,
    goes_on,
    hashrate_subject,
    names_network,
    pool_subject_of,
)
from hashquake.claims.tokens import Cue
from hashquake.claims.topics import of_chain
from hashquake.claims.units import Quantity, exact
from hashquake.core.subject import NETWORK

_OFFLINE_WORDS = 12.0
_NEAR_WORDS = 6.0
_FORMER_GAP = 8


def hashrate_share_meaning(
    sentence: SentenceRead,
    quantity: Quantity,
    cue: Cue | None,
    memory: Memory,
    before: Meaning | None,
) -> Meaning | None:
    """Return what a percentage, a fraction or a multiple says of hash rate; None where nothing.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    cue : Cue or None
        The word that names hash rate.
    memory : Memory
        Of the sentences before.
    before : Meaning or None
        Of the number before it in the sentence.
    """
    if before is not None and _is_former_share(sentence, quantity, before):
        return replace(
            level_meaning(sentence, quantity, before.subject, "hashrate_share"), is_former=True
        )
    if _only_compares(sentence, quantity, before) or is_bare_zero(sentence, quantity):
        return None
    if quantity.kind == "multiple":
        return _multiplied(sentence, quantity, cue, memory, before)
    if is_share(sentence, quantity, before) and not _goes_on_falling(
        sentence, quantity, cue, memory
    ):
        return _share(sentence, quantity, cue, memory)
    if sign := _sign(sentence, quantity, cue, memory, before):
        subject = _changed(sentence, quantity, cue, memory, before)
        return change_meaning(sentence, quantity, subject, "hashrate_change_share", sign)
    return None


def _is_former_share(sentence: SentenceRead, quantity: Quantity, before: Meaning) -> bool:
    """Whether a share is compared with an earlier one: "54 %, up from 45 % a year ago"."""
    if before.quantity != "hashrate_share" or quantity.kind != "percent" or quantity.pair:
        return False
    led = any(
        cue.end <= quantity.start and leads_to(sentence, cue, quantity)
        for cue in sentence.of("roles:from", "roles:versus")
        if quantity.start - cue.end <= _FORMER_GAP
    )
    last = max(one.end for one in sentence.quantities if one.end <= quantity.start)
    others = (*sentence.pools, *sentence.of("place"))
    return (
        led
        and sentence.clauses.words_between(last, quantity.start) <= _OFFLINE_WORDS
        and not any(
            (last <= one.start < quantity.start and not before.subject.endswith(f":{one.value}"))
            or (quantity.end <= one.start and one is own_name(sentence, others, quantity))
            for one in others
        )
    )


def _share(
    sentence: SentenceRead, quantity: Quantity, cue: Cue | None, memory: Memory
) -> Meaning | None:
    """Return a share of hash rate; None where it is of nobody known and may be of anything."""
    if any(one.end <= quantity.start for one in sentence.of("roles:no_other")):
        return None  # "no other pool reached 9 %"
    who = _holder(sentence, quantity, cue, memory)
    mined = sentence.of("topics:hashrate", "topics:mining", "roles:network", "roles:blocks")
    known = mined or memory.on_topic if who == POOLS else states_share(sentence, quantity)
    if who in (POOLS, UNKNOWN) and not known:
        return None
    named = (
        cue is not None or sentence.pools or sentence.of("place", "pools:several", "pools:together")
    )
    if not named and not states_share(sentence, quantity) and names_others(sentence, quantity):
        return None  # "in our poll 60 % prefer tea"
    return level_meaning(sentence, quantity, who, "hashrate_share")


def _changed(
    sentence: SentenceRead,
    quantity: Quantity,
    cue: Cue | None,
    memory: Memory,
    before: Meaning | None,
) -> str:
    """Return whose hash rate changed."""
    one_of_two = former_or_latter(sentence, quantity, memory)
    if one_of_two or _is_of_all(sentence, quantity):
        return one_of_two or NETWORK
    subject = hashrate_subject(sentence, quantity, cue, memory)
    if subject == NETWORK:
        going_on = before is not None and goes_on(sentence, quantity, before)
        subject = before.subject if before and going_on else _pointing_back(sentence, quantity)
        if subject:
            return subject
        subject = NETWORK
    if is_of_network(sentence, quantity, memory) or names_network(sentence, quantity):
        return subject if sentence.pools else NETWORK
    if _only_network(sentence, memory):
        return NETWORK
    if cue is None and subject == NETWORK and not sentence.pools and memory.subject:
        return memory.subject
    return subject


def _pointing_back(sentence: SentenceRead, quantity: Quantity) -> str:
    """Return the country that lost what stands before: "a third: so much did Kazakhstan lose"."""
    back = [one for one in sentence.of("roles:points_back") if one.start >= quantity.end]
    if not back or sentence.of("roles:network"):
        return ""
    led = {
        cue.start
        for cue in sentence.of("place")
        for one in sentence.of("roles:in", "roles:from", "roles:to")
        if one.end <= cue.start and sentence.clauses.words_between(one.end, cue.start) <= 1
    }
    acting = [
        cue
        for cue in sentence.of("place")
        if cue.start not in led and not sentence.clauses.breaks_between(back[0].end, cue.start)
    ]
    return f"country:{acting[0].value}" if len(acting) == 1 else ""


def _is_of_all(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a part of all hash rate is meant: "37 % of the world's hash rate was idled"."""
    chain = of_chain(sentence, quantity)
    if chain is None:
        return False

    def inside(cue: Cue) -> bool:
        return chain[0] <= cue.start < chain[1]

    named = (*sentence.pools, *sentence.of("place", "roles:its"))
    return (
        not any(inside(one) for one in named)
        and any(inside(one) for one in sentence.of("roles:world"))
        and any(inside(one) for one in sentence.of("topics:hashrate"))
    )


def _only_network(sentence: SentenceRead, memory: Memory) -> bool:
    """Whether the network is all that a sentence names: "in the whole network a quarter failed"."""
    own = any(
        0 <= one.start - its.end <= 1
        for its in sentence.of("roles:its")
        for one in sentence.of("roles:network")
    )
    named = bool(sentence.of("roles:network")) and not sentence.of("place", "pools:several")
    return named and not sentence.pools and not own and is_known_matter(sentence, memory)


def _sign(
    sentence: SentenceRead,
    quantity: Quantity,
    cue: Cue | None,
    memory: Memory,
    before: Meaning | None,
) -> int:
    """Return the sign of a change: by its own words, the number before, the sentence before."""
    sign, _ = sign_and_distance(sentence, quantity)
    if not sign and before is not None:
        sign = before.sign
    if not sign and sentence.nearest(sentence.of("direction:offline"), quantity, within=REACH):
        sign = -1
    sign = sign or sign_of_pair(sentence, quantity)
    return sign or (memory.sign if _goes_on_falling(sentence, quantity, cue, memory) else 0)


def _goes_on_falling(
    sentence: SentenceRead, quantity: Quantity, cue: Cue | None, memory: Memory
) -> bool:
    """Whether a bare percentage is another figure for the fall just spoken of.

    "Mr Smith put it at 12 %" behind "hash rate fell by a tenth" has no word of its own.
    """
    # "Others put it at 12 to 14 %": a share would not be others'.
    others = [one for one in sentence.of("units:others") if one.end <= quantity.start]
    return bool(
        memory.sign
        and cue is None
        and not sentence.pools
        and (others or not sentence.of("direction:share"))
        and not sentence.of("place", "direction:up", "direction:down")
        and of_chain(sentence, quantity) is None
        and (others or not is_level(sentence, quantity))
    )


def _multiplied(
    sentence: SentenceRead,
    quantity: Quantity,
    cue: Cue | None,
    memory: Memory,
    before: Meaning | None,
) -> Meaning | None:
    """Return the change that a multiple states; None where it repeats the share before it."""
    if before is not None and before.quantity == "hashrate_share":
        return None  # "18 %, twice as much as in April": the same share once more
    change = _multiple(sentence, quantity)
    sign = 1 if change > 0 else -1
    return Meaning(
        subject=_changed(sentence, quantity, cue, memory, before),
        quantity="hashrate_change_share",
        low=change,
        high=change,
        relation=bound_of(sentence, quantity, "change", sign=sign),
        sign=sign,
    )


def _multiple(sentence: SentenceRead, quantity: Quantity) -> float:
    """Return the change that a multiple states: "fell twofold" is a fall to a half."""
    if quantity.low > 0 and any(
        sentence.far(one, quantity) <= 1.0 for one in sentence.of("direction:down")
    ):
        return exact(-quantity.low / (1.0 + quantity.low))
    return quantity.low


def _only_compares(sentence: SentenceRead, quantity: Quantity, before: Meaning | None) -> bool:
    """Whether a fraction compares two levels just given: "from 180 to 86 EH/s, less than half"."""
    if before is None or before.quantity != "hashrate_hps" or quantity.kind != "percent":
        return False
    last = max(one.end for one in sentence.quantities if one.end <= quantity.start)
    return (
        any(quantity.start <= one.start < quantity.end for one in sentence.of("fractions"))
        and of_chain(sentence, quantity) is None
        and sentence.clauses.words_between(last, quantity.start) <= _NEAR_WORDS
        and not sentence.of("direction:offline")
        and not any(
            last <= one.start < quantity.start
            for one in sentence.of("direction:down", "direction:up")
            if not any(
                hedge.start <= one.start and one.end <= hedge.end
                for hedge in sentence.of("hedges:below", "hedges:above", "hedges:about")
            )
        )
    )


def _holder(sentence: SentenceRead, quantity: Quantity, cue: Cue | None, memory: Memory) -> str:
    """Return whose share a percentage is: a pool's or a country's, of this sentence or before."""
    if one_of_two := former_or_latter(sentence, quantity, memory):
        return one_of_two
    pool = pool_subject_of(sentence, quantity)
    place = place_of(sentence, quantity, memory) if sentence.of("place") else ""
    if not pool and not place and sentence.of("pools:together"):
        known = memory.subject.startswith("pool") or sentence.of("pools:several")
        return POOLS if known else UNKNOWN
    of_blocks = is_in_chain(sentence, quantity, "roles:blocks")
    if pool and place and cue is not None and not (of_blocks or is_pool_nearer(sentence, quantity)):
        return place
    who = pool or place or ("" if sentence.pools else memory.place)
    if who:
        return who
    if sentence.of("pools:several"):
        return POOLS  # "the three large pools, which found two thirds of the blocks in April"
    return memory.subject if memory.subject.startswith(("pool", "country")) else UNKNOWN


def is_of_network(sentence: SentenceRead, quantity: Quantity, memory: Memory) -> bool:
    """Whether a part of the network itself is meant: "12 % of the network vanished".

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    memory : Memory
        Of the sentences before.
    """
    chain = of_chain(sentence, quantity)
    known = is_known_matter(sentence, memory)
    return (
        known
        and chain is not None
        and any(
            chain[0] <= one.start < chain[1]
            and sentence.clauses.words_between(chain[0], one.start) <= 3
            for one in sentence.of("roles:network")
        )
    )


def is_known_matter(sentence: SentenceRead, memory: Memory) -> bool:
    """Whether "the network" can only be Bitcoin's: the text speaks of it, or of exahashes.

    Parameters
    ----------
    sentence : SentenceRead
        Of any kind.
    memory : Memory
        Of the sentences before.
    """
    return bool(
        memory.on_topic
        or memory.on_bitcoin
        or sentence.of("topics:asset")
        or any(one.kind == "hps" for one in sentence.quantities)
    )


def is_in_chain(sentence: SentenceRead, quantity: Quantity, kind: str) -> bool:
    """Return whether a word stands in the "of ..." behind a percentage.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    kind : str
        Of the word, such as ``roles:blocks``.
    """
    chain = of_chain(sentence, quantity)
    return chain is not None and any(chain[0] <= one.start < chain[1] for one in sentence.of(kind))


def is_pool_nearer(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a pool stands nearer to a figure than any country.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    pool = sentence.nearest(sentence.pools, quantity)
    place = sentence.nearest(sentence.of("place"), quantity)
    return pool is not None and (
        place is None or sentence.far(pool, quantity) <= sentence.far(place, quantity)
    )
