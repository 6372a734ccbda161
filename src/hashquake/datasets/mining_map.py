"""The bundled maps of mining: Cambridge's months, and shares published since.

Cambridge's shares stand apart under their own licence, in ``datasets/ccaf``.
"""

from collections import defaultdict
from datetime import date, timedelta
from functools import lru_cache
from math import fsum
from types import MappingProxyType

from hashquake.core.country import REST, country_names
from hashquake.core.mining_map import MiningMap, PublishedShare, build_map
from hashquake.core.window import Window
from hashquake.datasets.csv_rows import csv_rows, midnight_s

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
    """Return every bundled map, in order of the month it is about.

    Returns
    -------
    tuple of MiningMap
        Cambridge's 29 months (September 2019 to January 2022, four publications), then the days
        on which another publisher named at least five countries.
    """
    return tuple(sorted((*_cambridge(), *_published_maps()), key=lambda one: one.middle_s))


@lru_cache(maxsize=1)
def published_shares() -> tuple[PublishedShare, ...]:
    """Return shares as they were published in text since 2021, oldest first, part of no map."""
    rows = sorted(
        csv_rows("published_shares.csv"), key=lambda row: (row["as_of"], row["publisher"])
    )
    return tuple(
        PublishedShare(
            publisher=row["publisher"],
            place=row["place"],
            within=row["within"],
            share=float(row["share"]),
            as_of_s=midnight_s(row["as_of"]),
            vintage_s=midnight_s(row["vintage"]),
        )
        for row in rows
    )


@lru_cache(maxsize=1)
def province_maps() -> tuple[MiningMap, ...]:
    """Return Cambridge's shares of China's provinces in the world's hash rate, as maps.

    Returns
    -------
    tuple of MiningMap
        Months in which China had a share, oldest first; ISO 3166-2 codes such as ``CN-XJ``, and
        ``ZZ`` for the rest of China and of the world.
    """
    months: defaultdict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in csv_rows("ccaf/chinese_provinces.csv"):
        if row["province"] != REST:
            months[row["month"], row["vintage"]][row["province"]] = float(row["share_of_world"])
    maps = []
    for (month, vintage), shares in months.items():
        named_share = fsum(shares.values())
        if named_share > 0:
            maps.append(
                MiningMap(
                    publisher=CAMBRIDGE,
                    window=month_window(date.fromisoformat(month)),
                    vintage_s=midnight_s(vintage),
                    shares=MappingProxyType(shares | {REST: 1 - named_share}),
                    named_share=named_share,
                )
            )
    return tuple(maps)


def place_names() -> dict[str, str]:
    """Return the English name of every country, and of China's provinces with a share."""
    return country_names() | _PROVINCE_NAMES


def _cambridge() -> list[MiningMap]:
    months: defaultdict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in csv_rows("ccaf/countries.csv"):
        months[row["month"], row["vintage"]].append(row)
    return [
        build_map(
            {row["country"]: float(row["share"]) for row in rows},
            publisher=CAMBRIDGE,
            window=month_window(date.fromisoformat(month)),
            vintage_s=midnight_s(vintage),
            flagged=frozenset(row["country"] for row in rows if row["vpn"] == "true"),
        )
        for (month, vintage), rows in months.items()
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
    """Return the month that begins on a day, as a window.

    Parameters
    ----------
    month : date
        The first day of the month.
    """
    after = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return Window(start_s=midnight_s(month.replace(day=1)), end_s=midnight_s(after))
