"""That one process delivers the alerts of a record: a lock that ends with the process.

For a SQLite record it is the lock of an empty database ``<record>.alerts`` beside it, on PostgreSQL
an advisory lock of a connection that stays open. Whoever finds it taken stands by.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from hashquake.core.alert import DeliveryLock
from hashquake.store.failures import record_errors
from hashquake.store.watch_lock import locked_file

_NUMBER = 0x6871616C
"""Of the advisory lock: "hqal"."""


class _DeliveryFileLock:
    """The lock of a file, tried again until it is free, and then never lost."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._path = path
        self._stack = stack
        self._taken = False

    def take(self) -> bool:
        if not self._taken:
            with ExitStack() as trying:
                self._taken = trying.enter_context(locked_file(self._path))
                if self._taken:
                    self._stack.push(trying.pop_all())
        return self._taken


class _DeliveryServerLock:
    """An advisory lock, which a server forgets when it is started again."""

    def __init__(self, engine: Engine, where: str, stack: ExitStack) -> None:
        # Its connection must not stay in a transaction, which would keep old rows alive.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._where = where
        self._connection: Connection | None = None
        stack.callback(self._close)

    def take(self) -> bool:
        with record_errors(self._where):
            if self._connection is not None:
                try:
                    self._connection.execute(text("SELECT 1"))
                except SQLAlchemyError:
                    self._close()
                else:
                    return True
            connection = self._engine.connect()
            taken = connection.execute(
                text("SELECT pg_try_advisory_lock(:number)"), {"number": _NUMBER}
            ).scalar()
            if taken:
                self._connection = connection
            else:
                connection.close()
            return bool(taken)

    def _close(self) -> None:
        if self._connection is not None:
            # Back in the pool, the connection would keep the lock.
            with suppress(SQLAlchemyError):
                self._connection.invalidate()
                self._connection.close()
            self._connection = None


@contextmanager
def delivering(engine: Engine, path: Path | None, where: str) -> Iterator[DeliveryLock]:
    """Keep the lock, once it is taken, while the block runs.

    Parameters
    ----------
    engine : Engine
        Of the record.
    path : Path or None
        Its SQLite file; None for a server.
    where : str
        Its name for messages.
    """
    with ExitStack() as stack:
        if path is None:
            yield _DeliveryServerLock(engine, where, stack)
        else:
            yield _DeliveryFileLock(path.with_name(path.name + ".alerts"), stack)
