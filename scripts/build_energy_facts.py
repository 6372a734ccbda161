"""Re-encode mining hardware, prices, grids and Cambridge's quarterly power as the project's facts.

python scripts/build_energy_facts.py SOURCES_FOLDER src/hashquake/datasets/

SOURCES_FOLDER holds the public tables under the names used below. Machines that several tables
name are kept once: same maker, and the same name but for the hash rate, or within `SAME_DAYS` of
release and `SAME_J_PER_TH` of efficiency. Machines of 2020 to 2026 that no table dates come from
``hardware_2020_2026.csv`` next to this script (the makers' data sheets; months of first delivery).
"""

import re
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from hashquake.core.country import COUNTRIES, alpha3_of
from hashquake.datasets.packed_arrays import pack_arrays

BESIDE = Path(__file__).parent
SAME_DAYS, SAME_J_PER_TH = 130, 2.0
FIRST_PRICE = date(2018, 12, 1)
FIRST_GUESS, LAST_GUESS = date(2019, 1, 1), date(2022, 8, 31)
MAKERS = {
    "ASICminer": "ASICminer", "INNOSILICON": "Innosilicon", "Whatsminer": "MicroBT",
    "SnowPanther": "Bitfily", "DragonMint": "Halong",
}  # fmt: skip
CLASSES = {"S7": ("S7",), "S9": ("S9", "T9", "R4")}
"""Machines that Cambridge's model 1.1 weighs apart, by what their names begin with."""


def main(sources: Path, out: Path) -> None:
    """Write hardware.csv, price_daily.npz, grid.csv and ccaf/power_quarterly.csv."""
    machines = hardware(sources)
    machines.write_csv(out / "hardware.csv")
    prices = price_daily(sources)
    days = prices["day"].cast(pl.Int32).to_numpy()
    pack_arrays(out / "price_daily.npz", {"day": days, "price_usd": prices["price_usd"].to_numpy()})
    grids = grid(sources)
    grids.write_csv(out / "grid.csv")
    quarters = quarterly_power(sources)
    (out / "ccaf").mkdir(exist_ok=True)
    quarters.write_csv(out / "ccaf" / "power_quarterly.csv")
    print(f"{len(machines)} machines, {len(prices)} days of prices, {len(grids)} years of grids, ")
    print(f"{len(quarters)} quarters of power")


def hardware(sources: Path) -> pl.DataFrame:
    """Join the tables of machines; efficiency in joules per terahash."""
    kept: list[dict[str, Any]] = []
    for machine in (*_cambridge(sources), *_makers(), *_market(sources), *_f2pool(sources)):
        if not any(_same(machine, other) for other in kept):
            kept.append(machine)
    return pl.DataFrame(kept).sort("released", "maker", "model")


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one["maker"] != other["maker"] or one["source"] == other["source"] != "f2pool":
        return False
    if _bare(one["model"]) == _bare(other["model"]):
        return True
    days = abs((one["released"] - other["released"]).days)
    apart = abs(one["efficiency_j_per_th"] - other["efficiency_j_per_th"])
    return bool(days <= SAME_DAYS and apart <= SAME_J_PER_TH)


def _bare(model: str) -> str:
    """Return a model's name without its hash rate, spaces and words that say nothing."""
    name = re.sub(r"\(.*?\)|\b\d+(\.\d+)?Th?\b|miner", "", model, flags=re.IGNORECASE)
    name = re.sub(r"\bA(?=\d)", "", name)
    return re.sub(r"[\s-]", "", name).lower()


def _machine(
    maker: str, model: str, released: date, efficiency_j_per_th: float, source: str
) -> dict[str, Any]:
    short = model.removeprefix("Antminer ")
    found = [
        name for name, starts in CLASSES.items() if maker == "Bitmain" and short.startswith(starts)
    ]
    return {
        "maker": maker,
        "model": model,
        "released": released,
        "efficiency_j_per_th": round(efficiency_j_per_th, 3),
        "class": found[0] if found else "",
        "source": source,
    }


def _cambridge(sources: Path) -> list[dict[str, Any]]:
    table = pl.read_csv(sources / "ccaf_sha256_miners_2021-03.csv")
    made = []
    for written, released_s, j_per_gh, _quantity in table.iter_rows():
        name = " ".join(written.split())  # the table mixes no-break spaces in
        maker, _, model = name.partition(" ")
        if released_s < 1_400_000_000:  # generations before machines had names
            maker, model = "", name
        if maker == "GMO":
            model = model.removeprefix("miner ")
        day = datetime.fromtimestamp(released_s, tz=UTC).date()
        made.append(_machine(maker, model, day, j_per_gh * 1000, "ccaf"))
    return made


