"""Ticks of an axis: round numbers, and the round times of a calendar."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import takewhile
from math import ceil, floor, log10

from hashquake.core.times import DAY_S, HOUR_S
from hashquake.serve.language import spoken

_HOURS = (1, 2, 3, 6, 12)
_DAYS = (1, 2, 3, 5, 7, 10, 14)
_MONTHS = (1, 2, 3, 6)
_YEARS = (1, 2, 5, 10, 20, 50, 100)
_MONTH_S, _YEAR_S = 30.5 * DAY_S, 365.25 * DAY_S


def number_ticks(low: float, high: float, *, most: int = 5) -> list[float]:
    """Return round numbers from a low to a high one.

    >>> number_ticks(131.0, 214.0)
    [140.0, 160.0, 180.0, 200.0]
    >>> number_ticks(0.0, 0.47)
    [0.0, 0.1, 0.2, 0.3, 0.4]

    Parameters
    ----------
    low, high : float
        Ends of the axis; `high` is above `low`.
    most : int
        How many at most, at least 2.
    """
    power = 10.0 ** floor(log10((high - low) / most))
    for factor in (1, 2, 5, 10, 20, 50, 100):
        step = factor * power
        first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
        if last - first < most:
            break
    return [float(f"{step * at:.10g}") for at in range(first, last + 1)]


def time_ticks(start_s: float, end_s: float, *, most: int) -> list[tuple[float, str]]:
    r"""Return round times (UTC) with their labels: hours, days, months or years.

    >>> [name for _, name in time_ticks(0.0, 400.0 * DAY_S, most=5)]
    ['Jan\xa01970', 'Apr', 'Jul', 'Oct', 'Jan\xa01971']
    >>> [name for _, name in time_ticks(9.0 * HOUR_S, 30.0 * HOUR_S, most=5)]
    ['12:00', '18:00', '2\xa0Jan', '06:00']

    Parameters
    ----------
    start_s, end_s : float
        Ends of the axis, UTC Unix seconds.
    most : int
        How many labels there is room for, at least 2.
    """
    span_s = end_s - start_s
    for hours in _HOURS:
        if span_s / (hours * HOUR_S) < most:
            return [(at_s, _hour(at_s)) for at_s in _steps(start_s, end_s, hours * HOUR_S)]
    for days in _DAYS:
        if span_s / (days * DAY_S) < most:
            return [(at_s, _day(at_s)) for at_s in _steps(start_s, end_s, days * DAY_S)]
    for months in _MONTHS:
        if span_s / (months * _MONTH_S) < most:
            found = list(_months(start_s, end_s, months))
            return [(at_s, _month(at_s, first=at == 0)) for at, at_s in enumerate(found)]
    years = next((one for one in _YEARS if span_s / (one * _YEAR_S) < most), _YEARS[-1])
    return [(at_s, f"{_moment(at_s):%Y}") for at_s in _months(start_s, end_s, 12 * years)]


def _steps(start_s: float, end_s: float, step_s: float) -> list[float]:
    return [step_s * at for at in range(ceil(start_s / step_s), floor(end_s / step_s) + 1)]


def _months(start_s: float, end_s: float, step: int) -> Iterator[float]:
    """Yield where every step-th month of the calendar begins, counted from January of year 0."""
    began = _moment(start_s)
    first = ceil((12 * began.year + began.month - 1) / step) * step
    every = (first + step * at for at in range(10_000))
    begins = (datetime(at // 12, at % 12 + 1, 1, tzinfo=UTC).timestamp() for at in every)
    return (at_s for at_s in takewhile(lambda at_s: at_s <= end_s, begins) if at_s >= start_s)


def _moment(at_s: float) -> datetime:
    return datetime.fromtimestamp(at_s, tz=UTC)


def _hour(at_s: float) -> str:
    return _day(at_s) if at_s % DAY_S == 0 else f"{_moment(at_s):%H:%M}"


def _day(at_s: float) -> str:
    return spoken().date(_moment(at_s), "day")


def _month(at_s: float, *, first: bool) -> str:
    moment = _moment(at_s)
    return spoken().date(moment, "short_month" if first or moment.month == 1 else "month_alone")
