"""Rows of documents as CSV that spreadsheets read: flat columns, and no cell that they run."""

import csv
import io
from collections.abc import Sequence
from math import isfinite
from typing import Any

_RUN = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the start of a cell."""


def csv_bytes(rows: Sequence[dict[str, Any]]) -> bytes:
    """Return rows as CSV, in UTF-8, a heading first.

    Nested values become columns such as ``share_low``; lists are joined by spaces, lists of
    documents are left out.

    Parameters
    ----------
    rows : sequence of dict
        Documents of one kind; one that lacks a column has an empty cell there.
    """
    columns, flat = flat_rows(rows)
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in flat)
    return target.getvalue().encode("utf-8", "replace")


def flat_rows(rows: Sequence[dict[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the columns of a table of documents, and its rows by column.

    Parameters
    ----------
    rows : sequence of dict
        Documents of one kind.
    """
    flat = [_flat(row) for row in rows]
    return list(dict.fromkeys(name for row in flat for name in row)), flat


def _flat(document: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in document.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            flat |= _flat(value, f"{name}_")
        elif not isinstance(value, list | tuple):
            flat[name] = value
        elif not any(isinstance(one, dict | list) for one in value):
            flat[name] = " ".join(str(one) for one in value)
    return flat


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_RUN):
        return f"'{value}"
    return value
