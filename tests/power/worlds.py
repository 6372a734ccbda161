"""Networks to judge the program on, made without its own simulator.

Plain NumPy, written apart from `hashquake.forward.null`, on which thresholds are calibrated: hash
rate on a grid of hours, luck spent in work, difficulty by the consensus rule from the headers as
they are dated. What the calibration does not know is here too: jumps, patterns of week and season,
lying clocks, falls on falls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import EPOCH_BLOCKS, next_bits, work_of_bits_hashes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOUR_S, DAY_S, YEAR_S = 3600.0, 86_400.0, 365.25 * 86_400.0
T0_S = 1_577_836_800.0
"""1 January 2020, 00:00 UTC."""
BITS = 0x170B8C8B
_POW_LIMIT = 2**255


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """How hash rate moves when nothing breaks, and how headers are dated.

    Parameters
    ----------
    walk : float
        Standard deviation of the log rate's random walk after a day.
    growth_log_per_day : float
        Mean growth of the log rate.
    wobble, wobble_s : float
        Standard deviation and time constant of a deviation that returns to zero.
    jumps_per_year, jump_log : float
        Jumps of the log rate, up as often as down, and their mean size (exponential).
    weekly : float
        Amplitude of a weekly cycle of the log rate.
    summer_share : tuple of (float, float)
        The part that stops from 18 to 24 UTC on days of June to August, even between the two.
    clock_bias_s, clock_sd_s : float
        Mean and standard deviation of header time less true time.
    liars_share, liars_s : float
        The part of blocks whose headers are dated falsely, and by how much.
    last_header_s : float
        How far ahead the last header of every epoch is dated: a time-warp.
    """

    walk: float = 0.009
    growth_log_per_day: float = 0.001
    wobble: float = 0.02
    wobble_s: float = 0.7 * DAY_S
    jumps_per_year: float = 0.0
    jump_log: float = 0.1
    weekly: float = 0.0
    summer_share: tuple[float, float] = (0.0, 0.0)
    clock_bias_s: float = -20.0
    clock_sd_s: float = 23.0
    liars_share: float = 0.0
    liars_s: float = 0.0
    last_header_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A step of the hash rate that ends again, or does not.

    Parameters
    ----------
    share : float
        The part that stops; negative for a rise.
    start_s, end_s : float
        UTC Unix seconds.
    """

    share: float
    start_s: float
    end_s: float = inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """Where a chain begins: the first block of an epoch.

    Parameters
    ----------
    height : int
        Of the first block, a multiple of 2,016.
    bits : int
        Its compact bits.
    at_s : float
        UTC Unix seconds.
    rate_hps : float
        Hash rate at that instant.
    """

    height: int = 304 * EPOCH_BLOCKS
    bits: int = BITS
    at_s: float = T0_S
    rate_hps: float = work_of_bits_hashes(BITS) / 600.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chain:
    """Blocks and the truth behind them.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        As a source would give them, without pools.
    true_s : array of float, shape (n,)
        When each block was really found, UTC Unix seconds.
    edges_s : array of float, shape (m + 1,)
        Instants between which the hash rate is steady, UTC Unix seconds.
    hashes : array of float, shape (m + 1,)
        Hashes done up to each edge.
    """

    blocks: BlockColumns
    true_s: Floats
    edges_s: Floats
    hashes: Floats

    def mean_hps(self, start_s: float, end_s: float) -> float:
        """Return the true mean hash rate of a window."""
        done = np.interp([start_s, end_s], self.edges_s, self.hashes)
        return float(done[1] - done[0]) / (end_s - start_s)

    def rate_hps(self, at_s: float) -> float:
        """Return the true hash rate at an instant."""
        at = int(np.searchsorted(self.edges_s, at_s, side="right")) - 1
        steps = np.diff(self.hashes[at : at + 2]) / np.diff(self.edges_s[at : at + 2])
        return float(steps[0])

    def fork(self, epoch: int) -> Beginning:
        """Return where another future may begin: at an epoch of this chain, the first being 0."""
        at = epoch * EPOCH_BLOCKS
        return Beginning(
            height=int(self.blocks.height[at]),
            bits=int(self.blocks.bits[at]),
            at_s=float(self.true_s[at - 1]),
            rate_hps=self.rate_hps(float(self.true_s[at - 1])),
        )


