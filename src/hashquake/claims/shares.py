"""Percentages: shares of hash rate, of electricity and of connectivity, and changes of them."""

from hashquake.claims.direction import REACH, is_compared, is_level, sign_and_distance
from hashquake.claims.meaning import Meaning, Memory, bound_of, change_meaning, level_meaning
from hashquake.claims.prices import is_price
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.subjects import (
    POOLS,
    UNKNOWN,
    hashrate_subject,
    names_network,
    place_at_topic,
    place_of,
    pool_subject_of,
)
from hashquake.claims.tokens import Cue
from hashquake.claims.topics import of_chain
from hashquake.claims.units import Quantity
from hashquake.core.subject import BITCOIN, NETWORK

_REMEMBERED = ("connectivity", "price", "power", "difficulty", "hashrate")
_OFFLINE_WORDS = 12.0
_NEAR_WORDS = 6.0


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
    match _topic(sentence, quantity, topic, memory, before):
        case "hashrate":
            return _of_hashrate(sentence, quantity, cue, memory, before)
        case "connectivity":
            return _of_connectivity(sentence, quantity, cue, memory)
        case "price" | "asset" if is_price(sentence, topic, cue, memory, before):
            return _moved(sentence, quantity, BITCOIN, "price_change_share")
        case "difficulty":
            return _moved(sentence, quantity, NETWORK, "difficulty_change_share", usual_sign=1)
        case "power":
            return _of_power(sentence, quantity, cue, memory)
    return None


def _topic(
    sentence: SentenceRead, quantity: Quantity, topic: str, memory: Memory, before: Meaning | None
) -> str:
    """Return the topic, from the number or the sentence before where this one names none."""
    whole = topic in ("", "asset") and _of_network(sentence, quantity, memory)
    if whole or topic == "mining" or (topic == "asset" and _of_all_mined(sentence, quantity)):
        return "hashrate"
    if topic:
        return topic
    for name in ("hashrate", "price"):
        if before is not None and before.quantity.startswith(name):
            return name
    if memory.topic in _REMEMBERED:
        return memory.topic
    pools = sentence.pools or sentence.of("pools:several")
    return "hashrate" if pools and quantity.kind == "percent" else ""


def _of_network(sentence: SentenceRead, quantity: Quantity, memory: Memory) -> bool:
    """Whether a part of the network itself is meant: "12 % of the network vanished"."""
    chain = of_chain(sentence, quantity)
    known = memory.on_topic or memory.on_bitcoin or sentence.of("topics:asset")
    return (
        bool(known)
        and chain is not None
        and any(
            chain[0] <= one.start < chain[1]
            and sentence.clauses.words_between(chain[0], one.start) <= 2
            for one in sentence.of("roles:network")
        )
    )


