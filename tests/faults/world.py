"""A stretch of the real chain and a country's readings, as sources that a test can disturb.

Times, difficulties and pools are those of April 2021, in which the network lost hash rate; the
hashes are made up, so that branches can be made. The country loses its Internet on the way.
"""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np

from hashquake.core.block import Block
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks

FIRST_HEIGHT = 677_223
BASE_BLOCKS = 2_330
LIVE_BLOCKS = 80
COUNTRY = "country:KZ"
STEP_S = 600.0
_QUANTITIES = ("ioda_ping_slash24_up_count", "ioda_bgp_prefixes_count")
_USUAL = 1000.0
_DARK_SHARE = 0.03
_HISTORY_S = 3.0 * DAY_S
_DARK_BLOCKS = (20, 45)
"""The country is dark between the times of these live blocks."""


@cache
def real_blocks() -> tuple[Block, ...]:
    """Return the blocks of the whole stretch, on branch a."""
    blocks = bundled_blocks()
    at = int(np.searchsorted(blocks.height, FIRST_HEIGHT))
    part = blocks.take(slice(at, at + BASE_BLOCKS + LIVE_BLOCKS))
    return tuple(
        _block(block, branch="a", prev=_digest("a", block.height - 1)) for block in part.blocks()
    )


@cache
def real_readings() -> tuple[Reading, ...]:
    """Return the country's readings, from three days before the live blocks to their end."""
    times_s = [block.header_s for block in real_blocks()]
    first_s = times_s[BASE_BLOCKS] // STEP_S * STEP_S - _HISTORY_S
    dark_s = [float(times_s[BASE_BLOCKS + at]) for at in _DARK_BLOCKS]
    noise = np.random.default_rng(20210416).standard_normal((2, 4096))
    found = []
    for at, start_s in enumerate(np.arange(first_s, max(times_s) - HOUR_S, STEP_S).tolist()):
        usual = _DARK_SHARE if dark_s[0] <= start_s < dark_s[1] else 1.0
        found += [
            Reading(
                subject=COUNTRY,
                quantity=quantity,
                window=Window(start_s=start_s, end_s=start_s + STEP_S),
                value=float(np.round(_USUAL * usual * (1.0 + 0.01 * noise[which, at]))),
                source="ioda",
            )
            for which, quantity in enumerate(_QUANTITIES)
        ]
    return tuple(found)


@dataclass
class World:
    """What a node and an instrument have to give by now.

    Parameters
    ----------
    live : int
        Live blocks on top of the base.
    whole : tuple of Block
        The chain that is found by and by.
    """

    live: int = 0
    whole: tuple[Block, ...] = field(default_factory=real_blocks)
    main: tuple[Block, ...] = field(init=False)
    branches: int = 0

    def __post_init__(self) -> None:
        """Begin somewhere in the live part."""
        self.main = self.whole[: BASE_BLOCKS + self.live]

    @property
    def now_s(self) -> float:
        """Five minutes past the newest header time."""
        return max(block.header_s for block in self.main[-12:]) + 300.0

    @property
    def exhausted(self) -> bool:
        """Whether the stretch is at its end."""
        return len(self.main) >= len(self.whole)

    def grow(self, n_blocks: int = 1) -> None:
        """Find more blocks."""
        for real in self.whole[len(self.main) : len(self.main) + n_blocks]:
            prev = self.main[-1].hash
            assert prev is not None
            moved = _block(real, branch=f"on {prev.hex()[:16]} ", prev=prev)
            self.main += (real if prev == real.prev else moved,)

    def reorganise(self, depth: int, n_blocks: int) -> None:
        """Replace the newest blocks by more others."""
        self.branches += 1
        self.main = self.main[:-depth]
        for real in self.whole[len(self.main) : len(self.main) + n_blocks]:
            prev = self.main[-1].hash
            assert prev is not None
            moved = replace(real, header_s=real.header_s + 1)
            self.main += (_block(moved, branch=f"b{self.branches} ", prev=prev),)

    def read_node(self, _options: Any, context: SourceContext) -> Iterator[Batch]:
        """Give what the record does not have, as a node does."""
        main = self.main
        first = main[0].height
        tip = context.record.tip()
        height = -1 if tip is None else min(tip[0], main[-1].height)
        while height >= first and context.record.hash_at(height) != main[height - first].hash:
            height -= 1
        missing = main[max(0, height + 1 - first) :]
        if missing:
            yield Batch(blocks=BlockColumns.from_blocks(missing))

    def read_instrument(self, _options: Any, context: SourceContext) -> Iterator[Batch]:
        """Give the readings that are over by now and that the record does not have."""
        del context
        due = self.due_readings()
        if due:
            yield Batch(readings=due)

    def due_readings(self) -> tuple[Reading, ...]:
        """Return the readings that are over by now."""
        readings = real_readings()
        ends_s = [one.window.end_s for one in readings]
        return readings[: bisect.bisect_right(ends_s, max(b.header_s for b in self.main[-12:]))]


def _block(block: Block, *, branch: str, prev: bytes) -> Block:
    return replace(block, hash=_digest(branch, block.height), prev=prev)


def _digest(branch: str, height: int) -> bytes:
    return sha256(f"{branch}{height}".encode()).digest()
