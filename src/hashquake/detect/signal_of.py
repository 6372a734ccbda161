"""Which signal a quantity is: probing, routes, a telescope or traffic."""

from collections.abc import Mapping
from types import MappingProxyType

from hashquake.detect.series import BGP, PROBING, TELESCOPE, TRAFFIC

KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "ioda_bgp_prefixes_count": BGP,
        "ioda_ping_slash24_up_count": PROBING,
        "ioda_merit_nt_sources_count": TELESCOPE,
        "ripestat_v4_prefixes_count": BGP,
        "ripestat_asns_count": BGP,
        "radar_traffic_of_max_share": TRAFFIC,
        "radar_traffic_change_share": TRAFFIC,
        "visible_slash24s": BGP,
        "visible_ipv4_prefixes": BGP,
    }
)
"""Quantities of the sources, better ones first. IPv6 routes are left out: in many countries they
are so few that one network's maintenance would be a national outage."""

_OWN = {
    "probing": PROBING,
    "connectivity": PROBING,
    "bgp": BGP,
    "telescope": TELESCOPE,
    "traffic": TRAFFIC,
}
"""First words by which tables of one's own, transcriptions and simulations name a signal."""
_OPINIONS = {"alert", "event", "outage"}


def signal_of(quantity: str) -> str | None:
    """Return the signal of a quantity.

    Parameters
    ----------
    quantity : str
        Of a reading, such as ``ioda_ping_slash24_up_count`` or ``traffic_share``.

    Returns
    -------
    str or None
        None for what is not a signal: opinions, and what is not known.

    Examples
    --------
    >>> signal_of("ioda_gtr_web_search_index"), signal_of("connectivity_share")
    ('traffic', 'probing')
    >>> signal_of("ioda_bgp_alert_level") is None
    True
    """
    words = quantity.split("_")
    if quantity in KNOWN:
        return KNOWN[quantity]
    if _OPINIONS & set(words):
        return None
    if quantity.startswith("ioda_gtr_"):
        return TRAFFIC
    return _OWN.get(words[0])


def is_change(quantity: str) -> bool:
    """Return whether values are changes against the usual, 0 being no change.

    Parameters
    ----------
    quantity : str
        Of a reading, such as ``ioda_bgp_prefixes_count``.
    """
    return "change" in quantity.split("_")


def counted_once(quantity: str) -> str:
    """Name what an instrument must not be heard twice for.

    RIPEstat's prefixes and networks, a collector's prefixes and /24s, and Google's products are
    counts of the same thing; one of each speaks. Any other quantity is a witness of its own.

    Parameters
    ----------
    quantity : str
        Of a reading, such as ``ioda_bgp_prefixes_count``.
    """
    for family in ("ripestat", "visible", "ioda_gtr", "radar_traffic"):
        if quantity.startswith(f"{family}_"):
            return family
    return quantity


def preference(quantity: str) -> tuple[int, str]:
    """Order the quantities that must not be heard twice, the best first.

    Google's searches come before its other products: a single product may be blocked alone.

    Parameters
    ----------
    quantity : str
        Of a reading, such as ``ioda_bgp_prefixes_count``.
    """
    names = list(KNOWN)
    if quantity in KNOWN:
        return names.index(quantity), quantity
    return len(names) + ("web_search" not in quantity), quantity
