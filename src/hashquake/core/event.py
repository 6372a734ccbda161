"""An event of history: what happened, where, when, and what was said of it."""

from dataclasses import dataclass

from hashquake.core.claim import Claim
from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A dated fact worth marking on a chart.

    Parameters
    ----------
    time_s : float
        UTC Unix seconds.
    text : str
        What happened.
    source : str
        Who said so.
    """

    time_s: float
    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapShare:
    """A country's or region's share of the world's hash rate by a published map.

    Parameters
    ----------
    share : float
        0 to 1.
    as_of : str
        The month it is about.
    known_from : str
        When it was published, since readers of the day knew only what was.
    source : str
        The map.
    """

    share: float
    as_of: str
    known_from: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event of the catalog of history.

    Parameters
    ----------
    id, name, place, cause : str
        Slug; title; where; documented cause.
    country : str or None
        ISO 3166 alpha-2.
    window : Window
        Onset to end. An event without an end in the sources carries the end that `open_end` says
        was assumed.
    open_end : bool
        Whether the sources give no end.
    precision : str
        How well the times are known.
    summary : str
        Two or three sentences.
    moments : tuple of Moment
        Dated facts.
    map_shares : tuple of MapShare
        What maps said of the place.
    claims : tuple of Claim
        What was said in public.
    sources, traps : tuple of str
        Addresses of sources; what misleads.
    """

    id: str
    name: str
    place: str
    cause: str
    country: str | None
    window: Window
    open_end: bool
    precision: str
    summary: str
    moments: tuple[Moment, ...] = ()
    map_shares: tuple[MapShare, ...] = ()
    claims: tuple[Claim, ...] = ()
    sources: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()


WINDOW_ID = "window"
"""The name of an event that somebody made of a window."""


def window_event(window: Window) -> Event:
    """Make an event of a window that nothing is known of.

    Parameters
    ----------
    window : Window
        When it was, in UTC Unix seconds.
    """
    return Event(
        id=WINDOW_ID,
        name=f"{window}",
        place="",
        cause="",
        country=None,
        window=window,
        open_end=False,
        precision="",
        summary="",
    )
