"""What a record keeps of judgements: opinions, what was searched for them, and numbered changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hashquake.core.autonomous_system import AutonomousSystem
from hashquake.core.window import Window

OpinionKind = Literal["quake", "outage", "claim"]
"""What the opinions in a record are of."""

Status = Literal["preliminary", "confirmed", "reviewed", "rejected"]
"""The status ladder of every opinion: raised, seen by more than one witness, reviewed with the
record on both sides of it, or withdrawn."""

ChangeKind = Literal[
    "block",
    "blocks",
    "reorg",
    "readings",
    "gap",
    "claim",
    "rate",
    "quake",
    "outage",
    "forecast",
    "source",
    "tips",
    "site",
]
"""What the rows of the changes feed are of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One revision of one opinion, as the record keeps it.

    Parameters
    ----------
    kind : {"quake", "outage"}
        What it is of.
    scope : str
        The catalog it belongs to; names are unique within a scope. Catalogs of quakes made at
        different false-alarm rates are different scopes.
    name : str
        Such as ``hq20210416a``.
    revision : int
        1 for the first.
    document : mapping
        The stored document; never edited.
    """

    kind: OpinionKind
    scope: str
    name: str
    revision: int
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A stretch of time in which a subject was searched; outside it "none" means nothing.

    Parameters
    ----------
    kind : {"quake", "outage"}
        What was searched for.
    scope : str
        The catalog it was searched for.
    subject : str
        Where, such as ``country:KZ``.
    window : Window
        From when to when.
    detectors : str
        Names and versions of the detectors that searched.
    last_reading : int
        The number of the subject's last stored reading that the search had; a later reading of
        the subject makes the search out of date. 0 where readings play no part.
    networks : tuple of AutonomousSystem or None
        Which networks the search was given as the subject's; None when it was given none. A
        later search goes by the last ones given.
    """

    kind: OpinionKind
    scope: str
    subject: str
    window: Window
    detectors: str
    last_reading: int = 0
    networks: tuple[AutonomousSystem, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of the changes feed.

    Parameters
    ----------
    id : int
        Its number; later changes have higher ones. 0 before it is stored.
    at_s : float
        When it was recorded, UTC Unix seconds. 0 before it is stored.
    kind : str
        One of `ChangeKind`.
    subject : str
        Such as ``network`` or ``country:KZ``.
    document : mapping
        What changed, as plain values.
    """

    id: int = 0
    at_s: float = 0.0
    kind: ChangeKind
    subject: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state of a running kernel, so that a program that starts again goes on at once.

    Parameters
    ----------
    kind, scope : str
        Which kernel, for which catalog.
    version : str
        Of the code that wrote it; another version rebuilds the state from the record.
    height : int
        The last block in it.
    state : bytes
        As `hashquake.catalog.snapshot` writes it.
    """

    kind: str
    scope: str
    version: str
    height: int
    state: bytes


OUTAGE_SCOPE = ""
"""Outages have one catalog."""


def quake_scope(false_alarms_per_year: float) -> str:
    """Name the catalog of quakes made at a false-alarm rate.

    >>> quake_scope(1.0)
    'false_alarms_per_year=1'

    Parameters
    ----------
    false_alarms_per_year : float
        Of the detectors' thresholds, above 0.
    """
    return f"false_alarms_per_year={false_alarms_per_year:g}"
