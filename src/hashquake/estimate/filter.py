"""Hash rate at any instant, from the blocks and the silence up to it.

A Bayesian filter on a grid of log rates (`hashquake.estimate.grid_filter`) under the model of
`hashquake.estimate.rate_model`: blocks are Poisson given the rate, each gap is weighed with its
own difficulty, and the silence since the last block counts. The network and all pools are
followed in one pass.

``start`` gives a state, ``step`` takes it through blocks: over a whole run or over any split of
it, the state comes out the same, bit for bit. Looking at an instant leaves the state untouched.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import (
    EPOCH_BLOCKS,
    next_bits,
    work_of_bits_hashes,
)
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.interval import QUANTILE_LEVELS
from hashquake.core.network import MAIN, Network
from hashquake.core.subject import NETWORK, pool_subject
from hashquake.core.times import format_time
from hashquake.estimate.clock import HeaderNoise, found_s, live_clock_s
from hashquake.estimate.grid_quantiles import read_quantiles
from hashquake.estimate.rate_model import RateModel
from hashquake.estimate.rate_posterior import RatePosterior
from hashquake.estimate.track import Track, laid, opened, passed

MADE_BY = "filter/2"
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_LEVELS = np.array(QUANTILE_LEVELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterParameters:
    """What the filter assumes.

    Parameters
    ----------
    network, pool : RateModel
        Of the network and of every pool.
    noise : HeaderNoise
        Of the miners' clocks.
    """

    network: RateModel
    pool: RateModel
    noise: HeaderNoise = field(default_factory=HeaderNoise)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FilterState:
    """All the filter remembers.

    Parameters
    ----------
    parameters : FilterParameters
        What it assumes.
    chain : Network
        Whose retarget rule holds.
    pools : tuple of str
        Slugs followed besides the network.
    first_s, clock_s : float
        Times of the first and the last block, never decreasing, UTC Unix seconds; the clock is
        ``-inf`` before any block.
    height, bits : int
        Of the last block; height -1 before any.
    header_s, epoch_start_s : int or None
        Header times of the last block and of the first of its epoch; None when not seen.
    n_blocks : array of int64, shape (1 + pools,)
        Blocks so far, the network first.
    tracks : tuple of Track
        The network's and the pools'; empty before any block.
    """

    parameters: FilterParameters
    chain: Network
    pools: tuple[str, ...]
    first_s: float
    clock_s: float
    height: int
    bits: int
    header_s: int | None
    epoch_start_s: int | None
    n_blocks: Ints
    tracks: tuple[Track, ...]


def start(
    parameters: FilterParameters, *, pools: tuple[str, ...] = (), chain: Network = MAIN
) -> FilterState:
    """Begin before any block.

    Parameters
    ----------
    parameters : FilterParameters
        Such as `hashquake.estimate.fitted.FITTED`.
    pools : tuple of str
        Slugs to follow besides the network.
    chain : Network
        Whose retarget rule holds.
    """
    if len(set(pools)) < len(pools):
        raise UsageError("a pool is named twice", code="pool-twice")
    return FilterState(
        parameters=parameters,
        chain=chain,
        pools=pools,
        first_s=-inf,
        clock_s=-inf,
        height=-1,
        bits=0,
        header_s=None,
        epoch_start_s=None,
        n_blocks=np.zeros(1 + len(pools), np.int64),
        tracks=(),
    )


def step(
    state: FilterState, blocks: BlockColumns, now_s: float
) -> tuple[FilterState, RatePosterior | None]:
    """Take further blocks in, and return the rates at an instant after them.

    Parameters
    ----------
    state : FilterState
        From `start` or the last step; left untouched.
    blocks : BlockColumns, shape (n,)
        In height order. Blocks already taken in and stale ones are passed over. Where heights
        are missing, the time between counts as not watched.
    now_s : float
        UTC Unix seconds; an instant before the last block is taken as that block's time.

    Returns
    -------
    FilterState
        It does not depend on `now_s`, nor on how the blocks were split into steps.
    RatePosterior or None
        None before any block.
    """
    after = follow(state, blocks)
    return after, (look(after, now_s) if after.tracks else None)


def follow(state: FilterState, blocks: BlockColumns) -> FilterState:
    """Take further blocks in; see `step`.

    Parameters
    ----------
    state : FilterState
        The state before; it is not changed.
    blocks : BlockColumns, shape (n,)
        In the order in which they came.
    """
    height = blocks.height
    highest = np.maximum.accumulate(np.concatenate([[state.height], height]))[:-1]
    fresh = (height > highest) & ~blocks.stale
    if blocks.stale.any():
        # A stale block must not raise the height below which blocks are passed over.
        return follow(state, blocks.main())
    if not fresh.all():
        blocks, height, highest = blocks.take(fresh), height[fresh], highest[fresh]
    if not len(blocks):
        return state
    # A live step is one block, for which sorting its bits would cost more than the rest.
    alone = len(blocks) == 1
    work = np.array([work_of_bits_hashes(int(blocks.bits[0]))]) if alone else blocks.work_hashes
    clock = live_clock_s(
        found_s(blocks.header_s, blocks.seen_s, state.parameters.noise), after_s=state.clock_s
    )
    watched = height == highest + 1
    begun = state
    if not state.tracks:
        watched[0] = False  # nothing was watched before the first block
        begun = _begun(state, first_s=float(clock[0]), work_hashes=float(work[0]))
    column = pool_column(blocks, state.pools)
    columns = (np.zeros(len(blocks), np.int64), column)
    tracks = tuple(
        passed(
            track,
            clock_s=begun.clock_s,
            found=clock,
            work_hashes=work,
            subject=subject,
            watched=watched,
        )
        for track, subject in zip(begun.tracks, columns, strict=False)
    )
    n_blocks = begun.n_blocks.copy()
    n_blocks[0] += len(blocks)
    n_blocks[1:] += np.bincount(column[column >= 0], minlength=len(state.pools))
    return replace(
        begun,
        clock_s=float(clock[-1]),
        height=int(height[-1]),
        bits=int(blocks.bits[-1]),
        header_s=int(blocks.header_s[-1]),
        epoch_start_s=_epoch_start_s(state, blocks),
        n_blocks=n_blocks,
        tracks=tracks,
    )


def look(state: FilterState, now_s: float) -> RatePosterior:
    """Return the rates at an instant, silence since the last block included.

    Parameters
    ----------
    state : FilterState
        The state after the last block that was known by then.
    now_s : float
        The instant, UTC Unix seconds; an instant before the last block counts as that block's.

    Raises
    ------
    NoCoverage
        ``no-coverage`` before any block.
    """
    tracks = open_end(state, now_s)
    return RatePosterior(
        at_s=max(now_s, state.clock_s),
        first_s=state.first_s,
        subjects=(NETWORK, *map(pool_subject, state.pools)),
        quantiles_hps=np.concatenate(
            [read_quantiles(t.mass, t.origin, t.model.cell_log, _LEVELS) for t in tracks]
        ),
        n_blocks=state.n_blocks,
        made_by=MADE_BY,
    )


def open_end(state: FilterState, now_s: float) -> tuple[Track, ...]:
    """Return the grids at an instant: blocks of the open bin and the silence weighed in.

    The tracks are for reading: they must not be stepped further, their open bin is spent.

    Parameters
    ----------
    state : FilterState
        The state after the last block that was known by then.
    now_s : float
        The instant, UTC Unix seconds; an instant before the last block counts as that block's.

    Raises
    ------
    NoCoverage
        ``no-coverage`` before any block.
    """
    if not state.tracks:
        raise NoCoverage(f"no block was seen before {format_time(now_s)}")
    now_s = max(now_s, state.clock_s)
    work = next_work_hashes(state)
    noise = state.parameters.noise.sd_s
    return tuple(
        opened(track, clock_s=state.clock_s, now_s=now_s, work_hashes=work, noise_s=noise)
        for track in state.tracks
    )


def next_work_hashes(state: FilterState) -> float:
    """Return the mean work of the next block, the retarget rule applied where it is due.

    Parameters
    ----------
    state : FilterState
        The state after the last block.
    """
    bits = state.bits
    due = (state.height + 1) % EPOCH_BLOCKS == 0 and state.chain.retargets
    if due and state.epoch_start_s is not None and state.header_s is not None:
        bits = next_bits(
            bits,
            timespan_s=state.header_s - state.epoch_start_s,
            pow_limit=state.chain.pow_limit,
        )
    return work_of_bits_hashes(bits)


def start_tracks(
    parameters: FilterParameters, blocks: BlockColumns, *, pools: tuple[str, ...]
) -> tuple[Track, ...]:
    """Return the grids as they are before the first of some blocks: the network's, the pools'.

    Parameters
    ----------
    parameters : FilterParameters
        Of the models of rates, and of header noise.
    blocks : BlockColumns, shape (n,)
        At least one; the first sets the level where the grids begin.
    pools : tuple of str
        Slugs of the pools to follow.
    """
    return follow(start(parameters, pools=pools), blocks.take(slice(0, 1))).tracks


def _begun(state: FilterState, *, first_s: float, work_hashes: float) -> FilterState:
    models = [(state.parameters.network, 1), (state.parameters.pool, len(state.pools))]
    tracks = [
        laid(model, subjects, work_hashes=work_hashes, first_s=first_s)
        for model, subjects in models
        if subjects
    ]
    return replace(state, first_s=first_s, clock_s=first_s, tracks=tuple(tracks))


def pool_column(blocks: BlockColumns, pools: tuple[str, ...]) -> Ints:
    """Return each block's place among the pools followed, -1 for none; shape (n,).

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        With their pools.
    pools : tuple of str
        Slugs of the pools followed.
    """
    column: Ints = _pool_table(blocks.pool_names, pools)[blocks.pool_code]
    return column


@lru_cache(maxsize=16)
def _pool_table(names: tuple[str, ...], pools: tuple[str, ...]) -> Ints:
    place = {slug: at for at, slug in enumerate(pools)}
    # One more entry, so that the code -1 of "never looked up" finds -1.
    return np.array([*(place.get(name, -1) for name in names), -1], np.int64)


def _epoch_start_s(state: FilterState, blocks: BlockColumns) -> int | None:
    """Return the header time of the first block of the last block's epoch, if it was seen."""
    first_height = int(blocks.height[-1]) // EPOCH_BLOCKS * EPOCH_BLOCKS
    at = int(np.searchsorted(blocks.height, first_height))
    if int(blocks.height[at]) == first_height:
        return int(blocks.header_s[at])
    same_epoch = state.height >= first_height
    return state.epoch_start_s if same_epoch else None
