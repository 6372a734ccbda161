"""Cells of a table as the values of a block, with the row named when one is wrong."""

import re
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import PolarsError

from hashquake.core.difficulty import target_of_bits
from hashquake.core.errors import FormatError, InputError
from hashquake.core.header import hash_bytes
from hashquake.sources.tables._table_cells import cell_values, require_cells

_STALE_WORDS = {"true": True, "t": True, "yes": True, "1": True, "stale": True, "orphan": True}
_MAIN_WORDS = {"false": False, "f": False, "no": False, "0": False, "main": False}
_FATES = _STALE_WORDS | _MAIN_WORDS
_HASH_BYTES, _HASH_DIGITS = 32, 64
_SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


def height_values(cells: pl.Series, name: str, path: str, first_row: int) -> NDArray[np.int64]:
    """Read heights.

    Parameters
    ----------
    cells : polars.Series, shape (n,)
        Numbers or text.
    name : str
        Of the column.
    path : str
        Of the table.
    first_row : int
        Number of the first row, for messages.

    Raises
    ------
    FormatError
        ``column-nulls``, or ``height-malformed`` for what is not a whole number from 0 on.
    """
    require_cells(cells, name, path, first_row)
    is_text = cells.dtype == pl.String
    try:
        whole = (cells.str.strip_chars() if is_text else cells).cast(pl.Int64)
        is_whole = is_text or bool((whole.cast(cells.dtype) == cells).all())
    except PolarsError:
        is_whole = False
    if not is_whole or not (is_text or cells.dtype.is_numeric()):
        raise FormatError(
            f"column {name!r} of {path} holds {str(cells.dtype)[:60]} that are not whole numbers "
            f"near row {first_row}",
            code="height-malformed",
            hint="name the column of heights with --map height=COLUMN",
        )
    heights = np.asarray(whole.to_numpy(), np.int64)
    wrong = np.flatnonzero((heights < 0) | (heights > 1 << 31))
    if len(wrong):
        raise FormatError(
            f"row {first_row + int(wrong[0])} of {path} has height {int(heights[wrong[0]])}",
            code="height-malformed",
        )
    return heights


def bits_of_cell(cell: Any) -> int:
    """Read compact bits: a number, ``0x170b8c8b``, or eight hexadecimal digits.

    Eight digits are hexadecimal, as nodes and explorers write bits: a decimal number of bits has
    nine or ten.

    Parameters
    ----------
    cell : object
        As the table has it.

    Raises
    ------
    FormatError
        ``bits-malformed``.

    Examples
    --------
    >>> bits_of_cell("170b8c8b") == bits_of_cell(386632843) == bits_of_cell("386632843")
    True
    """
    try:
        if isinstance(cell, str):
            text = cell.strip().lower()
            hexadecimal = text.startswith("0x") or len(text) == 8
            bits = int(text, 16 if hexadecimal else 10)
        else:
            bits = int(cell) if int(cell) == cell else 0
        target_of_bits(bits)
    except (ValueError, TypeError, OverflowError, InputError):
        raise FormatError(
            f"{str(cell)[:40]!r} is not a value of bits", code="bits-malformed"
        ) from None
    return bits


def hash_of_cell(cell: Any) -> bytes:
    """Read a block hash: text as people write it, or 32 bytes in hashing order.

    Parameters
    ----------
    cell : object
        As the table has it.

    Raises
    ------
    FormatError
        ``hash-malformed``.
    """
    if isinstance(cell, bytes) and len(cell) == 32:
        return cell
    return hash_bytes(str(cell).strip())


def hash_cells(cells: pl.Series, path: str, first_row: int) -> list[bytes | None]:
    """Read a column of block hashes; see `hash_of_cell`.

    Parameters
    ----------
    cells : polars.Series, shape (n,)
        The column, or part of it.
    path : str
        Of the table, for messages.
    first_row : int
        Number of the first row.

    Raises
    ------
    FormatError
        ``hash-malformed`` with the row.
    """
    n = len(cells)
    usual = cells.dtype == pl.String and not cells.null_count()
    if usual and n and bool((cells.str.len_bytes() == _HASH_DIGITS).all()):
        # As people write them, all in one go; a space in one makes the whole too short.
        try:
            whole = bytes.fromhex("".join(cells.to_list()))
        except ValueError:
            whole = b""
        if len(whole) == n * _HASH_BYTES:
            hashed = np.frombuffer(whole, np.uint8).reshape(n, _HASH_BYTES)[:, ::-1].tobytes()
            return [hashed[at : at + _HASH_BYTES] for at in range(0, len(hashed), _HASH_BYTES)]
    return cell_values(cells, hash_of_cell, path, first_row)


def script_of_cell(cell: Any) -> bytes:
    """Read a coinbase script, in hexadecimal or as bytes.

    Parameters
    ----------
    cell : object
        As the table has it.

    Raises
    ------
    FormatError
        ``coinbase-malformed``.
    """
    if isinstance(cell, bytes):
        return cell
    try:
        return bytes.fromhex(str(cell))
    except ValueError:
        raise FormatError(
            f"{str(cell)[:40]!r} is not a coinbase script in hexadecimal", code="coinbase-malformed"
        ) from None


def stale_of_cell(cell: Any) -> bool:
    """Read whether a block is stale: true or false, 1 or 0, ``stale`` or ``main``.

    Parameters
    ----------
    cell : object
        As the table has it.

    Raises
    ------
    FormatError
        ``stale-malformed``.
    """
    try:
        return _FATES[str(int(cell) if isinstance(cell, float) else cell).strip().lower()]
    except (KeyError, ValueError, OverflowError):
        raise FormatError(
            f"{str(cell)[:40]!r} does not say whether the block is stale",
            code="stale-malformed",
            hint="write true or false, 1 or 0, stale or main",
        ) from None


@lru_cache(maxsize=4096)
def pool_of_cell(cell: Any) -> str:
    """Return a pool's slug; a name becomes one by dropping all but letters and digits.

    Parameters
    ----------
    cell : object
        As the table has it.

    Raises
    ------
    FormatError
        ``pool-malformed`` when nothing is left.

    Examples
    --------
    >>> pool_of_cell("Foundry USA")
    'foundryusa'
    """
    text = str(cell).strip()
    slug = text if _SLUG.fullmatch(text) else re.sub(r"[^a-z0-9]", "", text.lower())[:64]
    if not slug:
        raise FormatError(
            f"{text[:40]!r} cannot be made a pool's slug",
            code="pool-malformed",
            hint="write slugs of a-z and 0-9, such as antpool",
        )
    return slug
