"""A site's row as plain values: what the changes feed stores, and what commands print."""

from dataclasses import asdict
from typing import Any

from hashquake.core.interval import Interval
from hashquake.observatory.sites import SiteRow


def site_document(row: SiteRow) -> dict[str, Any]:
    """Return a site's row as plain values, its reason as a code and values.

    Parameters
    ----------
    row : SiteRow
        Of one site.
    """
    one, earned, others = row.standing, row.earnings, row.meanwhile
    usd = None if earned is None else earned.usd_per_day
    cost = None if earned is None else earned.power_usd_per_day
    since = one.since_range_s
    return {
        "site": one.site.id,
        "name": one.site.name,
        "country": one.site.country,
        "region": one.site.region,
        "asns": list(one.site.asns),
        "grid": one.site.grid,
        "at_s": one.at_s,
        "status": one.status,
        "since_s": one.since_s,
        "since_window": None if since is None else {"start_s": since[0], "end_s": since[1]},
        "dark_probability": one.dark_probability,
        "network_dark_probability": one.network_probability,
        "grid_dark_probability": one.grid_probability,
        "outage": one.outage,
        "hashrate_hps": None if one.hashrate_hps is None else one.hashrate_hps.median,
        "hashrate_hps_interval": _limits(one.hashrate_hps),
        "hashrate_from": one.hashrate_from,
        "usd_per_day": None if usd is None else usd.median,
        "usd_per_day_interval": _limits(usd),
        "power_usd_per_day": cost,
        "margin_usd_per_day": None if usd is None or cost is None else usd.median - cost,
        "price_usd": None if earned is None else earned.price_usd,
        "price_age_s": None if earned is None else earned.price_age_s,
        "seen_by": [
            {
                "source": signal.source,
                "state": signal.state,
                "last_s": signal.last_s,
                "hashrate_hps": _limits(signal.hashrate_hps),
            }
            for signal in one.signals
        ],
        "meanwhile": {
            "sites_up": others.n_up,
            "sites_dark": others.n_dark,
            "sites_unknown": others.n_unknown,
            "sites_up_hps": others.up_hps,
            "network_drop_share": _limits(others.network_drop_share),
        },
        "reason": {"code": one.reason.code, **asdict(one.reason)},
    }


def _limits(interval: Interval | None) -> dict[str, float] | None:
    return None if interval is None else asdict(interval)
