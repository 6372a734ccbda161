"""The quick answer to a batch that was ingested before."""

import numpy as np
from sqlalchemy import Connection

from hashquake.core.columns import NO_POOL, BlockColumns
from hashquake.core.subject import UNKNOWN_POOL
from hashquake.store.read_blocks import read_blocks


def all_stored(connection: Connection, arriving: BlockColumns) -> bool:
    """Return whether a batch of blocks without hashes brings nothing new, comparing whole columns.

    False also stands for "not sure": hashes and stale marks are left to the slower way.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    arriving : BlockColumns
        The batch's blocks.
    """
    if not len(arriving):
        return True
    objects = (arriving.hash, arriving.prev, arriving.coinbase, arriving.payouts)
    if arriving.stale.any() or any(item is not None for column in objects for item in column):
        return False
    first, last = int(arriving.height.min()), int(arriving.height.max())
    stored = read_blocks(connection, first_height=first, last_height=last)
    if not len(stored):
        return False
    at = np.searchsorted(stored.height, arriving.height).clip(max=len(stored) - 1)
    stored = stored.take(at)
    place = {name: code for code, name in enumerate(stored.pool_names)}
    # One more entry, so that the code -1 of "never looked up" maps to itself; -2 is no code.
    codes = np.array([*(place.get(name, -2) for name in arriving.pool_names), NO_POOL], np.int32)
    pool_code = codes[arriving.pool_code]
    unknown = place.get(UNKNOWN_POOL, -2)
    same_pool = (
        (pool_code == NO_POOL)
        | (pool_code == stored.pool_code)
        | ((pool_code == unknown) & (stored.pool_code != NO_POOL))
    )
    same_seen = np.isnan(arriving.seen_s) | ~np.isnan(stored.seen_s)
    same = (
        (stored.height == arriving.height)
        & (stored.header_s == arriving.header_s)
        & (stored.bits == arriving.bits)
    )
    return bool((same & same_pool & same_seen).all())
