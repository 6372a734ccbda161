"""Maps and megawatts as the JSON of the public contract."""

from collections.abc import Iterable, Mapping
from typing import Any

from hashquake.core.electricity import RegisteredPower
from hashquake.core.interval import Quantiles
from hashquake.core.mining_map import PublishedShare
from hashquake.core.times import format_time
from hashquake.explain.energy_report import EnergyReport
from hashquake.explain.mining_map import MADE_BY, ShareLaw
from hashquake.explain.mining_table import CountryRow, MapTable
from hashquake.serve.shapes import interval_shape, window_shape

LEVEL = 0.9


def map_shape(
    table: MapTable, names: Mapping[str, str], published: Iterable[PublishedShare]
) -> dict[str, Any]:
    """Return the document of ``hashquake map``.

    Parameters
    ----------
    table : MapTable
        The map.
    names : mapping of str to str
        Names of countries by their codes.
    published : iterable of PublishedShare
        Single shares that somebody published, for comparison.
    """
    rows = [_row(row, names) for row in table.rows]
    return {
        "as_of": _day(table.law.as_of_s),
        "at_s": table.law.at_s,
        **_law(table.law),
        "network": {
            "hashrate_hps": _interval(table.network_hps),
            "power_mw": _interval(table.network_mw),
        },
        "countries": [row for row in rows if row["rank"] is not None],
        "rest": next((row for row in rows if row["rank"] is None), None),
        "published": [_published(one) for one in published],
        "caveats": list(table.caveats),
        "made_by": MADE_BY,
    }


def published_beside(table: MapTable) -> tuple[PublishedShare, ...]:
    """Return the published shares known by then that the map of a table does not hold itself.

    Parameters
    ----------
    table : MapTable
        What is shown next to them.
    """
    from hashquake.datasets.mining_map import published_shares

    return tuple(
        one
        for one in published_shares()
        if one.vintage_s <= table.law.as_of_s
        and (one.publisher, one.vintage_s) != (table.law.publisher, table.law.vintage_s)
    )


def energy_shape(report: EnergyReport) -> dict[str, Any]:
    """Return the document of ``hashquake energy``.

    Parameters
    ----------
    report : EnergyReport
        Of a country or of the network.
    """
    rest = report.unregistered
    return {
        "country": report.country,
        "at_s": report.at_s,
        "power_mw": _interval(report.power_mw),
        "registered_mw": None if rest is None else rest.registered_mw,
        "unregistered_mw": None if rest is None else _interval(rest.unregistered_mw),
        "unregistered_probability": None if rest is None else rest.probability,
        "unregistered_share_of_generation": None
        if rest is None
        else _interval(rest.share_of_generation),
        "unregistered_share_of_capacity": None
        if rest is None
        else _interval(rest.share_of_capacity),
        "share_of_generation": _interval(report.share_of_generation),
        "generation_year": report.generation_year if report.share_of_generation else None,
        "capacity_mw": None if report.capacity is None else report.capacity.installed_mw,
        "available_capacity_mw": None if report.capacity is None else report.capacity.available_mw,
        "share_of_capacity": _interval(report.share_of_capacity),
        "claimed": _claimed(report.claim),
        "emissions_t_per_day": _interval(report.emissions_t_per_day),
        "carbon_year": report.carbon_year,
        "hashrate_hps": _interval(report.hashrate_hps),
        "share": _interval(report.share),
        "efficiency_j_per_th": _interval(report.efficiency_j_per_th),
        "network_bounds_mw": {
            "lower": report.bounds.lower_mw,
            "best": report.bounds.best_mw,
            "upper": report.bounds.upper_mw,
        },
        "threshold_j_per_th": report.efficiency.threshold_j_per_th,
        "map": None if report.law is None else _law(report.law),
        "because": dict(report.reasons),
        "caveats": list(report.caveats),
        "sources": list(report.sources),
    }


def _row(row: CountryRow, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "country": row.country,
        "name": names.get(row.country),
        "rank": row.rank,
        "rank_interval": _interval(row.rank_draws),
        "share": _interval(row.share),
        "published_share": row.published_share,
        "hashrate_hps": _interval(row.hashrate_hps),
        "power_mw": _interval(row.power_mw),
        "flags": list(row.flags),
    }


def _law(law: ShareLaw) -> dict[str, Any]:
    return {
        "vintage": _day(law.vintage_s),
        "vintage_s": law.vintage_s,
        "publisher": law.publisher,
        "months": [window_shape(window) for window in law.windows],
        "named_share": law.named_share,
    }


def _published(one: PublishedShare) -> dict[str, Any]:
    return {
        "publisher": one.publisher,
        "place": one.place,
        "within": one.within,
        "share": one.share,
        "as_of": _day(one.as_of_s),
        "vintage": _day(one.vintage_s),
    }


def _claimed(claim: RegisteredPower | None) -> dict[str, Any] | None:
    if claim is None:
        return None
    low_mw, high_mw = claim.claimed_unregistered_mw
    return {
        "registered_mw": claim.registered_mw,
        "unregistered_low_mw": low_mw,
        "unregistered_high_mw": high_mw,
        "capacity_share": claim.claimed_capacity_share,
        "implied_capacity_mw": claim.implied_capacity_mw,
        "note": claim.note,
    }


def _interval(quantiles: Quantiles | None) -> dict[str, float | None] | None:
    return None if quantiles is None else interval_shape(quantiles.interval(LEVEL))


def _day(time_s: float) -> str:
    return format_time(time_s)[:10]
