"""Weeks of the real chain mined again on regtest: the same times, pools and texts.

The times and pools come from the bundled record, those of December 25, 2021 to January 21, 2022
unless said otherwise; only the work is easy. The blocks may be moved in time as a whole, so that
the newest is as old as wanted.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from tests.sources.block_forge import ForgedBlock, forge_block, script_number

from hashquake.core.columns import BlockColumns
from hashquake.datasets.bundled import bundled_blocks
from hashquake.pools import registry
from hashquake.pools.identify import identify

FIRST_HEIGHT = 715_680
N_BLOCKS = 4_032
_AFTER_S = 1_790_000_000
"""The window is mined again later than this."""
_GENESIS = bytes.fromhex("06226e46111a0b59caaf126043eb5bbf28c34f3a5e332a1fc7b2b73cf188910f")


@cache
def window_pools(first_height: int = FIRST_HEIGHT, n_blocks: int = N_BLOCKS) -> tuple[str, ...]:
    """Return the pool of each block, `unknown` where it was known by an address alone."""
    blocks = _window(first_height, n_blocks)
    texts = _texts()
    names = [blocks.pool_of(at) for at in range(len(blocks))]
    return tuple(name if name in texts else "unknown" for name in names)


def mined_window(newest_s: float, n_blocks: int = N_BLOCKS) -> list[ForgedBlock]:
    """Mine the first blocks of the window on regtest's first block.

    The newest header time is `newest_s`.
    """
    times_s = _window().header_s[:n_blocks].astype(np.int64)
    return _mined(times_s + (int(newest_s) - int(times_s.max())), window_pools()[:n_blocks])


def mined_again(first_height: int, n_blocks: int) -> list[ForgedBlock]:
    """Mine any stretch of the real chain on regtest's first block, at its own times."""
    times_s = _window(first_height, n_blocks).header_s.astype(np.int64)
    return _mined(times_s, window_pools(first_height, n_blocks))


def _mined(times_s: NDArray[np.int64], pools: Sequence[str]) -> list[ForgedBlock]:
    texts, mined = _texts(), list[ForgedBlock]()
    for at, pool in enumerate(pools):
        mined.append(
            forge_block(
                at + 1,
                mined[-1].hash if mined else _GENESIS,
                header_s=int(times_s[at]),
                script=script_number(at + 1) + texts.get(pool, b"/nobody/"),
                value_sat=0,
            )
        )
    return mined


def mined_on(
    parent: ForgedBlock, n_blocks: int, *, first_s: float, tag: bytes, step_s: float = 1.0
) -> list[ForgedBlock]:
    """Mine a branch on a block."""
    branch = [parent]
    for at in range(n_blocks):
        below = branch[-1]
        branch.append(
            forge_block(
                below.height + 1,
                below.hash,
                header_s=int(first_s + at * step_s),
                script=script_number(below.height + 1) + tag,
                value_sat=0,
            )
        )
    return branch[1:]


@cache
def _texts() -> dict[str, bytes]:
    """Return a text for each pool that has one of its own."""
    known = registry.bundled()
    found: dict[str, bytes] = {}
    for pool in known.pools:
        for text in (tag.text.encode() for tag in pool.tags):
            named = identify(coinbase=text, payouts=(), header_s=_AFTER_S, registry=known).pool
            if named == pool.slug:
                found.setdefault(named, text)
    return found


@cache
def _window(first_height: int = FIRST_HEIGHT, n_blocks: int = N_BLOCKS) -> BlockColumns:
    blocks = bundled_blocks()
    first = int(np.searchsorted(blocks.height, first_height))
    return blocks.take(slice(first, first + n_blocks))