def _makers() -> list[dict[str, Any]]:
    table = pl.read_csv(BESIDE / "hardware_2020_2026.csv")
    return [
        _machine(maker, model, date.fromisoformat(f"{month}-01"), power / rate, "makers")
        for maker, model, month, rate, power in table.iter_rows()
    ]


def _market(sources: Path) -> list[dict[str, Any]]:
    table = pl.read_csv(sources / "asicminervalue_bitcoin_2025-12.csv")
    made = []
    for row in table.iter_rows(named=True):
        # The page repeats the model after the maker's name and itself.
        words = row["model"].replace("( ", "(").replace(" )", ")")
        maker, _, rest = words.partition(" ")
        model = rest[: rest.index(")") + 1]
        rate, unit = row["hashrate"].split()
        rate_thps = float(rate) * (1000 if unit.startswith("Ph") else 1)
        power_w = float(row["power"].split()[0])
        day = datetime.strptime(row["release"], "%b %Y").replace(tzinfo=UTC).date()
        made.append(_machine(maker, model, day, power_w / rate_thps, "asicminervalue"))
    return made


def _f2pool(sources: Path) -> list[dict[str, Any]]:
    table = pl.read_csv(sources / "f2pool_mining_devices_2020-03.csv", infer_schema_length=0)
    made = []
    for row in table.iter_rows():
        company, device, rate, power, year, month = (row[at] for at in (0, 1, 3, 4, 11, 12))
        maker = MAKERS.get(company.strip(), company.strip())
        model = device.strip().removeprefix(company.strip()).strip()
        if maker == "MicroBT":
            model = f"Whatsminer {model}"
        if maker == "Canaan":
            model = model.replace("Avalon ", "AvalonMiner ")
        day = date(int(year), int(month), 1)
        made.append(_machine(maker, model, day, float(power) / float(rate), "f2pool"))
    return made


def price_daily(sources: Path) -> pl.DataFrame:
    """Keep the day and bitcoin's price, dollars."""
    table = pl.read_csv(sources / "btcusd_daily_2015_2025-11.csv", try_parse_dates=True)
    kept = table.filter(pl.col("Date") >= FIRST_PRICE).select(
        pl.col("Date").alias("day"), pl.col("Bitcoin").cast(pl.Float32).alias("price_usd")
    )
    days = kept["day"].to_list()
    if days != [days[0] + timedelta(at) for at in range(len(days))]:
        raise SystemExit("a day of prices is missing")
    return kept


def grid(sources: Path) -> pl.DataFrame:
    """Join generation and carbon intensity by country and year."""
    codes = {alpha3_of(two): two for two in COUNTRIES} | {"OWID_KOS": "XK", "OWID_WRL": "ZZ"}
    generation = pl.read_csv(sources / "mining_countries_electricity_2019_2024.csv").select(
        "iso3", "year", pl.col("generation_twh")
    )
    carbon = pl.read_csv(sources / "owid_ember_carbon_intensity_2000_2024.csv")
    carbon = carbon.select(
        pl.col("Code").alias("iso3"),
        pl.col("Year").alias("year"),
        pl.col(carbon.columns[3]).alias("carbon_g_per_kwh"),
    ).filter((pl.col("year") >= 2019) & pl.col("iso3").is_in(list(codes)))
    joined = carbon.join(generation, on=["iso3", "year"], how="full", coalesce=True)
    return (
        joined.with_columns(
            pl.col("iso3").replace_strict(codes).alias("country"),
            pl.col("carbon_g_per_kwh").round(1),
        )
        .select("country", "year", "generation_twh", "carbon_g_per_kwh")
        .sort("country", "year")
    )


def quarterly_power(sources: Path) -> pl.DataFrame:
    """Keep the median of Cambridge's daily best guess over each quarter, at 0.05 USD/kWh."""
    table = pl.read_csv(sources / "cbeci_daily_guess_to_2023-09.csv", try_parse_dates=True)
    inside = table.filter(pl.col("date").is_between(FIRST_GUESS, LAST_GUESS))
    return (
        inside.group_by(
            pl.format("{}Q{}", pl.col("date").dt.year(), pl.col("date").dt.quarter()).alias(
                "quarter"
            )
        )
        .agg(
            pl.len().alias("days"),
            (pl.col("guess_gw_at_0.05_usd_kwh").median() * 1000).round(0).alias("guess_mw"),
        )
        .sort("quarter")
    )


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:3]))
