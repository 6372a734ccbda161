"""Blocks out of the database and into columns, quickly."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, func, select, true

from hashquake.core.columns import NO_POOL, BlockColumns
from hashquake.core.window import Window
from hashquake.store.schema import block_details, blocks, labels
from hashquake.store.stored_blocks import pool_ids, stale_rows

_ROWS_A_FETCH = 32_768
_NOT_SEEN_S = -1.0
_DETAILS = ("hash", "prev", "coinbase", "payouts")


def read_blocks(
    connection: Connection,
    *,
    first_height: int | None = None,
    last_height: int | None = None,
    window: Window | None = None,
    stale: bool = False,
    detail: bool = False,
) -> BlockColumns:
    """Return blocks in height order, a main block before a stale one of its height.

    See `hashquake.core.record.Record.blocks` for the parameters.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    first_height, last_height : int or None
        Both included; None is without that limit.
    window : Window or None
        Header times, UTC Unix seconds; None is all.
    stale : bool
        Whether stale blocks are returned too.
    detail : bool
        Whether to fill hash, prev, coinbase and payouts.
    """
    where = _within(first_height, last_height, window)
    # Every column is a number below 2**53, so one array of doubles takes them all unharmed.
    table = _numbers(
        connection,
        select(
            blocks.c.id,
            blocks.c.height,
            blocks.c.header_s,
            blocks.c.bits,
            func.coalesce(blocks.c.pool_id, NO_POOL),
            func.coalesce(blocks.c.seen_s, _NOT_SEEN_S),
        ).where(where),
    )
    gone = stale_rows(connection)
    is_stale = np.isin(table[:, 0], list(gone)) if gone else np.zeros(len(table), np.bool_)
    if gone and not stale:
        table, is_stale = table[~is_stale], is_stale[~is_stale]
    if (np.diff(table[:, 1]) <= 0).any():
        order = np.lexsort((table[:, 0], is_stale, table[:, 1]))
        table, is_stale = table[order], is_stale[order]
    rows = table[:, 0].astype(np.int64)
    pool_row, seen_s = table[:, 4].astype(np.int64), table[:, 5].copy()
    seen_s[seen_s == _NOT_SEEN_S] = np.nan
    _relabel(connection, where, rows, pool_row, seen_s)
    ids = pool_ids(connection)
    names = tuple(sorted(ids))
    code_of_row = np.full(max(ids.values(), default=0) + 2, NO_POOL, np.int32)
    code_of_row[[ids[name] for name in names]] = np.arange(len(names))
    return BlockColumns.build(
        height=table[:, 1],
        header_s=table[:, 2],
        bits=table[:, 3],
        pool_code=code_of_row[pool_row],
        pool_names=names,
        seen_s=seen_s,
        stale=is_stale,
        **(_details(connection, where, rows) if detail else {}),
    )


def _within(
    first_height: int | None, last_height: int | None, window: Window | None
) -> ColumnElement[bool]:
    where: ColumnElement[bool] = true()
    if first_height is not None:
        where &= blocks.c.height >= first_height
    if last_height is not None:
        where &= blocks.c.height <= last_height
    if window is not None:
        where &= blocks.c.header_s >= window.start_s
        where &= blocks.c.header_s < window.end_s
    return where


def _numbers(connection: Connection, statement: Select[Any]) -> NDArray[np.float64]:
    """Read rows of numbers straight from the driver: a row object each would take most of the time.

    Returns
    -------
    array of float64, shape (n, columns)
    """
    width = len(statement.selected_columns)
    parts = [
        np.fromiter(chain.from_iterable(rows), np.float64, len(rows) * width).reshape(-1, width)
        for rows in _raw(connection, statement)
    ]
    return np.concatenate(parts) if parts else np.empty((0, width))


def _raw(connection: Connection, statement: Select[Any]) -> Iterator[list[Any]]:
    sql = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    cursor = connection.connection.cursor()
    try:
        cursor.execute(str(sql))
        while rows := cursor.fetchmany(_ROWS_A_FETCH):
            yield list(rows)
    finally:
        cursor.close()


def _relabel(
    connection: Connection,
    where: ColumnElement[bool],
    rows: NDArray[np.int64],
    pool_row: NDArray[np.int64],
    seen_s: NDArray[np.float64],
) -> None:
    """Put what was learnt later over what came first, in place; the last word counts."""
    said = _numbers(
        connection,
        select(
            labels.c.block_id,
            func.coalesce(labels.c.pool_id, NO_POOL),
            func.coalesce(labels.c.seen_s, _NOT_SEEN_S),
        )
        .join(blocks, blocks.c.id == labels.c.block_id)
        .where(where)
        .order_by(labels.c.id),
    )
    if not len(said) or not len(rows):
        return
    order = np.argsort(rows)
    at = order[np.searchsorted(rows[order], said[:, 0]).clip(max=len(rows) - 1)]
    for column, target, nothing in ((1, pool_row, NO_POOL), (2, seen_s, _NOT_SEEN_S)):
        # Stale blocks that were left out have labels too; they match no row.
        use = (said[:, column] != nothing) & (rows[at] == said[:, 0])
        target[at[use]] = said[use, column]


def _details(
    connection: Connection, where: ColumnElement[bool], rows: NDArray[np.int64]
) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [None] * len(rows) for name in _DETAILS}
    place = {row: at for at, row in enumerate(rows.tolist())}
    statement = (
        select(block_details.c.block_id, *(block_details.c[name] for name in _DETAILS))
        .join(blocks, blocks.c.id == block_details.c.block_id)
        .where(where)
        .order_by(block_details.c.id)
    )
    for row, digest, prev, coinbase, payouts in chain.from_iterable(_raw(connection, statement)):
        at = place.get(row)
        if at is None:
            continue
        for name, value in zip(_DETAILS[:3], (digest, prev, coinbase), strict=True):
            if value is not None:
                found[name][at] = bytes(value)
        if payouts is not None:
            found["payouts"][at] = tuple(json.loads(payouts))
    return found