def quiet_log_rate(world: World, start_s: float, hours: int, rng: np.random.Generator) -> Floats:
    """Return the log hash rate of every hour, relative to its beginning, when nothing breaks."""
    steps = world.walk / 24**0.5 * rng.standard_normal(hours) + world.growth_log_per_day / 24
    if world.jumps_per_year:
        jumps = rng.random(hours) < world.jumps_per_year * HOUR_S / YEAR_S
        steps += jumps * rng.choice([-1.0, 1.0], hours) * rng.exponential(world.jump_log, hours)
    log_rate = np.cumsum(steps)
    if world.wobble:
        kept = np.exp(-HOUR_S / world.wobble_s)
        kicks = world.wobble * (1 - kept**2) ** 0.5 * rng.standard_normal(hours)
        log_rate += lfilter([1.0], [1.0, -kept], kicks)
    at_s = start_s + np.arange(hours) * HOUR_S
    if world.weekly:
        log_rate += world.weekly * np.cos(2 * np.pi * at_s / (7 * DAY_S))
    if any(world.summer_share):
        month = at_s.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12 + 1
        dips = np.repeat(rng.uniform(*world.summer_share, hours // 24 + 1), 24)[:hours]
        dark = (month >= 6) & (month <= 8) & (at_s % DAY_S >= 18 * HOUR_S)
        log_rate += np.where(dark, np.log1p(-dips), 0.0)
    return np.asarray(log_rate)


def make_chain(
    world: World,
    *,
    days: float,
    rng: np.random.Generator,
    falls: Sequence[Fall] = (),
    beginning: Beginning = Beginning(),
) -> Chain:
    """Mine a chain for some days; the same draws up to a fall as without it."""
    hours = int(np.ceil(days * 24))
    log_rate = quiet_log_rate(world, beginning.at_s, hours, rng)
    whole_s = beginning.at_s + np.arange(hours + 1) * HOUR_S
    cuts = {edge for fall in falls for edge in (fall.start_s, fall.end_s) if edge < whole_s[-1]}
    edges_s = np.union1d(whole_s, np.array(sorted(cuts), np.float64)).astype(np.float64)
    log_rate = log_rate[np.searchsorted(whole_s, edges_s[:-1], side="right") - 1]
    for fall in falls:
        inside = (edges_s[:-1] >= fall.start_s) & (edges_s[:-1] < fall.end_s)
        log_rate = log_rate + np.where(inside, np.log1p(-fall.share), 0.0)
    rate_hps = beginning.rate_hps * np.exp(log_rate)
    hashes = np.concatenate([[0.0], np.cumsum(rate_hps * np.diff(edges_s))])
    true_s, header_s, bits = _mined(world, beginning.bits, edges_s, hashes, rng)
    height = np.arange(beginning.height, beginning.height + len(true_s))
    blocks = BlockColumns.build(height=height, header_s=header_s, bits=bits)
    return Chain(blocks=blocks, true_s=true_s, edges_s=edges_s, hashes=hashes)


def _mined(
    world: World, bits: int, edges_s: Floats, hashes: Floats, rng: np.random.Generator
) -> tuple[Floats, Ints, NDArray[np.uint32]]:
    """Return true times, header times and bits, up to the last hash."""
    done = 0.0
    found: list[Floats] = []
    dated: list[Ints] = []
    all_bits: list[NDArray[np.uint32]] = []
    while True:
        at = done + work_of_bits_hashes(bits) * np.cumsum(rng.standard_exponential(EPOCH_BLOCKS))
        n = int(np.searchsorted(at, hashes[-1]))
        true_s = np.interp(at[:n], hashes, edges_s)
        header_s = _dated(world, true_s, whole=n == EPOCH_BLOCKS, rng=rng)
        found.append(true_s)
        dated.append(header_s)
        all_bits.append(np.full(n, bits, np.uint32))
        if n < EPOCH_BLOCKS:
            break
        bits = next_bits(bits, timespan_s=int(header_s[-1] - header_s[0]), pow_limit=_POW_LIMIT)
        done = float(at[-1])
    return np.concatenate(found), np.concatenate(dated), np.concatenate(all_bits)


def _dated(world: World, true_s: Floats, *, whole: bool, rng: np.random.Generator) -> Ints:
    header_s = true_s + world.clock_bias_s + world.clock_sd_s * rng.standard_normal(len(true_s))
    if world.liars_share:
        header_s += world.liars_s * (rng.random(len(true_s)) < world.liars_share)
    if world.last_header_s and whole:
        header_s[-1] = true_s[-1] + world.last_header_s
    return np.round(header_s).astype(np.int64)


def with_pools(
    chain: Chain, shares: Sequence[float], rng: np.random.Generator, *, walk: float = 0.02
) -> BlockColumns:
    """Label blocks by pools whose log hash rates walk by themselves; names are p00, p01, ..."""
    day = ((chain.true_s - chain.true_s[0]) // DAY_S).astype(int)
    steps = walk * rng.standard_normal((day[-1] + 1, len(shares)))
    share = np.asarray(shares) * np.exp(np.cumsum(steps, axis=0))
    upper = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
    code = (rng.random(len(day))[:, None] > upper[day]).sum(axis=1)
    names = [f"p{at:02d}" for at in range(len(shares))]
    return chain.blocks.with_pools([names[at] for at in np.minimum(code, len(names) - 1)])
