"""Further names of columns, and the clock, of tables of blocks."""

import struct
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.sources.record_stub import world
from tests.sources.test_block_table import BITS, HEIGHTS, TIMES_S, csv_file, parquet, read

from hashquake.core.errors import FormatError, HashquakeError
from hashquake.core.header import hash_text
from hashquake.core.network import MAIN
from hashquake.sources.chain import block_table
from hashquake.sources.tables._table_cells import cell_values
from hashquake.sources.tables._table_values import bits_of_cell, hash_cells


@pytest.mark.parametrize(
    "name",
    [
        *("prev", "prev_block", "previousblockhash", "Previous_Block_Hash", "parent_hash"),
        *("prevBlockHash", "Previous Block", "hashPrevBlock", "parent-hash"),
    ],
)
def test_the_hash_before_is_known_by_its_usual_names(tmp_path: Path, name: str) -> None:
    before = [bytes([at]) * 32 for at in range(1, 5)]
    path = csv_file(
        tmp_path,
        f"height,time,bits,{name}",
        *(
            f"{height},{time_s},{bits},{hash_text(digest)}"
            for height, time_s, bits, digest in zip(HEIGHTS, TIMES_S, BITS, before, strict=True)
        ),
    )
    assert read(path).prev.tolist() == before


def test_a_block_ahead_of_the_clock_is_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path, height=HEIGHTS, time=TIMES_S, bits=BITS)
    for ahead_s, refused in ((7199, False), (7201, True)):
        context = replace(world(MAIN), now_s=lambda: TIMES_S[-1] - ahead_s)  # noqa: B023
        reading = block_table.read(block_table.Options(path=path), context)
        if refused:
            with pytest.raises(HashquakeError, match=f"block {HEIGHTS[-1]} is dated") as caught:
                list(reading)
            assert caught.value.code == "time-too-new"
        else:
            [batch] = reading
            assert all(one.end_s <= context.now_s() for one in batch.observed)


@pytest.mark.parametrize(
    "heading",
    [
        "height,time,bits,hash",  # Bitcoin Core's RPC
        "height,timestamp,bits,id2",  # mempool, without its hash
        "id,time,bits,hash",  # Blockchair, whose id is the height
        "number,timestamp,bits,hash",  # BigQuery
        "Block Height,Block Time,nBits,Block Hash",
        "blockHeight;blockTimestamp;nbits;blockHash",
    ],
)
def test_headings_of_dumps_are_known(tmp_path: Path, heading: str) -> None:
    mark = ";" if ";" in heading else ","
    rows = zip(HEIGHTS, TIMES_S, BITS, strict=True)
    lines = (mark.join(map(str, (*row, "ab" * 32))) for row in rows)
    found = read(csv_file(tmp_path, heading, *lines))
    assert (found.height.tolist(), found.bits.tolist()) == (list(HEIGHTS), list(BITS))


def test_text_that_is_not_utf_8_in_parquet_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "b.parquet"
    text = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.py_buffer(struct.pack("<3i", 0, 1, 2)), pa.py_buffer(b"a\xff")]
    )
    table = pa.table({"height": HEIGHTS[:2], "time": TIMES_S[:2], "bits": BITS[:2], "pool": text})
    pq.write_table(table, path)
    with pytest.raises(HashquakeError, match="not UTF-8") as caught:
        read(path)
    assert caught.value.code == "table-unreadable"


@pytest.mark.parametrize(
    ("spoilt", "row"),
    [("zz" + "0" * 62, 3), ("0" * 63 + " ", 3), ("0" * 62, 3), ("", 3)],
    ids=["no digit", "a space", "too short", "empty text"],
)
def test_a_faulty_hash_among_good_ones_is_named_by_its_row(spoilt: str, row: int) -> None:
    cells = pl.Series("hash", [f"{at:064x}" for at in range(5)])
    assert hash_cells(cells, "t.csv", 1) == [at.to_bytes(32, "little") for at in range(5)]
    with pytest.raises(FormatError) as caught:
        hash_cells(cells.scatter(row - 1, spoilt), "t.csv", 1)
    assert caught.value.code == "hash-malformed"
    assert f"row {row} of t.csv" in caught.value.message


def test_a_fault_in_cells_that_repeat_is_named_by_its_row() -> None:
    cells = pl.Series("bits", ["170b8c8b"] * 40 + ["nothing"] + ["170b8c8b"] * 40)
    assert cell_values(cells.head(40), bits_of_cell, "t.csv", 1) == [0x170B8C8B] * 40
    with pytest.raises(FormatError) as caught:
        cell_values(cells, bits_of_cell, "t.csv", 1)
    assert "row 41 of t.csv" in caught.value.message
