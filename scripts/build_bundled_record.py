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

from hashquake.core.chain import check_chain
from hashquake.datasets.bundled import CHECKSUM, bundled_blocks, bundled_checksum
from hashquake.datasets.packed_arrays import pack_arrays


def main(blocks_path: Path, epochs_path: Path, out: Path) -> None:
    """Write ``blocks.npz``, ``epochs.csv`` and, once they are verified, their checksum.

    Heights cost nothing, the intervals of header times about ten bits a block, pools about four.
    """
    blocks = pl.read_parquet(blocks_path).sort("height")
    first, last = int(blocks["height"][0]), int(blocks["height"][-1])
    header_s = blocks["date"].dt.epoch("s").to_numpy()
    # Brackets are no part of a subject's name: btcpool(unidentified) is btcpool-unidentified.
    pools = blocks["pool_slug"].str.replace_all(r"\(", "-").str.replace_all(r"\)", "")
    names, codes = np.unique(pools.to_numpy().astype(str), return_inverse=True)
    pack_arrays(
        out / "blocks.npz",
        {
            "first_height": np.array([first]),
            "first_header_s": header_s[:1],
            "interval_s": np.diff(header_s),
            "pool_code": codes,
            "pool_names": names,
        },
    )
    epochs = pl.read_csv(epochs_path, schema_overrides={"bits": pl.String})
    kept = epochs.filter(
        (pl.col("start_height") > first - 2016) & (pl.col("start_height") <= last)
    ).select("start_height", "bits")
    kept.write_csv(out / "epochs.csv")
    check_chain(bundled_blocks())
    (out / CHECKSUM).write_text(f"{bundled_checksum()}\n", encoding="ascii")
    size = (out / "blocks.npz").stat().st_size
    print(f"{len(blocks)} blocks, heights {first} to {last}, {len(kept)} epochs, {size} bytes")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
