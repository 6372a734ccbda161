"""When each source first saw each block."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from hashquake.core.block import Sighting
from hashquake.store.schema import batches, block_details, blocks, sightings


def unsighted(
    connection: Connection, source: str, seen_s: Mapping[int, float]
) -> tuple[tuple[int, float], ...]:
    """Return those sightings of blocks stored before that tell anything new.

    A source sees a block once. A time that agrees with another source's to the last digit is a
    copy of it, not a sighting.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    source : str
        Whose sightings.
    seen_s : mapping of int to float
        By identifier of the block, UTC Unix seconds.
    """
    if not seen_s:
        return ()
    rows = sightings.c.block_id
    known = set()
    for row, by, at_s in connection.execute(
        select(rows, batches.c.source, sightings.c.seen_s)
        .join(batches, batches.c.id == sightings.c.batch_id)
        .where(rows.between(min(seen_s), max(seen_s)))
    ):
        if by == source or at_s == seen_s.get(row):
            known.add(row)
    return tuple((row, at_s) for row, at_s in seen_s.items() if row not in known)


def read_sightings(
    connection: Connection, first_height: int, last_height: int
) -> tuple[Sighting, ...]:
    """Return when each source first saw the blocks between two heights, both included.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    first_height, last_height : int
        Limits.
    """
    found = connection.execute(
        select(blocks.c.height, block_details.c.hash, batches.c.source, sightings.c.seen_s)
        .join(blocks, blocks.c.id == sightings.c.block_id)
        .join(batches, batches.c.id == sightings.c.batch_id)
        .join(block_details, block_details.c.block_id == blocks.c.id)
        .where(
            blocks.c.height.between(first_height, last_height), block_details.c.hash.is_not(None)
        )
        .order_by(blocks.c.height, sightings.c.seen_s, sightings.c.id)
    )
    return tuple(_sighting(row) for row in found)


def _sighting(row: Any) -> Sighting:
    return Sighting(
        height=row.height, hash=bytes(row.hash), source=row.source, seen_s=float(row.seen_s)
    )
