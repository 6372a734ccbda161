"""A checked text: its claims, what the record says of each, and what they say of each other."""

from collections import Counter
from dataclasses import dataclass

from hashquake.core.claim import Verdict
from hashquake.judge.arithmetic import Calculation
from hashquake.judge.claim_groups import ClaimGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What has to be asked before a claim can be dated.

    Parameters
    ----------
    text : str
        The question.
    span : tuple of int
        The words it is about, characters of the text.
    """

    text: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Check:
    """A text with its claims judged.

    Parameters
    ----------
    text : str
        As given; empty for claims that were written down by themselves.
    language : str
        Of the text.
    published_s : float or None
        When it was published, UTC Unix seconds.
    known_s : float
        What was known by then was used, UTC Unix seconds.
    verdicts : tuple of Verdict
        In the order of the text.
    at_publication : tuple of Verdict
        The same claims by what could be known on the day of publication; empty where that is not
        known, or is what `verdicts` are.
    groups : tuple of ClaimGroup
        Claims about the same quantity.
    calculations : tuple of Calculation
        Sums inside the text.
    questions : tuple of Asked
        What the text leaves open.
    """

    text: str
    language: str
    published_s: float | None
    known_s: float
    verdicts: tuple[Verdict, ...]
    at_publication: tuple[Verdict, ...]
    groups: tuple[ClaimGroup, ...]
    calculations: tuple[Calculation, ...]
    questions: tuple[Asked, ...]

    def __repr__(self) -> str:
        """Summarise it on one line."""
        calls = Counter(verdict.call for verdict in self.verdicts)
        counts = ", ".join(f"{count} {call}" for call, count in calls.items()) or "none"
        return f"<Check of {len(self.text):,} characters; claims: {counts}>"
