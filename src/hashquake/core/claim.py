"""What somebody claimed, and what the record says of it."""

from dataclasses import dataclass
from typing import Literal

from hashquake.core.interval import Interval, rounded
from hashquake.core.verdict_reason import VerdictReason
from hashquake.core.window import Window

Relation = Literal["level", "change", "below", "above"]
Call = Literal["supported", "contradicted", "undecidable", "unresolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement with a number in it.

    Parameters
    ----------
    text : str
        The words, as published; hostile.
    subject, quantity : str
        What it is about, such as ``pools`` and ``hashrate_change_share``.
    low, high : float
        The range claimed, in the quantity's unit; equal for a single number. A change is signed:
        a fall of 12 % is -0.12.
    relation : {"level", "change", "below", "above"}
        How the number is meant.
    window : Window or None
        The time it is about, where it is known.
    speaker, url, language : str
        Who said it, where, in which language; empty when not known.
    published_s : float or None
        UTC Unix seconds.
    span : tuple of int or None
        Where the words begin and end in the text they were read from, characters; None for a claim
        that was written down by itself.
    figure_span : tuple of int or None
        Where the number alone stands in that text.
    hedge : str
        The words that weaken the number, such as *about*; empty when it has none.
    is_former : bool
        Whether it is the value before a change: the 205 of "from 205 to 177".
    question : str
        What has to be asked before the claim can be dated, where its time has more than one
        reading; else empty.
    measure : str
        What a ``count`` counts (``blocks``, ``machines``, ``sites``) and what ``money_usd`` is
        (``revenue_per_day``, ``revenue``, ``hashprice``: dollars a day for 1e15 hashes per second);
        of a ``rank`` of the network or of bitcoin, what is said to be the highest or lowest
        (``hashrate_lowest``, ``difficulty_highest``, ``price_lowest`` ...; ``hashrate_highest`` is
        left out), of all time or since the start of its window (``price_highest_since`` ...; a low
        is always since then); empty where it is not known.
    """

    text: str
    subject: str
    quantity: str
    low: float
    high: float
    relation: Relation
    window: Window | None = None
    speaker: str = ""
    url: str = ""
    language: str = "en"
    published_s: float | None = None
    span: tuple[int, int] | None = None
    figure_span: tuple[int, int] | None = None
    hedge: str = ""
    is_former: bool = False
    question: str = ""
    measure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verdict:
    """What the record says of a claim.

    Parameters
    ----------
    about : Claim
        The claim judged.
    call : {"supported", "contradicted", "undecidable", "unresolved"}
        The finding; ``unresolved`` when the claim cannot be tied to anything measured.
    probability : float or None
        Probability that the claim rather than no change is true, even odds beforehand; None
        when it cannot be computed.
    measured : Interval or None
        What was measured, in the quantity's unit.
    reason : VerdictReason
        What was measured, or why nothing could be: a code and values.
    is_consistent : bool
        Whether the claim is supported only in that it lies in an interval that excludes no
        change, without being favoured over no change by 19 to 1.
    """

    about: Claim
    call: Call
    probability: float | None
    measured: Interval | None
    reason: VerdictReason
    is_consistent: bool = False

    def __repr__(self) -> str:
        """Summarise it on one line, rounded, with the unit."""
        claim = self.about
        size = rounded(claim.low)
        if claim.high != claim.low:
            size = f"{size} to {rounded(claim.high)}"
        found = "" if self.measured is None else f"; measured {self.measured.summary()}"
        return f"<Verdict {self.call}: {claim.subject} {claim.quantity} {size}{found}>"
