"""The bundled mining machines: from processors to the machines of 2026."""

import csv
import io
from functools import lru_cache
from importlib import resources

from hashquake.core.errors import FormatError
from hashquake.core.machine import Machine
from hashquake.datasets.csv_rows import midnight_s


@lru_cache(maxsize=1)
def bundled_machines() -> tuple[Machine, ...]:
    """Return every bundled machine, in order of release."""
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
    rows = csv.DictReader(io.StringIO(table.decode("utf-8")))
    machines = []
    for row in sorted(rows, key=lambda one: one["released"]):
        efficiency = row["efficiency_j_per_th"]
        if not efficiency:
            raise FormatError(
                f"{row['maker']} {row['model']} has no efficiency",
                code="hardware-efficiency",
                hint="give joules a terahash (watts over terahashes a second), or leave it out",
            )
        machines.append(
            Machine(
                maker=row["maker"],
                model=row["model"],
                released_s=midnight_s(row["released"]),
                efficiency_j_per_th=float(efficiency),
                chip_class=row["class"],
            )
        )
    return tuple(machines)
