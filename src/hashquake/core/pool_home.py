"""Where a pool is at home: a dated fact that tilts what is believed of its machines."""

from dataclasses import dataclass
from typing import Literal

Reach = Literal["home", "global"]
Confidence = Literal["high", "medium", "low"]
_WEIGHT: dict[Confidence, float] = {"high": 1.0, "medium": 0.6, "low": 0.3}


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolHome:
    """Where a pool comes from and whom it serves.

    Parameters
    ----------
    pool : str
        Slug.
    country : str
        ISO 3166 alpha-2.
    reach : {"home", "global"}
        Machines at home only, or anybody's anywhere.
    confidence : {"high", "medium", "low"}
        How sure the home is and how closely machines follow it.
    from_s, until_s : float
        When it held, UTC Unix seconds; infinite where it is not limited.
    source : str
        Who says so.
    """

    pool: str
    country: str
    reach: Reach
    confidence: Confidence
    source: str
    from_s: float = float("-inf")
    until_s: float = float("inf")


def affinity(homes: tuple[PoolHome, ...], *, pool: str, country: str, at_s: float) -> float:
    """Return whether a pool leans to a country (over 0), away from it (under 0) or neither.

    Parameters
    ----------
    homes : tuple of PoolHome
        Of any pools.
    pool : str
        Slug; a pool without a home leans nowhere.
    country : str
        ISO 3166 alpha-2.
    at_s : float
        UTC Unix seconds.

    Returns
    -------
    float
        -1 to 1.
    """
    for home in homes:
        if home.pool == pool and home.from_s <= at_s < home.until_s:
            weight = _WEIGHT[home.confidence]
            if home.country == country:
                return weight
            return -weight if home.reach == "home" else 0.0
    return 0.0
