"""How new a record's contents are and how large they are, for those who ask again and again."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, func, select

from hashquake.store.schema import (
    batches,
    blocks,
    changes,
    claims,
    forecasts,
    opinions,
    readings,
    runs,
    searched,
)
from hashquake.store.stored_blocks import stale_rows

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


def read_edition(connection: Connection) -> str:
    """Return a text that changes with everything that is stored.

    It is the last number of every table that answers rest on: rows are only ever added.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    """
    return ".".join(f"{number or 0}" for number in connection.execute(_NUMBERS).one())


def read_arrivals(connection: Connection) -> Mapping[str, float]:
    """Return when each source last gave a new block, by our clock, UTC Unix seconds.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    """
    return {row.source: row.at_s for row in connection.execute(_ARRIVALS)}


def read_counts(connection: Connection) -> Mapping[str, int]:
    """Count what is stored: all blocks, how many of them are stale, readings, batches.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    """
    count = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (blocks, readings, batches)
    }
    return {
        "blocks": count["blocks"],
        "stale": len(stale_rows(connection)),
        "readings": count["readings"],
        "batches": count["batches"],
    }


def size_bytes(path: Path | None, connection: Connection) -> int | None:
    """Return the size of a SQLite file with the log next to it, or of the database on a server.

    Parameters
    ----------
    path : Path or None
        The SQLite file; None for a server.
    connection : Connection
        Open.

    Returns
    -------
    int or None
        None for a server that does not say.
    """
    if path is not None:
        parts = (path, path.with_name(f"{path.name}-wal"))
        return sum(part.stat().st_size for part in parts if part.exists())
    if connection.dialect.name != "postgresql":
        return None
    found = connection.execute(select(func.pg_database_size(func.current_database()))).scalar()
    return None if found is None else int(found)
