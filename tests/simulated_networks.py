"""Simulated networks in which nothing breaks, or one thing does, for tests of detectors."""

import numpy as np

from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.core.times import YEAR_S
from hashquake.forward.null import NullModel, SimulatedDrop, advance, start


def null_years(
    model: NullModel, rng: np.random.Generator, *, years: float
) -> tuple[BlockColumns, ...]:
    """Simulate a quiet record of a given length, in pieces of an epoch's multiple."""
    state = start(model, rng)
    left = round(years * YEAR_S / 600.0)
    pieces = []
    while left > 0:
        blocks, state = advance(model, state, rng, n_blocks=min(left, 100 * EPOCH_BLOCKS))
        pieces.append(blocks)
        left -= len(blocks)
    return tuple(pieces)


def with_drop(
    model: NullModel,
    rng: np.random.Generator,
    *,
    drop_share: float,
    before_s: float,
    after_s: float,
) -> tuple[BlockColumns, float]:
    """Simulate a quiet stretch and then a lasting drop; return the blocks and its instant."""
    state = start(model, rng)
    onset_s = state.clock_s + before_s
    end_s = onset_s + after_s
    drop = SimulatedDrop(share=drop_share, start_s=onset_s)
    pieces = []
    while state.clock_s < end_s:
        blocks, state = advance(model, state, rng, n_blocks=EPOCH_BLOCKS, drop=drop)
        pieces.append(blocks)
    whole = concatenate(pieces)
    return whole.take(slice(0, int(np.searchsorted(whole.seen_s, end_s)) + 1)), onset_s
