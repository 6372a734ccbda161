"""Reasons of an opinion, as values: what speaks for a cause, a class, or a silence.

An opinion holds these and no prose, so that rewording a sentence never makes a new revision.
`hashquake.serve.wording` writes the sentences.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from hashquake.core.interval import Interval

Timing = Literal["before", "with", "during", "after"]
"""When a fall began, relative to an event: before its onset, at it, during it, after its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A reason that an older version stored as prose.

    Parameters
    ----------
    text : str
        The sentence; shown as it is.
    """

    code: ClassVar[str] = "sentence"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksAlone:
    """Causes were not weighed: blocks carry none."""

    code: ClassVar[str] = "blocks-alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class NullAlarms:
    """The null model raises such an alarm so often.

    Parameters
    ----------
    false_alarms_per_year : float
        Under the null model.
    """

    code: ClassVar[str] = "null-alarms"
    false_alarms_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Undocumented:
    """Hash rate falls so often for reasons that nobody documented.

    Parameters
    ----------
    falls_per_year : float
        Prior rate.
    """

    code: ClassVar[str] = "undocumented"
    falls_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolsAlone:
    """Pools fell and the network did not.

    Parameters
    ----------
    falls_per_year : float
        Prior rate of such falls by this cause.
    """

    code: ClassVar[str] = "pools-alone"
    falls_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NullRange:
    """What the null model (chance and drift) leaves of a window's hash rate, and what was measured.

    Parameters
    ----------
    low_share, high_share : float
        Central 90 % of hash rate after over before when nothing happens.
    measured_share : float
        Hash rate after over before.
    least_fall_share : float
        A smaller fall counts as none.
    """

    code: ClassVar[str] = "null-range"
    low_share: float
    high_share: float
    measured_share: float
    least_fall_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NearEvent:
    """How an event or an outage fits a fall in time and in size.

    Parameters
    ----------
    about : str
        Identifier of the event (``kazakhstan-2022``) or of the outage (``ou20220105kza``).
    timing : {"before", "with", "during", "after"}
        When the fall began.
    apart_s : float
        How long before the onset, within how much of it, after the onset, or after the end.
    place : str or None
        What readers call the place; None where the whole network is the place.
    place_share : Interval or None
        Part of the network's hash rate in the place; None where the whole network is the place.
    remaining_share : Interval
        Hash rate after over before.
    """

    code: ClassVar[str] = "near-event"
    about: str
    timing: Timing
    apart_s: float
    place: str | None
    place_share: Interval | None
    remaining_share: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class DuringEvent:
    """How an event or an outage fits a window that somebody chose.

    Parameters
    ----------
    about, place, place_share, remaining_share : str, str or None, Interval or None, Interval
        As in `NearEvent`.
    overlap_share : float
        Part of the window that it took, 0 to 1.
    """

    code: ClassVar[str] = "during-event"
    about: str
    overlap_share: float
    place: str | None
    place_share: Interval | None
    remaining_share: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One piece of evidence about an outage.

    Parameters
    ----------
    name : str
        Its row in the weights of `hashquake.detect.outage_weights`.
    value : float or None
        The share, the count or the seconds found; None where its presence says all.
    saw, missed : tuple of str
        Signals that saw the outage, and signals that did not.
    """

    name: str
    value: float | None = None
    saw: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What speaks for and against a class of outage, heaviest first.

    Parameters
    ----------
    supporting, opposing : tuple of Finding
        Evidence that moved its odds up, and down.
    prior_probability : float
        Before any evidence.
    """

    code: ClassVar[str] = "findings"
    supporting: tuple[Finding, ...]
    opposing: tuple[Finding, ...]
    prior_probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortHistory:
    """A signal had values, but too few before to know what is usual."""

    code: ClassVar[str] = "short-history"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentSince:
    """A signal had no values in the dark time.

    Parameters
    ----------
    last_s : float
        End of its last value before, UTC Unix seconds.
    """

    code: ClassVar[str] = "silent-since"
    last_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentUntil:
    """A signal had no values in the dark time.

    Parameters
    ----------
    first_s : float
        Start of its first value, UTC Unix seconds.
    """

    code: ClassVar[str] = "silent-until"
    first_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFailed:
    """The last run of a signal's source failed.

    Parameters
    ----------
    ended_s : float
        When, UTC Unix seconds.
    error : str
        The code of its error.
    """

    code: ClassVar[str] = "source-failed"
    ended_s: float
    error: str


CauseReason = (
    Sentence | BlocksAlone | NullAlarms | Undocumented | PoolsAlone | NullRange | NearEvent
    | DuringEvent
)  # fmt: skip
"""Why a cause has its probability."""
ClassReason = Sentence | Findings
"""Why a class of outage has its probability."""
SilenceReason = Sentence | ShortHistory | SilentSince | SilentUntil | SourceFailed
"""Why a witness covered nothing."""
