"""What the record already holds around the heights of a batch."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select

from hashquake.store.branches import Node
from hashquake.store.schema import block_details, blocks, fates, labels, pools


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBlock:
    """One block as the record knows it; `pool_id` and `seen_s` are None where not known.

    Parameters
    ----------
    node : Node
        The block as the choice between branches needs it.
    main : bool
        Whether it is in the main chain.
    pool_id : int or None
        The pool's identifier; None where never looked up.
    seen_s : float or None
        When we saw it, UTC Unix seconds; None where not known.
    has_coinbase, has_payouts : bool
        Whether these are stored.
    """

    node: Node
    main: bool
    pool_id: int | None = None
    seen_s: float | None = None
    has_coinbase: bool = False
    has_payouts: bool = False


def stale_rows(connection: Connection) -> set[int]:
    """Return the identifiers of the blocks that are stale at the moment.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    """
    found = connection.execute(select(fates.c.block_id, fates.c.fate).order_by(fates.c.id))
    return {row for row, fate in dict(found.all()).items() if fate == "stale"}


def stored_between(
    connection: Connection, first_height: int, last_height: int | None, stale: set[int]
) -> dict[int, StoredBlock]:
    """Load the blocks at some heights.

    Parameters
    ----------
    first_height, last_height : int, int or None
        Inclusive; None is up to the top.
    stale : set of int
        What `stale_rows` gave.
    connection : Connection
        Inside a transaction.

    Returns
    -------
    dict of int to StoredBlock
        By identifier.
    """
    where = blocks.c.height >= first_height
    if last_height is not None:
        where = and_(where, blocks.c.height <= last_height)
    return _stored(connection, where, stale)


def stored_stale(connection: Connection, stale: set[int]) -> dict[int, StoredBlock]:
    """Load the blocks that are stale at the moment, at any height.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    stale : set of int
        What `stale_rows` returned.
    """
    if not stale:
        return {}
    ever = blocks.c.id.in_(select(fates.c.block_id))
    return {
        row: stored for row, stored in _stored(connection, ever, stale).items() if not stored.main
    }


def pool_ids(connection: Connection) -> dict[str, int]:
    """Return the identifier of every pool slug.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    """
    return dict(connection.execute(select(pools.c.slug, pools.c.id)).all())


def _stored(
    connection: Connection, where: ColumnElement[bool], stale: set[int]
) -> dict[int, StoredBlock]:
    columns = blocks.c
    rows: Any = connection.execute(
        select(
            columns.id,
            columns.height,
            columns.header_s,
            columns.bits,
            columns.pool_id,
            columns.seen_s,
        ).where(where)
    )
    found = {
        row: StoredBlock(
            node=Node(row=row, height=height, header_s=header_s, bits=bits),
            main=row not in stale,
            pool_id=pool_id,
            seen_s=seen_s,
        )
        for row, height, header_s, bits, pool_id, seen_s in rows
    }
    if not found:
        return found
    details = block_details.c
    rows = connection.execute(
        select(
            details.block_id,
            details.hash,
            details.prev,
            details.coinbase.is_not(None),
            details.payouts.is_not(None),
        )
        .join(blocks, columns.id == details.block_id)
        .where(where)
        .order_by(details.id)
    )
    for row, digest, prev, has_coinbase, has_payouts in rows:
        stored = found[row]
        node = replace(stored.node, hash=digest or stored.node.hash, prev=prev or stored.node.prev)
        found[row] = replace(
            stored,
            node=node,
            has_coinbase=stored.has_coinbase or bool(has_coinbase),
            has_payouts=stored.has_payouts or bool(has_payouts),
        )
    rows = connection.execute(
        select(labels.c.block_id, labels.c.pool_id, labels.c.seen_s)
        .join(blocks, columns.id == labels.c.block_id)
        .where(where)
        .order_by(labels.c.id)
    )
    for row, pool_id, seen_s in rows:
        stored = found[row]
        found[row] = replace(
            stored,
            pool_id=stored.pool_id if pool_id is None else pool_id,
            seen_s=stored.seen_s if seen_s is None else seen_s,
        )
    return found
