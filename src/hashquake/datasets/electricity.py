"""Electricity by country: generation, carbon intensity, capacity, and registered mining."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from hashquake.core.electricity import Capacity, Grid, RegisteredPower
from hashquake.core.window import Window
from hashquake.datasets.csv_rows import csv_rows, midnight_s


def grid_of(country: str, at_s: float) -> Grid:
    """Return a country's grid in the year of an instant, or in the last known year before it.

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
    rows = [row for row in _grids().get(country, ()) if row.year <= year]
    carbon = next((row for row in reversed(rows) if row.carbon_g_per_kwh is not None), None)
    made = next((row for row in reversed(rows) if row.generation_twh is not None), None)
    return Grid(
        country=country,
        carbon_g_per_kwh=None if carbon is None else carbon.carbon_g_per_kwh,
        carbon_year=None if carbon is None else carbon.year,
        generation_mw=None if made is None else _mean_mw(made),
        generation_year=None if made is None else made.year,
    )


def registered_power(country: str, at_s: float) -> RegisteredPower | None:
    """Return what an authority said of a country's mining at an instant, or None.

    Parameters
    ----------
    country : str
        ISO 3166-1 alpha-2.
    at_s : float
        UTC Unix seconds.
    """
    found = (one for one in _facts()[0] if one.country == country and one.window.holds(at_s))
    return next(found, None)


def load_registered_power() -> tuple[RegisteredPower, ...]:
    """Return every bundled fact of registered miners."""
    return _facts()[0]


def capacity_of(country: str, at_s: float) -> Capacity | None:
    """Return the capacity of a country's power plants at an instant, or None where not bundled.

    Parameters
    ----------
    country : str
        ISO 3166-1 alpha-2.
    at_s : float
        UTC Unix seconds.
    """
    found = (one for one in _facts()[1] if one.country == country and one.window.holds(at_s))
    return next(found, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _GridYear:
    year: int
    generation_twh: float | None
    carbon_g_per_kwh: float | None


@lru_cache(maxsize=1)
def _grids() -> Mapping[str, tuple[_GridYear, ...]]:
    """Return the years of each country's grid, oldest first."""
    years: defaultdict[str, list[_GridYear]] = defaultdict(list)
    for row in csv_rows("grid.csv"):
        generation, carbon = row["generation_twh"], row["carbon_g_per_kwh"]
        years[row["country"]].append(
            _GridYear(
                year=int(row["year"]),
                generation_twh=float(generation) if generation else None,
                carbon_g_per_kwh=float(carbon) if carbon else None,
            )
        )
    return MappingProxyType(
        {
            country: tuple(sorted(known, key=lambda one: one.year))
            for country, known in years.items()
        }
    )


def _mean_mw(row: _GridYear) -> float:
    hours = 24 * (date(row.year + 1, 1, 1) - date(row.year, 1, 1)).days
    return (row.generation_twh or 0.0) * 1e6 / hours


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
    return Window(start_s=midnight_s(row["start"]), end_s=midnight_s(row["end"]))
