"""What decides a path before its blocks are shared out: drawn for many paths at once, by NumPy.

Paths are drawn in chunks of `CHUNK` that fit a processor's cache. A chunk's numbers depend on the
seed and on its place alone, so that path i of a seed is the same in every run, however the paths
are split over batches and workers, and whatever the scenario's shares are. The words are those of
``numpy.random.Philox`` with key ``(seed, 0)`` and counter ``(i, chunk, stream, 0)``. Source: key
``salmon-et-al-2011`` in ``docs/refs.bib``.
"""

from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.forward.course import Course, Noise, World
from hashquake.forward.time_change import GAPS, VARIATE_ROWS

Floats = NDArray[np.float64]
CHUNK = 1024
"""Paths drawn at a time: their variates take some 160 kB."""
_TYPICAL_DAYS = 14.0
_VARIATE_STREAM, _WORLD_STREAM = 16, 17
"""Streams of a chunk; those below belong to single paths."""


class Drawn(NamedTuple):
    """What was drawn of n paths.

    Parameters
    ----------
    variates : array of float64, shape (n, VARIATE_ROWS, epochs)
        Work of the first gap; of the gaps up to a halving; of the rest; the factor by which hash
        rate differs from plan; the error of the two clocks, seconds.
    weights : array of float64, shape (n, parts)
        Part of the network's hash rate that each shock takes.
    pool_share, country_share : array of float64, shape (n, pools) and (n, countries)
        Shares before the shocks.
    """

    variates: Floats
    weights: Floats
    pool_share: Floats
    country_share: Floats


def drawn_chunks(seed: int, first: int, count: int, course: Course) -> Iterator[tuple[int, Drawn]]:
    """Draw paths chunk by chunk.

    Parameters
    ----------
    seed, first, count : int
        Key of the run; first path and number of paths.
    course : Course
        The scenario.

    Yields
    ------
    tuple of int and Drawn
        Number of the first path, and the paths; never more than `CHUNK`.
    """
    last = first + count
    for chunk in range(first // CHUNK, -(-last // CHUNK)):
        begin = chunk * CHUNK
        here = slice(max(first - begin, 0), min(last - begin, CHUNK))
        variates = draw_variates(
            _generator(seed, chunk, _VARIATE_STREAM), course.noise, course.epochs
        )
        world = _fixed_world(course)
        if not course.world.fixed:
            world = draw_world(_generator(seed, chunk, _WORLD_STREAM), course.world)
        # Kernels are compiled again for arrays that cannot be written: without outages those of a
        # fixed world would be such.
        arrays = (np.require(one[here], requirements=["C", "W"]) for one in (variates, *world))
        yield begin + here.start, Drawn(*arrays)


def draw_variates(rng: np.random.Generator, noise: Noise, epochs: int) -> Floats:
    """Draw everything that decides the retargets of a chunk.

    Parameters
    ----------
    rng : Generator
        At its beginning.
    noise : Noise
        How hash rate and clocks differ from plan.
    epochs : int
        How many epochs.

    Returns
    -------
    array of float64, shape (CHUNK, VARIATE_ROWS, epochs)
        As in `Drawn`.
    """
    variates = np.zeros((CHUNK, VARIATE_ROWS, epochs))
    size = (CHUNK, epochs)
    variates[:, 0] = rng.standard_exponential(size)
    variates[:, 2] = rng.standard_gamma(GAPS, size)
    split = max(noise.halving_block - 1, 0)
    if split:
        variates[:, 1, 0] = rng.standard_gamma(split, CHUNK)
        variates[:, 2, 0] = rng.standard_gamma(GAPS - split, CHUNK) if split < GAPS else 0.0
    variates[:, 3] = 1.0
    if noise.walk_share > 0.0 or noise.level_sd_share > 0.0:
        level = noise.level_sd_share * rng.standard_normal(CHUNK)
        step = noise.walk_share * sqrt(_TYPICAL_DAYS)
        # Mean and end of a random walk over each epoch, drawn together.
        end, aside = step * rng.standard_normal((2, *size))
        before = np.cumsum(end, axis=1) - end
        variates[:, 3] = np.exp(level[:, None] + before + end / 2.0 + aside / sqrt(12.0))
    if noise.header_sd_s > 0.0:
        variates[:, 4] = noise.header_sd_s * sqrt(2.0) * rng.standard_normal(size)
    return variates


def draw_world(rng: np.random.Generator, world: World) -> tuple[Floats, Floats, Floats]:
    """Draw what is not known for sure: shares of pools and countries, depths of shocks.

    Parameters
    ----------
    rng : Generator
        At its beginning.
    world : World
        The laws.

    Returns
    -------
    tuple of array of float64
        ``weights``, ``pool_share`` and ``country_share`` of `Drawn` for a chunk. The shares drawn
        of countries all stand, and the other countries make room once, in proportion.
    """
    parts = len(world.part_share)
    pools = np.broadcast_to(world.pool_share, (CHUNK, len(world.pool_share)))
    if world.pool_alpha[0] > 0.0:
        pools = rng.standard_gamma(world.pool_alpha, pools.shape)
        pools = pools / pools.sum(axis=1, keepdims=True)
    share = np.broadcast_to(world.part_share, (CHUNK, parts)).copy()
    for part in range(parts):
        if world.part_pool_at[part] >= 0:
            share[:, part] = pools[:, world.part_pool_at[part]]
        elif world.part_alpha[part] > 0.0:
            share[:, part] = rng.beta(world.part_alpha[part], world.part_beta[part], CHUNK)
    countries = _with_drawn(world, share)
    rho = world.correlation
    joint, own = rng.standard_normal((CHUNK, 1)), rng.standard_normal((CHUNK, parts))
    score = sqrt(rho) * joint + sqrt(1.0 - rho) * own
    doubtful = world.depth_spread > 0.0
    odds = world.depth_centre + np.where(doubtful, world.depth_spread, 0.0) * score
    with np.errstate(over="ignore"):
        wanted = share / (1.0 + np.exp(-odds))
    # Shocks together take no more than there is, the first ones first.
    taken = np.minimum(np.cumsum(wanted, axis=1), 1.0)
    weights = np.diff(taken, axis=1, prepend=0.0)
    return weights, pools, countries


def _with_drawn(world: World, share: Floats) -> Floats:
    """Put drawn shares of countries into all shares, the rest scaled once; scales `share` too."""
    count = len(world.country_share)
    countries = np.broadcast_to(world.country_share, (CHUNK, count)).copy()
    parts = np.flatnonzero(world.part_country_at >= 0)
    if not (world.part_alpha[parts] > 0.0).any():
        return countries
    struck = world.part_country_at[parts]
    total = share[:, parts].sum(axis=1, keepdims=True)
    share[:, parts] /= np.maximum(total, 1.0)
    before = world.country_share[struck].sum()
    countries *= (1.0 - np.minimum(total, 1.0)) / max(1.0 - before, 1e-12)
    countries[:, struck] = share[:, parts]
    return countries


def _fixed_world(course: Course) -> tuple[Floats, Floats, Floats]:
    """Return the same world for every path."""
    values = (course.weights, course.world.pool_share, course.world.country_share)
    weights, pools, countries = (np.broadcast_to(one, (CHUNK, len(one))) for one in values)
    return weights, pools, countries


def _generator(seed: int, chunk: int, stream: int) -> np.random.Generator:
    key = np.array([seed, 0], dtype=np.uint64)
    counter = np.array([0, chunk, stream, 0], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))
