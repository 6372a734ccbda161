"""What a number claims, and how it is bounded by the words before it."""

from dataclasses import dataclass

from hashquake.claims.direction import is_level
from hashquake.claims.hedges import hedges_at
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.units import Quantity
from hashquake.core.claim import Relation
from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a number claims.

    Parameters
    ----------
    subject, quantity : str
        As of a claim.
    low, high : float
        Signed where it is a change.
    relation : str
        How the number is meant.
    sign : int
        Of a change; 0 where it is none.
    is_former : bool
        Whether it is the value before a change.
    measure : str
        As of a claim: what is counted or paid.
    window : Window or None
        The time, where the meaning itself says it: "lowest since May".
    """

    subject: str
    quantity: str
    low: float
    high: float
    relation: Relation
    sign: int = 0
    is_former: bool = False
    measure: str = ""
    window: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the sentences before were about, for those that say "it" or "the country".

    Parameters
    ----------
    topic : str
        Of the last claim; empty at the start and where a paragraph turns elsewhere.
    subject, place : str
        The last one, the last country.
    on_topic : bool
        Whether mining was mentioned in the text.
    on_bitcoin : bool
        Whether the coin named last is bitcoin.
    sign : int
        Of the change of hash rate that the last claim was; 0 where it was none.
    window : Window or None
        The time named last, from which "a year later" is counted.
    on_coin : bool
        Whether the coin named last is another than bitcoin.
    pair : tuple of str
        The pools or countries of the last sentence that named two or three, for "the former".
    frame : Window or None
        The time of a heading, which all below it is of: "February by the numbers."
    in_text : bool
        Whether any sentence of a short text is of mining, before or behind.
    rate_hps : float
        The last hash rate stated of the subject; 0 where none was.
    """

    topic: str = ""
    subject: str = ""
    place: str = ""
    on_topic: bool = False
    on_bitcoin: bool = False
    sign: int = 0
    window: Window | None = None
    on_coin: bool = False
    pair: tuple[str, ...] = ()
    rate_hps: float = 0.0
    in_text: bool = False
    frame: Window | None = None


def level_meaning(sentence: SentenceRead, quantity: Quantity, subject: str, name: str) -> Meaning:
    """Return a claim of a level.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    subject, name : str
        Whom it is about; which quantity.
    """
    return Meaning(
        subject=subject, quantity=name, low=quantity.low, high=quantity.high,
        relation=bound_of(sentence, quantity, "level"),
    )  # fmt: skip


def change_meaning(
    sentence: SentenceRead, quantity: Quantity, subject: str, name: str, sign: int
) -> Meaning:
    """Return a claim of a change.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    subject, name : str
        Whom it is about; which quantity.
    sign : int
        Of the change.
    """
    low, high = sorted((sign * quantity.low, sign * quantity.high))
    return Meaning(
        subject=subject, quantity=name, low=low, high=high,
        relation=bound_of(sentence, quantity, "change", sign=sign), sign=sign,
    )  # fmt: skip


def bound_of(
    sentence: SentenceRead, quantity: Quantity, usual: Relation, *, sign: int = 1
) -> Relation:
    """Return how a number is meant where "more than" or "up to" stands before it.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    usual : str
        The relation where no such word stands there.
    sign : int
        Of a change: "fell by more than" bounds it from above.
    """
    for cue in reversed(hedges_at(sentence, quantity)):
        kind = cue.kind.removeprefix("hedges:")
        if kind not in ("above", "below", "upto") or cue.start >= quantity.start:
            continue
        if kind == "upto" and usual == "level" and is_level(sentence, quantity):
            continue  # "down to": where it ended, no limit
        larger = (kind == "above") == (sign > 0)
        return "above" if larger else "below"
    return usual
