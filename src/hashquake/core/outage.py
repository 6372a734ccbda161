"""A loss of connectivity: when, where, how deep, which signals saw it, and its likely class.

An outage is never edited. A changed opinion is a new revision under the same id.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import isclose
from typing import Literal

from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval, rounded
from hashquake.core.opinion import Status
from hashquake.core.reason import ClassReason, Findings, SilenceReason
from hashquake.core.times import format_time
from hashquake.core.window import Window

OutageClassName = Literal[
    "kill_switch", "curfew", "mobile_only", "cable", "power", "artefact", "unknown"
]
OUTAGE_CLASSES: tuple[OutageClassName, ...] = (
    "kill_switch",
    "curfew",
    "mobile_only",
    "cable",
    "power",
    "artefact",
    "unknown",
)
"""Every outage carries all of them."""

LEAST_MOVED = 0.2
"""Probability that evidence must move between classes for an outage's class to be assessable."""

Evidence = Literal["measured", "transcribed", "simulated"]


def evidence_of(source: str) -> Evidence:
    """Return the kind of evidence that a source gives, read from its name.

    >>> evidence_of("transcribed: a report of January 2022")
    'transcribed'
    >>> evidence_of("ioda")
    'measured'

    Parameters
    ----------
    source : str
        As a reading carries it, such as ``ioda`` or ``transcribed:ioda_chart``.
    """
    words = source.lower()
    if "simulated" in words:
        return "simulated"
    return "transcribed" if "transcribed" in words else "measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What one signal showed of an outage.

    Parameters
    ----------
    signal : str
        Such as ``probing`` or ``bgp``.
    covered_share : float
        Share of the dark time during which it had values, 0 to 1.
    remaining_share : float or None
        Median of value over usual value in the dark time; None when nothing was covered, or when
        the signal states only that the place was dark.
    onset : Window or None
        When it fell; None when it did not.
    made_by : str
        Detector and version.
    source, quantity : str
        Whose values, and of what.
    reasons : tuple of SilenceReason
        Why it covered nothing; empty when it did.
    """

    signal: str
    covered_share: float
    remaining_share: float | None
    onset: Window | None
    made_by: str
    source: str = ""
    quantity: str = ""
    reasons: tuple[SilenceReason, ...] = ()

    @property
    def evidence(self) -> Evidence:
        """Whether its values were measured, transcribed or simulated."""
        return evidence_of(self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageClass:
    """One explanation of an outage.

    Parameters
    ----------
    name : str
        One of `OUTAGE_CLASSES`.
    probability : float
        0 to 1; those of an outage sum to 1.
    reason : ClassReason
        What speaks for and against it: a code and values, see `hashquake.core.reason`.
    """

    name: OutageClassName
    probability: float
    reason: ClassReason


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Outage:
    """One revision of the opinion on one loss of connectivity.

    Parameters
    ----------
    id : str
        ``ou``, the day it began, the place, a letter: ``ou20220105kza``.
    revision : int
        1 for the first opinion.
    issued_s : float
        How far the signals had come when this opinion was formed, UTC Unix seconds.
    subject : str
        ``country:KZ`` or ``asn:9198``.
    onset : Window
        When it began.
    end_s : float or None
        When the last dark window ended; None while it is dark.
    dark_windows : tuple of Window
        Stretches without connectivity, oldest first, disjoint.
    restorations : tuple of Window
        Stretches between them during which connectivity was seen to be back.
    depth_share : Interval
        Part of the usual connectivity that was gone in the dark windows.
    seen_by, not_seen_by : tuple of Witness
        Signals that fell, and signals that did not or were not covered.
    classes : tuple of OutageClass
        All of `OUTAGE_CLASSES`, most probable first.
    made_by : str
        What formed this opinion, with its version.
    status : {"preliminary", "confirmed", "reviewed", "rejected"}
        How far the opinion has come.

    Raises
    ------
    UsageError
        ``classes-sum`` when the classes do not sum to 1 or one is missing, ``outage-dark`` when
        there is no dark window or they overlap, ``outage-unseen`` when no signal saw it.
    """

    id: str
    revision: int
    issued_s: float
    subject: str
    onset: Window
    end_s: float | None
    dark_windows: tuple[Window, ...]
    restorations: tuple[Window, ...]
    depth_share: Interval
    seen_by: tuple[Witness, ...]
    not_seen_by: tuple[Witness, ...]
    classes: tuple[OutageClass, ...]
    made_by: str
    status: Status = "preliminary"

    def __repr__(self) -> str:
        """Summarise it on one line, rounded."""
        first = self.classes[0]
        return (
            f"<Outage {self.id}, revision {self.revision}, {self.status}: "
            f"{self.depth_share.summary()} of the connectivity of {self.subject} lost from "
            f"{format_time(self.onset.start_s, seconds=False)}; "
            f"{first.name} {rounded(first.probability)}>"
        )

    def __post_init__(self) -> None:
        """Refuse what does not add up."""
        total = sum(each.probability for each in self.classes)
        names = sorted(each.name for each in self.classes)
        if not isclose(total, 1.0, abs_tol=1e-9) or names != sorted(OUTAGE_CLASSES):
            raise UsageError(
                f"the classes of {self.id} must be all of OUTAGE_CLASSES and sum to 1, got {names} "
                f"with sum {total:.6f}",
                code="classes-sum",
                hint=f"the classes are {', '.join(OUTAGE_CLASSES)}",
            )
        check_dark(self.dark_windows, what=self.id)
        if not self.seen_by:
            raise UsageError(f"{self.id} must have a signal that saw it", code="outage-unseen")

    @property
    def evidence(self) -> Evidence:
        """The weakest kind of evidence among the witnesses that saw it."""
        kinds = {witness.evidence for witness in self.seen_by}
        weakest: tuple[Evidence, ...] = ("simulated", "transcribed")
        return next((kind for kind in weakest if kind in kinds), "measured")

    @property
    def assessable(self) -> bool:
        """Whether evidence, and not priors alone, decides its class."""
        moved = 0.0
        for each in self.classes:
            if not isinstance(each.reason, Findings):
                return True
            moved += abs(each.probability - each.reason.prior_probability) / 2.0
        return moved > LEAST_MOVED

    def probability(self, name: OutageClassName) -> float:
        """Return the probability of a class, 0 to 1.

        Parameters
        ----------
        name : OutageClassName
            One of `OUTAGE_CLASSES`.
        """
        return next(each.probability for each in self.classes if each.name == name)


def check_dark(windows: tuple[Window, ...], *, what: str) -> None:
    """Refuse an empty set of dark windows, and windows that overlap.

    Parameters
    ----------
    windows : tuple of Window
        In order.
    what : str
        Whose windows they are, for the message.

    Raises
    ------
    UsageError
        ``outage-dark``.
    """
    apart = all(a.end_s <= b.start_s for a, b in pairwise(windows))
    if not windows or not apart:
        raise UsageError(
            f"the dark windows of {what} must be disjoint and at least one, got {len(windows)}",
            code="outage-dark",
            hint="list them oldest first",
        )
