"""Dollars in a sentence: bitcoin's price, what it moved by, and what miners earn."""

import re
from dataclasses import replace

from hashquake.claims.direction import REACH, is_per, sign_and_distance, sign_of_step
from hashquake.claims.meaning import Meaning, Memory, level_meaning
from hashquake.claims.places import place_of
from hashquake.claims.prices import is_price
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.subjects import pool_subject_of
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity, exact, number_of
from hashquake.core.subject import BITCOIN, NETWORK

_PRICE_USD = (10.0, 1e7)
_PER_HASHRATE = re.compile(
    r"\s*(?:/|per|a|an|pro|je|par|por|за|на)\s*([PTПТ])(?:eta|era)?\s?(?:H|hash|[ХX]|хеш)",
    re.IGNORECASE,
)
_EXA = 1e18
_PER_PHS = {"p": 1.0, "п": 1.0, "t": 1e3, "т": 1e3}
_DAILY_WORDS = 8.0
_NAMED_WORDS = 4
_MONEY_WORDS = 22.0


def dollar_meaning(
    sentence: SentenceRead,
    quantity: Quantity,
    topic: str,
    cue: Cue | None,
    memory: Memory,
    before: Meaning | None,
) -> Meaning | None:
    """Return what a sum of dollars claims; None where it is of other things.

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
    factor = _factor_of_hashprice(sentence, quantity, topic, before)
    if factor is not None:
        return _hashprice(sentence, quantity, factor)
    if is_per(sentence, quantity) or topic == "foreign":
        return None
    if (size := _of_a_unit(sentence, quantity)) is not None:
        return _hashprice(sentence, quantity, 1e15 / size)
    price = _PRICE_USD[0] <= quantity.low and quantity.high < _PRICE_USD[1]
    if price and is_price(sentence, topic, cue, memory, before):
        return _price(sentence, quantity)
    return _earned(sentence, quantity, memory, before)


def _factor_of_hashprice(
    sentence: SentenceRead, quantity: Quantity, topic: str, before: Meaning | None
) -> float | None:
    """Return what a sum is multiplied by to be dollars a PH/s and day; None where it is not."""
    per = _PER_HASHRATE.match(sentence.text, quantity.end)
    if per is not None:
        return _PER_PHS[per[1].lower()]
    if quantity.scaled:
        return None
    again = before is not None and before.measure == "hashprice"
    if again and topic not in ("asset", "price"):
        return 1.0  # "to $75 per PH/s, from $182"
    named = any(
        one.end <= quantity.start
        and sentence.clauses.words_between(one.end, quantity.start) <= _NAMED_WORDS
        and not any(one.end <= each.start < quantity.start for each in sentence.quantities)
        for one in sentence.of("roles:hashprice")
    )
    return 1.0 if named else None


def _of_a_unit(sentence: SentenceRead, quantity: Quantity) -> float | None:
    """Return the hashes per second that earn a sum: "a petahash brings 49 dollars a day"."""
    if quantity.scaled:
        return None
    for cue in sentence.of("units:hash"):
        alone = any(one.last == cue.first for one in sentence.of("time:a"))
        taken = [one for one in sentence.quantities if one.start <= cue.start < one.end]
        alone = (alone and not taken) or any(one.low == number_of(cue) < _EXA for one in taken)
        between = sentence.clauses.breaks_between(cue.end, quantity.start)
        if alone and cue.end <= quantity.start and not between:
            return number_of(cue)
    return None


def _hashprice(sentence: SentenceRead, quantity: Quantity, factor: float) -> Meaning:
    named = level_meaning(sentence, quantity, NETWORK, "money_usd")
    low, high = exact(named.low * factor), exact(named.high * factor)
    return replace(named, low=low, high=high, measure="hashprice")


def _price(sentence: SentenceRead, quantity: Quantity) -> Meaning:
    """Return a price, or what it moved by: "fell by 3,000 dollars to 43,000"."""
    step = sign_of_step(sentence, quantity)
    if not step or _at_price(sentence, quantity):
        return level_meaning(sentence, quantity, BITCOIN, "price_usd")
    low, high = sorted((step * quantity.low, step * quantity.high))
    return Meaning(
        subject=BITCOIN, quantity="price_usd", low=low, high=high, relation="change", sign=step
    )


def _earned(
    sentence: SentenceRead, quantity: Quantity, memory: Memory, before: Meaning | None
) -> Meaning | None:
    """Return a claim of what miners earned or lost."""
    money = sentence.nearest(sentence.of("topics:money"), quantity, within=_MONEY_WORDS)
    mining = sentence.nearest(
        sentence.of("topics:mining", "topics:hashrate"), quantity, within=REACH
    )
    if before is not None and before.quantity == "money_usd" and before.measure != "hashprice":
        # "They earned 107 million on Saturday and on Sunday 60": the same once more.
        return replace(level_meaning(sentence, quantity, before.subject, "money_usd"),
                       measure=before.measure)  # fmt: skip
    if money is None and not (mining is not None and quantity.scaled):
        return None
    mined = sentence.of("topics:mining", "topics:hashrate", "roles:sites") or sentence.pools
    if not (memory.on_topic or mined):
        return None
    if money is not None and not mined and _costs(sentence, money):
        return None  # "the dam cost 4.2 billion dollars"
    # "What could bring a billion a year to the country" is of the one spoken of before.
    of_country = sentence.of("roles:country", "roles:nation")
    place = place_of(sentence, quantity, memory if of_country else Memory())
    subject = pool_subject_of(sentence, quantity) or place or NETWORK
    named = level_meaning(sentence, quantity, subject, "money_usd")
    earned = sentence.nearest(sentence.of("roles:earned"), quantity, within=_MONEY_WORDS)
    if earned is None:
        return named
    daily = sentence.nearest(sentence.of("roles:daily"), quantity, within=_DAILY_WORDS)
    return replace(named, measure="revenue" if daily is None else "revenue_per_day")


def _costs(sentence: SentenceRead, money: Cue) -> bool:
    return any(one.start == money.start for one in sentence.of("roles:cost"))


def _at_price(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a word such as *trades* is nearer than any of moving: "cotiza en 28.600 dólares"."""
    price = sentence.nearest(sentence.of("topics:price"), quantity)
    _, far = sign_and_distance(sentence, quantity)
    return price is not None and sentence.far(price, quantity) < far
