"""Rows of numbers straight from the driver: a row object each would take most of the time."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select

_ROWS_A_FETCH = 4096
"""More are no quicker, and each row is some four hundred bytes of objects until it is an array."""


def number_rows(connection: Connection, statement: Select[Any]) -> NDArray[np.float64]:
    """Read rows of numbers below 2**53, which doubles take unharmed.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    statement : Select
        Of numbers alone, without null.

    Returns
    -------
    array of float64, shape (n, columns)
    """
    width = len(statement.selected_columns)
    parts = [
        np.fromiter(chain.from_iterable(rows), np.float64, len(rows) * width).reshape(-1, width)
        for rows in raw_rows(connection, statement)
    ]
    return np.concatenate(parts) if parts else np.empty((0, width))


def raw_rows(connection: Connection, statement: Select[Any]) -> Iterator[list[Any]]:
    """Read rows as the driver has them, many at a time.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    statement : Select
        Any.
    """
    sql = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    cursor = connection.connection.cursor()
    try:
        cursor.execute(str(sql))
        while rows := cursor.fetchmany(_ROWS_A_FETCH):
            yield list(rows)
    finally:
        cursor.close()