def _of_all_mined(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a share is one of all bitcoin mined: "mines 18 % of the world's bitcoin"."""
    chain = of_chain(sentence, quantity)
    named = sentence.of("topics:asset")
    return (
        chain is not None
        and any(chain[0] <= one.start < chain[1] for one in named)
        and bool(sentence.of("topics:mining"))
    )


def _of_connectivity(
    sentence: SentenceRead, quantity: Quantity, cue: Cue | None, memory: Memory
) -> Meaning:
    subject = _place(sentence, quantity, cue, memory)
    sign, _ = sign_and_distance(sentence, quantity)
    if sign and not is_level(sentence, quantity):
        return change_meaning(sentence, quantity, subject, "connectivity_change_share", sign)
    return level_meaning(sentence, quantity, subject, "connectivity_share")


def _moved(
    sentence: SentenceRead, quantity: Quantity, subject: str, name: str, *, usual_sign: int = 0
) -> Meaning | None:
    """Return a change of price or difficulty: a percentage of either is nothing else."""
    sign = sign_and_distance(sentence, quantity)[0] or usual_sign
    if not sign or is_level(sentence, quantity):
        return None
    return change_meaning(sentence, quantity, subject, name, sign)


def _of_power(
    sentence: SentenceRead, quantity: Quantity, cue: Cue | None, memory: Memory
) -> Meaning | None:
    sign, _ = sign_and_distance(sentence, quantity)
    share = is_level(sentence, quantity) or of_chain(sentence, quantity) is not None
    if quantity.kind == "multiple" or (sign and not share):
        return None  # a change of consumption is not among the quantities
    subject = _place(sentence, quantity, cue, memory)
    return level_meaning(sentence, quantity, subject, "generation_share")


def _place(sentence: SentenceRead, quantity: Quantity, cue: Cue | None, memory: Memory) -> str:
    return place_at_topic(sentence, cue) or place_of(sentence, quantity) or memory.place or UNKNOWN


# -- hash rate ------------------------------------------------------------------------------------
def _of_hashrate(
    sentence: SentenceRead,
    quantity: Quantity,
    cue: Cue | None,
    memory: Memory,
    before: Meaning | None,
) -> Meaning | None:
    subject = hashrate_subject(sentence, quantity, cue, memory)
    whole = _of_network(sentence, quantity, memory) or names_network(sentence, quantity)
    if whole and (not sentence.pools or subject == NETWORK):
        subject = NETWORK
    elif cue is None and subject == NETWORK and not sentence.pools and memory.subject:
        subject = memory.subject
    if quantity.kind == "multiple":
        if before is not None and before.quantity == "hashrate_share":
            return None  # "18 %, twice as much as in April": the same share once more
        sign = 1 if quantity.low > 0 else -1
        return Meaning(
            subject=subject,
            quantity="hashrate_change_share",
            low=quantity.low,
            high=quantity.low,
            relation=bound_of(sentence, quantity, "change", sign=sign),
            sign=sign,
        )
    if _is_share(sentence, quantity, before):
        who = _holder(sentence, quantity, cue, memory)
        if who == POOLS and not sentence.of("topics:hashrate", "topics:mining"):
            return None
        return level_meaning(sentence, quantity, who, "hashrate_share")
    sign, _ = sign_and_distance(sentence, quantity)
    if not sign and before is not None:
        sign = before.sign
    if not sign and sentence.nearest(sentence.of("direction:offline"), quantity, within=REACH):
        sign = -1
    if not sign:
        return None
    return change_meaning(sentence, quantity, subject, "hashrate_change_share", sign)


def _holder(sentence: SentenceRead, quantity: Quantity, cue: Cue | None, memory: Memory) -> str:
    """Return whose share a percentage is: a pool's or a country's, of this sentence or before."""
    pool = pool_subject_of(sentence, quantity)
    place = place_of(sentence, quantity)
    if pool and place and cue is not None and not _pool_nearer(sentence, quantity):
        return place
    who = pool or place or ("" if sentence.pools else memory.place)
    if who:
        return who
    return memory.subject if memory.subject.startswith(("pool", "country")) else UNKNOWN


def _pool_nearer(sentence: SentenceRead, quantity: Quantity) -> bool:
    pool = sentence.nearest(sentence.pools, quantity)
    place = sentence.nearest(sentence.of("place"), quantity)
    return pool is not None and (
        place is None or sentence.far(pool, quantity) <= sentence.far(place, quantity)
    )


def _is_share(sentence: SentenceRead, quantity: Quantity, before: Meaning | None) -> bool:
    """Whether a percentage of hash rate is a share of it rather than a change."""
    if is_compared(sentence, quantity):
        return False
    if quantity.pair or is_level(sentence, quantity) or _lists_shares(sentence, quantity, before):
        return True
    sign, far = sign_and_distance(sentence, quantity)
    share = sentence.nearest(sentence.of("direction:share"), quantity, within=REACH)
    share_far = REACH if share is None else sentence.far(share, quantity)
    listed = before is not None and before.quantity == "hashrate_change_share"
    if share is None and listed:
        return False
    offline = sentence.nearest(sentence.of("direction:offline"), quantity, within=_OFFLINE_WORDS)
    if _is_of_hashrate(sentence, quantity) or (share is not None and of_chain(sentence, quantity)):
        lost = offline is not None or (sign < 0 and far <= min(_NEAR_WORDS, share_far))
        return not (lost and sign <= 0 and share_far >= min(far, _OFFLINE_WORDS))
    if share is not None and share_far <= far:
        return True
    return not sign and offline is None and not listed


def _lists_shares(sentence: SentenceRead, quantity: Quantity, before: Meaning | None) -> bool:
    """Whether a list of shares goes on: no word of falling stands since the one before."""
    if before is None or before.quantity != "hashrate_share":
        return False
    earlier = max(one.end for one in sentence.quantities if one.end <= quantity.start)
    moves = sentence.of("direction:down", "direction:up")
    return not any(cue.start >= earlier for cue in moves)


def _is_of_hashrate(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether "of the hash rate" or "of the miners" stands behind a percentage."""
    chain = of_chain(sentence, quantity)
    return chain is not None and any(
        chain[0] <= one.start < chain[1] for one in sentence.of("topics:hashrate", "topics:mining")
    )
