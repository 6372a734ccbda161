"""Earnings of a terahash a second, and growth after halvings, as documents and rows."""

from math import isfinite
from typing import TYPE_CHECKING, Any

from hashquake.core.times import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hashquake.observatory.earnings import DailyEarnings
    from hashquake.observatory.halvings import HalvingGrowth


def earnings_shape(earnings: "DailyEarnings") -> dict[str, Any]:
    """Return the JSON document of earnings; a gap is None.

    Parameters
    ----------
    earnings : DailyEarnings
        Day by day.
    """
    from hashquake.explain.fleet import FEE_SHARE, FEE_SHARE_RANGE
    from hashquake.observatory.earnings import LEVEL

    low, high = FEE_SHARE_RANGE
    return {
        "start_s": earnings.start_s,
        "step_s": float(DAY_S),
        "level": LEVEL,
        "fees_over_subsidy": {"median": FEE_SHARE, "low": low, "high": high, "level": LEVEL},
        **{name: _known(values.tolist()) for name, values in earnings.lines().items()},
    }


def earnings_rows(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row a day, times as Unix seconds.

    Parameters
    ----------
    document : dict
        From `earnings_shape`.
    """
    lines = {name: values for name, values in document.items() if isinstance(values, list)}
    return [
        {"start_s": document["start_s"] + at * document["step_s"]}
        | {name: values[at] for name, values in lines.items()}
        for at in range(len(document["price_usd"]))
    ]


def halvings_shape(growths: "Iterable[HalvingGrowth]") -> dict[str, Any]:
    """Return the JSON document of the growth after halvings; a gap is None.

    Parameters
    ----------
    growths : iterable of HalvingGrowth
        One a halving.
    """
    from hashquake.observatory.halvings import STEP_DAYS
    from hashquake.observatory.rate_series import LEVEL

    items = []
    for one in growths:
        median, low, high = one.before_hps
        items.append(
            {
                "height": one.height,
                "at_s": one.at_s,
                "before_hps": {"median": median, "low": low, "high": high, "level": LEVEL},
                **{name: _known(values.tolist()) for name, values in one.lines().items()},
            }
        )
    return {"step_s": float(STEP_DAYS * DAY_S), "level": LEVEL, "items": items}


def halving_rows(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row a halving and week.

    Parameters
    ----------
    document : dict
        From `halvings_shape`.
    """
    days = document["step_s"] / DAY_S
    return [
        {"height": one["height"], "days_since": days * (at + 1)}
        | {name: values[at] for name, values in one.items() if isinstance(values, list)}
        for one in document["items"]
        for at in range(len(one["ratio"]))
    ]


def _known(values: list[float]) -> list[float | None]:
    return [value if isfinite(value) else None for value in values]
