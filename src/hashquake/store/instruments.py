"""Readings and observed stretches: what the record holds besides blocks."""

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from hashquake.core.coverage import Coverage
from hashquake.core.errors import InputError
from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.store.additions import Additions
from hashquake.store.schema import observed, readings

_COLUMNS = (
    readings.c.subject,
    readings.c.quantity,
    readings.c.start_s,
    readings.c.end_s,
    readings.c.source,
    readings.c.value,
    readings.c.normal,
)
_Name = tuple[str, str, float, float, str]


def add_readings(connection: Connection, arriving: Sequence[Reading], additions: Additions) -> None:
    """Add readings that are new, or that give another value than the last for the same window.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    arriving : sequence of Reading
        The batch's readings.
    additions : Additions
        Takes the new rows.

    Raises
    ------
    InputError
        ``reading-value`` when a value is not a number.
    """
    starts_s: dict[str, list[float]] = {}
    for reading in arriving:
        if math.isnan(reading.value):
            raise InputError(
                f"the {reading.quantity} of {reading.subject} in {reading.window} is not a number",
                code="reading-value",
                hint="leave out what was not measured: not seen is not zero",
            )
        starts_s.setdefault(reading.subject, []).append(reading.window.start_s)
    last: dict[_Name, tuple[float, float | None]] = {}
    for subject, starts in sorted(starts_s.items()):
        found = connection.execute(
            select(*_COLUMNS)
            .where(
                readings.c.subject == subject, readings.c.start_s.between(min(starts), max(starts))
            )
            .order_by(readings.c.id)
        )
        last.update({(*row[:5],): (row[5], row[6]) for row in found})
    for reading in arriving:
        name, value = _taken_apart(reading)
        if last.get(name) != value:
            last[name] = value
            additions.readings.append((*name[:4], *value, reading.source))


def read_readings(
    connection: Connection, *, subject: str, window: Window | None
) -> tuple[Reading, ...]:
    """Return a subject's readings, oldest first; the latest value where one was corrected.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    subject : str
        Such as ``country:KZ``.
    window : Window or None
        Only readings that overlap it; None is all.
    """
    statement = select(*_COLUMNS).where(readings.c.subject == subject).order_by(readings.c.id)
    if window is not None:
        statement = statement.where(
            readings.c.start_s < window.end_s, readings.c.end_s > window.start_s
        )
    last: dict[Any, Any] = {(*row[:5],): row[5:] for row in connection.execute(statement)}
    return tuple(
        Reading(
            subject=subject,
            quantity=quantity,
            window=Window(start_s=start_s, end_s=end_s),
            value=value,
            normal=normal,
            source=source,
        )
        for (_, quantity, start_s, end_s, source), (value, normal) in sorted(
            last.items(), key=lambda item: (item[0][2:4], item[0])
        )
    )


def read_later(connection: Connection, *, subject: str, last_reading: int) -> tuple[Reading, ...]:
    """Return the readings of a subject that were stored after one, in the order they came.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    subject : str
        Such as ``country:KZ``.
    last_reading : int
        Identifier of a reading.
    """
    found = connection.execute(
        select(*_COLUMNS)
        .where(readings.c.id > last_reading, readings.c.subject == subject)
        .order_by(readings.c.id)
    )
    return tuple(
        Reading(
            subject=row.subject,
            quantity=row.quantity,
            window=Window(start_s=row.start_s, end_s=row.end_s),
            value=row.value,
            normal=row.normal,
            source=row.source,
        )
        for row in found
    )


def add_observed(connection: Connection, arriving: Sequence[Window], additions: Additions) -> None:
    """Add the stretches that do not lie inside those already stored.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    arriving : sequence of Window
        Stretches that the batch closes.
    additions : Additions
        Takes the new rows.
    """
    if not arriving:
        return
    # A record that is watched for a year has half a million rows: only the near ones are read.
    first_s, last_s = min(one.start_s for one in arriving), max(one.end_s for one in arriving)
    near = (observed.c.end_s >= first_s) & (observed.c.start_s <= last_s)
    stored = Coverage(_windows(connection, near))
    for window in arriving:
        if stored.gaps(window):
            stored = stored.joined([window])
            additions.observed.append((window.start_s, window.end_s))


def read_observed(connection: Connection, *, after: int = 0) -> tuple[Window, ...]:
    """Return the stretches that batches closed, in the order they came.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    after : int
        Only those with higher identifiers.
    """
    return _windows(connection, observed.c.id > after)


def _windows(connection: Connection, where: ColumnElement[bool]) -> tuple[Window, ...]:
    wanted = select(observed.c.start_s, observed.c.end_s).where(where).order_by(observed.c.id)
    return tuple(
        Window(start_s=start_s, end_s=end_s) for start_s, end_s in connection.execute(wanted)
    )


def _taken_apart(reading: Reading) -> tuple[_Name, tuple[float, float | None]]:
    window = reading.window
    name = (reading.subject, reading.quantity, window.start_s, window.end_s, reading.source)
    return name, (reading.value, reading.normal)
