"""The difficulty forecast against what explorers show, over all full epochs of a record."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import BLOCK_TARGET_S, EPOCH_BLOCKS, difficulty_of_bits, next_bits
from hashquake.estimate.adaptive import adapt
from hashquake.estimate.filter import (
    FilterParameters,
    FilterState,
    follow,
    start,
)
from hashquake.estimate.volatility import learned_course
from hashquake.forward.difficulty_forecast import ratio_at, time_to_retarget_s
from hashquake.judge.scores import crps_of_quantiles

Floats = NDArray[np.float64]
SHARES = (0.05, 0.25, 0.5, 0.9)
_MEMPOOL_BLOCKS = 504
_LEVELS = (np.arange(100) + 0.5) / 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastOutcome:
    """One forecast and what came of it.

    Parameters
    ----------
    epoch : int
        Number of the epoch, the first of the chain being 0.
    elapsed_share : float
        Share of the epoch's blocks found when the forecast was made.
    truth, median, low, high : float
        Next difficulty over the present: what came, the forecast and its 90 % interval.
    linear, mempool : float
        What the linear estimate and mempool.space's estimate said.
    crps : float
        Of the forecast, in the unit of the ratio.
    """

    epoch: int
    elapsed_share: float
    truth: float
    median: float
    low: float
    high: float
    linear: float
    mempool: float
    crps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastScore:
    """How good forecasts made at one share of the epoch were.

    Parameters
    ----------
    elapsed_share : float
        Share of the epoch's blocks found.
    n : int
        Epochs scored.
    crps_share, mae_share, linear_mae_share, mempool_mae_share : float
        Mean score and mean absolute errors of the ratio; 0.01 is a percentage point.
    coverage_share : float
        Share of the 90 % intervals that cover the truth.
    """

    elapsed_share: float
    n: int
    crps_share: float
    mae_share: float
    linear_mae_share: float
    mempool_mae_share: float
    coverage_share: float


def backtest_forecast(
    blocks: BlockColumns, parameters: FilterParameters, *, shares: tuple[float, ...] = SHARES
) -> tuple[ForecastOutcome, ...]:
    """Forecast the end of every full epoch, from blocks before it only.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        Contiguous heights.
    parameters : FilterParameters
        As fitted; drift and growth are learned along the way. Score only epochs later than those
        of the fit.
    shares : tuple of float
        Shares of an epoch at which to forecast, increasing.
    """
    outcomes: list[ForecastOutcome] = []
    state, done = start(parameters), 0
    instants = tuple(_instants(blocks, shares))
    drifts = learned_course(blocks, tuple(at + 1 for _, at, _ in instants))
    for (begin, at, share), drift in zip(instants, drifts, strict=True):
        state = adapt(state, parameters, drift)
        state = follow(state, blocks.take(slice(done, at + 1)))
        done = at + 1
        outcomes.append(_outcome(blocks, state, begin=begin, at=at, share=share))
    return tuple(outcomes)


def score_forecasts(outcomes: tuple[ForecastOutcome, ...]) -> tuple[ForecastScore, ...]:
    """Average outcomes by the share of the epoch at which they were made.

    Parameters
    ----------
    outcomes : tuple of ForecastOutcome
        Of one forecaster, over many epochs.
    """
    scores = []
    for share in sorted({outcome.elapsed_share for outcome in outcomes}):
        rows = [outcome for outcome in outcomes if outcome.elapsed_share == share]
        truth = np.array([row.truth for row in rows])
        errors = {
            name: float(np.mean(np.abs([getattr(row, name) for row in rows] - truth)))
            for name in ("median", "linear", "mempool")
        }
        scores.append(
            ForecastScore(
                elapsed_share=share,
                n=len(rows),
                crps_share=float(np.mean([row.crps for row in rows])),
                mae_share=errors["median"],
                linear_mae_share=errors["linear"],
                mempool_mae_share=errors["mempool"],
                coverage_share=float(np.mean([row.low <= row.truth <= row.high for row in rows])),
            )
        )
    return tuple(scores)


def linear_ratio(header_s: NDArray[np.int64]) -> float:
    """Return the explorers' estimate: the epoch goes on at its average pace so far.

    Parameters
    ----------
    header_s : array of int64, shape (n,)
        Header times of the epoch's blocks so far, two or more.
    """
    pace_s = (header_s[-1] - header_s[0]) / (len(header_s) - 1)
    return float(np.clip(BLOCK_TARGET_S / pace_s, 0.25, 4.0))


def mempool_ratio(
    header_s: NDArray[np.int64],
    earlier_s: NDArray[np.int64],
    last_ratio: float,
    *,
    now_s: float | None = None,
) -> float:
    """Return mempool.space's estimate, by exactly its formula.

    With i the number of the newest block within its epoch, the first being 0: before the 504th
    block (i < 503) the time since the block 503 below the newest one, its part before the epoch
    stretched by the last retarget, stands for 504 blocks; from then on the time since the epoch's
    first block stands for i + 1 blocks. Either way the estimate runs a little high, as n
    intervals are taken for n + 1 blocks. Source: key ``mempool-difficulty`` in ``docs/refs.bib``.

    Parameters
    ----------
    header_s : array of int64, shape (n,)
        Header times of the epoch's blocks so far, one or more, seconds.
    earlier_s : array of int64, shape (m,)
        Header times of the blocks before the epoch, 503 or more, seconds.
    last_ratio : float
        Difficulty of this epoch over that of the last, by which earlier gaps are stretched.
    now_s : float or None
        When the estimate is made, seconds; None is the newest block's header time, and at the
        last block of an epoch that time is taken in any case.

    Returns
    -------
    float
        Next difficulty over the present one, 0.25 to 4.
    """
    at = len(header_s) - 1
    newest_s = float(header_s[-1])
    now_s = newest_s if now_s is None or at == EPOCH_BLOCKS - 1 else now_s
    if at < _MEMPOOL_BLOCKS - 1:
        earlier = float(header_s[0] - earlier_s[at - (_MEMPOOL_BLOCKS - 1)])
        span_s = max(0.0, now_s - float(header_s[0])) + earlier * last_ratio
        blocks = _MEMPOOL_BLOCKS
    else:
        span_s, blocks = now_s - float(header_s[0]), at + 1
    if span_s == 0.0:
        return 4.0
    return float(np.clip(BLOCK_TARGET_S * blocks / span_s, 0.25, 4.0))


def _instants(blocks: BlockColumns, shares: tuple[float, ...]) -> Iterator[tuple[int, int, float]]:
    """Walk the instants: row of the epoch's first block, row of the last block known, share."""
    starts = np.flatnonzero(blocks.height % EPOCH_BLOCKS == 0)
    for begin in starts.tolist():
        if begin < _MEMPOOL_BLOCKS or begin + EPOCH_BLOCKS > len(blocks):
            continue
        for share in shares:
            yield begin, begin + round(share * EPOCH_BLOCKS), share


