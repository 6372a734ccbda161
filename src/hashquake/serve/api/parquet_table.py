"""Rows of documents as Parquet, in the columns that CSV has, with their types."""

import io
from collections.abc import Sequence
from typing import Any

from hashquake.serve.api.csv_table import flat_rows


def parquet_bytes(rows: Sequence[dict[str, Any]]) -> bytes:
    """Return rows as one Parquet file; what a row lacks is null.

    Parameters
    ----------
    rows : sequence of dict
        Documents of one kind.
    """
    # Loaded when it is asked for: most answers do without it.
    import polars as pl

    columns, flat = flat_rows(rows)
    table = pl.DataFrame(
        {name: [row.get(name) for row in flat] for name in columns}, strict=False, nan_to_null=True
    )
    target = io.BytesIO()
    table.write_parquet(target, compression="zstd")
    return target.getvalue()
