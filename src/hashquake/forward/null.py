"""A Bitcoin network in which nothing breaks: drift, transient, growth, retargets, Poisson noise.

The null against which detectors are calibrated, and, with a drop asked for, the alternative
against which their delay is measured. Blocks are Poisson given the hash rate; the logarithm of
the hash rate is a random walk plus a short-lived transient plus growth. Bits follow the consensus
rule exactly. Source: key ``hashquake-record`` in ``docs/refs.bib``.
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import (
    BLOCK_TARGET_S,
    EPOCH_BLOCKS,
    bits_of_target,
    next_bits,
    target_of_bits,
    work_of_bits_hashes,
)
from hashquake.core.kernels import kernel
from hashquake.core.times import DAY_S, YEAR_S

Floats = NDArray[np.float64]
BLOCKS_PER_YEAR = YEAR_S / BLOCK_TARGET_S
_FAR_S = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class NullModel:
    """How the hash rate moves when nothing breaks; the defaults are measured on 2021-2026.

    Parameters
    ----------
    walk_share : float
        Standard deviation of the log hash rate's random walk after one day.
    transient_share, transient_s : float
        Standard deviation and time constant of its short-lived transient.
    growth_share_per_day : float
        Growth of its mean.
    header_bias_s, header_sd_s : float
        Mean and standard deviation of header time minus true time; zero for exact clocks.
    """

    walk_share: float = 0.009
    transient_share: float = 0.02
    transient_s: float = 0.7 * DAY_S
    growth_share_per_day: float = 0.001
    header_bias_s: float = 0.0
    header_sd_s: float = 0.0


RECORD_CLOCKS = NullModel(header_bias_s=-20.0, header_sd_s=23.0)
"""The same network seen through the miners' clocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedDrop:
    """A step down in hash rate imposed on the null.

    Parameters
    ----------
    share : float
        The part that stops, 0 to 1.
    start_s, end_s : float
        When, UTC Unix seconds; the end may be infinite.
    """

    share: float
    start_s: float
    end_s: float = _FAR_S


@dataclass(frozen=True, slots=True, kw_only=True)
class NullState:
    """A simulated network between two blocks: enough to go on from, any number of times.

    Parameters
    ----------
    height : int
        Of the last block.
    clock_s : float
        Its true time.
    log_rate, transient : float
        The random walk, and the transient on top; ``exp(log_rate + transient)`` is in hashes/s.
    bits : int
        Compact bits of the next block.
    epoch_first_s, last_header_s : int
        Header times of the running epoch's first block and of the last block.
    """

    height: int
    clock_s: float
    log_rate: float
    transient: float
    bits: int
    epoch_first_s: int
    last_header_s: int


def start(
    model: NullModel, rng: np.random.Generator, *, start_s: float = 1.6e9, bits: int = 0x170B8C8B
) -> NullState:
    """Begin a network whose difficulty fits its hash rate, at the first block of an epoch.

    Parameters
    ----------
    model : NullModel
        How it moves.
    rng : numpy Generator
        Source of randomness.
    start_s : float
        UTC Unix seconds.
    bits : int
        Compact bits at the start.
    """
    return NullState(
        height=EPOCH_BLOCKS - 1,
        clock_s=start_s,
        log_rate=log(work_of_bits_hashes(bits) / BLOCK_TARGET_S),
        transient=model.transient_share * float(rng.standard_normal()),
        bits=bits,
        epoch_first_s=int(start_s),
        last_header_s=int(start_s),
    )


