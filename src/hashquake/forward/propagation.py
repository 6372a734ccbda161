"""How often a block is found in vain: stale rates from the delay of blocks and the size of pools.

Pools mine on the best block they know of, the first seen of equals. A block reaches the others
after a delay; whoever finds one before that works against it. Nothing is approximated: blocks are
Poisson, every pool's view is what had reached it. Sources: keys ``decker-wattenhofer-2013`` and
``nakamoto-2008`` in ``docs/refs.bib``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from hashquake.core.difficulty import BLOCK_TARGET_S
from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval
from hashquake.core.kernels import kernel

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
_CHUNK_BLOCKS = 1_000_000
_PILOT_BLOCKS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleRates:
    """What a simulation of the network's delays counted.

    Parameters
    ----------
    found, stale : tuple of int
        Blocks found and blocks found in vain, by pool.
    """

    found: tuple[int, ...]
    stale: tuple[int, ...]

    def pool(self, index: int, *, level: float = 0.9) -> Interval:
        """Return one pool's stale rate with its exact binomial interval.

        Parameters
        ----------
        index : int
            Row of the pool.
        level : float
            Probability that the interval holds the truth.
        """
        return _proportion(self.stale[index], self.found[index], level)

    def network(self, *, level: float = 0.9) -> Interval:
        """Return the stale rate of all blocks.

        Parameters
        ----------
        level : float
            Probability that the interval holds the truth.
        """
        return _proportion(sum(self.stale), sum(self.found), level)


def stale_rates(
    shares: Floats,
    delay_s: float | Floats,
    rng: np.random.Generator,
    *,
    n_blocks: int = 1_000_000,
    interval_s: float = float(BLOCK_TARGET_S),
) -> StaleRates:
    """Simulate who finds blocks in vain.

    Parameters
    ----------
    shares : array of float64, shape (pools,)
        Of the hash rate; they sum to 1.
    delay_s : float or array of float64, shape (pools, pools)
        Until a block of the pool of the row reaches the pool of the column, seconds.
    rng : numpy Generator
        Source of randomness.
    n_blocks : int
        How many blocks to find.
    interval_s : float
        Mean time between the chain's blocks, seconds; 600 unless hash rate and difficulty
        disagree. Blocks are found a little faster, since the difficulty is set by the chain alone.

    Raises
    ------
    UsageError
        ``pool-shares`` when shares are negative or do not sum to 1, ``delay-shape`` for delays of
        another shape, negative or not finite, ``count-range`` without a block to find.

    Examples
    --------
    >>> rates = stale_rates(np.array([0.5, 0.5]), 0.0, np.random.default_rng(1), n_blocks=1000)
    >>> sum(rates.stale)
    0
    """
    shares = np.asarray(shares, np.float64)
    if not len(shares) or (shares < 0.0).any() or abs(float(shares.sum()) - 1.0) > 1e-6:
        raise UsageError(
            f"pool shares must be 0 or more and sum to 1, got {shares.tolist()}",
            code="pool-shares",
            hint="divide them by their sum",
        )
    delays = np.array(np.broadcast_to(delay_s, (len(shares), len(shares))), np.float64)
    if not np.isfinite(delays).all() or (delays < 0.0).any():
        raise UsageError(
            "delays must be 0 s or more",
            code="delay-shape",
            hint="give seconds, one number or one for each pair of pools",
        )
    np.fill_diagonal(delays, 0.0)
    if n_blocks < 1 or interval_s <= 0.0:
        raise UsageError(
            "blocks and the time between them must be above 0",
            code="count-range",
            hint="ask for 1 block or more",
        )
    if delays.max() == 0.0:
        kept_share = 1.0
    else:
        pilot = _run(shares, delays, rng, n_blocks=_PILOT_BLOCKS, found_every_s=interval_s)
        kept_share = 1.0 - pilot.network().median
    return _run(shares, delays, rng, n_blocks=n_blocks, found_every_s=interval_s * kept_share)


def _run(
    shares: Floats,
    delays: Floats,
    rng: np.random.Generator,
    *,
    n_blocks: int,
    found_every_s: float,
) -> StaleRates:
    edges = np.cumsum(shares)
    found = np.zeros(len(shares), np.int64)
    stale = np.zeros(len(shares), np.int64)
    left = n_blocks
    while left:
        size = min(left, _CHUNK_BLOCKS)
        gaps = rng.exponential(found_every_s, size)
        miners = np.searchsorted(edges, rng.random(size) * edges[-1], side="right").astype(np.int64)
        _race(gaps, miners, delays, found, stale)
        left -= size
    return StaleRates(found=tuple(int(n) for n in found), stale=tuple(int(n) for n in stale))


def _proportion(hits: int, trials: int, level: float) -> Interval:
    if not trials:
        return Interval(median=0.5, low=0.0, high=1.0, level=level)
    tail = (1.0 - level) / 2.0
    low = float(beta.ppf(tail, hits, trials - hits + 1)) if hits else 0.0
    high = float(beta.isf(tail, hits + 1, trials - hits)) if hits < trials else 1.0
    return Interval(median=hits / trials, low=low, high=high, level=level)


@kernel
def _race(gaps: Floats, miners: Counts, delays: Floats, found: Counts, stale: Counts) -> None:
    """Find blocks one after the other, each on what its finder knew; then count the vain ones."""
    n = len(gaps)
    parent = np.empty(n, np.int64)
    height = np.empty(n, np.int64)
    when = np.cumsum(gaps)
    longest = delays.max()
    best = -1  # of the blocks that have reached everybody, the highest, the first found of equals
    settled = 0  # the blocks before this one have
    for k in range(n):
        while settled < k and when[settled] + longest <= when[k]:
            if best < 0 or height[settled] > height[best]:
                best = settled
            settled += 1
        parent[k] = _known(best, k, miners, when, height, delays)
        height[k] = 1 if parent[k] < 0 else height[parent[k]] + 1
    main = np.zeros(n, np.bool_)
    at = int(np.argmax(height))
    while at >= 0:
        main[at] = True
        at = parent[at]
    for k in range(n):
        found[miners[k]] += 1
        if not main[k]:
            stale[miners[k]] += 1


@kernel
def _known(best: int, k: int, miners: Counts, when: Floats, height: Counts, delays: Floats) -> int:
    """Return the block that the finder of block k mines on; -1 when it knows of none.

    Equals of `best` were found after it, so looking from there on misses none that its finder,
    or a neighbour, saw first.
    """
    i = miners[k]
    tip = best
    seen_s = np.inf if best < 0 else when[best] + delays[miners[best], i]
    for j in range(best + 1, k):
        arrived_s = when[j] + delays[miners[j], i]
        if arrived_s > when[k]:
            continue
        above = tip < 0 or height[j] > height[tip]
        if above or (height[j] == height[tip] and arrived_s < seen_s):
            tip = j
            seen_s = arrived_s
    return tip
