"""A lock on a PostgreSQL server that ends with the process that has it."""

from contextlib import suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from hashquake.store.failures import record_errors


class AdvisoryLock:
    """An advisory lock of a connection that stays open; a server started again forgets it.

    Parameters
    ----------
    engine : Engine
        Of the record.
    where : str
        Its name for messages.
    ask : str
        The function of PostgreSQL that takes it. One that answers False has not got it; one that
        waits for it answers nothing.
    number : int
        Of the lock.
    """

    def __init__(self, engine: Engine, where: str, *, ask: str, number: int) -> None:
        # Its connection must not stay in a transaction, which would keep old rows alive.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._where = where
        self._ask = text(f"SELECT {ask}(:number)")
        self._number = number
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Take it, or keep it; return False while another process has it.

        Raises
        ------
        RecordError
            ``record-unreachable`` while the server does not answer.
        """
        with record_errors(self._where):
            if self._connection is not None:
                try:
                    self._connection.execute(text("SELECT 1"))
                except SQLAlchemyError:
                    self.close()
                else:
                    return True
            connection = self._engine.connect()
            if connection.execute(self._ask, {"number": self._number}).scalar() is False:
                connection.close()
                return False
            self._connection = connection
            return True

    def close(self) -> None:
        """Free it."""
        if self._connection is not None:
            # Back in the pool, the connection would keep the lock.
            with suppress(SQLAlchemyError):
                self._connection.invalidate()
                self._connection.close()
            self._connection = None
