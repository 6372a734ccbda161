"""Whether a price is bitcoin's, and not that of electricity, gas or a machine."""

from hashquake.claims.meaning import Meaning, Memory
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue

_BITCOIN_NAMES = ("bitcoin", "btc", "биткоин", "биткойн")


def is_price(
    sentence: SentenceRead, topic: str, cue: Cue | None, memory: Memory, before: Meaning | None
) -> bool:
    """Return whether a number is of bitcoin's price: the text says so here or just before.

    Parameters
    ----------
    sentence : SentenceRead
        With the number.
    topic : str
        From `hashquake.claims.topics.topic_of`.
    cue : Cue or None
        The word of the topic.
    memory : Memory
        Of the sentences before.
    before : Meaning or None
        Of the number before it in the sentence.
    """
    if topic == "asset":
        token = cue is not None and any(
            (one.start, one.end) == (cue.start, cue.end) for one in sentence.of("roles:token")
        )
        return not (token and memory.on_coin)
    going_on = memory.topic == "price" or (
        before is not None and before.quantity in ("price_usd", "price_change_share")
    )
    if topic != "price":
        return topic == "" and going_on
    if sentence.of("topics:power", "topics:foreign") and not sentence.of("topics:asset"):
        return False
    named = sentence.of("topics:asset") or (cue is not None and names_bitcoin(sentence, cue))
    if named or going_on:
        return True
    known = memory.on_bitcoin or memory.on_topic or bool(sentence.of("topics:hashrate"))
    return known and cue is not None and not _has_owner(sentence, cue)


def _has_owner(sentence: SentenceRead, cue: Cue) -> bool:
    """Whether "of ..." stands right behind a price, which then is that of something else."""
    return any(
        one.start >= cue.end and sentence.clauses.words_between(cue.end, one.start) == 0
        for one in sentence.of("roles:of")
    )


def names_bitcoin(sentence: SentenceRead, cue: Cue) -> bool:
    """Return whether a word names bitcoin itself: "Bitcoin-Kurs".

    Parameters
    ----------
    sentence : SentenceRead
        With the word.
    cue : Cue
        Of a price.
    """
    written = sentence.text[cue.start : cue.end].lower()
    return any(name in written for name in _BITCOIN_NAMES)
