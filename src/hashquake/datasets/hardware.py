"""The bundled mining machines: from processors to the machines of 2026."""

from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources

import polars as pl

from hashquake.core.errors import FormatError
from hashquake.core.machine import Machine


@lru_cache(maxsize=1)
def bundled_machines() -> tuple[Machine, ...]:
    """Give every bundled machine, in order of release."""
    with (resources.files("hashquake.datasets") / "hardware.csv").open("rb") as file:
        return read_machines(file.read())


def read_machines(table: bytes) -> tuple[Machine, ...]:
    """Read machines from a CSV table.

    Parameters
    ----------
    table : bytes
        With the columns ``maker, model, released`` (a day), ``efficiency_j_per_th`` and ``class``.

    Raises
    ------
    FormatError
        ``hardware-efficiency`` for a machine without one, naming it.
    """
    rows = pl.read_csv(table, try_parse_dates=True, schema_overrides={"class": pl.String})
    machines = []
    for row in rows.sort("released").iter_rows(named=True):
        efficiency = row["efficiency_j_per_th"]
        if efficiency is None:
            raise FormatError(
                f"{row['maker'] or ''} {row['model']} has no efficiency",
                code="hardware-efficiency",
                hint="give joules a terahash (watts over terahashes a second), or leave it out",
            )
        day = row["released"]
        machines.append(
            Machine(
                maker=row["maker"] or "",
                model=row["model"],
                released_s=datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp(),
                efficiency_j_per_th=float(efficiency),
                chip_class=row["class"] or "",
            )
        )
    return tuple(machines)
