"""Times and lengths of time as people read them: the only place where calendar dates are made."""

from datetime import UTC, datetime

from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S
from hashquake.core.window import Window
from hashquake.serve.format import NBSP


def date(time_s: float) -> str:
    r"""Write a day.

    Parameters
    ----------
    time_s : float
        UTC Unix seconds.

    Examples
    --------
    >>> date(1641379500)
    '5\xa0January\xa02022'
    """
    moment = datetime.fromtimestamp(time_s, tz=UTC)
    return f"{moment.day}{NBSP}{moment:%B}{NBSP}{moment.year}"


def short_time(time_s: float) -> str:
    r"""Write a time without its year.

    Parameters
    ----------
    time_s : float
        UTC Unix seconds.

    Examples
    --------
    >>> short_time(1641379500)
    '5\xa0Jan 10:45'
    """
    moment = datetime.fromtimestamp(time_s, tz=UTC)
    return f"{moment.day}{NBSP}{moment:%b %H:%M}"


def utc(time_s: float) -> str:
    r"""Write a time in UTC.

    Parameters
    ----------
    time_s : float
        UTC Unix seconds.

    Examples
    --------
    >>> utc(1641379500)
    '5\xa0January\xa02022, 10:45\xa0UTC'
    """
    moment = datetime.fromtimestamp(time_s, tz=UTC)
    return f"{date(time_s)}, {moment:%H:%M}{NBSP}UTC"


def short_window(window: Window) -> str:
    r"""Write a stretch of time without its year, for narrow columns.

    Parameters
    ----------
    window : Window
        UTC Unix seconds.

    Examples
    --------
    >>> short_window(Window(start_s=1641379500, end_s=1641390000))
    '5\xa0Jan 10:45 to 13:40\xa0UTC'
    >>> short_window(Window(start_s=1641340800, end_s=1641427200))
    '5\xa0Jan, the whole day'
    """
    start, end = (datetime.fromtimestamp(t, tz=UTC) for t in (window.start_s, window.end_s))
    if window.start_s % DAY_S == window.end_s % DAY_S == 0:
        last = datetime.fromtimestamp(window.end_s - 1, tz=UTC)
        first = f"{start.day}{NBSP}{start:%b}"
        whole = last.date() == start.date()
        return f"{first}, the whole day" if whole else f"{first} to {last.day}{NBSP}{last:%b}"
    if start.date() == end.date():
        return f"{short_time(window.start_s)} to {end:%H:%M}{NBSP}UTC"
    return f"{short_time(window.start_s)} to {short_time(window.end_s)}{NBSP}UTC"


def window_text(window: Window) -> str:
    r"""Write a stretch of time; dates alone where it is whole days.

    Parameters
    ----------
    window : Window
        UTC Unix seconds.

    Examples
    --------
    >>> window_text(Window(start_s=1641379500, end_s=1641390000))
    '5\xa0January\xa02022, 10:45 to 13:40\xa0UTC'
    >>> window_text(Window(start_s=1641340800, end_s=1641513600))
    '5\xa0January to 6\xa0January\xa02022'
    """
    start, end = (datetime.fromtimestamp(t, tz=UTC) for t in (window.start_s, window.end_s))
    if window.start_s % DAY_S == window.end_s % DAY_S == 0:
        last_s = window.end_s - 1
        if window.duration_s == DAY_S:
            return date(window.start_s)
        return f"{start.day}{NBSP}{start:%B} to {date(last_s)}"
    if start.date() == end.date():
        return f"{date(window.start_s)}, {start:%H:%M} to {end:%H:%M}{NBSP}UTC"
    if start.year == end.year:
        return f"{start.day}{NBSP}{start:%B}, {start:%H:%M} to {utc(window.end_s)}"
    return f"{date(window.start_s)}, {start:%H:%M} to {utc(window.end_s)}"


def duration(duration_s: float) -> str:
    r"""Write a length of time with the two units that matter.

    Parameters
    ----------
    duration_s : float
        Seconds, from 0.

    Examples
    --------
    >>> duration(3 * 86400 + 7200), duration(5400), duration(86400), duration(45)
    ('3\xa0d 2\xa0h', '1\xa0h 30\xa0min', '24\xa0h', '45\xa0s')
    """
    if duration_s < MINUTE_S:
        return f"{duration_s:.0f}{NBSP}s"
    if duration_s < HOUR_S:
        return f"{duration_s / MINUTE_S:.0f}{NBSP}min"
    if duration_s < DAY_S:
        return _two_units(round(duration_s / MINUTE_S), 60, "h", "min")
    if duration_s < 2 * DAY_S:
        return f"{duration_s / HOUR_S:.0f}{NBSP}h"
    return _two_units(round(duration_s / HOUR_S), 24, "d", "h")


def days(duration_s: float) -> str:
    """Write a length in days for running text.

    Parameters
    ----------
    duration_s : float
        Seconds, from 0.

    Examples
    --------
    >>> days(14 * 86400), days(86400), days(4.635 * 86400)
    ('14 days', '24 hours', '4.6 days')
    """
    if duration_s < 2 * DAY_S:
        return f"{duration_s / HOUR_S:.0f} hours"
    number = f"{duration_s / DAY_S:.1f}".removesuffix(".0")
    return f"{number} days"


def _two_units(total: int, base: int, large: str, small: str) -> str:
    whole, rest = divmod(total, base)
    first = f"{whole}{NBSP}{large}"
    return f"{first} {rest}{NBSP}{small}" if rest else first
