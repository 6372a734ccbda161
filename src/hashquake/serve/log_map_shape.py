"""Maps made from logs as JSON, and as a table that can be ingested as a map."""

import csv
import io
from typing import TYPE_CHECKING, Any

from hashquake.core.hostile_text import csv_safe
from hashquake.core.times import format_time
from hashquake.serve.shapes import finite, interval_shape, window_shape

if TYPE_CHECKING:
    from hashquake.explain.telemetry_map import CountryWork, LogMap
    from hashquake.observatory.log_maps import LogMaps


def log_maps_shape(maps: "LogMaps") -> dict[str, Any]:
    """Return the document of ``hashquake map-logs``.

    Parameters
    ----------
    maps : LogMaps
        Of all logs, of each pool and of each month.
    """
    total = maps.total
    return {
        "as_of": format_time(total.window.end_s - 1)[:10],
        "vintage": f"logs of {', '.join(total.pools)}",
        **log_map_shape(total),
        "rows_outside": maps.n_outside,
        "rows_ahead": maps.n_ahead,
        "weighted_by": total.weighted_by,
        "unit": maps.unit,
        "by_pool": [log_map_shape(row) for row in maps.pools],
        "by_month": [
            {"month": format_time(month_s)[:7], **log_map_shape(row)}
            for month_s, row in maps.months
        ],
    }


def log_map_shape(row: "LogMap") -> dict[str, Any]:
    """Return one map.

    Parameters
    ----------
    row : LogMap
        Of some pools and some time.
    """
    found = row.coverage
    return {
        "pools": list(row.pools),
        "window": window_shape(row.window),
        "rows": row.n_rows,
        "effective_workers": finite(row.effective_workers),
        "coverage": {
            "located_share": found.located_share,
            "hosting_share": found.hosting_share,
            "unknown_share": found.unknown_share,
            "private_share": found.private_share,
            "reserved_share": found.reserved_share,
            "unreadable_share": found.unreadable_share,
        },
        "countries": [_country_shape(country) for country in row.countries],
    }


def _country_shape(row: "CountryWork") -> dict[str, Any]:
    return {
        "country": row.country,
        "share": interval_shape(row.share.interval(0.9)),
        # A pool's logs tell neither the network's hash rate nor its machines.
        "hashrate_hps": None,
        "power_mw": None,
        "rank": row.rank,
        "flags": list(row.flags),
        "bounds_share": {"low": row.least_share, "high": row.most_share},
        "hosting_share": row.hosting_share,
        "rows": row.n_rows,
        "effective_workers": finite(row.effective_workers),
    }


def log_maps_csv(maps: "LogMaps") -> bytes:
    """Write a row for each country and month, in columns that ``ingest mining_map`` knows.

    Parameters
    ----------
    maps : LogMaps
        Of all logs, of each pool and of each month.
    """
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(
        (
            "month",
            "country",
            "share",
            "vintage",
            "share_low",
            "share_high",
            "rank",
            "rows",
            "flags",
            "pools",
        )
    )
    pools = csv_safe(" ".join(maps.total.pools))
    for month_s, month in maps.months:
        for row in month.countries:
            share = row.share.interval(0.9)
            out.writerow(
                (
                    format_time(month_s)[:7],
                    row.country,
                    f"{share.median:.9f}",
                    format_time(month.window.end_s - 1)[:10],
                    f"{share.low:.9f}",
                    f"{share.high:.9f}",
                    row.rank,
                    row.n_rows,
                    " ".join(row.flags),
                    pools,
                )
            )
    return text.getvalue().encode()
