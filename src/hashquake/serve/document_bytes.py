"""Documents as the content of a file: JSON whole, CSV and Parquet a flat row each."""

import io
import json
from collections.abc import Callable, Sequence
from typing import Any

ENDINGS = (".json", ".csv", ".parquet")


def document_bytes(
    documents: Sequence[dict[str, Any]], ending: str, *, flat: Callable[[dict[str, Any]], Any]
) -> bytes:
    """Write documents as a file's content.

    Parameters
    ----------
    documents : sequence of dict
        All of one shape.
    ending : str
        One of `ENDINGS`.
    flat : callable
        Turns a document into a row for a table.
    """
    if ending == ".json":
        return (json.dumps(list(documents), indent=1, ensure_ascii=False) + "\n").encode()
    import polars as pl

    frame = pl.DataFrame([flat(one) for one in documents])
    target = io.BytesIO()
    if ending == ".csv":
        frame.write_csv(target)
    else:
        frame.write_parquet(target)
    return target.getvalue()
