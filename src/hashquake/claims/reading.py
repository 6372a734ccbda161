"""A number in a sentence becomes a claim: its quantity, its sign, whose it is."""

from dataclasses import replace

from hashquake.claims.direction import is_per, sign_of_step
from hashquake.claims.meaning import Meaning, Memory, bound_of, level_meaning
from hashquake.claims.money import dollar_meaning
from hashquake.claims.owners import owner_of
from hashquake.claims.places import acting_place, place_of
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.shares import share_meaning
from hashquake.claims.subjects import (
    UNKNOWN,
    goes_on,
    hashrate_subject,
    names_network,
    pool_subject_of,
    speaking_pool,
)
from hashquake.claims.tokens import Cue
from hashquake.claims.topics import topic_of
from hashquake.claims.units import Quantity
from hashquake.core.subject import NETWORK

_HASHRATE = ("hashrate", "mining")
_LIMIT_WORDS = 2
_LEAST_HPS = 1e16
_LIKE_RATE = 2.0
_ALL_MINING_MW = 10_000.0
_PART_WORDS = 3
_RESTATING = ("hedges:about", "hedges:above", "hedges:below", "roles:or")


def meaning_of(
    sentence: SentenceRead, quantity: Quantity, memory: Memory, before: Meaning | None
) -> Meaning | None:
    """Return what a number with its unit claims; None where it concerns nothing that is checked.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    memory : Memory
        Of the sentences before.
    before : Meaning or None
        Of the number before it in the sentence.
    """
    if _is_no_measurement(sentence, quantity):
        return None
    meaning = _meaning(sentence, quantity, memory, before)
    if meaning is not None and quantity.pair == 1:
        return replace(meaning, is_former=True)
    return meaning


def _meaning(
    sentence: SentenceRead, quantity: Quantity, memory: Memory, before: Meaning | None
) -> Meaning | None:
    topic, cue = topic_of(sentence, quantity)
    if quantity.kind == "hps":
        return _hashrate(sentence, quantity, topic, cue, memory, before)
    if quantity.kind in ("percent", "multiple"):
        return share_meaning(sentence, quantity, topic, cue, memory, before)
    if quantity.kind == "watt":
        return _power(sentence, quantity, topic, memory)
    if quantity.kind == "usd":
        return dollar_meaning(sentence, quantity, topic, cue, memory, before)
    if quantity.kind == "count":
        return _count(sentence, quantity, topic, memory, before)
    return None


