"""Simulated records with a fall in them, for tests of detectors and of the catalog."""

from functools import lru_cache

import numpy as np

from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.times import DAY_S
from hashquake.forward.null import RECORD_CLOCKS, SimulatedDrop, advance, start
from hashquake.forward.pool_null import PoolNull, label_blocks, start_pools

POOLS = PoolNull()


@lru_cache(maxsize=16)
def fall(
    *,
    seed: int = 3,
    drop_share: float = 0.5,
    before_d: float = 25.0,
    lasts_d: float = 4.0,
    after_d: float = 18.0,
    pool_factors: tuple[tuple[int, float], ...] = (),
) -> tuple[BlockColumns, float]:
    """A quiet stretch, a fall of the network that ends, and the time after; and the onset.

    `pool_factors` multiplies hash rates of pools from the onset on, without end.
    """
    rng = np.random.default_rng(seed)
    state = start(RECORD_CLOCKS, rng)
    onset_s = state.clock_s + before_d * DAY_S
    end_s = onset_s + lasts_d * DAY_S
    drop = SimulatedDrop(share=drop_share, start_s=onset_s, end_s=end_s)
    parts = []
    pools = start_pools(POOLS, rng)
    while state.clock_s < end_s + after_d * DAY_S:
        # One part never straddles the onset by more than a few blocks, so pools turn on time.
        blocks, state = advance(RECORD_CLOCKS, state, rng, n_blocks=24, drop=drop)
        factor = np.ones(len(POOLS.shares))
        if float(blocks.seen_s[0]) >= onset_s:
            for pool, by in pool_factors:
                factor[pool] = by
        labelled, pools = label_blocks(POOLS, pools, rng, blocks, factor=factor)
        parts.append(labelled)
    return concatenate(parts), onset_s


def renamed(blocks: BlockColumns, old: str, new: str, from_s: float) -> BlockColumns:
    """The same blocks, a pool's filed under another name from an instant on."""
    names = [
        new if name == old and seen_s >= from_s else name
        for name, seen_s in zip(
            (blocks.pool_of(k) for k in range(len(blocks))), blocks.header_s, strict=True
        )
    ]
    return blocks.with_pools(names)
