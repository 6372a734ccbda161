"""Stored forecasts as rows of a table and as JSON."""

from typing import Any

from hashquake.core.interval import Interval
from hashquake.judge.forecast_outcomes import ForecastResult
from hashquake.serve.format import change, percent
from hashquake.serve.format_times import utc
from hashquake.serve.shapes import interval_shape

_NAMES = {"next_difficulty_ratio": "next difficulty", "retarget_s": "its time"}


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
