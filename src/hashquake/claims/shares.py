"""Percentages: shares of hash rate, of electricity and of connectivity, and changes of them."""

from dataclasses import replace

from hashquake.claims.direction import (
    REACH,
    is_compared,
    is_level,
    is_more,
    sign_and_distance,
    sign_of_amount,
)
from hashquake.claims.hashrate_shares import (
    hashrate_share_meaning,
    is_in_chain,
    is_known_matter,
    is_of_network,
    is_pool_nearer,
)
from hashquake.claims.meaning import Meaning, Memory, change_meaning, level_meaning
from hashquake.claims.others import names_others
from hashquake.claims.places import place_at_topic, place_of
from hashquake.claims.prices import is_price
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.subjects import UNKNOWN, names_network
from hashquake.claims.tokens import Cue
from hashquake.claims.topics import of_chain
from hashquake.claims.units import Quantity
from hashquake.core.subject import BITCOIN, NETWORK

_REMEMBERED = ("connectivity", "price", "power", "difficulty", "hashrate")
_NEAR_WORDS = 6.0
_LIMIT_GAP = 4
_PART_WORDS = 3
_RESTATED_WORDS = 5
_PARTED = ("power_mw", "generation_share", "count", "money_usd")
_SHORT_CHAIN = 2
_TIES = ("roles:its", "roles:it", "roles:country", "roles:nation", "roles:network", "roles:total",
         "roles:that", "roles:loss", "roles:gain", "units:others", "place",
         "direction:share", "pools:several", "pools:together")  # fmt: skip
"""Words by which a sentence without a topic goes on with that of the one before."""
_POWER_TIES = ("roles:it", "roles:its", "roles:that", "roles:which_is", "roles:amounts", "roles:or",
               "pools:together")  # fmt: skip
_MATTERS = ("topics:", "roles:network", "roles:world", "roles:blocks", "roles:normal",
            "roles:total", "roles:demand", "units:", "direction:", "pools:")  # fmt: skip
"""What a percentage may be "of" and still be a claim of what the text was about."""


def share_meaning(
    sentence: SentenceRead,
    quantity: Quantity,
    topic: str,
    cue: Cue | None,
    memory: Memory,
    before: Meaning | None,
) -> Meaning | None:
    """Return what a percentage, a fraction or a multiple claims; None where it is of other things.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    topic : str
        From `hashquake.claims.topics.topic_of`.
    cue : Cue or None
        The word of the topic.
    memory : Memory
        Of the sentences before.
    before : Meaning or None
        Of the number before it in the sentence.
    """
    named = _topic(sentence, quantity, topic, cue, memory, before)
    if before is not None and _is_part_of_before(sentence, quantity, before):
        named = ""
    match named:
        case "hashrate":
            return hashrate_share_meaning(sentence, quantity, cue, memory, before)
        case "connectivity":
            return _of_connectivity(sentence, quantity, cue, memory)
        case "price" | "asset" if is_price(sentence, topic, cue, memory, before):
            return _moved(sentence, quantity, BITCOIN, "price_change_share")
        case "difficulty":
            sign = before.sign if before is not None and before.quantity.startswith("diff") else 0
            return _moved(
                sentence, quantity, NETWORK, "difficulty_change_share", usual_sign=sign or 1
            )
        case "power":
            return _of_power(sentence, quantity, cue, memory, before)
    return None


def _is_part_of_before(sentence: SentenceRead, quantity: Quantity, before: Meaning) -> bool:
    """Whether a fraction is one of the figure before it: "1,200 MW, half of it unregistered"."""
    spelled = not any(one.isdigit() for one in sentence.text[quantity.start : quantity.end])
    return (
        spelled
        and before.quantity in _PARTED
        and any(
            sentence.clauses.words_between(min(one.end, quantity.start), quantity.start)
            <= _PART_WORDS
            and one.start <= quantity.end
            for one in sentence.of("roles:of_which")
        )
    )


