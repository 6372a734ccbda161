"""A mining farm of the operator's, and whether it stands behind a dark network or grid."""

from dataclasses import dataclass
from typing import Literal

from hashquake.core.interval import Interval
from hashquake.core.site_reason import SiteReason

SiteStatus = Literal["up", "network dark", "grid dark", "unknown"]
DARK: tuple[SiteStatus, ...] = ("network dark", "grid dark")
Knowledge = Literal["pool", "heartbeat", "file"]
"""Who stated a site's hash rate: the pool it mines for, the site itself, or the operator's file."""

HEARTBEAT = "heartbeat"
"""The source of what sites send themselves."""
BEATS = "heartbeat_count"
POWER = "power_mw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A mining farm, as its operator describes it.

    Parameters
    ----------
    id : str
        Its name in programs: lower-case letters, digits, ``-`` and ``_``.
    name : str
        For people.
    country : str
        Two letters (ISO 3166-1).
    region : str or None
        Such as ``KZ-PAV`` (ISO 3166-2).
    asns : tuple of int
        Networks through which it reaches the Internet; any one of them is enough.
    grid : str
        The place whose electricity it takes: a region or a country.
    pools : tuple of str
        Slugs of the pools where it has accounts.
    power_mw, hashrate_hps : float or None
        As installed: megawatts, hashes a second. None where the file does not state it.
    tariff_usd_per_kwh : float or None
        What its electricity costs.
    token_hash : str or None
        Hash of the token with which it sends heartbeats; None where it sends none.
    """

    id: str
    name: str
    country: str
    region: str | None = None
    asns: tuple[int, ...] = ()
    grid: str
    pools: tuple[str, ...] = ()
    power_mw: float | None = None
    hashrate_hps: float | None = None
    tariff_usd_per_kwh: float | None = None
    token_hash: str | None = None

    @property
    def subject(self) -> str:
        """Such as ``site:ekibastuz``."""
        return f"site:{self.id}"

    @property
    def networks(self) -> tuple[str, ...]:
        """Subjects of its networks, such as ``asn:9198``."""
        return tuple(f"asn:{asn}" for asn in self.asns)

    @property
    def places(self) -> tuple[str, ...]:
        """Subjects of where it stands, the smallest first."""
        region = () if self.region is None else (f"region:{self.region}",)
        return (*region, f"country:{self.country}")

    @property
    def grid_subject(self) -> str:
        """The subject of its grid, such as ``region:KZ-PAV``."""
        return f"region:{self.grid}" if "-" in self.grid else f"country:{self.grid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSignal:
    """When one instrument last saw a site at work.

    Parameters
    ----------
    source : str
        ``heartbeat``, or the source that asks a pool.
    last_s : float
        End of the last reading that shows it at work, UTC Unix seconds.
    state : {"alive", "zero", "silent"}
        It sees it at work; it answers and sees nothing; it has not answered for too long.
    hashrate_hps : Interval or None
        What it last said of the hash rate, hashes a second.
    """

    source: str
    last_s: float
    state: Literal["alive", "zero", "silent"]
    hashrate_hps: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStanding:
    """How a site stands at an instant.

    Parameters
    ----------
    site : Site
        The site.
    at_s : float
        The instant, UTC Unix seconds.
    status : {"up", "network dark", "grid dark", "unknown"}
        What it is taken to be. Not seen is not dark: a site of which nothing is known is unknown.
    since_s : float or None
        Since when: of a dark site the middle of the onset, or when it was last seen where that
        is later. None where it cannot be determined.
    since_range_s : tuple of float or None
        Between which instants it began, for a dark site.
    network_probability, grid_probability : float or None
        How sure it is that the site is behind a dark network, or without electricity, 0 to 1.
        None where nothing watches its places.
    outage : str or None
        The outage that concerns it.
    signals : tuple of SiteSignal
        What sees it.
    hashrate_hps : Interval or None
        Its hash rate, or before it went dark, hashes a second.
    hashrate_from : {"pool", "heartbeat", "file"} or None
        Who stated it.
    reason : SiteReason
        Why it has this status, as a code and values.
    """

    site: Site
    at_s: float
    status: SiteStatus
    since_s: float | None
    since_range_s: tuple[float, float] | None
    network_probability: float | None
    grid_probability: float | None
    outage: str | None
    signals: tuple[SiteSignal, ...]
    hashrate_hps: Interval | None
    hashrate_from: Knowledge | None
    reason: SiteReason

    @property
    def dark_probability(self) -> float | None:
        """The probability that it is dark for either reason."""
        known = [
            one for one in (self.network_probability, self.grid_probability) if one is not None
        ]
        return min(1.0, sum(known)) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEarnings:
    """What a site earns and pays a day while it runs: what is at risk while it is dark.

    Parameters
    ----------
    usd_per_day : Interval
        From difficulty, subsidy, fees and price, dollars.
    power_usd_per_day : float or None
        Electricity that it does not pay for while it is dark, dollars; None without megawatts
        and tariff.
    price_usd : float
        The price of a bitcoin that went in.
    price_age_s : float
        How old that price is, seconds.
    """

    usd_per_day: Interval
    power_usd_per_day: float | None
    price_usd: float
    price_age_s: float
