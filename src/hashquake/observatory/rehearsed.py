"""A rehearsal: blocks of a regtest node that stand for those mainnet had at the same time.

The node accepts blocks of the easiest difficulty alone. In the record they carry the difficulty
that mainnet had by their header times, so that hash rates, falls and farms are those of mainnet.
"""

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.datasets.bundled import bundled_blocks


def with_main_difficulty(blocks: BlockColumns) -> BlockColumns:
    """Return blocks with the difficulty that mainnet had at their header times.

    Before and after the bundled record, it is that of its first and of its last epoch.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        Of a rehearsal.
    """
    starts_s, bits = _epochs()
    at = np.searchsorted(starts_s, blocks.header_s, side="right") - 1
    return replace(blocks, bits=bits[np.maximum(at, 0)])


@cache
def _epochs() -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return when each epoch of the bundled record began, and its bits."""
    blocks = bundled_blocks()
    first = np.flatnonzero(np.diff(blocks.bits.astype(np.int64), prepend=0))
    return blocks.header_s[first].astype(np.int64), blocks.bits[first].astype(np.uint32)
