"""Re-encode the public block table into the bundled record.

Facts only: height, header time and pool of each block, and the compact bits of each epoch, in the
project's own columns. Run once when the source grows::

    python scripts/build_bundled_record.py BLOCKS.parquet EPOCHS.csv src/hashquake/datasets/

BLOCKS has ``height, pool_slug, date``; EPOCHS has ``start_height, bits``.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq


def main(blocks_path: Path, epochs_path: Path, out: Path) -> None:
    """Write ``blocks.parquet`` and ``epochs.csv``.

    Delta encoding lives in the Parquet encodings: heights cost nothing, header times about ten
    bits a block, pools about four.
    """
    blocks = pl.read_parquet(blocks_path).sort("height")
    first, last = blocks["height"][0], blocks["height"][-1]
    table = blocks.select(
        pl.col("date").dt.epoch("s").alias("header_s"),
        # Brackets are no part of a subject's name: btcpool(unidentified) is btcpool-unidentified.
        pl.col("pool_slug").str.replace_all(r"\(", "-").str.replace_all(r"\)", "").alias("pool"),
    )
    arrow = table.to_arrow()
    arrow = arrow.cast(pa.schema([("header_s", pa.int64()), ("pool", pa.string())]))
    arrow = arrow.replace_schema_metadata({"first_height": str(first)})
    pq.write_table(
        arrow,
        out / "blocks.parquet",
        use_dictionary=["pool"],
        column_encoding={"header_s": "DELTA_BINARY_PACKED"},
        compression="zstd",
        compression_level=19,
        row_group_size=len(arrow),
    )
    epochs = pl.read_csv(epochs_path, schema_overrides={"bits": pl.String})
    kept = epochs.filter(
        (pl.col("start_height") > first - 2016) & (pl.col("start_height") <= last)
    ).select("start_height", "bits")
    kept.write_csv(out / "epochs.csv")
    size = (out / "blocks.parquet").stat().st_size
    span = np.array([first, last])
    print(f"{len(arrow)} blocks, heights {span[0]} to {span[1]}, {len(kept)} epochs, {size} bytes")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
