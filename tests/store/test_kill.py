"""A program killed at any moment leaves whole batches, and the next one goes on."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import hashquake
from hashquake.core.errors import RecordError
from hashquake.store.open_record import open_record

PROGRAM = Path(__file__).with_name("killed_ingest.py")
SIZE = 100


def start(path: Path, moment: str = "", times: int = 0) -> subprocess.Popen[str]:
    source = str(Path(hashquake.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), str(path), moment, str(times)],
        env={**os.environ, "PYTHONPATH": source},
        stdout=subprocess.PIPE,
        text=True,
    )


def whole(path: Path) -> int:
    """Check that every batch is there whole or not at all; count them."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    with open_record(path) as record:
        counts = record.counts()
        blocks = record.blocks(detail=True)
    n = counts["batches"] * SIZE
    assert blocks.height.tolist() == list(range(n))
    assert blocks.hash.tolist() == [height.to_bytes(32, "big") for height in range(n)]
    assert [blocks.pool_of(at) for at in range(n)] == [f"pool{at % 7}" for at in range(n)]
    return counts["batches"]


@pytest.mark.parametrize(
    "moment",
    ["BEGIN", "INSERT INTO batches", "INSERT INTO blocks", "INSERT INTO block_details", "COMMIT"],
)
def test_killed_inside_a_transaction(path: Path, moment: str) -> None:
    process = start(path, moment, 25)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    batches = whole(path)
    assert batches >= len(printed.split())
    assert 0 < batches < 26


@pytest.mark.parametrize("moment", ["CREATE TABLE", "CREATE VIEW", "INSERT INTO meta"])
def test_killed_while_the_record_is_made(path: Path, moment: str) -> None:
    process = start(path, moment, 1)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    with pytest.raises(RecordError) as caught:
        open_record(path)
    assert caught.value.code == "record-missing"
    with open_record(path, create=True) as record:
        assert record.counts()["blocks"] == 0


def test_killed_from_outside_again_and_again(path: Path) -> None:
    done = 0
    for lines in (3, 40, 1, 60):
        process = start(path)
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        batches = whole(path)
        assert batches >= done + lines
        done = batches
    process = start(path)
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert whole(path) == 200
    with open_record(path) as record:
        assert np.all(record.blocks().bits == 0x170B8C8B)