def advance(
    model: NullModel,
    state: NullState,
    rng: np.random.Generator,
    *,
    n_blocks: int,
    drop: SimulatedDrop | None = None,
) -> tuple[BlockColumns, NullState]:
    """Mine a number of blocks.

    Parameters
    ----------
    model : NullModel
        How the hash rate moves.
    state : NullState
        Where to go on from; it is not changed.
    rng : numpy Generator
        Source of randomness.
    n_blocks : int
        How many.
    drop : SimulatedDrop or None
        A step down to impose; None is the null.

    Returns
    -------
    BlockColumns, shape (n_blocks,), and NullState
        ``seen_s`` holds the true time, ``header_s`` the miners' clocks in whole seconds.
    """
    variates = rng.standard_exponential(n_blocks)
    kicks = rng.standard_normal((n_blocks, 3))
    steps = np.array(
        [
            model.walk_share,
            model.transient_share,
            model.transient_s,
            model.growth_share_per_day,
            0.0 if drop is None else drop.share,
            _FAR_S if drop is None else drop.start_s,
            _FAR_S if drop is None else drop.end_s,
        ]
    )
    true_s = np.empty(n_blocks)
    header_s = np.empty(n_blocks, np.int64)
    bits_column = np.empty(n_blocks, np.uint32)
    moving = np.array([state.clock_s, state.log_rate, state.transient])
    bits, first_s, last_s = state.bits, state.epoch_first_s, state.last_header_s
    done = 0
    while done < n_blocks:
        at_height = state.height + 1 + done
        if at_height % EPOCH_BLOCKS == 0 and at_height > EPOCH_BLOCKS:
            bits = _retarget(bits, last_s - first_s)
        stop = min(n_blocks, done + EPOCH_BLOCKS - at_height % EPOCH_BLOCKS)
        part = slice(done, stop)
        _mine(true_s[part], variates[part], kicks[part], moving, work_of_bits_hashes(bits), steps)
        header_s[part] = np.floor(
            true_s[part] + model.header_bias_s + model.header_sd_s * kicks[part, 2]
        )
        bits_column[part] = bits
        if at_height % EPOCH_BLOCKS == 0:
            first_s = int(header_s[done])
        last_s = int(header_s[stop - 1])
        done = stop
    blocks = BlockColumns.build(
        height=np.arange(state.height + 1, state.height + 1 + n_blocks),
        header_s=header_s,
        bits=bits_column,
        seen_s=true_s,
    )
    after = NullState(
        height=state.height + n_blocks,
        clock_s=float(moving[0]),
        log_rate=float(moving[1]),
        transient=float(moving[2]),
        bits=bits,
        epoch_first_s=first_s,
        last_header_s=last_s,
    )
    return blocks, after


def _retarget(bits: int, timespan_s: int) -> int:
    # A century of growth needs no pow limit, but a target must stay a positive 256-bit number.
    return next_bits(bits, timespan_s=timespan_s, pow_limit=target_of_bits(bits_of_target(2**255)))


@kernel
def _mine(
    true_s: Floats, variates: Floats, kicks: Floats, moving: Floats, work: float, steps: Floats
) -> None:
    """Fill block times of one difficulty; `moving` is clock, walk and transient, updated."""
    walk, transient_sd, transient_s, growth, share, drop_s, back_s = steps
    clock, log_rate, transient = moving
    for i in range(len(true_s)):
        # Exponential variates are work: each second spends the rate then running, so a drop
        # inside a gap needs no approximation. The rate itself moves from block to block.
        left = variates[i] * work / np.exp(log_rate + transient)
        start_s = clock
        for _ in range(3):
            inside = drop_s <= clock < back_s
            speed = 1.0 - share if inside else 1.0
            edge_s = drop_s if clock < drop_s else (back_s if inside else np.inf)
            if speed > 0.0 and clock + left / speed <= edge_s:
                clock += left / speed
                break
            left -= (edge_s - clock) * speed
            clock = edge_s
        days = (clock - start_s) / 86400.0
        log_rate += growth * days + walk * np.sqrt(days) * kicks[i, 0]
        keep = np.exp(-days * 86400.0 / transient_s)
        transient = keep * transient + transient_sd * np.sqrt(1.0 - keep * keep) * kicks[i, 1]
        true_s[i] = clock
    moving[0], moving[1], moving[2] = clock, log_rate, transient
