"""Small chains for tests: one difficulty or two, blocks where the test wants them."""

from collections.abc import Sequence

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.difficulty import EPOCH_BLOCKS, work_of_bits_hashes
from hashquake.core.window import Window

BITS = 0x170B8C8B
HALF_BITS = 0x17171916
"""The target of `BITS` doubled: half the work."""
WORK_HASHES = work_of_bits_hashes(BITS)
EPOCH = 356 * EPOCH_BLOCKS


def chain(
    header_s: Sequence[float],
    *,
    bits: int | Sequence[int] = BITS,
    pool: Sequence[str | None] | None = None,
    first_height: int = EPOCH + 1,
) -> BlockColumns:
    n = len(header_s)
    return BlockColumns.build(
        height=np.arange(first_height, first_height + n),
        header_s=np.asarray(header_s, np.int64),
        bits=np.full(n, bits) if isinstance(bits, int) else bits,
        pool=pool,
    )


def window(start_s: float, end_s: float) -> Window:
    return Window(start_s=start_s, end_s=end_s)


def covered(start_s: float = 0, end_s: float = 1e10) -> Coverage:
    return Coverage((window(start_s, end_s),))
