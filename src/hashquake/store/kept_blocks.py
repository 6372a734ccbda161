"""The numbers of all blocks in memory, for a program that asks again and again.

Blocks and labels are only ever added, each with a higher number than those before it, so what is
kept is brought up to date by reading what came since.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, func, select

from hashquake.core.columns import NO_POOL
from hashquake.core.window import Window
from hashquake.store.number_rows import number_rows
from hashquake.store.schema import blocks, labels

NOT_SEEN_S = -1.0
ID, HEIGHT, HEADER_S, BITS, POOL, SEEN_S = range(6)
"""Columns of a block's row; `POOL` is the number of a pool, `NO_POOL` where it has none."""
LABEL_BLOCK, LABEL_POOL, LABEL_SEEN_S, LABEL = range(4)
"""Columns of a label's row: its block, what it says, and its own number."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptBlocks:
    """Blocks of a record and what was learnt about them later.

    Parameters
    ----------
    rows : array of float64, shape (n, 6)
        A block each, by identifier.
    labels : array of float64, shape (m, 4)
        A label each, in the order they came in.
    """

    rows: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 6)))
    labels: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 4)))

    def within(
        self, first_height: int | None, last_height: int | None, window: Window | None
    ) -> "KeptBlocks":
        """Return the blocks of some heights and header times, with every label.

        Parameters
        ----------
        first_height, last_height : int or None
            Both included; None is without that limit.
        window : Window or None
            Header times, UTC Unix seconds; None is all.
        """
        wanted = np.ones(len(self.rows), np.bool_)
        if first_height is not None:
            wanted &= self.rows[:, HEIGHT] >= first_height
        if last_height is not None:
            wanted &= self.rows[:, HEIGHT] <= last_height
        if window is not None:
            wanted &= self.rows[:, HEADER_S] >= window.start_s
            wanted &= self.rows[:, HEADER_S] < window.end_s
        return KeptBlocks(rows=self.rows[wanted], labels=self.labels)


def kept_now(connection: Connection, before: KeptBlocks) -> KeptBlocks:
    """Bring kept blocks up to what a transaction sees.

    Parameters
    ----------
    connection : Connection
        Inside a transaction that has not added blocks itself.
    before : KeptBlocks
        As of an earlier transaction.
    """
    last, last_label = (
        int(number or 0)
        for number in connection.execute(
            select(
                select(func.max(blocks.c.id)).scalar_subquery(),
                select(func.max(labels.c.id)).scalar_subquery(),
            )
        ).one()
    )
    if not _continues(connection, before, last, last_label):
        before = KeptBlocks()
    rows, learnt = before.rows, before.labels
    known, known_label = _last(rows, ID), _last(learnt, LABEL)
    if last > known:
        rows = np.concatenate([rows, read_rows(connection, blocks.c.id > known)])
    if last_label > known_label:
        learnt = np.concatenate([learnt, read_labels(connection, labels.c.id > known_label)])
    return KeptBlocks(rows=rows, labels=learnt)


def read_rows(connection: Connection, where: ColumnElement[bool]) -> NDArray[np.float64]:
    """Read blocks as rows of numbers.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    where : ColumnElement
        Which blocks.

    Returns
    -------
    array of float64, shape (n, 6)
    """
    statement = select(
        blocks.c.id,
        blocks.c.height,
        blocks.c.header_s,
        blocks.c.bits,
        func.coalesce(blocks.c.pool_id, NO_POOL),
        func.coalesce(blocks.c.seen_s, NOT_SEEN_S),
    )
    return number_rows(connection, statement.where(where))


def read_labels(
    connection: Connection,
    where: ColumnElement[bool],
    *,
    of: ColumnElement[bool] | None = None,
) -> NDArray[np.float64]:
    """Read labels as rows of numbers, in the order they came in.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    where : ColumnElement
        Which labels.
    of : ColumnElement or None
        Of which blocks; None is of all.

    Returns
    -------
    array of float64, shape (m, 4)
    """
    statement = select(
        labels.c.block_id,
        func.coalesce(labels.c.pool_id, NO_POOL),
        func.coalesce(labels.c.seen_s, NOT_SEEN_S),
        labels.c.id,
    )
    if of is not None:
        statement = statement.join(blocks, blocks.c.id == labels.c.block_id).where(of)
    return number_rows(connection, statement.where(where).order_by(labels.c.id))


def _continues(connection: Connection, before: KeptBlocks, last: int, last_label: int) -> bool:
    """Return whether the record is the one that was read, or another that took its place."""
    known = _last(before.rows, ID)
    if last < known or last_label < _last(before.labels, LABEL):
        return False
    if not known:
        return True
    again = read_rows(connection, blocks.c.id == known)
    return np.array_equal(again, before.rows[-1:])


def _last(rows: NDArray[np.float64], column: int) -> int:
    return int(rows[-1, column]) if len(rows) else 0
