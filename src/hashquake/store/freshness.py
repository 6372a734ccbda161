"""How new the record's contents are and how large they are, for those who ask again and again."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, func, select

from hashquake.store.schema import batches, changes, claims, forecasts, opinions, runs, searched

_NUMBERS = select(
    *(
        select(func.max(table.c.id)).scalar_subquery()
        for table in (changes, batches, opinions, searched, claims, forecasts, runs)
    )
)
_ARRIVALS = (
    select(batches.c.source, func.max(batches.c.received_s).label("at_s"))
    .where(batches.c.blocks_added > 0)
    .group_by(batches.c.source)
)


class Freshness:
    """What a record in a SQL database says of its own state."""

    def _reading(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    @property
    def sqlite_path(self) -> Path | None:
        """The SQLite file it lies in; None for a server."""
        raise NotImplementedError

    def edition(self) -> str:
        """Return a text that changes with everything that is stored.

        It is the last number of every table that answers rest on: rows are only ever added.
        """
        with self._reading() as connection:
            return ".".join(f"{number or 0}" for number in connection.execute(_NUMBERS).one())

    def arrivals(self) -> Mapping[str, float]:
        """Return when each source last gave a new block, by our clock, UTC Unix seconds."""
        with self._reading() as connection:
            return {row.source: row.at_s for row in connection.execute(_ARRIVALS)}

    def size_bytes(self) -> int | None:
        """Return the size of its file with the log beside it; None for a server."""
        path = self.sqlite_path
        if path is None:
            return None
        parts = (path, path.with_name(f"{path.name}-wal"))
        return sum(part.stat().st_size for part in parts if part.exists())
