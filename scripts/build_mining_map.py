"""Re-encode published shares of countries, provinces and texts as the project's mining maps.

python scripts/build_mining_map.py COUNTRIES.csv PROVINCES.csv TEXTS.csv src/hashquake/datasets/

COUNTRIES and PROVINCES are Cambridge's tables (CC BY-NC-SA 4.0): they go to ``ccaf/``, apart from
everything under another licence. TEXTS holds single figures from the press (facts).
"""

import sys
from datetime import date
from pathlib import Path

import polars as pl

from hashquake.core.country import COUNTRIES, alpha3_of

PUBLISHED = {
    "2020-05": date(2020, 5, 6),
    "2021-07": date(2021, 7, 15),
    "2021-10": date(2021, 10, 13),
    "2022-05": date(2022, 5, 17),
}
"""Days on which Cambridge published; the tables name the month alone."""
PROVINCE_CODES = {
    "Beijing": "CN-BJ", "Gansu": "CN-GS", "Nei Mongol": "CN-NM", "Qinghai": "CN-QH",
    "Shanxi": "CN-SX", "Sichuan": "CN-SC", "Xinjiang": "CN-XJ", "Yunnan": "CN-YN", "Other": "ZZ",
}  # fmt: skip
PUBLISHERS = {
    "hashrateindex": "Hashrate Index",
    "ccaf-dmir-2025": "CCAF survey 2025",
    "foundry-us-states": "Foundry",
    "ccaf-us-states": "CCAF",
}
LATER = {"ccaf-us-states": date(2022, 5, 17), "ccaf-dmir-2025": date(2025, 4, 28)}
"""Texts published after the day they are about; the others came out on that day."""


def main(countries: Path, provinces: Path, texts: Path, out: Path) -> None:
    """Write ccaf/countries.csv, ccaf/chinese_provinces.csv and published_shares.csv."""
    (out / "ccaf").mkdir(exist_ok=True)
    codes = {alpha3_of(two): two for two in COUNTRIES}
    world = pl.read_csv(countries, try_parse_dates=True).select(
        pl.col("date").alias("month"),
        _vintage(),
        pl.col("iso3").replace_strict(codes, default="ZZ").alias("country"),
        _share("share_pct").alias("share"),
        pl.col("vpn_flag").alias("vpn"),
    )
    world.sort("month", "country").write_csv(out / "ccaf" / "countries.csv")
    vintages = dict(world.select("month", "vintage").unique().iter_rows())
    china = pl.read_csv(provinces, try_parse_dates=True).select(
        pl.col("date").alias("month"),
        pl.col("date").replace_strict(vintages).alias("vintage"),
        pl.col("province").replace_strict(PROVINCE_CODES),
        _share("share_of_china_pct").alias("share_of_china"),
        _share("global_share_pct").alias("share_of_world"),
    )
    china.sort("month", "province").write_csv(out / "ccaf" / "chinese_provinces.csv")
    text = pl.read_csv(texts, try_parse_dates=True).select(
        pl.col("source").replace_strict(PUBLISHERS).alias("publisher"),
        pl.col("as_of"),
        pl.col("source")
        .replace_strict(LATER, default=pl.col("as_of"), return_dtype=pl.Date)
        .alias("vintage"),
        pl.col("place").replace(codes),
        pl.when(pl.col("place").str.starts_with("US-"))
        .then(pl.lit("US"))
        .when(pl.col("source") == "ccaf-dmir-2025")
        .then(pl.lit("survey"))
        .otherwise(pl.lit("world"))
        .alias("within"),
        _share("share_pct").alias("share"),
    )
    text.sort("as_of", "publisher", "place").write_csv(out / "published_shares.csv")
    print(f"{len(world)} rows of countries, {len(china)} of provinces, {len(text)} from texts")


def _share(name: str) -> pl.Expr:
    return (pl.col(name).cast(pl.Float64) / 100).round(6)


def _vintage() -> pl.Expr:
    month = pl.col("vintage").str.slice(0, 7)
    return month.replace_strict(PUBLISHED, return_dtype=pl.Date).alias("vintage")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:5]))
