"""How published forecasts of the next difficulty did, by forecaster and year.

A forecast of one number is scored as a distribution at that number: its CRPS is its absolute error
(key ``gneiting-raftery-2007`` in ``docs/refs.bib``). A forecast with an interval is scored by its
quantiles.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import EPOCH_BLOCKS, difficulty_of_bits
from hashquake.judge.forecast_backtest import linear_ratio, mempool_ratio
from hashquake.judge.forecast_outcomes import ForecastResult

SHARES = (0.25, 0.5, 0.75, 0.9)
"""Parts of an epoch at which formulas are asked."""
_MEMPOOL_BLOCKS = 504


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredForecast:
    """One forecast whose truth has come.

    Parameters
    ----------
    forecaster : str
        Who made it.
    issued_s : float
        When, UTC Unix seconds.
    elapsed_share : float
        How much of the epoch had passed, 0 to 1.
    error_share : float
        Forecast median less truth, of the ratio of difficulties.
    crps_share : float
        Of the same unit; smaller is better.
    in_interval : bool or None
        Whether its 90 % interval holds the truth; None where it has none.
    """

    forecaster: str
    issued_s: float
    elapsed_share: float
    error_share: float
    crps_share: float
    in_interval: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecasterScore:
    """How one forecaster did in one year, asked at one part of the epoch.

    Parameters
    ----------
    forecaster : str
        Who.
    year : int
        Of the forecasts.
    elapsed_share : float
        The middle of the quarter of the epoch in which they were made, or the part at which a
        formula was asked.
    n : int
        How many.
    crps_share, mae_share : float
        Mean CRPS and mean absolute error, of the ratio of difficulties.
    bias_share : float
        Mean error: above 0 where the forecasts were too high.
    coverage_share : float or None
        Part of the 90 % intervals that contain the truth; None without any.
    """

    forecaster: str
    year: int
    elapsed_share: float
    n: int
    crps_share: float
    mae_share: float
    bias_share: float
    coverage_share: float | None


def formula_forecasts(blocks: BlockColumns) -> tuple[ScoredForecast, ...]:
    """Ask the formulas of explorers in every whole epoch: mempool.space's, and the mean pace.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        The main chain in height order.
    """
    found: list[ScoredForecast] = []
    for begin in np.flatnonzero(blocks.height % EPOCH_BLOCKS == 0).tolist():
        if begin < _MEMPOOL_BLOCKS or begin + EPOCH_BLOCKS >= len(blocks):
            continue
        before, now, after = (
            difficulty_of_bits(int(blocks.bits[at]))
            for at in (begin - 1, begin, begin + EPOCH_BLOCKS)
        )
        earlier_s = blocks.header_s[begin - _MEMPOOL_BLOCKS : begin]
        for share in SHARES:
            at = begin + round(share * EPOCH_BLOCKS)
            header_s = blocks.header_s[begin : at + 1]
            for forecaster, ratio in (
                ("mempool.space", mempool_ratio(header_s, earlier_s, now / before)),
                ("mean pace of the epoch", linear_ratio(header_s)),
            ):
                found.append(
                    _point(forecaster, float(blocks.header_s[at]), share, ratio, after / now)
                )
    return tuple(found)


def published_forecast(
    forecaster: str, *, issued_s: float, ratio: float, blocks: BlockColumns
) -> ScoredForecast | None:
    """Score a published forecast of the next retarget after it; None while that has not come.

    Parameters
    ----------
    forecaster : str
        Who made it.
    issued_s : float
        When, UTC Unix seconds.
    ratio : float
        Next difficulty over the present one.
    blocks : BlockColumns, shape (n,)
        The main chain in height order.
    """
    starts = np.flatnonzero(blocks.height % EPOCH_BLOCKS == 0)
    later = starts[blocks.header_s[starts] > issued_s]
    if not len(later) or not int(later[0]):
        return None
    at = int(later[0])
    known = int(np.searchsorted(np.maximum.accumulate(blocks.header_s), issued_s, side="right"))
    elapsed = (int(blocks.height[max(0, known - 1)]) % EPOCH_BLOCKS) / EPOCH_BLOCKS
    truth = difficulty_of_bits(int(blocks.bits[at])) / difficulty_of_bits(int(blocks.bits[at - 1]))
    return _point(forecaster, issued_s, elapsed, ratio, truth)


def stored_forecasts(
    results: Iterable[ForecastResult], blocks: BlockColumns
) -> tuple[ScoredForecast, ...]:
    """Return our own forecasts of the next difficulty as they were stored, scored.

    Parameters
    ----------
    results : iterable of ForecastResult
        Of any quantity; others are left out, and those whose truth has not come.
    blocks : BlockColumns, shape (n,)
        The main chain in height order.
    """
    times = np.maximum.accumulate(blocks.header_s)
    found = []
    for one in results:
        if (
            one.forecast.quantity != "next_difficulty_ratio"
            or one.truth is None
            or one.score is None
        ):
            continue
        known = int(np.searchsorted(times, one.forecast.issued_s, side="right"))
        height = int(blocks.height[max(0, min(known, len(blocks)) - 1)])
        found.append(
            ScoredForecast(
                forecaster=one.forecast.made_by,
                issued_s=one.forecast.issued_s,
                elapsed_share=(height % EPOCH_BLOCKS) / EPOCH_BLOCKS,
                error_share=one.forecast.quantiles.median - one.truth,
                crps_share=one.score,
                in_interval=one.in_interval,
            )
        )
    return tuple(found)


def forecaster_scores(scored: Sequence[ScoredForecast]) -> tuple[ForecasterScore, ...]:
    """Average forecasts by forecaster, year and part of the epoch.

    Parameters
    ----------
    scored : sequence of ScoredForecast
        Of any forecasters.
    """
    groups: dict[tuple[str, int, float], list[ScoredForecast]] = defaultdict(list)
    for one in scored:
        year = datetime.fromtimestamp(one.issued_s, UTC).year
        groups[one.forecaster, year, _part(one.elapsed_share)].append(one)
    return tuple(
        ForecasterScore(
            forecaster=forecaster,
            year=year,
            elapsed_share=part,
            n=len(rows),
            crps_share=float(np.mean([row.crps_share for row in rows])),
            mae_share=float(np.mean([abs(row.error_share) for row in rows])),
            bias_share=float(np.mean([row.error_share for row in rows])),
            coverage_share=_coverage(rows),
        )
        for (forecaster, year, part), rows in sorted(groups.items())
    )


def _coverage(rows: Sequence[ScoredForecast]) -> float | None:
    inside = [row.in_interval for row in rows if row.in_interval is not None]
    return float(np.mean(inside)) if inside else None


def _part(elapsed_share: float) -> float:
    """Return the part of the epoch a forecast counts for: a formula's own, else its quarter."""
    if elapsed_share in SHARES:
        return elapsed_share
    return min(3, int(4 * elapsed_share)) / 4 + 0.125


def _point(
    forecaster: str, issued_s: float, elapsed_share: float, ratio: float, truth: float
) -> ScoredForecast:
    return ScoredForecast(
        forecaster=forecaster,
        issued_s=issued_s,
        elapsed_share=elapsed_share,
        error_share=ratio - truth,
        crps_share=abs(ratio - truth),
        in_interval=None,
    )
