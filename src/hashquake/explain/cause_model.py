"""The prior model of causes: how often, how deep, how soon, how long.

The figures are stated, not fitted to the record: five years hold too few documented falls. Measured
in simulation are how a false alarm looks (size, end, pools, review), how a real fall does (pools,
review) and the power to which the odds are raised; ``docs/theory/causes.md`` says how, and how well
the probabilities are calibrated.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import get_args

from hashquake.core.quake import CauseName


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How one kind of cause works on hash rate.

    Parameters
    ----------
    works : float
        Probability that a documented event of the kind moves hash rate at all.
    depth_mean, depth_weight : float
        Mean and weight of a Beta law for the part of the place's hash rate that stops.
    lag_s : float
        Mean delay from the event's start to the fall, of an exponential law.
    spread_share : float
        Probability that the fall comes at any time while the event lasts instead.
    settles : float
        Probability that the hash rate does not come back within weeks.
    lasts_factor_log_sd : float
        Spread of the log of the fall's length over the event's.
    """

    works: float
    depth_mean: float
    depth_weight: float
    lag_s: float
    spread_share: float
    settles: float
    lasts_factor_log_sd: float


@lru_cache(maxsize=1)
def stated_manners() -> Mapping[CauseName, Manner]:
    """Read how each kind of cause works, from ``cause_manners.toml``."""
    text = (resources.files("hashquake.explain") / "cause_manners.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    known: tuple[CauseName, ...] = get_args(CauseName)
    return MappingProxyType({name: Manner(**table[name]) for name in known if name in table})


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseModel:
    """The prior model of all causes.

    Parameters
    ----------
    manners : mapping of str to Manner
        By name of cause.
    unknown_per_year : float
        How often hash rate falls noticeably for a reason nobody documented.
    unknown_loss_mean, unknown_loss_weight : float
        Beta law of the part of the network that such a fall takes.
    unknown_settles, luck_settles : float
        Probability that such a fall, or a false alarm, is not seen to end.
    luck_z_mean, luck_z_sd : float
        Size of the fall read off a false alarm of the network: mean and standard deviation of
        minus the log of what remained, in its own standard errors.
    luck_pool_loss_mean, luck_pool_loss_sd : float
        The same of a false alarm of a pool, not in standard errors.
    luck_pools, real_pools : tuple of float
        Probability that no pool, one, or more fall with the network.
    luck_rejected, real_rejected : float
        Probability that the review finds no fall.
    pools_only_per_year : mapping of str to float
        How often pools fall without the network, by name of cause; in all as often as in the
        bundled record (9 reviewed falls in 5.3 years), the split is stated.
    odds_power : float
        Power to which the weights are raised; under 1 where evidence overlaps.
    """

    manners: Mapping[CauseName, Manner] = field(default_factory=stated_manners)
    unknown_per_year: float = 1.0
    unknown_loss_mean: float = 0.12
    unknown_loss_weight: float = 8.0
    unknown_settles: float = 0.4
    luck_settles: float = 0.89
    luck_z_mean: float = 1.52
    luck_z_sd: float = 1.24
    luck_pool_loss_mean: float = 0.6
    luck_pool_loss_sd: float = 0.35
    luck_pools: tuple[float, float, float] = (0.90, 0.09, 0.01)
    real_pools: tuple[float, float, float] = (0.62, 0.26, 0.12)
    luck_rejected: float = 0.49
    real_rejected: float = 0.12
    pools_only_per_year: Mapping[CauseName, float] = field(
        default_factory=lambda: MappingProxyType(
            {"migration": 0.95, "operator": 0.5, "unknown": 0.25}
        )
    )
    odds_power: float = 0.9


STATED = CauseModel()
