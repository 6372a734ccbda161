"""Find a record by path or URL, check that it is one, bring its tables up to date."""

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from hashquake.core.errors import RecordError
from hashquake.core.hostile_text import visible_text
from hashquake.core.network import MAIN, Network, network_named
from hashquake.core.regular_file import open_regular
from hashquake.core.secret_url import without_passwords
from hashquake.store.failures import record_errors, record_failure
from hashquake.store.schema import HEAD, meta

_MAGIC = b"SQLite format 3\0"
_WRITES = "hashquake_writes"
_MAKING = 0x68714D4B
"""Of the advisory lock of whoever makes or changes the tables: "hqMK"."""
_DIALECTS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg", "postgresql+psycopg2")
"""What records were tested in; in others the rules of the record might not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A database that holds a record this program understands.

    Parameters
    ----------
    engine, writer : Engine
        The same connections; a transaction of `writer` takes SQLite's write lock at its start.
    network : Network
        Whose blocks it holds.
    where : str
        Its name for messages, without a password.
    read_only : bool
        Whether it cannot be written to.
    path : Path or None
        The SQLite file; None for a server.
    """

    engine: Engine
    writer: Engine
    network: Network
    where: str
    read_only: bool
    path: Path | None = None


def open_database(
    path_or_url: str | Path,
    *,
    create: bool,
    network: Network | None,
    busy_timeout_s: float,
    now_s: Callable[[], float],
) -> Opened:
    """Open a database, make the tables where asked, and check whose record it is.

    See `hashquake.store.open_record.open_record` for parameters and errors.
    """
    text = str(path_or_url)
    path = _sqlite_path(text)
    where = str(path) if path is not None else _without_password(text)
    read_only = False
    if path is not None:
        exists = _check_file(path, where)
        if not exists and not create:
            raise _missing(where)
        path.parent.mkdir(parents=True, exist_ok=True)
        read_only = exists and not os.access(path, os.W_OK)
        engine = _sqlite_engine(path, read_only=read_only, busy_timeout_s=busy_timeout_s)
    else:
        engine = _server_engine(text, where, busy_timeout_s=busy_timeout_s)
    writer = engine.execution_options(**{_WRITES: True})
    try:
        with record_errors(where):
            found = _check_version(engine, where, create=create, read_only=read_only)
            if found != HEAD:
                _bring_up(_making(engine, writer, path), where, network or MAIN, now_s())
            if path is not None and not read_only:
                _write_ahead(engine)
            recorded = _network(engine, where, network)
    except BaseException:
        engine.dispose()
        raise
    return Opened(
        engine=engine, writer=writer, network=recorded, where=where, read_only=read_only, path=path
    )


def _check_version(engine: Engine, where: str, *, create: bool, read_only: bool) -> str | None:
    """Refuse, before anything is written, what is not a record or cannot be brought up to date."""
    with engine.connect() as connection:
        found = _version(connection, where)
    if found is None and not create:
        raise _missing(where)
    if found != HEAD and read_only:
        raise record_failure("record-read-only", where, f"its tables are at {found}")
    return found


def _sqlite_path(text: str) -> Path | None:
    """Return the path of a SQLite record, or None for any other database."""
    if "://" not in text:
        return Path(text).expanduser()
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # a port that is not a number raises ValueError
        raise _bad_url(text, "it cannot be read as one") from None
    if url.drivername not in _DIALECTS:
        raise _bad_url(text, f"{visible_text(url.drivername, limit=40)} is not supported")
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise _bad_url(text, "a record in memory would be lost at once")
    return Path(url.database)


def _bad_url(text: str, because: str) -> RecordError:
    return RecordError(
        f"{_without_password(text)!r} is not the address of a record: {because}",
        code="record-url",
        hint="write a path, or postgresql+psycopg://user@host/database",
    )


def _without_password(text: str) -> str:
    return visible_text(without_passwords(text))


def _missing(where: str) -> RecordError:
    return RecordError(
        f"there is no record at {where}",
        code="record-missing",
        hint=f"make one: hashquake init --db {where}",
    )


def _check_file(path: Path, where: str) -> bool:
    """Return whether the file holds anything; refuse what is not an SQLite file, unopened."""
    try:
        with open_regular(path) as file:
            start = file.read(len(_MAGIC))
    except FileNotFoundError:
        return False
    except OSError as error:
        raise record_failure("record-unreachable", where, str(error.strerror)) from error
    if start and start != _MAGIC:
        raise record_failure("record-foreign", where)
    # A program killed before its first transaction leaves an empty file behind.
    return bool(start)


