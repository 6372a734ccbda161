"""Cells of a table of readings: what a value is about, what was measured, and how much."""

import re
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import PolarsError

from hashquake.core.country import country_subject
from hashquake.core.errors import FormatError, UsageError
from hashquake.core.subject import parse_subject

_QUANTITY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_MAX_ASN = (1 << 32) - 1


@lru_cache(maxsize=65_536)
def subject_of_cell(cell: Any) -> str:
    """Read a subject such as ``country:KZ``; its country may be in small letters.

    Parameters
    ----------
    cell : object
        As the table has it.

    Raises
    ------
    FormatError
        ``subject-malformed``.
    """
    text = str(cell).strip()
    kind, colon, name = text.partition(":")
    if kind == "country":
        return country_of_cell(name)
    if kind == "region":
        return region_of_cell(name)
    if kind == "asn" and colon:
        return asn_of_cell(name)
    try:
        parse_subject(text)
    except UsageError as error:
        raise FormatError(
            f"{text[:40]!r} is not a subject", code="subject-malformed", hint=error.hint
        ) from None
    return text


@lru_cache(maxsize=4096)
def country_of_cell(cell: Any) -> str:
    """Read a country's code or published name as a subject.

    Parameters
    ----------
    cell : object
        As the table has it.

    Raises
    ------
    FormatError
        ``subject-malformed``; the message names what a special code stands for.

    Examples
    --------
    >>> country_of_cell("kz"), country_of_cell("Iran, Islamic Rep.")
    ('country:KZ', 'country:IR')
    """
    try:
        return country_subject(str(cell))
    except FormatError as error:
        raise FormatError(error.message, code="subject-malformed", hint=error.hint) from None


@lru_cache(maxsize=4096)
def region_of_cell(cell: Any) -> str:
    """Read a region's code of ISO 3166-2 as a subject.

    Parameters
    ----------
    cell : object
        As the table has it.

    Raises
    ------
    FormatError
        ``subject-malformed``.

    Examples
    --------
    >>> region_of_cell("kz-ala")
    'region:KZ-ALA'
    """
    text = str(cell).strip()
    if not re.fullmatch(r"[A-Za-z]{2}-[A-Za-z0-9]{1,12}", text):
        raise FormatError(
            f"{text[:40]!r} is not a region",
            code="subject-malformed",
            hint="write its code of ISO 3166-2, such as KZ-ALA",
        )
    return f"region:{text.upper()}"


@lru_cache(maxsize=65_536)
def asn_of_cell(cell: Any) -> str:
    """Read the number of an autonomous system as a subject.

    Parameters
    ----------
    cell : object
        As the table has it.

    Raises
    ------
    FormatError
        ``subject-malformed``.

    Examples
    --------
    >>> asn_of_cell("AS9198") == asn_of_cell(9198) == asn_of_cell(9198.0)
    True
    """
    text = str(cell).strip()
    digits = re.fullmatch(r"(?:AS)?([0-9]{1,10})(?:\.0)?", text, re.IGNORECASE | re.ASCII)
    if isinstance(cell, bool) or not digits or not 0 < int(digits[1]) <= _MAX_ASN:
        raise FormatError(
            f"{text[:40]!r} is not an AS number",
            code="subject-malformed",
            hint="write it like 9198 or AS9198",
        )
    return f"asn:{int(digits[1])}"


@lru_cache(maxsize=4096)
def quantity_of_cell(cell: Any) -> str:
    """Read the name of a quantity, such as ``connectivity_share``.

    Parameters
    ----------
    cell : object
        As the table has it.

    Raises
    ------
    FormatError
        ``quantity-malformed``.
    """
    text = str(cell).strip()
    if not _QUANTITY.fullmatch(text) or len(text) > 64:
        raise FormatError(
            f"{text[:40]!r} is not a quantity",
            code="quantity-malformed",
            hint="write small letters and underscores, the unit last: connectivity_share",
        )
    return text


def number_values(cells: pl.Series, name: str, path: str, first_row: int) -> NDArray[np.float64]:
    """Read numbers; an empty cell and NaN are NaN: nothing was seen.

    Parameters
    ----------
    cells : polars.Series, shape (n,)
        Numbers or text.
    name, path : str
        The column and its file, for messages.
    first_row : int
        The row of the first cell, counted from 1.

    Raises
    ------
    FormatError
        ``value-malformed`` for what is not a finite number.
    """
    try:
        if cells.dtype == pl.String:
            trimmed = cells.str.strip_chars()
            cells = trimmed.set(trimmed == "", None)
        values = _numbers(cells)
    except PolarsError as error:
        raise FormatError(
            f"column {name!r} of {path} does not hold numbers near row {first_row}: "
            f"{str(error)[:120]}",
            code="value-malformed",
            hint="leave a cell empty where nothing was measured",
        ) from None
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        raise FormatError(
            f"row {first_row + int(infinite[0])} of {path} has an infinite {name!r}",
            code="value-malformed",
            hint="leave a cell empty where nothing was measured",
        )
    return values


def _numbers(cells: pl.Series) -> NDArray[np.float64]:
    kind = cells.dtype
    if not (kind.is_numeric() or kind in (pl.String, pl.Null)):  # times would turn into numbers
        raise PolarsError(f"it holds {str(kind)[:60]}")
    return np.asarray(cells.cast(pl.Float64).to_numpy(), np.float64)


def check_range(
    numbers: NDArray[np.float64],
    quantities: NDArray[np.object_],
    name: str,
    path: str,
    first_row: int,
) -> None:
    """Refuse what no instrument can have counted.

    A quantity with ``change`` in its name may be negative; one that ends in ``_share`` is at
    most 1. NaN passes.

    Parameters
    ----------
    numbers : array of float64, shape (n,)
        Values of readings.
    quantities : array of object, shape (n,)
        What each is.
    name : str
        Of the column.
    path : str
        Of the table.
    first_row : int
        Number of the first row, for messages.

    Raises
    ------
    FormatError
        ``value-negative``, ``share-too-large``.
    """
    for at in np.flatnonzero(numbers < 0):
        if "change" not in quantities[at]:
            raise FormatError(
                f"row {first_row + int(at)} of {path} has {numbers[at]:g} for {name!r}, and "
                f"{quantities[at]} cannot be negative",
                code="value-negative",
                hint="if -1 stands for unavailable, leave the cell empty: not seen is not zero",
            )
    for at in np.flatnonzero(numbers > 1):
        if quantities[at].endswith("_share"):
            raise FormatError(
                f"row {first_row + int(at)} of {path} has {numbers[at]:g} for {name!r}, and "
                f"{quantities[at]} lies between 0 and 1",
                code="share-too-large",
                hint="divide percents by 100, or name the quantity otherwise",
            )
