"""Keep one batch: tell new blocks from known ones, choose between branches, add the rows."""

import json
import math
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import Connection

from hashquake.core.columns import NO_POOL, BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.record import AppendResult
from hashquake.core.subject import UNKNOWN_POOL
from hashquake.store.additions import Additions
from hashquake.store.all_stored_blocks import all_stored
from hashquake.store.branches import Branches, Node
from hashquake.store.instruments import add_observed, add_readings
from hashquake.store.sightings import unsighted
from hashquake.store.statements import add_claims
from hashquake.store.stored_blocks import (
    StoredBlock,
    pool_ids,
    stale_rows,
    stored_between,
    stored_stale,
)


def append_batch(
    connection: Connection, batch: Batch, *, source: str, received_s: float
) -> AppendResult:
    """Add what is new in a batch; add nothing at all when nothing is.

    Parameters
    ----------
    connection : Connection
        Inside a transaction that holds the write lock, where the database has one.
    batch : Batch
        What a source gave.
    source : str
        Its name.
    received_s : float
        Our clock, UTC Unix seconds.

    Raises
    ------
    ChainError
        ``height-duplicate`` or ``prev-mismatch``; nothing of the batch is kept.
    InputError
        ``reading-value`` when a reading's value is not a number.
    """
    additions = Additions.start(connection, with_blocks=len(batch.blocks) > 0)
    known = staled = 0
    if all_stored(connection, batch.blocks):
        known = len(batch.blocks)
    else:
        arrival = _Arrival(connection, batch.blocks, additions)
        known, staled = arrival.take_in()
        arrival.note_sightings(source)
    add_readings(connection, batch.readings, additions)
    add_claims(connection, batch.claims, additions)
    if len(batch.blocks) or not (batch.readings or batch.claims):
        # Who watched a country did not watch the chain: readings carry their own windows.
        add_observed(connection, batch.observed, additions)
    result = AppendResult(
        blocks_added=len(additions.blocks),
        blocks_known=known,
        blocks_staled=staled,
        readings_added=len(additions.readings),
        claims_added=len(additions.claims),
        lowest_changed=additions.lowest_changed,
        lowest_timed=additions.lowest_timed,
    )
    if additions:
        counts = (result.blocks_added, known, staled, result.readings_added)
        additions.write(connection, (source, received_s, *counts))
    return result


