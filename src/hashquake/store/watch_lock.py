"""That a process watches a record: a lock that it holds and that ends with the process.

For a SQLite record it is the exclusive lock of an empty database ``<record>.watch`` next to it: one
watcher a record. On PostgreSQL it is an advisory lock of a connection that stays open, which
several watchers share. Readers of the record are not locked out by either.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from hashquake.core.errors import RecordError
from hashquake.core.record import WatchLock
from hashquake.store.advisory_lock import AdvisoryLock
from hashquake.store.failures import record_errors, record_failure

_NUMBER = 0x68715741
"""Of the advisory lock: "hqWA"."""


class _FileLock:
    """The lock of a file, which is never lost."""

    def renew(self) -> None:
        """Do nothing."""


class _ServerLock(AdvisoryLock):
    """The lock of a server, which several watchers share."""

    def renew(self) -> None:
        """Take it again where the server lost it."""
        self.take()


@contextmanager
def watching(engine: Engine, path: Path | None, where: str) -> Iterator[WatchLock]:
    """Keep the lock while the block runs.

    Parameters
    ----------
    engine : Engine
        Of the record.
    path : Path or None
        Its SQLite file; None for a server.
    where : str
        Its name for messages.

    Raises
    ------
    RecordError
        ``record-watched`` when another process watches a SQLite record.
    """
    if path is None:
        on_server = _ServerLock(engine, where, ask="pg_advisory_lock_shared", number=_NUMBER)
        on_server.renew()
        with closing(on_server):
            yield on_server
        return
    with locked_file(_lock_path(path)) as locked:
        if not locked:
            raise _watched(where)
        yield _FileLock()


@contextmanager
def locked_file(lock: Path) -> Iterator[bool]:
    """Keep an empty database locked while the block runs; it is freed when the process ends.

    Parameters
    ----------
    lock : Path
        Made where there is none.

    Yields
    ------
    bool
        Whether it is ours; False where another process has it.
    """
    try:
        lock_file = sqlite3.connect(lock, timeout=0.0, isolation_level=None)
    except sqlite3.Error as error:
        raise record_failure("record-unreachable", str(lock), str(error)) from error
    with closing(lock_file):
        locked = True
        try:
            lock_file.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise record_failure("record-unreachable", str(lock), str(error)) from error
            locked = False
        yield locked


def is_watched(engine: Engine, path: Path | None, where: str) -> bool:
    """Return whether some process watches; parameters are those of `watching`."""
    if path is None:
        locks = text(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :number "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        with record_errors(where), engine.connect() as connection:
            return bool(connection.execute(locks, {"number": _NUMBER}).scalar())
    lock = _lock_path(path)
    if not lock.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{lock.absolute().as_uri()}?mode=ro", uri=True)) as found:
            found.execute("PRAGMA busy_timeout = 0")
            found.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    return False


def _lock_path(path: Path) -> Path:
    return path.with_name(path.name + ".watch")


def _watched(where: str) -> RecordError:
    return RecordError(
        f"another process watches {where} already",
        code="record-watched",
        hint="look at it with hashquake status; stop it first, or name another record with --db",
    )
