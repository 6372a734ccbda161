"""That one process delivers the alerts of a record: a lock that ends with the process.

For a SQLite record it is the lock of an empty database ``<record>.alerts`` next to it, on
PostgreSQL an advisory lock of a connection that stays open. Whoever finds it taken stands by.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Engine

from hashquake.core.alert import DeliveryLock
from hashquake.store.advisory_lock import AdvisoryLock
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
            on_server = AdvisoryLock(engine, where, ask="pg_try_advisory_lock", number=_NUMBER)
            stack.callback(on_server.close)
            yield on_server
        else:
            yield _DeliveryFileLock(path.with_name(path.name + ".alerts"), stack)
