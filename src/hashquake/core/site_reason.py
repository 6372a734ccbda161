"""Reasons of a site's status, as values; `hashquake.serve.wording.sites` writes the sentences."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSeen:
    """Something sees it at work.

    Parameters
    ----------
    sources : tuple of str
        What does.
    last_s : float
        When last, UTC Unix seconds.
    dark_place : str or None
        The subject that is dark all the same; None where none is.
    """

    code: ClassVar[str] = "seen"
    sources: tuple[str, ...]
    last_s: float
    dark_place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindOutage:
    """Its network or grid is in an outage, and nothing sees it at work.

    Parameters
    ----------
    place : str
        The subject of the outage.
    depth_share : float
        Part of the place's connectivity that is gone.
    power_probability : float
        Of the outage being a power cut.
    last_s : float or None
        When the site was last seen, UTC Unix seconds; None when it never was.
    """

    code: ClassVar[str] = "behind-outage"
    place: str
    depth_share: float
    power_probability: float
    last_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartlyDark:
    """Its network or grid is in an outage that leaves it likelier up than dark.

    Parameters
    ----------
    place, depth_share, power_probability, last_s
        As in `BehindOutage`.
    """

    code: ClassVar[str] = "partly-dark"
    place: str
    depth_share: float
    power_probability: float
    last_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSilent:
    """It used to be seen and is not, and no outage of its places is known.

    Parameters
    ----------
    last_s : float
        When it was last seen, UTC Unix seconds.
    zero : bool
        Whether a pool answers and sees no work of it.
    all_silent : bool
        Whether no other site is seen either: then the fault may lie with who listens.
    watched : bool
        Whether its places are watched for outages.
    """

    code: ClassVar[str] = "silent"
    last_s: float
    zero: bool
    all_silent: bool
    watched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverSeen:
    """Nothing ever saw it: no heartbeat came and no pool account was read.

    Parameters
    ----------
    watched : bool
        Whether its places are watched for outages (and none is known).
    """

    code: ClassVar[str] = "never-seen"
    watched: bool


SiteReason = SiteSeen | BehindOutage | PartlyDark | SiteSilent | NeverSeen
"""Why a site has its status."""