def _is_no_measurement(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a number is part of a name, a limit set by rule, or the writer's own."""

    def is_at(kind: str, gap: int) -> bool:
        return any(
            cue.end <= quantity.start
            and sentence.clauses.words_between(cue.end, quantity.start) <= gap
            and not any(cue.end <= one.start < quantity.start for one in sentence.quantities)
            for cue in sentence.of(kind)
        )

    match quantity.kind:
        case "percent":  # "a 51 % attack"
            return is_at("roles:attack", 1) or any(
                0 <= cue.start - quantity.end <= 1 for cue in sentence.of("roles:attack")
            )
        case "watt":  # "new farms are limited to 1 MW"
            return is_at("roles:limit", 2) or any(
                cue.start >= quantity.end
                and sentence.clauses.words_between(quantity.end, cue.start) <= _LIMIT_WORDS
                and not sentence.clauses.breaks_between(quantity.end, cue.start)
                for cue in sentence.of("roles:limit")
            )
        case "count":  # "my two machines"
            return is_at("roles:mine", 0)
    return False


def _hashrate(
    sentence: SentenceRead,
    quantity: Quantity,
    topic: str,
    cue: Cue | None,
    memory: Memory,
    before: Meaning | None,
) -> Meaning | None:
    if is_per(sentence, quantity):
        return None
    if topic == "foreign" and cue is None:
        return None  # another coin's
    subject = hashrate_subject(sentence, quantity, cue if topic in _HASHRATE else None, memory)
    if subject == NETWORK and quantity.high < _LEAST_HPS:
        return None  # so little is a machine's or a farm's, not Bitcoin's
    if subject == NETWORK and not names_network(sentence, quantity):
        if goes_on(sentence, quantity, before):
            subject = before.subject if before is not None else subject
        elif cue is None:
            whole = any(one.end <= quantity.start for one in sentence.of("roles:total"))
            remembered = memory.subject if memory.topic in _HASHRATE and not whole else ""
            subject = acting_place(sentence, quantity) or remembered or NETWORK
    if subject == NETWORK and _is_of_pool_before(sentence, quantity, memory):
        subject = memory.subject
    sign = sign_of_step(sentence, quantity) or _sign_restated(sentence, quantity, before)
    if sign:
        low, high = sorted((sign * quantity.low, sign * quantity.high))
        return Meaning(
            subject=subject,
            quantity="hashrate_hps",
            low=low,
            high=high,
            relation="change",
            sign=sign,
        )
    return Meaning(
        subject=subject,
        quantity="hashrate_hps",
        low=quantity.low,
        high=quantity.high,
        relation=bound_of(sentence, quantity, "level"),
    )


def _is_of_pool_before(sentence: SentenceRead, quantity: Quantity, memory: Memory) -> bool:
    """Whether a rate is that of the pool spoken of: nobody else is named, and it is as large."""
    named = sentence.of("roles:network", "roles:world", "roles:total", "topics:asset", "place")
    return (
        memory.subject.startswith("pool:")
        and not named
        and not sentence.pools
        and memory.rate_hps / _LIKE_RATE <= quantity.high <= memory.rate_hps * _LIKE_RATE
    )


def _sign_restated(sentence: SentenceRead, quantity: Quantity, before: Meaning | None) -> int:
    """Return the sign of a change stated once more in EH/s: "lost 60 %, some 200 EH/s"; else 0."""
    if before is None or before.relation != "change" or not before.quantity.endswith("_share"):
        return 0
    breaks = [one for one in sentence.clauses.breaks if one < quantity.start]
    inside = [cue for cue in sentence.of(*_RESTATING) if breaks and cue.start > breaks[-1]]
    words = sentence.clauses.words_between(breaks[-1], quantity.start) if breaks else 0
    hedged = sum(cue.last - cue.first for cue in inside if cue.end <= quantity.start)
    ends = sentence.text[quantity.end : quantity.end + 1] in ("", ".", ",", ")", ";")
    return before.sign if inside and words == hedged and ends else 0


def _power(
    sentence: SentenceRead, quantity: Quantity, topic: str, memory: Memory
) -> Meaning | None:
    subject = place_of(sentence, quantity, Memory()) or pool_subject_of(sentence, quantity)
    if not subject and names_network(sentence, quantity):
        subject = NETWORK
    if not subject:
        world = sentence.of("topics:asset", "topics:hashrate") or (
            memory.on_bitcoin and sentence.of("roles:its")
        )
        subject = memory.place or (NETWORK if world else UNKNOWN)
    mined = sentence.of("topics:mining", "topics:hashrate", "topics:asset", "roles:sites")
    if topic == "foreign" and not mined and not sentence.of("topics:power"):
        return None
    if subject == UNKNOWN and quantity.low >= _ALL_MINING_MW and memory.in_text:
        subject = NETWORK  # "the machines drew some 17 gigawatts": no country's do
    if not mined and _is_demand(sentence, quantity):
        return None
    return level_meaning(sentence, quantity, subject, "power_mw")


def _is_demand(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether the demand of a whole grid is stated, which is not what mining takes."""
    owned = sentence.of("roles:its")
    return any(
        cue.end <= quantity.start
        # "Their demand" is that of the miners spoken of.
        and not any(0 <= cue.first - one.last <= 1 for one in owned)
        and not any(cue.end <= one.start < quantity.start for one in sentence.quantities)
        for cue in sentence.of("roles:demand")
    )


def _count(
    sentence: SentenceRead,
    quantity: Quantity,
    topic: str,
    memory: Memory,
    before: Meaning | None,
) -> Meaning | None:
    mined = sentence.of("topics:hashrate", "topics:mining", "topics:asset") or sentence.pools
    # "21 illegal farms consuming 202 MW": farms that draw power are not those with cows.
    powered = any(one.kind == "watt" for one in sentence.quantities)
    found = sentence.of("roles:network") and sentence.of("roles:blocks")
    measure = _counted(sentence, quantity, before)
    # "128 blocks yesterday" in a text of mining, wherever that is said.
    known = memory.on_topic or (memory.in_text and measure == "blocks")
    if topic == "foreign" or not (mined or powered or found or known):
        return None
    found_by_all = measure == "blocks" and (
        names_network(sentence, quantity) or _is_whole(sentence, quantity)
    )
    subject = (
        (NETWORK if found_by_all else "")
        or pool_subject_of(sentence, quantity)
        or speaking_pool(sentence, memory)
        # No country finds blocks; where one is spoken of, they are still the network's.
        or place_of(sentence, quantity, Memory() if measure == "blocks" else memory)
        or (NETWORK if sentence.of("topics:asset", "topics:hashrate") else UNKNOWN)
    )
    if measure == "blocks" and not found_by_all and subject in (UNKNOWN, NETWORK):
        subject = _finder(sentence, quantity)
    return replace(level_meaning(sentence, quantity, subject, "count"), measure=measure)


def _is_whole(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a number is what another one is a part of: the 291 of "97 of the 291 blocks"."""
    return any(
        one.kind == "count"
        and any(
            one.end <= cue.start and cue.end <= quantity.start
            for cue in sentence.of("roles:of", "roles:part_of")
        )
        and sentence.clauses.words_between(one.end, quantity.start) <= _PART_WORDS
        for one in sentence.quantities
        if one.end <= quantity.start
    )


def _finder(sentence: SentenceRead, quantity: Quantity) -> str:
    """Return who found blocks: the one pool before the number or nearest to it, or the network."""
    pools = {
        str(cue.value)
        for cue in sentence.pools
        if cue.end <= quantity.start or owner_of(sentence, cue) is quantity
    }
    return f"pool:{pools.pop()}" if len(pools) == 1 else NETWORK


def _counted(sentence: SentenceRead, quantity: Quantity, before: Meaning | None) -> str:
    """Return what is counted, by the word behind the number, or behind the one before it."""
    for kind in ("blocks", "sites"):
        for cue in sentence.of(f"roles:{kind}"):
            if quantity.start <= cue.start and cue.end <= quantity.end:
                return kind
    if not sentence.text[quantity.start : quantity.end].strip().isdigit():
        return "machines"
    if before is not None and before.quantity == "count":
        return before.measure
    after = [one for one in sentence.quantities if one.start > quantity.end and one.kind == "count"]
    return _counted(sentence, after[0], None) if after else "machines"
