"""Stored forecasts and what came: the truth once its block is there, and how good each was."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hashquake.core.difficulty import difficulty_of_bits
from hashquake.core.forecast import Forecast
from hashquake.core.interval import QUANTILE_LEVELS
from hashquake.core.record import Record

_HEIGHT = "height:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastResult:
    """A stored forecast and what came.

    Parameters
    ----------
    forecast : Forecast
        As it was stored.
    truth : float or None
        What came, in the quantity's unit; None while it is not known.
    score : float or None
        Twice the mean pinball loss of the seven quantiles, in the quantity's unit; smaller is
        better. Method: key ``gneiting-raftery-2007`` in ``docs/refs.bib``.
    in_interval : bool or None
        Whether the 90 % interval holds the truth.
    """

    forecast: Forecast
    truth: float | None
    score: float | None
    in_interval: bool | None


def forecast_results(record: Record, forecasts: Iterable[Forecast]) -> tuple[ForecastResult, ...]:
    """Compare forecasts with what came.

    Parameters
    ----------
    record : Record
        Whose blocks show what came.
    forecasts : iterable of Forecast
        In any order; kept.
    """
    return tuple(_result(one, truth_of(record, one)) for one in forecasts)


def truth_of(record: Record, forecast: Forecast) -> float | None:
    """Return what came of a forecast; None while its block is not in the record.

    Parameters
    ----------
    record : Record
        Whose blocks tell.
    forecast : Forecast
        Of ``next_difficulty_ratio`` or ``retarget_s``; nothing else is known of blocks.
    """
    if not forecast.target.startswith(_HEIGHT):
        return None
    height = int(forecast.target.removeprefix(_HEIGHT))
    blocks = record.blocks(first_height=height - 1, last_height=height)
    if blocks.height.tolist() != [height - 1, height]:
        return None
    if forecast.quantity == "retarget_s":
        return float(blocks.header_s[1])
    if forecast.quantity == "next_difficulty_ratio":
        before, after = (difficulty_of_bits(int(bits)) for bits in blocks.bits)
        return after / before
    return None


def _result(forecast: Forecast, truth: float | None) -> ForecastResult:
    if truth is None:
        return ForecastResult(forecast=forecast, truth=None, score=None, in_interval=None)
    levels, values = np.array(QUANTILE_LEVELS), np.array(forecast.quantiles.values)
    missed = truth - values
    loss = np.maximum(levels * missed, (levels - 1.0) * missed)
    return ForecastResult(
        forecast=forecast,
        truth=truth,
        score=float(2.0 * loss.mean()),
        in_interval=forecast.quantiles.interval(0.9).holds(truth),
    )
