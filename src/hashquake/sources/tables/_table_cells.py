"""Cells of any table: as they are, required, or read one by one with the row named."""

from collections.abc import Callable
from typing import Any, TypeVar

import polars as pl
from polars.exceptions import PanicException, PolarsError

from hashquake.core.errors import FormatError

_T = TypeVar("_T")
_REPEATED = 4
"""Cells of which each value comes so often on average are read once a value."""


def plain_cells(batch: pl.DataFrame, name: str) -> pl.Series:
    """Return one column of a table, categories spelt out.

    Parameters
    ----------
    batch : polars.DataFrame
        The table.
    name : str
        Of the column.
    """
    cells = batch[name]
    is_category = isinstance(cells.dtype, pl.Categorical | pl.Enum)
    return cells.cast(pl.String) if is_category else cells


def require_cells(cells: pl.Series, name: str, path: str, first_row: int) -> None:
    """Refuse empty cells.

    Parameters
    ----------
    cells : polars.Series, shape (n,)
        The column, or part of it.
    name : str
        Of the column.
    path : str
        Of the table.
    first_row : int
        Number of the first row, for messages.

    Raises
    ------
    FormatError
        ``column-nulls`` with the first such row, counted from 1.
    """
    empty = cells.is_null()
    if cells.dtype.is_float():
        empty |= cells.is_nan().fill_null(value=False)
    if empty.any():
        row = first_row + int(empty.arg_true()[0])
        raise FormatError(f"row {row} of {path} has an empty {name!r}", code="column-nulls")


def python_cells(cells: pl.Series, path: str, first_row: int) -> list[Any]:
    """Return cells as Python values.

    Parameters
    ----------
    cells : pyarrow.Array or pyarrow.ChunkedArray
        One column of some rows.
    path : str
        What the message calls the file.
    first_row : int
        Row of the first cell, counted from 1.

    Raises
    ------
    FormatError
        ``table-unreadable`` where a time lies beyond the years that Python counts, or its zone
        does not exist, as in a damaged Parquet file.
    """
    try:
        return cells.to_list()
    except (PolarsError, PanicException, ValueError, OverflowError, KeyError) as error:
        raise FormatError(
            f"{path} holds values that cannot be read, in row {first_row} or after: "
            f"{str(error)[:100]}",
            code="table-unreadable",
            hint="is the file whole? download or export it again",
        ) from None


def cell_values(
    cells: pl.Series, reader: Callable[[Any], _T], path: str, first_row: int
) -> list[_T | None]:
    """Read each cell, None where it is empty; a fault names its row.

    Parameters
    ----------
    cells : polars.Series, shape (n,)
        The column, or part of it.
    reader : callable
        Reads one cell, or raises a `FormatError`.
    path : str
        Of the table.
    first_row : int
        Number of the first row, for messages.

    Raises
    ------
    FormatError
        ``cells-nested`` where a cell holds a list; what the reader raises, with the row.
    """
    if cells.dtype.is_nested():
        raise FormatError(
            f"row {first_row} of {path} holds {str(cells.dtype)[:60]} in one cell",
            code="cells-nested",
            hint="write one value a cell",
        )
    values = python_cells(cells, path, first_row)
    try:
        if cells.dtype == pl.String or cells.dtype.is_integer():
            distinct = set(values)
            if len(distinct) * _REPEATED < len(values):
                read = {cell: None if cell is None else reader(cell) for cell in distinct}
                return [read[cell] for cell in values]
        return [None if cell is None else reader(cell) for cell in values]
    except FormatError:
        return _read_one_by_one(values, reader, path, first_row)


def _read_one_by_one(
    values: list[Any], reader: Callable[[Any], _T], path: str, first_row: int
) -> list[_T | None]:
    """Read cells of which one at least is faulty, to name the row of the first."""
    found: list[_T | None] = []
    for at, cell in enumerate(values):
        try:
            found.append(None if cell is None else reader(cell))
        except FormatError as error:
            raise FormatError(
                f"row {first_row + at} of {path}: {error.message}", code=error.code, hint=error.hint
            ) from None
    return found