class _Arrival:
    """The blocks of one batch on their way in."""

    def __init__(
        self, connection: Connection, arriving: BlockColumns, additions: Additions
    ) -> None:
        self.connection = connection
        self.arriving = arriving
        self.additions = additions
        self.stale = stale_rows(connection)
        self.first = int(arriving.height.min())
        self.last = int(arriving.height.max())
        self.around = stored_between(connection, self.first - 1, self.last + 1, self.stale)
        self.pool_id_of_code = self._pool_ids()
        self.first_new = additions.next_block
        self.sighted: dict[int, float] = {}

    def take_in(self) -> tuple[int, int]:
        """Add the blocks; count the known ones and those that left the main chain."""
        if self._simply_extends():
            self._add_all()
            return 0, 0
        return self._weigh()

    def note_sightings(self, source: str) -> None:
        """Note when this source saw each block, the first time it says so.

        Parameters
        ----------
        source : str
            Its name.
        """
        seen = {row: seen_s for row, seen_s in self.sighted.items() if not math.isnan(seen_s)}
        fresh = {row: seen_s for row, seen_s in seen.items() if row >= self.first_new}
        known = {row: seen_s for row, seen_s in seen.items() if row < self.first_new}
        self.additions.sightings += fresh.items()
        self.additions.sightings += unsighted(self.connection, source, known)

    def _pool_ids(self) -> list[int | None]:
        """Return the identifier for each pool code; the code -1 picks the last, None."""
        ids = pool_ids(self.connection)
        used = set(np.unique(self.arriving.pool_code).tolist()) - {NO_POOL}
        for code in sorted(used):
            slug = self.arriving.pool_names[code]
            if slug not in ids:
                ids[slug] = self.additions.next_pool
                self.additions.pools.append((ids[slug], slug))
                self.additions.next_pool += 1
        self.unknown_id = ids.get(UNKNOWN_POOL)
        return [ids.get(slug) for slug in self.arriving.pool_names] + [None]

    def _simply_extends(self) -> bool:
        """Return whether the blocks are new, contiguous and linked: then nothing needs weighing."""
        new = self.arriving
        if new.stale.any() or (np.diff(new.height) != 1).any():
            return False
        below: bytes | None = None
        for stored in self.around.values():
            if stored.node.height != self.first - 1 or not stored.main:
                return False  # they may compete with these, or build on a stale one
            below = stored.node.hash
        links = zip(new.prev, [below, *new.hash[:-1]], strict=True)
        return all(prev is None or digest is None or prev == digest for prev, digest in links)

    def _add_all(self) -> None:
        new, additions = self.arriving, self.additions
        n = len(new)
        rows = range(additions.next_block, additions.next_block + n)
        pools = [self.pool_id_of_code[code] for code in new.pool_code.tolist()]
        seen_s = [None if math.isnan(moment_s) else moment_s for moment_s in new.seen_s.tolist()]
        columns = (new.height.tolist(), new.header_s.tolist(), new.bits.tolist())
        batch = [additions.next_batch] * n
        additions.blocks += zip(rows, batch, *columns, [0] * n, pools, seen_s, strict=True)
        additions.next_block += n
        self.sighted = dict(zip(rows, new.seen_s.tolist(), strict=True))
        details = zip(rows, new.hash, new.prev, new.coinbase, new.payouts, strict=True)
        additions.details += [
            (row, digest, prev, coinbase, _json(payouts))
            for row, digest, prev, coinbase, payouts in details
            if not (digest is None and prev is None and coinbase is None and payouts is None)
        ]

    def _weigh(self) -> tuple[int, int]:
        branches, stored = self._fork()
        first_new = self.additions.next_block
        known, previous = 0, None
        # Marks first: a block that its source calls stale gives way to the one it calls main.
        stale = self.arriving.stale
        for index in [*np.flatnonzero(stale).tolist(), *np.flatnonzero(~stale).tolist()]:
            key = (
                int(self.arriving.height[index]),
                int(self.arriving.header_s[index]),
                int(self.arriving.bits[index]),
            )
            digest, prev = self.arriving.hash[index], self.arriving.prev[index]
            node = branches.known(key, digest)
            if node is not None:
                known += 1
                stored[node.row] = self._enrich(branches, stored[node.row], index)
                if stale[index]:
                    branches.mark_stale(node.row)
            else:
                twin = branches.twins(key)
                node = self._new_node(key, digest, prev)
                if stale[index]:
                    branches.hold(node, main=False)
                else:
                    branches.place(node, before=previous)
                stored[node.row] = self._add(node, index, twin)
            self.sighted[node.row] = float(self.arriving.seen_s[index])
            if not stale[index]:
                previous = node.row
        branches.check_links(self.arriving.height.tolist())
        return known, self._add_fates(branches, stored, first_new)

    def _fork(self) -> tuple[Branches, dict[int, StoredBlock]]:
        """Load every block that can matter: around the batch, and stale ones with their roots."""
        stored = stored_stale(self.connection, self.stale)
        by_hash = {item.node.hash: item.node for item in stored.values() if item.node.hash}
        floor = self.first
        wanted = [prev for prev in self.arriving.prev if prev in by_hash]
        while wanted:
            node = by_hash[wanted.pop()]
            floor = min(floor, node.height)
            if node.prev in by_hash:
                wanted.append(node.prev)
        if floor < self.first:
            stored |= stored_between(self.connection, floor - 1, self.first - 2, self.stale)
        stored |= self.around

        def above(height: int) -> list[Node]:
            higher = stored_between(self.connection, height + 1, None, self.stale)
            fresh = {row: item for row, item in higher.items() if item.main and row not in stored}
            stored.update(fresh)
            return [item.node for item in fresh.values()]

        branches = Branches(above=above)
        for item in stored.values():
            branches.hold(item.node, main=item.main)
        return branches, stored

    def _new_node(self, key: tuple[int, int, int], digest: Any, prev: Any) -> Node:
        height, header_s, bits = key
        row = self.additions.next_block
        self.additions.next_block += 1
        return Node(row=row, height=height, header_s=header_s, bits=bits, hash=digest, prev=prev)

    def _add(self, node: Node, index: int, twin: int) -> StoredBlock:
        new = self.arriving
        pool_id = self.pool_id_of_code[int(new.pool_code[index])]
        seen_s = None if np.isnan(new.seen_s[index]) else float(new.seen_s[index])
        batch = self.additions.next_batch
        self.additions.blocks.append((node.row, batch, *node.key, twin, pool_id, seen_s))
        coinbase, payouts = new.coinbase[index], new.payouts[index]
        if not (node.hash is None and node.prev is None and coinbase is None and payouts is None):
            self.additions.details.append(
                (node.row, node.hash, node.prev, coinbase, _json(payouts))
            )
        return StoredBlock(
            node=node,
            main=True,
            pool_id=pool_id,
            seen_s=seen_s,
            has_coinbase=coinbase is not None,
            has_payouts=payouts is not None,
        )

    def _enrich(self, branches: Branches, stored: StoredBlock, index: int) -> StoredBlock:
        """Add what was not known of a block, and another pool if it is given one."""
        new, node = self.arriving, stored.node
        digest = new.hash[index] if node.hash is None else None
        prev = new.prev[index] if node.prev is None else None
        coinbase = None if stored.has_coinbase else new.coinbase[index]
        payouts = None if stored.has_payouts else new.payouts[index]
        if not (digest is None and prev is None and coinbase is None and payouts is None):
            self.additions.details.append((node.row, digest, prev, coinbase, _json(payouts)))
            stored = replace(
                stored,
                node=branches.enrich(node.row, digest=digest, prev=prev),
                has_coinbase=stored.has_coinbase or coinbase is not None,
                has_payouts=stored.has_payouts or payouts is not None,
            )
        pool_id = self.pool_id_of_code[int(new.pool_code[index])]
        if pool_id == stored.pool_id or (stored.pool_id is not None and pool_id == self.unknown_id):
            pool_id = None  # not having found a name does not take one away
        moment_s = float(new.seen_s[index])
        seen_s = None if math.isnan(moment_s) or stored.seen_s is not None else moment_s
        if pool_id is not None or seen_s is not None:
            self.additions.labels.append((node.row, pool_id, seen_s))
            if pool_id is not None:
                self.additions.changes_height(node.height)
            if seen_s is not None:
                self.additions.times_height(node.height)
            stored = replace(
                stored,
                pool_id=stored.pool_id if pool_id is None else pool_id,
                seen_s=stored.seen_s if seen_s is None else seen_s,
            )
        return stored

    def _add_fates(self, branches: Branches, stored: dict[int, StoredBlock], first_new: int) -> int:
        """Write down who left the main chain or came back; count those that left."""
        left = 0
        for row in sorted(stored):
            was_main, is_main = stored[row].main, branches.is_main(row)
            if was_main != is_main:
                self.additions.fates.append((row, "main" if is_main else "stale"))
                left += row < first_new and was_main
                if row < first_new:
                    self.additions.changes_height(stored[row].node.height)
        return left


def _json(payouts: tuple[str, ...] | None) -> str | None:
    return None if payouts is None else _payouts_text(tuple(payouts))


@lru_cache(maxsize=1024)
def _payouts_text(payouts: tuple[str, ...]) -> str:
    """Word the addresses that a coinbase pays; a pool pays the same ones in most of its blocks."""
    return json.dumps(payouts)
