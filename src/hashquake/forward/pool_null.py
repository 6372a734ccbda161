"""Pools of a network in which no pool breaks: shares that only drift, and Poisson noise.

The logarithm of a pool's hash rate is a random walk drawn back slowly to its mean, so that a
century of simulation keeps its large and small pools. The drift is that of the record, see
``docs/theory/pool_share.md``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.kernels import kernel
from hashquake.core.times import DAY_S

Floats = NDArray[np.float64]
_BLOCKS_A_STEP = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolNull:
    """How the pools' hash rates move when none breaks.

    Parameters
    ----------
    shares : tuple of float
        Mean shares; the defaults are the ranks of mid-2022.
    drift_log_per_sqrt_day : float
        Standard deviation of the log of a pool's hash rate after a day, measured on 2021-2023.
    return_s : float
        Time constant with which it is drawn back.
    """

    shares: tuple[float, ...] = (
        0.215, 0.160, 0.145, 0.115, 0.095, 0.075, 0.050, 0.030, 0.022, 0.018,
        0.015, 0.013, 0.012, 0.010, 0.008, 0.006, 0.005, 0.003, 0.002, 0.001,
    )  # fmt: skip
    drift_log_per_sqrt_day: float = 0.035
    return_s: float = 200.0 * DAY_S


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolNullState:
    """The pools between two blocks.

    Parameters
    ----------
    away : array of float, shape (pools,)
        Log hash rates relative to their means.
    """

    away: Floats


def start_pools(model: PoolNull, rng: np.random.Generator) -> PoolNullState:
    """Draw pools from the law that the drift keeps.

    Parameters
    ----------
    model : PoolNull
        How the pools move.
    rng : Generator
        Source of randomness.
    """
    spread = model.drift_log_per_sqrt_day * np.sqrt(model.return_s / DAY_S / 2.0)
    return PoolNullState(away=spread * rng.standard_normal(len(model.shares)))


def label_blocks(
    model: PoolNull,
    state: PoolNullState,
    rng: np.random.Generator,
    blocks: BlockColumns,
    *,
    factor: Floats | None = None,
) -> tuple[BlockColumns, PoolNullState]:
    """Draw who mined each block.

    Parameters
    ----------
    model : PoolNull
        How the pools move.
    state : PoolNullState
        Where they stood; not changed.
    rng : numpy Generator
        Source of randomness.
    blocks : BlockColumns, shape (n,)
        Of a simulated network.
    factor : array of float, shape (pools,), or None
        What each pool's hash rate is multiplied by throughout, for a change imposed.

    Returns
    -------
    BlockColumns, shape (n,), and PoolNullState
        With pools named ``p00``, ``p01`` and so on, largest mean first.
    """
    n = len(blocks)
    steps = -(-n // _BLOCKS_A_STEP)
    kicks = rng.standard_normal((steps, len(model.shares)))
    variates = rng.random(n)
    times = np.maximum.accumulate(blocks.header_s.astype(np.float64))
    days = np.diff(times[::_BLOCKS_A_STEP], prepend=times[0]) / DAY_S
    away = state.away.copy()
    base = np.log(np.array(model.shares)) + np.log(1.0 if factor is None else factor)
    codes = _draw(
        away, base, kicks * model.drift_log_per_sqrt_day, days, variates, model.return_s / DAY_S
    )
    names = tuple(f"p{k:02d}" for k in range(len(model.shares)))
    labelled = BlockColumns.build(
        height=blocks.height,
        header_s=blocks.header_s,
        bits=blocks.bits,
        seen_s=blocks.seen_s,
        pool_code=codes,
        pool_names=names,
    )
    return labelled, PoolNullState(away=away)


@kernel
def _draw(
    away: Floats, base: Floats, kicks: Floats, days: Floats, variates: Floats, return_days: float
) -> NDArray[np.int32]:
    codes = np.empty(len(variates), np.int32)
    for k in range(len(days)):
        away[:] = away * np.exp(-days[k] / return_days) + kicks[k] * np.sqrt(days[k])
        edges = np.cumsum(np.exp(base + away))
        for i in range(k * _BLOCKS_A_STEP, min((k + 1) * _BLOCKS_A_STEP, len(variates))):
            codes[i] = np.searchsorted(edges, variates[i] * edges[-1], side="right")
    return codes
