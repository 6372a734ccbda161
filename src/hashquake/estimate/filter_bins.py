"""The time bins of the filter's grids, counted for whoever fits or smooths on them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.network import MAIN, Network
from hashquake.estimate.clock import found_s
from hashquake.estimate.exposure import work_in_force
from hashquake.estimate.filter import FilterParameters, follow, pool_column, start
from hashquake.estimate.time_bins import OpenBin, TimeBins, count_bins

Floats = NDArray[np.float64]


def all_bins(
    parameters: FilterParameters,
    blocks: BlockColumns,
    *,
    pools: tuple[str, ...],
    clock: Callable[[Floats], Floats] = np.maximum.accumulate,
) -> tuple[TimeBins, ...]:
    """Count all bins that some blocks close, once for the network and once for the pools.

    For fits and reviews, which pass over the same bins many times.

    Parameters
    ----------
    parameters : FilterParameters
        Whose bins they are.
    blocks : BlockColumns, shape (n,)
        In height order, strictly rising.
    pools : tuple of str
        Slugs to count besides the network.
    clock : callable
        Takes the times of blocks to times that never decrease.
    """
    return tuple(closed for _, closed in _counted(parameters, blocks, pools=pools, clock=clock))


def bins_until(
    parameters: FilterParameters,
    blocks: BlockColumns,
    *,
    pools: tuple[str, ...],
    until_s: float,
    clock: Callable[[Floats], Floats],
    chain: Network = MAIN,
) -> tuple[TimeBins, ...]:
    """Count all bins up to an instant: the silence after the last block, and the open bin too.

    Parameters are those of `all_bins`, and:

    Parameters
    ----------
    until_s : float
        The end of what was observed, UTC Unix seconds; not before the last block counts.
    chain : Network
        Whose retarget rule gives the difficulty that the silence is weighed with.
    """
    work = float(work_in_force(blocks, network=chain).work_hashes[-1])
    last_s = float(clock(found_s(blocks.header_s, blocks.seen_s, parameters.noise))[-1])
    found: list[TimeBins] = []
    for open_bin, closed in _counted(parameters, blocks, pools=pools, clock=clock):
        bin_s = (parameters.network if not found else parameters.pool).bin_s
        after, silent = count_bins(
            open_bin,
            bin_s=bin_s,
            clock_s=last_s,
            found_s=np.array([max(until_s, last_s)]),
            work_hashes=np.array([work]),
            subject=np.array([-1]),
            watched=np.array([True]),
        )
        found.append(
            TimeBins(
                first=closed.first,
                blocks=np.concatenate([closed.blocks, silent.blocks, after.blocks[None]]),
                exposure=np.concatenate([closed.exposure, silent.exposure, [after.exposure]]),
            )
        )
    return tuple(found)


def _counted(
    parameters: FilterParameters,
    blocks: BlockColumns,
    *,
    pools: tuple[str, ...],
    clock: Callable[[Floats], Floats],
) -> tuple[tuple[OpenBin, TimeBins], ...]:
    """Return the open bin after some blocks, and those before it, for network and pools."""
    begun = follow(start(parameters, pools=pools), blocks.take(slice(0, 1)))
    rest = blocks.take(slice(1, None))
    times = clock(found_s(blocks.header_s, blocks.seen_s, parameters.noise))
    times = np.maximum(times, begun.clock_s)
    columns = (np.zeros(len(rest), np.int64), pool_column(rest, pools))
    watched = np.diff(blocks.height) == 1
    return tuple(
        count_bins(
            track.open_bin,
            bin_s=track.model.bin_s,
            clock_s=begun.clock_s,
            found_s=times[1:],
            work_hashes=rest.work_hashes,
            subject=column,
            watched=watched,
        )
        for track, column in zip(begun.tracks, columns, strict=False)
    )
