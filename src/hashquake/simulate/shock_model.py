"""What happens to miners in a made-up world, how often, and what the world is told of it.

Its laws are not those by which causes are weighed: depths are uniform, lengths lognormal, maps and
dates are off, and documented events may do nothing. How often things happen is stated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hashquake.core.interval import Interval
from hashquake.core.quake import CauseName
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.simulate.null import RECORD_CLOCKS, NullModel
from hashquake.simulate.pool_null import PoolNull


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the world was told of something that happened.

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
class Shock:
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


SHARES: Mapping[str, float] = MappingProxyType(
    {
        "US": 0.36,
        "CN": 0.21,
        "KZ": 0.15,
        "CA": 0.065,
        "RU": 0.05,
        "IR": 0.03,
        "MY": 0.03,
        "NO": 0.015,
        "VE": 0.005,
    }
)
"""Parts of the network's hash rate, in the proportions of January 2022's map."""

_EVERYWHERE: Mapping[str, float] = MappingProxyType({})
HAPPENINGS: Mapping[CauseName, Happening] = MappingProxyType(
    {
        "internet": Happening(
            per_year=3.0,
            places={"KZ": 3.0, "IR": 3.0, "RU": 1.0, "CN": 0.5, "MY": 1.0, "VE": 2.0},
            least_depth=0.2,
            most_depth=1.0,
            median_s=1.5 * DAY_S,
            log_sd=1.0,
            late_s=6 * HOUR_S,
            blur_s=0.5 * HOUR_S,
        ),
        "power": Happening(
            per_year=2.0,
            places={"CN": 2.0, "KZ": 2.0, "IR": 2.0, "US": 1.0, "VE": 1.0},
            least_depth=0.2,
            most_depth=1.0,
            median_s=3 * DAY_S,
            log_sd=1.0,
            late_s=1 * DAY_S,
            blur_s=8 * HOUR_S,
        ),
        "weather": Happening(
            per_year=2.0,
            places={"US": 4.0, "CN": 1.0, "CA": 1.0, "NO": 1.0},
            least_depth=0.1,
            most_depth=0.7,
            median_s=2.5 * DAY_S,
            log_sd=0.6,
            late_s=1 * DAY_S,
            blur_s=12 * HOUR_S,
        ),
        "policy": Happening(
            per_year=1.5,
            places={"CN": 2.0, "KZ": 1.0, "IR": 1.0, "RU": 1.0, "US": 0.3},
            least_depth=0.1,
            most_depth=0.8,
            median_s=60 * DAY_S,
            log_sd=0.8,
            late_s=20 * DAY_S,
            blur_s=12 * HOUR_S,
        ),
        "economics": Happening(
            per_year=0.8,
            places=_EVERYWHERE,
            least_depth=0.02,
            most_depth=0.2,
            median_s=40 * DAY_S,
            log_sd=0.6,
            late_s=14 * DAY_S,
            blur_s=12 * HOUR_S,
        ),
        "unknown": Happening(
            per_year=1.0,
            places=_EVERYWHERE,
            least_depth=0.04,
            most_depth=0.3,
            median_s=5 * DAY_S,
            log_sd=1.2,
            late_s=0.0,
            blur_s=0.0,
        ),
    }
)


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

    happenings: Mapping[CauseName, Happening] = field(default_factory=lambda: HAPPENINGS)
    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)
    works: float = 0.7
    map_log_error: float = 0.2
    null: NullModel = RECORD_CLOCKS
    pools: PoolNull = field(default_factory=PoolNull)