def _outcome(
    blocks: BlockColumns, state: FilterState, *, begin: int, at: int, share: float
) -> ForecastOutcome:
    last = begin + EPOCH_BLOCKS - 1
    bits = int(blocks.bits[begin])
    after = next_bits(bits, timespan_s=int(blocks.header_s[last] - blocks.header_s[begin]))
    truth = difficulty_of_bits(after) / difficulty_of_bits(bits)
    levels = np.concatenate([_LEVELS, [0.05, 0.5, 0.95]])
    order = np.argsort(levels)
    left_s = np.empty(len(levels))
    left_s[order] = time_to_retarget_s(state, state.clock_s, levels[order])
    ratio = ratio_at(state, state.clock_s + left_s)
    high, median, low = ratio[-3:].tolist()
    earlier_bits = int(blocks.bits[begin - 1])
    return ForecastOutcome(
        epoch=int(blocks.height[begin]) // EPOCH_BLOCKS,
        elapsed_share=share,
        truth=truth,
        median=median,
        low=low,
        high=high,
        linear=linear_ratio(blocks.header_s[begin : at + 1]),
        mempool=mempool_ratio(
            blocks.header_s[begin : at + 1],
            blocks.header_s[begin - _MEMPOOL_BLOCKS : begin],
            difficulty_of_bits(bits) / difficulty_of_bits(earlier_bits),
        ),
        crps=crps_of_quantiles(_LEVELS, ratio[: len(_LEVELS)][::-1], truth),
    )
