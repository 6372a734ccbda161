"""How much of a pool's power sits in a place that went dark, and what that says of the map."""

from dataclasses import dataclass

from hashquake.core.interval import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkShare:
    """The part of a pool that one event switched off.

    Parameters
    ----------
    event : str
        Its id.
    dark_share : Interval
        0 to 1, of the hash rate the pool would have had. This is what blocks tell.
    prior_dark_share : Interval
        The same before any block is counted.
    n_blocks : int
        Blocks found in the dark time.
    expected_blocks : float
        Blocks to expect in it had nothing happened.
    """

    event: str
    dark_share: Interval
    prior_dark_share: Interval
    n_blocks: int
    expected_blocks: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Exposure:
    """How much of a pool's power sits in a place.

    Parameters
    ----------
    pool : str
        Slug, or ``network`` for the sum of all.
    country, place : str
        ISO 3166 alpha-2, and the place in words.
    exposure_share : Interval
        Part of the pool's hash rate that sits in the place, 0 to 1.
    prior_exposure_share : Interval
        The same before any block is counted: by map and home alone.
    dark : tuple of DarkShare
        What each event switched off.
    share_before : float
        The pool's share of the network's blocks before the first onset.
    note : str
        What a reader must know of the pool's blocks.
    """

    pool: str
    country: str
    place: str
    exposure_share: Interval
    prior_exposure_share: Interval
    dark: tuple[DarkShare, ...]
    share_before: float
    note: str

    def __repr__(self) -> str:
        """Summarise it on one line, rounded, with the unit."""
        share = self.exposure_share.summary()
        return f"<Exposure of {self.pool} to {self.place}: {share} of its hash rate>"

    @property
    def events(self) -> tuple[str, ...]:
        """Ids of the events it was learnt from."""
        return tuple(one.event for one in self.dark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """What an event says of the map.

    Parameters
    ----------
    event : str
        Its id.
    map_share : Interval or None
        The place's share of the network by the map; None where no map tells it.
    dark_share : Interval
        Part of the network that went dark.
    dark_of_map_share : Interval or None
        One over the other: over 1 the map gives the place too little. Free of what was believed
        of the completeness, but not of the map's own error.
    complete_share : Interval
        Part of the place that went dark, 0 to 1.
    """

    event: str
    map_share: Interval | None
    dark_share: Interval
    dark_of_map_share: Interval | None
    complete_share: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposures:
    """The exposures of all pools to all places, and what each event says of the map.

    Parameters
    ----------
    rows : tuple of Exposure
        A row for each pool and place.
    events : tuple of Completeness
        What blocks and map say of each event.
    made_by : str
        Method and version.
    """

    rows: tuple[Exposure, ...]
    events: tuple[Completeness, ...]
    made_by: str
