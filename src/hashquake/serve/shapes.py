"""Values as the JSON of the public contract; every interval has one shape."""

from math import isfinite
from typing import Any

from hashquake.core.coverage import Coverage
from hashquake.core.estimate import Estimate
from hashquake.core.event import Event
from hashquake.core.interval import Interval
from hashquake.core.window import Window


def finite(value: float) -> float | None:
    """Return a number as JSON can hold it: a limit without a bound is None.

    Parameters
    ----------
    value : float
        May be infinite or not a number.
    """
    return value if isfinite(value) else None


def interval_shape(interval: Interval | None) -> dict[str, float | None] | None:
    """Return ``{"median", "low", "high", "level"}``, or None without an interval.

    Parameters
    ----------
    interval : Interval or None
        In any unit.
    """
    if interval is None:
        return None
    return {
        "median": finite(interval.median),
        "low": finite(interval.low),
        "high": finite(interval.high),
        "level": interval.level,
    }


def window_shape(window: Window) -> dict[str, float]:
    """Return ``{"start_s", "end_s"}``.

    Parameters
    ----------
    window : Window
        UTC Unix seconds.
    """
    return {"start_s": window.start_s, "end_s": window.end_s}


def coverage_shape(coverage: Coverage) -> list[dict[str, float]]:
    """Return the list of covered windows.

    Parameters
    ----------
    coverage : Coverage
        What was observed.
    """
    return [window_shape(window) for window in coverage.windows]


def rate_shape(rate: Estimate, share: Estimate | None, *, method: str) -> dict[str, Any]:
    """Return one row of ``hashquake rate``.

    Parameters
    ----------
    rate : Estimate
        Hashes per second.
    share : Estimate or None
        Share of the network's hash rate; None for the network.
    method : {"window", "filter", "smoother", "fused"}
        How it was estimated.
    """
    return {
        "subject": rate.subject,
        "window": window_shape(rate.window),
        "method": method,
        "hashrate_hps": interval_shape(rate.interval(0.9)),
        "hashrate_hps_95": interval_shape(rate.interval(0.95)),
        "share": None if share is None else interval_shape(share.interval(0.9)),
        "n_blocks": rate.n_blocks,
        "made_by": rate.made_by,
    }


def event_shape(event: Event) -> dict[str, Any]:
    """Return one row of ``hashquake report --list``.

    Parameters
    ----------
    event : Event
        An event of history.
    """
    return {
        "id": event.id,
        "name": event.name,
        "place": event.place,
        "country": event.country,
        "cause": event.cause,
        "window": window_shape(event.window),
        "open_end": event.open_end,
    }
