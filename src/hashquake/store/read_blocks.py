"""Blocks out of the database and into columns, quickly."""

import json
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, select, true

from hashquake.core.columns import NO_POOL, BlockColumns
from hashquake.core.window import Window
from hashquake.store.kept_blocks import (
    BITS,
    HEADER_S,
    HEIGHT,
    ID,
    LABEL_BLOCK,
    LABEL_POOL,
    LABEL_SEEN_S,
    NOT_SEEN_S,
    POOL,
    SEEN_S,
    KeptBlocks,
    read_labels,
    read_rows,
)
from hashquake.store.number_rows import raw_rows
from hashquake.store.schema import block_details, blocks
from hashquake.store.stored_blocks import pool_ids, stale_rows

_DETAILS = ("hash", "prev", "coinbase", "payouts")


def read_blocks(
    connection: Connection,
    *,
    first_height: int | None = None,
    last_height: int | None = None,
    window: Window | None = None,
    stale: bool = False,
    detail: bool = False,
    kept: KeptBlocks | None = None,
) -> BlockColumns:
    """Return blocks in height order, a main block before a stale one of its height.

    See `hashquake.core.change_view.ChangeView.blocks` for the parameters.

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
    kept : KeptBlocks or None
        All blocks that the transaction sees, where they are kept; None reads those wanted.
    """
    where = _within(first_height, last_height, window)
    if kept is None:
        found = KeptBlocks(
            rows=read_rows(connection, where), labels=read_labels(connection, true(), of=where)
        )
    else:
        found = kept.within(first_height, last_height, window)
    table = found.rows
    gone = stale_rows(connection)
    is_stale = np.isin(table[:, ID], list(gone)) if gone else np.zeros(len(table), np.bool_)
    if gone and not stale:
        table, is_stale = table[~is_stale], is_stale[~is_stale]
    if (np.diff(table[:, HEIGHT]) <= 0).any():
        order = np.lexsort((table[:, ID], is_stale, table[:, HEIGHT]))
        table, is_stale = table[order], is_stale[order]
    rows = table[:, ID].astype(np.int64)
    pool_row, seen_s = table[:, POOL].astype(np.int64), table[:, SEEN_S].copy()
    seen_s[seen_s == NOT_SEEN_S] = np.nan
    _relabel(found.labels, rows, pool_row, seen_s)
    ids = pool_ids(connection)
    names = tuple(sorted(ids))
    code_of_row = np.full(max(ids.values(), default=0) + 2, NO_POOL, np.int32)
    code_of_row[[ids[name] for name in names]] = np.arange(len(names))
    return BlockColumns.build(
        height=table[:, HEIGHT],
        header_s=table[:, HEADER_S],
        bits=table[:, BITS],
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


def _relabel(
    said: NDArray[np.float64],
    rows: NDArray[np.int64],
    pool_row: NDArray[np.int64],
    seen_s: NDArray[np.float64],
) -> None:
    """Put what was learnt later over what came first, in place; the last word counts."""
    if not len(said) or not len(rows):
        return
    order = np.argsort(rows)
    at = order[np.searchsorted(rows[order], said[:, LABEL_BLOCK]).clip(max=len(rows) - 1)]
    for column, target, nothing in (
        (LABEL_POOL, pool_row, NO_POOL),
        (LABEL_SEEN_S, seen_s, NOT_SEEN_S),
    ):
        # Labels of blocks that were left out match no row.
        use = (said[:, column] != nothing) & (rows[at] == said[:, LABEL_BLOCK])
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
    for row, digest, prev, coinbase, payouts in chain.from_iterable(
        raw_rows(connection, statement)
    ):
        at = place.get(row)
        if at is None:
            continue
        for name, value in zip(_DETAILS[:3], (digest, prev, coinbase), strict=True):
            if value is not None:
                found[name][at] = bytes(value)
        if payouts is not None:
            found["payouts"][at] = tuple(json.loads(payouts))
    return found
