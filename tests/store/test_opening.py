"""Opening: what is no record, or none of ours, is refused with a code and left untouched."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.schema import CreateTable

import hashquake
from hashquake.core.errors import RecordError
from hashquake.core.network import NETWORKS
from hashquake.store.open_record import open_record
from hashquake.store.schema import HEAD, metadata
from hashquake.store.sql_record import SqlRecord


def code_of(path: Path | str, *, create: bool = False) -> str:
    with pytest.raises(RecordError) as caught:
        open_record(path, create=create)
    assert caught.value.hint
    return caught.value.code


def child(program: str, *arguments: str) -> str:
    source = str(Path(hashquake.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_missing_record_is_made_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "record.db"
    assert code_of(path) == "record-missing"
    assert not path.parent.exists()
    open_record(path, create=True).close()
    open_record(path).close()
    open_record(f"sqlite:///{path}", create=True).close()


def test_it_is_in_wal_mode(record: SqlRecord, path: Path) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    with record._opened.engine.connect() as opened:
        assert opened.exec_driver_sql("PRAGMA synchronous").scalar() == 1
        assert opened.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000


@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_database_is_left_alone(path: Path, create: bool) -> None:
    garbage = b"height,time\n1,2\n" * 100
    path.write_bytes(garbage)
    assert code_of(path, create=create) == "record-foreign"
    assert path.read_bytes() == garbage


@pytest.mark.parametrize("create", [True, False])
def test_a_database_of_somebody_else_is_left_alone(path: Path, create: bool) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    assert code_of(path, create=create) == "record-foreign"
    assert path.read_bytes() == before


def test_a_damaged_record_is_an_error_of_the_record(path: Path) -> None:
    open_record(path, create=True).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    assert code_of(path) in ("record-damaged", "record-foreign")


def test_a_folder_is_not_a_record(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "record-unreachable"


def test_a_record_of_a_newer_version_is_refused(path: Path) -> None:
    open_record(path, create=True).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    assert code_of(path, create=True) == "record-newer"


def test_a_record_of_another_network_is_refused(path: Path) -> None:
    open_record(path, create=True, network=NETWORKS["regtest"]).close()
    assert code_of(path) == "record-network"
    with open_record(path, network=None) as record:
        assert record.network == NETWORKS["regtest"]
    with open_record(path, network=NETWORKS["regtest"]) as record:
        assert record.network == NETWORKS["regtest"]


@pytest.mark.parametrize("url", ["nonsense://host/name", "sqlite://", "post gres://a:b@c/d"])
def test_addresses_that_are_none(url: str) -> None:
    assert code_of(url) == "record-url"


def test_a_password_is_never_shown() -> None:
    with pytest.raises(RecordError) as caught:
        open_record("nonsense://me:sesame@host/name")
    assert "sesame" not in caught.value.message + caught.value.hint


def test_opening_is_locked_out_while_another_makes_the_record(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(RecordError) as caught:
        open_record(path, create=True, busy_timeout_s=0.0)
    other.close()
    assert caught.value.code == "record-locked"


READ_ONLY = """
import os, sys
import numpy
from hashquake.core.contracts import Batch
from hashquake.core.columns import BlockColumns
from hashquake.core.errors import RecordError
from hashquake.store.open_record import open_record
if os.getuid() == 0:  # permissions do not bind the superuser
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
with open_record(sys.argv[1]) as record:
    print(record.read_only, record.tip()[0], end=" ")
    try:
        record.append(Batch(blocks=BlockColumns.empty()), source="test")
    except RecordError as error:
        print(error.code)
"""


@pytest.mark.parametrize("folder_mode", [0o755, 0o777])
def test_a_read_only_file_can_be_read(folder_mode: int) -> None:
    from tempfile import TemporaryDirectory

    from hashquake.core.columns import BlockColumns
    from hashquake.core.contracts import Batch

    # Not below pytest's own folder, which nobody else may enter.
    with TemporaryDirectory() as folder:
        path = Path(folder) / "record.db"
        with open_record(path, create=True) as record:
            blocks = BlockColumns.build(height=[7], header_s=[1], bits=[0x170B8C8B])
            record.append(Batch(blocks=blocks), source="test")
        path.chmod(0o444)
        Path(folder).chmod(folder_mode)
        try:
            assert child(READ_ONLY, str(path)) == "True 7 record-read-only"
        finally:
            Path(folder).chmod(0o755)


DISK_FULL = """
import resource, sys
from pathlib import Path
import numpy as np
from hashquake.core.contracts import Batch
from hashquake.core.columns import BlockColumns
from hashquake.core.errors import RecordError
from hashquake.store.export import export_blocks
from hashquake.store.open_record import open_record
def batch(first, n):
    heights = np.arange(first, first + n)
    hashes = [int(h).to_bytes(32, "big") for h in heights]
    return Batch(blocks=BlockColumns.build(
        height=heights, header_s=heights * 600, bits=np.full(n, 0x170b8c8b), hash=hashes))
path = Path(sys.argv[1])
with open_record(path, create=True) as record:
    record.append(batch(0, 1000), source="test")
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
    try:
        record.append(batch(1000, 20000), source="test")
    except RecordError as error:
        print(error.code, record.counts()["blocks"], end=" ")
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 400_000))
    try:
        export_blocks(record, path.with_suffix(".csv"))
    except RecordError as error:
        print(error.code, end=" ")
    try:
        export_blocks(record, path.with_suffix(".parquet"))
    except RecordError as error:
        print(error.code)
"""


def test_a_full_disk_keeps_the_batches_before(path: Path) -> None:
    assert child(DISK_FULL, str(path)) == "disk-full 1000 disk-full disk-full"
    left = [file.name for file in path.parent.iterdir()]
    assert [name for name in left if "csv" in name or "parquet" in name] == []
    with open_record(path) as record:
        assert record.counts()["blocks"] == 1000


def test_the_tables_are_what_the_migrations_make(record: SqlRecord) -> None:
    config = Config()
    config.set_main_option("script_location", "hashquake.store:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]
    with record._opened.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_tables_can_be_written_for_a_server() -> None:
    dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
