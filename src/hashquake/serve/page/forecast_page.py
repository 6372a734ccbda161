"""The next difficulty: a fan until the retarget, and how good such forecasts were."""

import json
from functools import lru_cache
from importlib import resources
from typing import Any

from hashquake.core.forecast import Forecast
from hashquake.core.interval import QUANTILE_LEVELS
from hashquake.observatory import Observatory
from hashquake.serve.forecast_table import next_difficulty_shape
from hashquake.serve.language import translate
from hashquake.serve.page.website import Website

WIDTH, HEIGHT = 720.0, 260.0
_LEFT = 72.0


def forecast_page(ask: Observatory, site: Website) -> str:
    """Return the page of the next difficulty.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.

    Raises
    ------
    NoCoverage, UsageError
        As of ``hashquake forecast``.
    """
    made = ask.forecast(store=False)
    return site.render(
        "forecast.html.j2",
        section="forecast",
        title=translate("Forecast of the next difficulty"),
        description=translate("The next difficulty and when it comes, with 90 % intervals."),
        last_change_id=ask.last_change_id(),
        shape=next_difficulty_shape(made),
        fan=_fan(made.next_difficulty_ratio, made.retarget_s),
        track=track_record(),
    )


@lru_cache(maxsize=1)
def track_record() -> dict[str, Any]:
    """Return what ``hashquake backtest forecast`` measured on the bundled record."""
    file = resources.files("hashquake.judge") / "forecast_measured.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _fan(ratio: Forecast, retarget_s: Forecast) -> dict[str, Any]:
    """Lay out the fan: from now, when nothing has changed, to what difficulty may be then."""
    now_s = ratio.issued_s
    end_s = max(retarget_s.quantiles.interval(0.9).high, now_s + 1.0)
    values = dict(zip(QUANTILE_LEVELS, ratio.quantiles.values, strict=True))
    low, high = min(*values.values(), 1.0), max(*values.values(), 1.0)
    margin = 0.15 * (high - low) + 0.002
    low, high = low - margin, high + margin

    def x(time_s: float) -> float:
        return _LEFT + (WIDTH - _LEFT - 8.0) * (time_s - now_s) / (end_s - now_s) * 0.92

    def y(value: float) -> float:
        return HEIGHT - 28.0 - (HEIGHT - 44.0) * (value - low) / (high - low)

    start = f"{x(now_s):.1f} {y(1.0):.1f}"
    comes = x(retarget_s.quantiles.interval(0.9).median)
    levels = sorted(values)
    wedges = [
        f"M{start}L{comes:.1f} {y(values[a]):.1f}L{comes:.1f} {y(values[b]):.1f}Z"
        for a, b in zip(levels[: len(levels) // 2], levels[::-1], strict=False)
    ]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "wedges": wedges,
        "median": f"M{start}L{comes:.1f} {y(values[0.5]):.1f}",
        "comes": comes,
        "base": HEIGHT - 28.0,
        "zero": y(1.0),
        "left": _LEFT,
        "ends": [(y(values[level]), values[level] - 1.0) for level in (0.05, 0.5, 0.95)],
        "now_s": now_s,
    }