def _sqlite_engine(path: Path, *, read_only: bool, busy_timeout_s: float) -> Engine:
    uri = f"file:{quote(str(path.absolute()))}?mode={'ro' if read_only else 'rwc'}"
    log = path.with_name(path.name + "-wal")
    if read_only and not os.access(path.parent, os.W_OK) and not log.exists():
        # In a folder we may not write to, SQLite cannot share a log with a writer; without a
        # log the file is whole and may be read as it stands.
        uri += "&immutable=1"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri, uri=True, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA synchronous=NORMAL")
        # Fewer checkpoints while a long history comes in: the log may grow to 16 MB.
        connection.execute("PRAGMA wal_autocheckpoint=4000")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Python's driver would begin on its own, late, and never for DDL. A writer takes the
        # lock before it reads what it decides on.
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _server_engine(text: str, where: str, *, busy_timeout_s: float) -> Engine:
    try:
        # One snapshot a transaction, as SQLite gives: what a writer decides on, and what a reader
        # puts together from several tables, must be of one moment.
        engine = create_engine(text, pool_pre_ping=True, isolation_level="REPEATABLE READ")
    except (ArgumentError, NoSuchModuleError, TypeError, ValueError):
        raise _bad_url(text, "its options cannot be used") from None
    except ModuleNotFoundError as error:
        raise RecordError(
            f"{where} needs {error.name}, which is not installed",
            code="record-driver",
            hint=f"pip install {error.name}",
        ) from error

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # One writer at a time, as SQLite has it: rows are numbered by the program. The lock comes
        # before the first question, so that the snapshot shows what the writer before has added.
        if connection.get_execution_options().get(_WRITES, False):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(busy_timeout_s * 1000)}")
            connection.exec_driver_sql("LOCK TABLE meta IN SHARE ROW EXCLUSIVE MODE")

    return engine


def _making(engine: Engine, writer: Engine, path: Path | None) -> Engine:
    """Return an engine whose transactions lock a database that may have no table yet.

    On a server they see, statement by statement, what another program made meanwhile.
    """
    if path is not None:
        return writer
    making = engine.execution_options(isolation_level="READ COMMITTED")

    @event.listens_for(making, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MAKING})")

    return making


def _version(connection: Connection, where: str) -> str | None:
    """Return the migration a database is at, or None when it is empty."""
    names = set(inspect(connection).get_table_names())
    if not names:
        return None
    if not {"alembic_version", "meta"} <= names:
        raise record_failure("record-foreign", where, "it holds other tables")
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    version = str(found)
    if len(version) != len(HEAD) or version > HEAD:
        raise RecordError(
            f"{where} was written by a newer hashquake: its tables are at {version}, this "
            f"program knows them up to {HEAD}",
            code="record-newer",
            hint="upgrade hashquake, or name another record with --db",
        )
    return version


def _bring_up(writer: Engine, where: str, network: Network, made_s: float) -> None:
    """Take the steps still missing, in one transaction with the first rows."""
    from alembic import command  # noqa: PLC0415  slow, needed only when there is a step to take
    from alembic.config import Config  # noqa: PLC0415  slow, as its neighbour

    config = Config()
    config.set_main_option("script_location", "hashquake.store:migrations")
    config.set_main_option("path_separator", "os")
    with writer.begin() as connection:
        before = _version(connection, where)  # somebody else may have been quicker
        if before == HEAD:
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if before is None:
            rows = {"network": network.name, "created_s": f"{made_s:.0f}"}
            connection.execute(
                meta.insert(), [{"name": name, "value": value} for name, value in rows.items()]
            )


def _write_ahead(engine: Engine) -> None:
    """Let readers read while one writer writes; kept in the file, so cheap when already so."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        mode = cursor.execute("PRAGMA journal_mode").fetchone()
        if mode != ("wal",):
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()
    finally:
        connection.close()


def _network(engine: Engine, where: str, wanted: Network | None) -> Network:
    with engine.connect() as connection:
        name = connection.execute(select(meta.c.value).where(meta.c.name == "network")).scalar()
    recorded = network_named(str(name))
    if wanted is not None and recorded != wanted:
        raise RecordError(
            f"{where} holds blocks of the network {recorded.name}, not of {wanted.name}",
            code="record-network",
            hint=f"one record a network; name another with --db, or ask for {recorded.name}",
        )
    return recorded
