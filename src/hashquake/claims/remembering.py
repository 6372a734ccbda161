"""What a sentence leaves behind for those after it: topic, subject, country, coin, time."""

from collections.abc import Sequence

from hashquake.claims.former_latter import pair_of
from hashquake.claims.meaning import Meaning, Memory
from hashquake.claims.places import place_to_remember
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.timing import is_compared_with
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

_HEADING_WORDS = 12
_LEAST_FRAME_S = 5 * DAY_S
_FRAMES = ("month", "season", "year", "span")
_TOPIC_OF = {
    "hashrate_change_share": "hashrate",
    "hashrate_share": "hashrate",
    "hashrate_hps": "hashrate",
    "connectivity_share": "connectivity",
    "connectivity_change_share": "connectivity",
    "price_usd": "price",
    "price_change_share": "price",
    "power_mw": "power",
    "generation_share": "power",
    "difficulty_change_share": "difficulty",
    "rank": "hashrate",
}


def remembered(sentence: SentenceRead, memory: Memory, meanings: Sequence[Meaning]) -> Memory:
    """Return what the sentences after this one may refer to.

    Parameters
    ----------
    sentence : SentenceRead
        Read last.
    memory : Memory
        Of the sentences before it.
    meanings : sequence of Meaning
        What its numbers claim, in their order.
    """
    on_topic = memory.on_topic or bool(
        sentence.of("topics:hashrate", "topics:mining", "topics:difficulty", "roles:matter")
    )
    on_topic = on_topic or any(one.quantity.startswith("hashrate") for one in meanings)
    topics = [cue.kind.removeprefix("topics:") for cue in sentence.family("topics")]
    topic = memory.topic
    if meanings:
        named = [_TOPIC_OF[one.quantity] for one in meanings if one.quantity in _TOPIC_OF]
        topic = named[-1] if named else ""
    elif "hashrate" in topics:
        topic = "hashrate"
    elif topics and topics[-1] == "foreign":
        topic = ""
    subject = memory.subject
    if meanings and meanings[-1].quantity.startswith("hashrate"):
        subject = meanings[-1].subject
    elif len(sentence.pools) == 1:
        subject = f"pool:{sentence.pools[0].value}"
    return Memory(
        topic=topic,
        subject=subject,
        sign=meanings[-1].sign if meanings and topic == "hashrate" else 0,
        place=place_to_remember(sentence, memory),
        on_topic=on_topic,
        on_bitcoin=_on_bitcoin(sentence, memory),
        window=_last_window(sentence) or memory.window,
        on_coin=_on_coin(sentence, memory),
        pair=pair_of(sentence, len(sentence.text)) or memory.pair,
        rate_hps=_rate_hps(subject, memory, meanings),
        in_text=memory.in_text,
        frame=_frame(sentence, memory, meanings),
    )


def _frame(sentence: SentenceRead, memory: Memory, meanings: Sequence[Meaning]) -> Window | None:
    """Return the time of a heading without a figure; a sentence with another time ends it."""
    if not sentence.times:
        return memory.frame
    heading = not (meanings or sentence.quantities or sentence.bare)
    short = len(sentence.clauses.starts) <= _HEADING_WORDS
    named = sentence.times[0]
    whole = named.window is not None and named.window.duration_s >= _LEAST_FRAME_S
    return named.window if heading and short and whole and named.kind in _FRAMES else None


def _rate_hps(subject: str, memory: Memory, meanings: Sequence[Meaning]) -> float:
    levels = [
        one.high
        for one in meanings
        if one.quantity == "hashrate_hps" and one.relation != "change" and one.subject == subject
    ]
    kept = memory.rate_hps if subject == memory.subject else 0.0
    return levels[-1] if levels else kept


def _on_bitcoin(sentence: SentenceRead, memory: Memory) -> bool:
    if _names_bitcoin(sentence):
        return True
    if sentence.of("topics:coin"):
        return False
    # "The token" is bitcoin unless another coin was spoken of.
    return memory.on_bitcoin or (bool(sentence.of("topics:asset")) and not memory.on_coin)


def _names_bitcoin(sentence: SentenceRead) -> bool:
    tokens = {(one.start, one.end) for one in sentence.of("roles:token")}
    return any((one.start, one.end) not in tokens for one in sentence.of("topics:asset"))


def _last_window(sentence: SentenceRead) -> Window | None:
    """Return the time that a sentence names last, from which the next one may count."""
    named = [
        one
        for one in sentence.times
        if one.window is not None and one.kind != "now" and not is_compared_with(sentence, one)
    ]
    return (named[-1].named or named[-1].window) if named else None


def _on_coin(sentence: SentenceRead, memory: Memory) -> bool:
    if _names_bitcoin(sentence):
        return False
    return memory.on_coin or bool(sentence.of("topics:coin"))
