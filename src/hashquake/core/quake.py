"""A fall of hash rate: when, how large, how certain, and its probable causes.

A quake is never edited. A changed opinion is a new revision under the same id.
"""

from dataclasses import dataclass
from math import isclose
from typing import Literal

from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval, rounded
from hashquake.core.opinion import Status
from hashquake.core.pick import Pick
from hashquake.core.reason import CauseReason
from hashquake.core.times import format_time
from hashquake.core.window import Window

Kind = Literal["network+pools", "network", "pools", "reports", "disagreement"]
"""Whether the network, pools, or both fell; ``reports``: what pools report fell, and blocks do not
say yet; ``disagreement``: pools' reports and their blocks contradict each other."""
Witness = Literal["blocks", "shares", "reports"]
CauseName = Literal[
    "internet",
    "power",
    "weather",
    "policy",
    "economics",
    "operator",
    "migration",
    "luck",
    "unknown",
]
ALWAYS: tuple[CauseName, ...] = ("luck", "unknown")
"""Causes that every quake carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One explanation of a quake.

    Parameters
    ----------
    name : str
        ``internet``, ``power``, ``weather``, ``policy``, ``economics``, ``operator``,
        ``migration``, ``luck`` or ``unknown``.
    probability : float
        0 to 1; those of a quake sum to 1.
    reason : CauseReason
        What speaks for it: a code and values, see `hashquake.core.reason`.
    country : str or None
        ISO 3166 alpha-2, where the cause has a place.
    """

    name: CauseName
    probability: float
    reason: CauseReason
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Quake:
    """One revision of the opinion on one fall of hash rate.

    Parameters
    ----------
    id : str
        ``hq``, the day the fall was first thought to have begun, a letter: ``hq20210416a``.
    revision : int
        1 for the first opinion.
    issued_s : float
        The instant of the chain at which this opinion was formed, UTC Unix seconds.
    status : {"preliminary", "confirmed", "reviewed", "rejected"}
        How far the opinion has come.
    subject : str
        ``network``, ``pool:<slug>`` for the pool that fell most, or ``pools`` for all that report.
    kind : {"network+pools", "network", "pools", "reports", "disagreement"}
        See `Kind`.
    onset : Window
        When it began, as a 90 % interval.
    detected_s : float
        When the first threshold was crossed.
    end_s : float or None
        When the hash rate had recovered; None while it has not, or where it settled lower.
    remaining_share : Interval
        Hash rate after over before; of the subject.
    lost_hps : Interval
        Hashes per second that stopped, of the subject.
    false_alarms_per_year : float
        The rate at which the null model (luck and drift) raises such a quake.
    picks : tuple of Pick
        The detections that raised it, oldest first.
    pools : tuple of str
        Slugs of the pools whose share fell with it.
    causes : tuple of Cause
        Their probabilities sum to 1; ``luck`` and ``unknown`` are always among them.
    made_by : str
        The method that formed this opinion, with its version.
    nothing_probability : float or None
        Posterior probability that nothing broke and the subject's hash rate only drifted, from its
        blocks alone; 1 where the interval of what remained holds no fall, None before the first
        look after detection.

    Raises
    ------
    UsageError
        ``causes-sum`` when the causes do not sum to 1 or one of the two is missing.
    """

    id: str
    revision: int
    issued_s: float
    status: Status
    subject: str
    kind: Kind
    onset: Window
    detected_s: float
    end_s: float | None
    remaining_share: Interval
    lost_hps: Interval
    false_alarms_per_year: float
    picks: tuple[Pick, ...]
    pools: tuple[str, ...]
    causes: tuple[Cause, ...]
    made_by: str
    nothing_probability: float | None = None

    def __repr__(self) -> str:
        """Summarise it on one line, rounded."""
        onset = format_time((self.onset.start_s + self.onset.end_s) / 2, seconds=False)
        first = max(self.causes, key=lambda cause: cause.probability)
        return (
            f"<Quake {self.id}, revision {self.revision}, {self.status}, {self.kind}: "
            f"{self.remaining_share.summary()} of {self.subject} remained from {onset}; "
            f"{first.name} {rounded(first.probability)}>"
        )

    def __post_init__(self) -> None:
        """Refuse causes that do not add up."""
        total = sum(cause.probability for cause in self.causes)
        names = {cause.name for cause in self.causes}
        if not isclose(total, 1.0, abs_tol=1e-9) or not names.issuperset(ALWAYS):
            raise UsageError(
                f"the causes of {self.id} must include luck and unknown and sum to 1, got "
                f"{sorted(names)} with sum {total:.6f}",
                code="causes-sum",
                hint="add the missing causes and normalise the probabilities",
            )

    @property
    def seen_by(self) -> tuple[Witness, ...]:
        """Who saw it: the network's blocks, the shares of pools among them, pools' own reports."""
        seen: set[Witness] = set()
        for pick in self.picks:
            if pick.reported is not None:
                seen.add("reports")
            else:
                seen.add("blocks" if pick.subject == "network" else "shares")
        return tuple(sorted(seen))
