"""Documents as the content of a file: JSON whole, CSV and Parquet a flat row each."""

import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from hashquake.core.errors import UsageError


def document_bytes(
    documents: Sequence[dict[str, Any]], ending: str, *, flat: Callable[[dict[str, Any]], Any]
) -> bytes:
    """Write documents as a file's content.

    Parameters
    ----------
    documents : sequence of dict
        All of one shape.
    ending : str
        ``.json``, ``.csv`` or ``.parquet``.
    flat : callable
        Turns a document into a row for a table.

    Raises
    ------
    UsageError
        ``export-format`` for another ending.
    """
    if ending == ".json":
        return (json.dumps(list(documents), indent=1, ensure_ascii=False) + "\n").encode()
    if ending not in (".csv", ".parquet"):
        raise UsageError(
            f"{ending or 'no ending'} is not a format of an export",
            code="export-format",
            hint="end the name in .json, .csv or .parquet",
        )
    import polars as pl

    frame = pl.DataFrame([flat(one) for one in documents])
    target = io.BytesIO()
    if ending == ".csv":
        frame.write_csv(target)
    else:
        frame.write_parquet(target)
    return target.getvalue()
