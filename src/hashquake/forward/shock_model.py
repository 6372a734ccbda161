"""What happens to miners in a made-up world, how often, and what is published of it.

Its laws are not those by which causes are weighed: depths are uniform, lengths lognormal, maps and
dates are off, and documented events may do nothing. How often things happen is stated.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from hashquake.core.interval import Interval
from hashquake.core.quake import CauseName
from hashquake.core.window import Window
from hashquake.forward.null import RECORD_CLOCKS, NullModel
from hashquake.forward.pool_null import PoolNull


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What was published of something that happened.

    Parameters
    ----------
    name, country : str
        Kind of cause; ISO 3166 alpha-2, or None without a place.
    window : Window
        When, as documented.
    blur_s : float
        Standard error of the documented start.
    share : Interval or None
        What a map says of the place.
    depth : Interval or None
        Depth of an outage as measured.
    """

    name: CauseName
    country: str | None
    window: Window
    blur_s: float
    share: Interval | None
    depth: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueShock:
    """What really stopped hash rate.

    Parameters
    ----------
    name, country : str
        Of the cause; ``unknown`` where nobody noticed.
    window : Window
        When hash rate was away.
    loss_share : float
        Part of the network's hash rate.
    depth : float
        Part of the place's.
    """

    name: CauseName
    country: str | None
    window: Window
    loss_share: float
    depth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """How often one kind happens, where, and how.

    Parameters
    ----------
    per_year : float
        Rate.
    places : mapping of str to float
        Relative rates by country; empty where it touches the whole network.
    least_depth, most_depth : float
        Limits of a uniform law for the part of the place that stops.
    median_s, log_sd : float
        Lognormal law of its length.
    late_s : float
        Largest delay of the effect, uniform.
    blur_s : float
        Standard error of the documented start.
    """

    per_year: float
    places: Mapping[str, float]
    least_depth: float
    most_depth: float
    median_s: float
    log_sd: float
    late_s: float
    blur_s: float


@lru_cache(maxsize=1)
def _world() -> dict[str, Any]:
    text = (resources.files("hashquake.forward") / "shock_world.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def stated_happenings() -> Mapping[CauseName, Happening]:
    """Read what happens and how often, from ``shock_world.toml``."""
    return MappingProxyType(
        {name: Happening(**row) for name, row in _world()["happenings"].items()}
    )


def stated_shares() -> Mapping[str, float]:
    """Read the parts of the network's hash rate by country, from ``shock_world.toml``."""
    return MappingProxyType(_world()["shares"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockModel:
    """A world of miners.

    Parameters
    ----------
    happenings : mapping of str to Happening
        By kind of cause; ``unknown`` is what nobody documents.
    shares : mapping of str to float
        Part of the network's hash rate by country.
    works : float
        Probability that a documented event does anything.
    map_log_error : float
        Standard deviation of the log of what a map says over the truth.
    null : NullModel
        How hash rate moves by itself.
    pools : PoolNull
        Who mines.
    """

    happenings: Mapping[CauseName, Happening] = field(default_factory=stated_happenings)
    shares: Mapping[str, float] = field(default_factory=stated_shares)
    works: float = 0.7
    map_log_error: float = 0.2
    null: NullModel = RECORD_CLOCKS
    pools: PoolNull = field(default_factory=PoolNull)
