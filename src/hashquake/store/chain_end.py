"""The end of the main chain, and what a check of further blocks must know of it."""

from sqlalchemy import Connection, func, select

from hashquake.core.chain import MEDIAN_BLOCKS, ChainState
from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.store.branches import Node
from hashquake.store.schema import block_details, blocks, fates
from hashquake.store.stored_blocks import StoredBlock, stale_rows, stored_between, stored_stale

_last_fate = (
    select(fates.c.fate)
    .where(fates.c.block_id == blocks.c.id)
    .order_by(fates.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_is_main = func.coalesce(_last_fate, "main") == "main"


def tip_of(connection: Connection) -> tuple[int, bytes | None] | None:
    """Return height and hash of the highest main block, or None when there is none.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    """
    found = connection.execute(
        select(blocks.c.id, blocks.c.height)
        .where(_is_main)
        .order_by(blocks.c.height.desc())
        .limit(1)
    ).first()
    return None if found is None else (found.height, _hash_of(connection, found.id))


def hash_at(connection: Connection, height: int) -> bytes | None:
    """Return the hash of the main block at a height, or None when not stored.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    height : int
        From 0.
    """
    row = connection.execute(
        select(blocks.c.id).where(blocks.c.height == height, _is_main)
    ).scalar()
    return None if row is None else _hash_of(connection, row)


def _hash_of(connection: Connection, row: int) -> bytes | None:
    found = connection.execute(
        select(block_details.c.hash)
        .where(block_details.c.block_id == row, block_details.c.hash.is_not(None))
        .order_by(block_details.c.id.desc())
        .limit(1)
    ).scalar()
    return None if found is None else bytes(found)


def state_before(
    connection: Connection, before_height: int, *, prev: bytes | None = None
) -> ChainState:
    """Rebuild the state of the chain's check as it was before a height.

    See `hashquake.store.sql_record.SqlRecord.chain_state`.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    before_height : int
        The state is that after the block below this height.
    prev : bytes or None
        Hash of the block to build on; None is the main chain's.
    """
    stale = stale_rows(connection)
    stored = stored_stale(connection, stale)
    stored |= stored_between(connection, before_height - MEDIAN_BLOCKS, before_height - 1, stale)
    walked = _walk_down(stored, before_height, prev)
    if not walked:
        return ChainState()
    last = walked[0]
    epoch_height = last.height - last.height % EPOCH_BLOCKS
    epoch_start_s = next((n.header_s for n in walked if n.height == epoch_height), None)
    if epoch_start_s is None and epoch_height < walked[-1].height:
        epoch_start_s = connection.execute(
            select(blocks.c.header_s).where(blocks.c.height == epoch_height, _is_main)
        ).scalar()
    return ChainState(
        height=last.height,
        hash=last.hash,
        bits=last.bits,
        epoch_start_s=epoch_start_s,
        recent_s=tuple(node.header_s for node in reversed(walked[:MEDIAN_BLOCKS])),
    )


def _walk_down(stored: dict[int, StoredBlock], height: int, prev: bytes | None) -> list[Node]:
    """List the blocks below a height, highest first, as far as they are stored and loaded."""
    by_hash = {item.node.hash: item.node for item in stored.values() if item.node.hash is not None}
    main = {item.node.height: item.node for item in stored.values() if item.main}
    walked: list[Node] = []
    while True:
        height -= 1
        node = None if prev is None else by_hash.get(prev)
        if node is None or node.height != height:
            node = main.get(height)
        if node is None:
            return walked
        walked.append(node)
        prev = node.prev
