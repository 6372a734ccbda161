import sqlite3
from pathlib import Path

import pytest

from hashquake.core.contracts import Batch
from hashquake.core.errors import HashquakeError
from hashquake.datasets.bundled import BundledRecord, bundled_blocks
from hashquake.store.backup import backup_record
from hashquake.store.open_record import open_record


def test_a_backup_is_whole_while_the_record_is_being_written(tmp_path: Path) -> None:
    blocks = bundled_blocks()
    with open_record(tmp_path / "record.db", create=True) as record:
        record.append(Batch(blocks=blocks.take(slice(0, 500))), source="test")
        other = sqlite3.connect(tmp_path / "record.db")
        other.execute("BEGIN IMMEDIATE")  # another program is in the middle of writing
        other.execute("DELETE FROM blocks")
        assert backup_record(record, tmp_path / "deep" / "copy.db") == 500
        other.rollback()
        other.close()
    with open_record(tmp_path / "deep" / "copy.db") as copy:
        assert copy.counts()["blocks"] == 500
    assert [one.name for one in (tmp_path / "deep").iterdir() if "part" in one.name] == []


def test_a_backup_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"mine")
    with (
        open_record(tmp_path / "record.db", create=True) as record,
        pytest.raises(HashquakeError) as caught,
    ):
        backup_record(record, tmp_path / "there")
    assert caught.value.code == "backup-exists"
    assert (tmp_path / "there").read_bytes() == b"mine"


def test_only_a_file_can_be_copied(tmp_path: Path) -> None:
    with pytest.raises(HashquakeError) as caught:
        backup_record(BundledRecord(), tmp_path / "copy.db")
    assert caught.value.code == "backup-unsupported"
