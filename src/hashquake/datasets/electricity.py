"""Electricity by country: generation, carbon intensity, capacity, and registered mining."""

import tomllib
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib import resources
from typing import Any

import polars as pl

from hashquake.core.electricity import Capacity, Grid, RegisteredPower
from hashquake.core.window import Window

WORLD = "ZZ"
"""The world's grid, which also stands for what a map does not name."""


def grid_of(country: str, at_s: float) -> Grid:
    """Give a country's grid in the year of an instant, or in the last known year before it.

    Parameters
    ----------
    country : str
        Two letters; ``ZZ`` is the world.
    at_s : float
        UTC Unix seconds.

    Returns
    -------
    Grid
        With None for what is not known: a country without data has no zero.
    """
    year = datetime.fromtimestamp(at_s, tz=UTC).year
    rows = _grids().filter((pl.col("country") == country) & (pl.col("year") <= year)).sort("year")
    carbon = rows.drop_nulls("carbon_g_per_kwh").tail(1)
    made = rows.drop_nulls("generation_twh").tail(1)
    return Grid(
        country=country,
        carbon_g_per_kwh=carbon["carbon_g_per_kwh"].item() if len(carbon) else None,
        carbon_year=carbon["year"].item() if len(carbon) else None,
        generation_mw=_mean_mw(made) if len(made) else None,
        generation_year=made["year"].item() if len(made) else None,
    )


def registered_power(country: str, at_s: float) -> RegisteredPower | None:
    """Give what an authority said of a country's mining at an instant, or None."""
    found = (one for one in _facts()[0] if one.country == country and one.window.holds(at_s))
    return next(found, None)


def capacity_of(country: str, at_s: float) -> Capacity | None:
    """Give the capacity of a country's power plants at an instant, or None where not bundled."""
    found = (one for one in _facts()[1] if one.country == country and one.window.holds(at_s))
    return next(found, None)


@lru_cache(maxsize=1)
def _grids() -> pl.DataFrame:
    with (resources.files("hashquake.datasets") / "grid.csv").open("rb") as file:
        return pl.read_csv(file.read())


def _mean_mw(row: pl.DataFrame) -> float:
    year = int(row["year"].item())
    hours = 24 * (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return float(row["generation_twh"].item()) * 1e6 / hours


@lru_cache(maxsize=1)
def _facts() -> tuple[tuple[RegisteredPower, ...], tuple[Capacity, ...]]:
    path = resources.files("hashquake.datasets") / "registered_power.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    facts = tuple(
        RegisteredPower(
            country=row["country"],
            window=_window(row),
            registered_mw=float(row["registered_mw"]),
            claimed_unregistered_mw=(
                float(row["claimed_unregistered_low_mw"]),
                float(row["claimed_unregistered_high_mw"]),
            ),
            claimed_capacity_share=float(row["claimed_capacity_share"]),
            note=row["note"],
            sources=tuple(row["sources"]),
        )
        for row in table["fact"]
    )
    capacities = tuple(
        Capacity(
            country=row["country"],
            window=_window(row),
            installed_mw=float(row["installed_mw"]),
            available_mw=float(row["available_mw"]),
            sources=tuple(row["sources"]),
        )
        for row in table["capacity"]
    )
    return facts, capacities


def _window(row: dict[str, Any]) -> Window:
    start, end = (
        datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        for day in (row["start"], row["end"])
    )
    return Window(start_s=start, end_s=end)