def _topic(
    sentence: SentenceRead,
    quantity: Quantity,
    topic: str,
    cue: Cue | None,
    memory: Memory,
    before: Meaning | None,
) -> str:
    """Return the topic, from the number or the sentence before where this one names none."""
    named = _topic_behind(sentence, quantity, topic, memory)
    if named:
        return named
    if before is not None and _restates_rate(sentence, quantity, cue, before):
        return "hashrate"
    listed = before is not None and before.quantity == "hashrate_share"
    if topic == "power" and _is_computing(sentence, cue, memory, listed=listed):
        return "hashrate"
    whole = topic in ("", "asset") and is_of_network(sentence, quantity, memory)
    mining = topic == "mining" and (
        quantity.kind != "multiple" or bool(sentence.of("topics:hashrate", "roles:network"))
    )
    mined = mining or (topic == "asset" and _of_all_mined(sentence, quantity))
    capacity = topic == "power" and _of_a_pool(sentence, quantity)
    if not topic and not sentence.of("place"):
        whole = whole or (is_known_matter(sentence, memory) and names_network(sentence, quantity))
    if whole or mined or capacity or (topic == "asset" and _is_that_of(sentence, quantity)):
        return "hashrate"
    return topic or _topic_before(sentence, quantity, memory, before)


def _restates_rate(
    sentence: SentenceRead, quantity: Quantity, cue: Cue | None, before: Meaning
) -> bool:
    """Whether a percentage only says the rate before it otherwise: "192 EH/s, so 9 % more"."""
    earlier = [one for one in sentence.quantities if one.end <= quantity.start]
    return (
        before.quantity == "hashrate_hps"
        and bool(earlier)
        and (cue is None or cue.end <= earlier[-1].start or cue.start >= quantity.end)
        and (is_compared(sentence, quantity) or is_more(sentence, quantity))
        and sentence.clauses.words_between(earlier[-1].end, quantity.start) <= _RESTATED_WORDS
    )


def _topic_behind(sentence: SentenceRead, quantity: Quantity, topic: str, memory: Memory) -> str:
    """Return the topic that "of ..." behind a percentage settles; empty where it does not."""
    if _of_blocks(sentence, quantity, memory):
        return "hashrate"
    if topic in ("", "mining", "asset") and _of_something_else(sentence, quantity):
        return "foreign"
    if is_in_chain(sentence, quantity, "topics:money"):
        return "money"  # "75 % of miners' income"
    return "power" if is_in_chain(sentence, quantity, "roles:demand") else ""


def _is_computing(sentence: SentenceRead, cue: Cue | None, memory: Memory, *, listed: bool) -> bool:
    """Whether "power" or "capacity" is that of the network spoken of: "12 % of that power"."""
    if cue is None or any(one.kind == "watt" for one in sentence.quantities):
        return False
    generic = any(
        one.start == cue.start and one.end == cue.end for one in sentence.of("roles:power")
    )
    network = bool(sentence.of("roles:network")) and not sentence.of("direction:share")
    return generic and (
        listed or network or (memory.topic == "hashrate" and not sentence.of("place"))
    )


