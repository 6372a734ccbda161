"""Rows of the bundled CSV tables, which are small."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import resources


def csv_rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a bundled table as text by column.

    Parameters
    ----------
    name : str
        A file of this folder, such as ``grid.csv`` or ``ccaf/countries.csv``.
    """
    path = resources.files("hashquake.datasets").joinpath(*name.split("/"))
    yield from csv.DictReader(path.read_text(encoding="utf-8").splitlines())


def midnight_s(day: str | date) -> float:
    """Return the start of a day, such as ``2021-01-05``, in UTC Unix seconds.

    Parameters
    ----------
    day : str or date
        A date, or its ISO 8601 text.
    """
    known = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(known.year, known.month, known.day, tzinfo=UTC).timestamp()
