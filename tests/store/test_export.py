"""Export: what is written can be read back, harms nobody, and is whole or not there."""

import csv
import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.errors import RecordError, UsageError
from hashquake.core.header import hash_text
from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.datasets.bundled import BundledRecord
from hashquake.store import export
from hashquake.store.export import export_blocks, export_readings
from hashquake.store.sql_record import SqlRecord

Chain = Callable[..., BlockColumns]
HOSTILE = b'=HYPERLINK("http://x")\n\x1b[31m\xff,\xe2\x80\xae'


@pytest.fixture
def filled(record: SqlRecord, chain: Chain) -> SqlRecord:
    blocks = chain(
        100,
        3,
        pool=["antpool", None, "unknown"],
        seen_s=[1.5, float("nan"), 2.5],
        coinbase=[HOSTILE, None, b"plain"],
        payouts=[("bc1q", "3x"), None, ("=1+1",)],
    )
    record.append(Batch(blocks=blocks), source="test")
    record.append(Batch(blocks=chain(102, 1, branch="b", root="a")), source="test")
    return record


@pytest.mark.parametrize("piece", [1, 2, 50_000])
def test_parquet_gives_every_block_back(
    filled: SqlRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(export, "HEIGHTS_A_PIECE", piece)
    assert export_blocks(filled, tmp_path / "blocks.parquet") == 4
    rows = pq.read_table(tmp_path / "blocks.parquet").to_pylist()
    blocks = list(filled.blocks(stale=True, detail=True).blocks())
    assert [row["fate"] for row in rows] == ["main", "main", "main", "stale"]
    for row, block in zip(rows, blocks, strict=True):
        assert row["height"] == block.height
        assert row["header_s"] == block.header_s
        assert row["bits"] == block.bits
        assert row["pool"] == block.pool
        assert row["seen_s"] == block.seen_s
        assert row["hash"] == hash_text(block.hash or b"")
        assert row["coinbase"] == block.coinbase
        assert row["payouts"] == (None if block.payouts is None else list(block.payouts))


def test_csv_is_harmless_and_loses_nothing(filled: SqlRecord, tmp_path: Path) -> None:
    path = tmp_path / "blocks.csv"
    assert export_blocks(filled, path, stale=False) == 3
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["height"]) for row in rows] == [100, 101, 102]
    assert bytes.fromhex(rows[0]["coinbase"]) == HOSTILE
    shown = rows[0]["coinbase_text"]
    assert shown.startswith("'=HYPERLINK")
    assert "\x1b" not in shown
    assert "\n" not in shown
    assert "\u202e" not in shown
    assert rows[2]["payouts"] == "'=1+1"
    assert rows[1]["pool"] == ""


def test_readings_come_back(record: SqlRecord, tmp_path: Path) -> None:
    reading = Reading(
        subject="country:KZ",
        quantity="connectivity_share",
        window=Window(start_s=0.0, end_s=600.0),
        value=0.5,
        source="@ioda",
    )
    record.append(Batch(readings=(reading,)), source="test")
    for ending in ("csv", "parquet"):
        path = tmp_path / f"readings.{ending}"
        assert export_readings(record, path, subjects=record.subjects()) == 1
    row = pq.read_table(tmp_path / "readings.parquet").to_pylist()[0]
    assert row == {
        "subject": "country:KZ",
        "quantity": "connectivity_share",
        "start_s": 0.0,
        "end_s": 600.0,
        "value": 0.5,
        "normal": None,
        "source": "@ioda",
    }
    assert pl.read_csv(tmp_path / "readings.csv")["source"].to_list() == ["'@ioda"]


def test_an_empty_record_gives_the_names_alone(record: SqlRecord, tmp_path: Path) -> None:
    assert export_blocks(record, tmp_path / "blocks.csv") == 0
    assert (tmp_path / "blocks.csv").read_text().startswith("height,header_s,bits,pool")
    assert export_blocks(record, tmp_path / "blocks.parquet") == 0
    assert pq.read_table(tmp_path / "blocks.parquet").num_rows == 0


def test_another_ending_is_refused(record: SqlRecord, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        export_blocks(record, tmp_path / "blocks.xlsx")
    assert caught.value.code == "export-format"


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_break_leaves_the_old_file_and_nothing_else(
    filled: SqlRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    path = tmp_path / "out" / f"blocks.{ending}"
    path.parent.mkdir()
    path.write_text("old")
    monkeypatch.setattr(export, "HEIGHTS_A_PIECE", 101)
    read = filled.blocks

    def breaking(**given: int) -> BlockColumns:
        if given["first_height"] > 0:
            raise KeyboardInterrupt
        return read(**given)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(type(filled), "blocks", lambda _self, **given: breaking(**given))
    with pytest.raises(KeyboardInterrupt):
        export_blocks(filled, path)
    assert path.read_text() == "old"
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_any_record_can_be_exported(tmp_path: Path) -> None:
    path = tmp_path / "blocks.parquet"
    assert export_blocks(BundledRecord(), path) == 282_174
    assert pq.read_metadata(path).num_row_groups > 1


class Full:
    """A disk without room, behind any file."""

    def write(self, octets: bytes) -> int:
        del octets
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_said_and_nothing_stays(
    filled: SqlRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_at_the_end(file: Any, write: Any, **options: Any) -> None:
        into: Any = Full() if str(file.name).endswith(".part") else file
        through(into, write, **options)

    through = export._write_through
    monkeypatch.setattr(export, "_write_through", full_at_the_end)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(RecordError) as caught:
        export_blocks(filled, out / "blocks.parquet")
    assert caught.value.code == "disk-full"
    assert not list(out.iterdir())


def test_pieces_of_a_killed_export_go_at_the_next(filled: SqlRecord, tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    out = tmp_path / "out"
    out.mkdir()
    left = out / f".blocks.parquet.{ended.pid}.pieces"
    left.mkdir()
    (left / "0.parquet").write_bytes(b"half")
    assert export_blocks(filled, out / "blocks.parquet") == 4
    assert [path.name for path in out.iterdir()] == ["blocks.parquet"]


def test_a_place_that_cannot_be_written_is_not_called_a_record(
    filled: SqlRecord, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"x\.csv cannot be written") as caught:
        export_blocks(filled, tmp_path / "missing" / "x.csv")
    assert caught.value.code == "cannot-write"
