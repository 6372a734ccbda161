"""Stored forecasts as rows of a table and as JSON."""

from typing import Any

from hashquake.core.interval import Interval
from hashquake.forward.difficulty_forecast import DifficultyForecast
from hashquake.judge.forecast_outcomes import ForecastResult
from hashquake.serve.format import change, percent
from hashquake.serve.format_times import utc
from hashquake.serve.shapes import interval_shape

_NAMES = {"next_difficulty_ratio": "next difficulty", "retarget_s": "its time"}


def next_difficulty_shape(made: DifficultyForecast) -> dict[str, Any]:
    """Return a forecast of the next difficulty as the command line's contract has it.

    Parameters
    ----------
    made : DifficultyForecast
        From `Observatory.forecast`.
    """
    return {
        "height": made.height,
        "epoch_share_elapsed": made.epoch_share_elapsed,
        "is_set": made.is_set,
        "issued_s": made.next_difficulty_ratio.issued_s,
        "next_difficulty_ratio": interval_shape(made.next_difficulty_ratio.quantiles.interval(0.9)),
        "retarget_s": interval_shape(made.retarget_s.quantiles.interval(0.9)),
        "made_by": made.next_difficulty_ratio.made_by,
    }


def forecast_shape(result: ForecastResult) -> dict[str, Any]:
    """Return a stored forecast as the command line's contract has it.

    Parameters
    ----------
    result : ForecastResult
        A stored forecast, and what came.
    """
    forecast = result.forecast
    return {
        "quantity": forecast.quantity,
        "target": forecast.target,
        "issued_s": forecast.issued_s,
        "interval": interval_shape(forecast.quantiles.interval(0.9)),
        "seed": forecast.seed,
        "made_by": forecast.made_by,
        "truth": result.truth,
        "score": result.score,
        "in_interval": result.in_interval,
    }


def forecast_cells(result: ForecastResult) -> tuple[str, str, str, str, str, str]:
    """Return when it was issued, of what, for which block, what it said, and what came.

    Parameters
    ----------
    result : ForecastResult
        A stored forecast, and what came.
    """
    forecast, truth = result.forecast, result.truth
    said = forecast.quantiles.interval(0.9)
    if forecast.quantity == "next_difficulty_ratio":
        moved = Interval(
            median=said.median - 1.0, low=said.low - 1.0, high=said.high - 1.0, level=said.level
        )
        text = change(moved, digits=1)
        came = "" if truth is None else percent(truth - 1.0, digits=2, signed=True)
    else:
        text = f"{utc(said.median)} [{utc(said.low)} to {utc(said.high)}]"
        came = "" if truth is None else utc(truth)
    return (
        utc(forecast.issued_s),
        _NAMES.get(forecast.quantity, forecast.quantity),
        forecast.target.removeprefix("height:"),
        text,
        came or "not known yet",
        {True: "yes", False: "no", None: ""}[result.in_interval],
    )
