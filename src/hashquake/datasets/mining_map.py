"""The bundled maps of mining: Cambridge's months, and shares published since.

Cambridge's shares stand apart under their own licence, in ``datasets/ccaf``.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from math import fsum
from types import MappingProxyType

import polars as pl

from hashquake.core.country import REST
from hashquake.core.mining_map import MiningMap, PublishedShare, build_map
from hashquake.core.window import Window

CAMBRIDGE = "CCAF"
_PROVINCE_NAMES = {
    "CN-BJ": "Beijing",
    "CN-GS": "Gansu",
    "CN-NM": "Inner Mongolia",
    "CN-QH": "Qinghai",
    "CN-SC": "Sichuan",
    "CN-SX": "Shanxi",
    "CN-XJ": "Xinjiang",
    "CN-YN": "Yunnan",
}
_FEWEST_COUNTRIES = 5
"""Fewer published shares of one day are remarks, not a map."""


@lru_cache(maxsize=1)
def bundled_maps() -> tuple[MiningMap, ...]:
    """Give every bundled map, in order of the month it is about.

    Returns
    -------
    tuple of MiningMap
        Cambridge's 29 months (September 2019 to January 2022, four publications), then the days
        on which another publisher named at least five countries.
    """
    return tuple(sorted((*_cambridge(), *_published_maps()), key=lambda one: one.middle_s))


@lru_cache(maxsize=1)
def published_shares() -> tuple[PublishedShare, ...]:
    """Give shares as they were published in text since 2021, oldest first, part of no map."""
    with (resources.files("hashquake.datasets") / "published_shares.csv").open("rb") as file:
        table = pl.read_csv(file.read(), try_parse_dates=True)
    return tuple(
        PublishedShare(
            publisher=row["publisher"],
            place=row["place"],
            within=row["within"],
            share=row["share"],
            as_of_s=_midnight_s(row["as_of"]),
            vintage_s=_midnight_s(row["vintage"]),
        )
        for row in table.sort("as_of", "publisher").iter_rows(named=True)
    )


@lru_cache(maxsize=1)
def chinese_provinces() -> pl.DataFrame:
    """Give the shares of China's provinces, by month.

    Returns
    -------
    polars.DataFrame
        ``month`` (date), ``province``, ``share_of_china`` and ``share_of_world`` (0 to 1),
        ``vintage`` (date).
    """
    folder = resources.files("hashquake.datasets") / "ccaf"
    with (folder / "chinese_provinces.csv").open("rb") as file:
        return pl.read_csv(file.read(), try_parse_dates=True)


@lru_cache(maxsize=1)
def province_maps() -> tuple[MiningMap, ...]:
    """Give Cambridge's shares of China's provinces in the world's hash rate, as maps.

    Returns
    -------
    tuple of MiningMap
        Months in which China had a share, oldest first; ISO 3166-2 codes such as ``CN-XJ``, and
        ``ZZ`` for the rest of China and of the world.
    """
    table = chinese_provinces().filter(pl.col("province") != REST)
    maps = []
    for rows in table.partition_by("month", maintain_order=True):
        shares = dict(
            zip(rows["province"].to_list(), rows["share_of_world"].to_list(), strict=True)
        )
        named_share = fsum(shares.values())
        if named_share > 0:
            maps.append(
                MiningMap(
                    publisher=CAMBRIDGE,
                    window=month_window(rows["month"].to_list()[0]),
                    vintage_s=_midnight_s(rows["vintage"].to_list()[0]),
                    shares=MappingProxyType(shares | {REST: 1 - named_share}),
                    named_share=named_share,
                )
            )
    return tuple(maps)


def place_names() -> dict[str, str]:
    """Give the English name of every country, and of China's provinces with a share."""
    return country_names() | _PROVINCE_NAMES


def country_names() -> dict[str, str]:
    """Give the English name of every country by its two letters."""
    with (resources.files("hashquake.datasets") / "country_names.csv").open("rb") as file:
        table = pl.read_csv(file.read())
    return dict(zip(table["country"].to_list(), table["name"].to_list(), strict=True))


def _cambridge() -> list[MiningMap]:
    with (resources.files("hashquake.datasets") / "ccaf" / "countries.csv").open("rb") as file:
        table = pl.read_csv(file.read(), try_parse_dates=True)
    return [
        build_map(
            dict(zip(rows["country"].to_list(), rows["share"].to_list(), strict=True)),
            publisher=CAMBRIDGE,
            window=month_window(rows["month"].to_list()[0]),
            vintage_s=_midnight_s(rows["vintage"].to_list()[0]),
            flagged=frozenset(rows.filter(pl.col("vpn"))["country"].to_list()),
        )
        for rows in table.partition_by("month", "vintage", maintain_order=True)
    ]


def _published_maps() -> list[MiningMap]:
    days: defaultdict[tuple[str, float, float], dict[str, float]] = defaultdict(dict)
    for one in published_shares():
        if one.within == "world":
            days[one.publisher, one.as_of_s, one.vintage_s][one.place] = one.share
    return [
        build_map(
            shares,
            publisher=publisher,
            window=Window(start_s=as_of_s, end_s=as_of_s + timedelta(days=1).total_seconds()),
            vintage_s=vintage_s,
            partial=True,
        )
        for (publisher, as_of_s, vintage_s), shares in days.items()
        if len(shares) >= _FEWEST_COUNTRIES
    ]


def month_window(month: date) -> Window:
    """Give the month that begins on a day, as a window."""
    after = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return Window(start_s=_midnight_s(month.replace(day=1)), end_s=_midnight_s(after))


def _midnight_s(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