def _of_something_else(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether "of ..." behind a percentage names what no claim is about: "half of Ethiopians"."""
    if sentence.pools or sentence.of("pools:several"):
        return False
    chain = of_chain(sentence, quantity)
    if chain is None:
        # A Russian genitive needs no word for "of".
        return any(0 <= one.start - quantity.end <= 1 for one in sentence.of("place"))
    known = (
        one
        for one in sentence.cues
        if one.kind.startswith(_MATTERS) and chain[0] <= one.start < chain[1]
    )
    people = any(
        chain[0] <= one.start < chain[1] and one.end >= chain[1] - 1 for one in sentence.of("place")
    )
    words = sentence.clauses.words_between(chain[0], chain[1])
    return next(known, None) is None and words > _SHORT_CHAIN and not people


def _of_blocks(sentence: SentenceRead, quantity: Quantity, memory: Memory) -> bool:
    """Whether a pool's part of all blocks is meant: "AntPool found 27 % of the blocks"."""
    known = sentence.pools or memory.subject.startswith("pool")
    genitive = any(0 <= one.start - quantity.end <= 1 for one in sentence.of("roles:blocks"))
    return bool(known) and (genitive or is_in_chain(sentence, quantity, "roles:blocks"))


def _topic_before(
    sentence: SentenceRead, quantity: Quantity, memory: Memory, before: Meaning | None
) -> str:
    """Return the topic of a number whose sentence names none."""
    if before is not None and (named := _topic_of_number(sentence, quantity, before)) is not None:
        return named
    share = sentence.nearest(sentence.of("direction:share"), quantity, within=_NEAR_WORDS)
    owned = bool(sentence.of("direction:share") and sentence.of("place") and memory.on_topic)
    if owned and memory.topic == "difficulty":
        return "hashrate"  # a country has a share of hash rate, and none of difficulty
    if memory.topic in ("", "power", "hashrate") and memory.on_topic and share is not None:
        return "hashrate"  # "the share was below 4 %" in a text about mining
    pools = sentence.pools or sentence.of("pools:several")
    if pools and quantity.kind == "percent":
        return "hashrate"  # pools have neither a difficulty nor a price
    if _moves_by_itself(sentence, quantity) and _is_of_others(sentence, quantity, memory.topic):
        return ""
    return memory.topic if memory.topic in _REMEMBERED else ""


def _topic_of_number(sentence: SentenceRead, quantity: Quantity, before: Meaning) -> str | None:
    """Return the topic of the number before; empty where it is not this one's, None elsewhere."""
    if before.quantity == "money_usd":
        return ""  # "revenue of 44 million dollars, 8 % less" is a change of revenue
    if before.quantity.startswith("price"):
        last = max((one.end for one in sentence.quantities if one.end <= quantity.start), default=0)
        moved = _moves_by_itself(sentence, quantity)
        other = moved and names_others(sentence, quantity, names_only=True, since=last)
        return "" if other else "price"
    for name in ("hashrate", "difficulty", "connectivity"):
        if before.quantity.startswith(name):
            return name
    return None


def _moves_by_itself(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether something fell or rose that no word ties to what was spoken of: "Evergrande lost"."""
    sign, _ = sign_and_distance(sentence, quantity)
    return bool(sign) and quantity.kind == "percent" and not sentence.of(*_TIES)


def _is_of_others(sentence: SentenceRead, quantity: Quantity, topic: str) -> bool:
    if topic == "price":
        return names_others(sentence, quantity, names_only=True)
    return topic == "hashrate" and names_others(sentence, quantity)


def _is_that_of(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether "that of Bitcoin" stands for its hash rate: the word came before, of another."""
    asset = sentence.nearest(sentence.of("topics:asset"), quantity)
    return asset is not None and any(
        0 <= asset.start - one.end <= 1
        and any(topic.end <= one.start for topic in sentence.of("topics:hashrate"))
        for one in sentence.of("roles:that")
    )


def _of_a_pool(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether "capacity" is a pool's or the network's, which have no power stations."""
    network = bool(sentence.of("roles:network")) and not sentence.of("place")
    return network or (bool(sentence.pools) and is_pool_nearer(sentence, quantity))


def _of_all_mined(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a share is one of all bitcoin mined: "mines 18 % of the world's bitcoin"."""
    chain = of_chain(sentence, quantity)
    inside = [
        one
        for one in sentence.of("topics:asset", "units:count")
        if chain is not None and chain[0] <= one.start < chain[1]
    ]
    kinds = {one.kind for one in inside}
    # "One of seven machines": what is counted stands right behind the fraction.
    counted = sentence.of("units:count", "topics:asset")
    kinds |= {one.kind for one in counted if 0 <= one.start - quantity.end <= 1}
    # "A third of the machines that run Bitcoin"
    return bool(kinds) and (bool(sentence.of("topics:mining")) or "units:count" in kinds)


def _of_connectivity(
    sentence: SentenceRead, quantity: Quantity, cue: Cue | None, memory: Memory
) -> Meaning:
    subject = _place(sentence, quantity, cue, memory)
    sign, _ = sign_and_distance(sentence, quantity)
    if not sign and of_chain(sentence, quantity) is not None:
        gone = sentence.nearest(sentence.of("direction:offline"), quantity, within=REACH)
        sign = 0 if gone is None else -1
    if sign and not is_level(sentence, quantity):
        return change_meaning(sentence, quantity, subject, "connectivity_change_share", sign)
    return level_meaning(sentence, quantity, subject, "connectivity_share")


def _moved(
    sentence: SentenceRead, quantity: Quantity, subject: str, name: str, *, usual_sign: int = 0
) -> Meaning | None:
    """Return a change of price or difficulty: a percentage of either is nothing else."""
    if quantity.kind == "multiple":
        sign = 1 if quantity.low > 0 else -1
        return change_meaning(
            sentence, replace(quantity, low=abs(quantity.low), high=abs(quantity.high)),
            subject, name, sign,
        )  # fmt: skip
    amount = sign_of_amount(sentence, quantity)
    if amount:
        return change_meaning(sentence, quantity, subject, name, amount)
    sign = sign_and_distance(sentence, quantity)[0] or usual_sign
    # A percentage of a price is a change even behind "to": it is "up to" then.
    limit = any(0 <= quantity.start - one.end <= _LIMIT_GAP for one in sentence.of("hedges:upto"))
    if not sign or (is_level(sentence, quantity) and not limit):
        return None
    return change_meaning(sentence, quantity, subject, name, sign)


def _of_power(
    sentence: SentenceRead,
    quantity: Quantity,
    cue: Cue | None,
    memory: Memory,
    before: Meaning | None,
) -> Meaning | None:
    sign, _ = sign_and_distance(sentence, quantity)
    share = is_level(sentence, quantity) or of_chain(sentence, quantity) is not None
    if quantity.kind == "multiple" or (sign and not share):
        return None  # a change of consumption is not among the quantities
    if _is_of_miners(sentence, quantity) or _is_imported(sentence, quantity):
        return None
    going_on = memory.topic == "power" and (sentence.of(*_POWER_TIES) or _opens_with_verb(sentence))
    branch = memory.on_topic and sentence.of("roles:industry")
    if not going_on and not branch and not _is_used_by_miners(sentence):
        return None  # "imports 40 % of its electricity"
    subject = _place(sentence, quantity, cue, memory)
    if subject == UNKNOWN and before is not None and before.quantity == "power_mw":
        subject = before.subject  # "19 GW, or 0.6 % of the world's electricity"
    return level_meaning(sentence, quantity, subject, "generation_share")


def _opens_with_verb(sentence: SentenceRead) -> bool:
    """Whether a sentence has no subject of its own: "Representan ya el 8 % de la generación"."""
    return any(one.first == 0 for one in sentence.of("direction:share"))


def _is_of_miners(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether the electricity is the miners' own: "a third of all the power that miners use"."""
    return any(
        quantity.end <= power.start
        and power.end <= mined.start
        and sentence.clauses.words_between(power.end, mined.start) <= _SHORT_CHAIN
        and not sentence.clauses.breaks_between(quantity.end, mined.start)
        for power in sentence.of("topics:power")
        for mined in sentence.of("topics:mining")
    )


def _is_imported(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a number's clause is about electricity bought abroad."""
    start, end = sentence.clauses.around(quantity.start, quantity.end)
    return any(start <= one.start < end for one in sentence.of("roles:imports"))


def _is_used_by_miners(sentence: SentenceRead) -> bool:
    """Whether a share of electricity is said to be what mining takes."""
    named = sentence.of("topics:mining", "topics:hashrate", "topics:asset", "roles:sites")
    counted = any(one.kind in ("watt", "count") for one in sentence.quantities)
    return bool(named or sentence.pools or counted)


def _place(sentence: SentenceRead, quantity: Quantity, cue: Cue | None, memory: Memory) -> str:
    return place_at_topic(sentence, cue) or place_of(sentence, quantity, memory) or UNKNOWN
