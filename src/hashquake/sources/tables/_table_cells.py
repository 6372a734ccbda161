"""Cells of any table: as they are, required, or read one by one with the row named."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hashquake.core.errors import FormatError

_T = TypeVar("_T")


def plain_cells(batch: Any, name: str) -> Any:
    """Return one column of a record batch, categories spelt out.

    Parameters
    ----------
    batch : object
        Of Arrow.
    name : str
        Of the column.
    """
    cells = batch.column(batch.schema.get_field_index(name))
    return cells.dictionary_decode() if pa.types.is_dictionary(cells.type) else cells


def require_cells(cells: Any, name: str, path: str, first_row: int) -> None:
    """Refuse empty cells.

    Parameters
    ----------
    cells : object
        An Arrow array.
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
    empty = np.asarray(pc.is_null(cells, nan_is_null=True).to_numpy(zero_copy_only=False))
    if empty.any():
        row = first_row + int(np.flatnonzero(empty)[0])
        raise FormatError(f"row {row} of {path} has an empty {name!r}", code="column-nulls")


def python_cells(cells: Any, path: str, first_row: int) -> list[Any]:
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
        ``table-unreadable`` where text is not UTF-8, as in a damaged Parquet file.
    """
    try:
        found: list[Any] = cells.to_pylist()
    except UnicodeDecodeError:
        raise FormatError(
            f"{path} holds text that is not UTF-8, in row {first_row} or after",
            code="table-unreadable",
            hint="is the file whole? download or export it again",
        ) from None
    return found


def cell_values(
    cells: Any, reader: Callable[[Any], _T], path: str, first_row: int
) -> list[_T | None]:
    """Read each cell, None where it is empty; a fault names its row.

    Parameters
    ----------
    cells : object
        An Arrow array.
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
    if pa.types.is_nested(cells.type):
        raise FormatError(
            f"row {first_row} of {path} holds {cells.type} in one cell",
            code="cells-nested",
            hint="write one value a cell",
        )
    values: list[_T | None] = []
    for at, cell in enumerate(python_cells(cells, path, first_row)):
        try:
            values.append(None if cell is None else reader(cell))
        except FormatError as error:
            raise FormatError(
                f"row {first_row + at} of {path}: {error.message}", code=error.code, hint=error.hint
            ) from None
    return values
