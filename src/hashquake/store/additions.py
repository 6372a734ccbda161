"""The rows a batch adds, gathered first and written together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Select, Table, func, select

from hashquake.store.schema import (
    batches,
    block_details,
    blocks,
    claims,
    fates,
    labels,
    observed,
    pools,
    readings,
    sightings,
)

Row = tuple[Any, ...]

_TABLES = {
    "pools": pools,
    "blocks": blocks,
    "details": block_details,
    "labels": labels,
    "fates": fates,
    "sightings": sightings,
    "observed": observed,
    "readings": readings,
    "claims": claims,
}


@dataclass(slots=True, kw_only=True)
class Additions:
    """New rows by table; only those of blocks and pools are whole, the others get their numbers.

    Parameters
    ----------
    next_batch, next_block, next_pool : int
        The identifiers that come next.
    lowest_changed : int or None
        The lowest height of a block that was stored before and that changes.
    lowest_timed : int or None
        The lowest height of such a block of which it is learnt when it was first seen.
    pools, blocks, details, labels, fates, sightings, observed, readings, claims : list of Row
        Rows of that table, values in the order of its columns.
    """

    next_batch: int
    next_block: int
    next_pool: int
    pools: list[Row] = field(default_factory=list)
    blocks: list[Row] = field(default_factory=list)
    details: list[Row] = field(default_factory=list)
    labels: list[Row] = field(default_factory=list)
    fates: list[Row] = field(default_factory=list)
    sightings: list[Row] = field(default_factory=list)
    observed: list[Row] = field(default_factory=list)
    readings: list[Row] = field(default_factory=list)
    claims: list[Row] = field(default_factory=list)
    lowest_changed: int | None = None
    lowest_timed: int | None = None

    @classmethod
    def start(cls, connection: Connection, *, with_blocks: bool = True) -> "Additions":
        """Begin where the record ends; the batch's number is read before all else.

        Whoever commits a batch after that moment takes the same number, so that on a server
        with several writers one of the two fails as a whole.

        Parameters
        ----------
        connection : Connection
            Inside the transaction that writes.
        with_blocks : bool
            Whether blocks may be added; else their next numbers are not looked up.
        """
        return cls(
            next_batch=next_id(connection, batches),
            next_block=next_id(connection, blocks) if with_blocks else 0,
            next_pool=next_id(connection, pools) if with_blocks else 0,
        )

    def changes_height(self, height: int) -> None:
        """Note that a block stored before changed: its pool, or its place in the main chain.

        Parameters
        ----------
        height : int
            Of the block that changed.
        """
        if self.lowest_changed is None or height < self.lowest_changed:
            self.lowest_changed = height

    def times_height(self, height: int) -> None:
        """Note that it is learnt when a block stored before was first seen.

        Parameters
        ----------
        height : int
            Of that block.
        """
        if self.lowest_timed is None or height < self.lowest_timed:
            self.lowest_timed = height

    def __bool__(self) -> bool:
        """Return whether anything is new."""
        return any(getattr(self, name) for name in _TABLES)

    def write(self, connection: Connection, batch: Row) -> None:
        """Insert everything.

        Parameters
        ----------
        connection : Connection
            Inside a transaction.
        batch : tuple
            The row of the batch, without its identifier.
        """
        number = self.next_batch
        insert_rows(connection, batches, [(number, *batch)])
        insert_rows(connection, pools, self.pools)
        insert_rows(connection, blocks, self.blocks)
        for name in ("details", "labels", "fates", "sightings", "observed", "readings", "claims"):
            rows = getattr(self, name)
            if rows:
                first = next_id(connection, _TABLES[name])
                numbered = [(first + at, number, *row) for at, row in enumerate(rows)]
                insert_rows(connection, _TABLES[name], numbered)


def next_id(connection: Connection, table: Table) -> int:
    """Return the identifier that follows the last one of a table.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    table : Table
        With an integer identifier.
    """
    return int(connection.execute(_last_id(table)).scalar() or 0) + 1


@cache
def _last_id(table: Table) -> Select[Any]:
    return select(func.max(table.c.id))


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows whose values stand in the order of the table's columns.

    The statement is compiled once for whatever database it is and handed to the driver with the
    plain tuples: five times quicker than one dictionary a row.

    Parameters
    ----------
    connection : Connection
        Inside the transaction that writes.
    table : Table
        Where the rows go.
    rows : sequence of Row
        Values in the order of the table's columns.
    """
    if not rows:
        return
    statement = _insertion(table, connection.dialect)
    if connection.dialect.positional:
        connection.exec_driver_sql(statement, list(rows))
    else:
        names = [column.name for column in table.columns]
        connection.exec_driver_sql(statement, [dict(zip(names, row, strict=True)) for row in rows])


@lru_cache(maxsize=64)
def _insertion(table: Table, dialect: Dialect) -> str:
    names = [column.name for column in table.columns]
    return str(table.insert().compile(dialect=dialect, column_keys=names))
