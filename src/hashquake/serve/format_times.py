"""Times and lengths of time as people read them: the only place where calendar dates are made."""

from datetime import UTC, datetime

from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S
from hashquake.core.window import Window
from hashquake.serve.format import NBSP
from hashquake.serve.language import number, spoken, translate, translate_plural


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
    return spoken().date(datetime.fromtimestamp(time_s, tz=UTC))


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
    return f"{spoken().date(moment, 'day')} {moment:%H:%M}"


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
        first = spoken().date(start, "day")
        if last.date() == start.date():
            return translate("{day}, the whole day", day=first)
        return translate("{start} to {end}", start=first, end=spoken().date(last, "day"))
    if start.date() == end.date():
        return translate(
            "{start} to {end}", start=short_time(window.start_s), end=f"{end:%H:%M}{NBSP}UTC"
        )
    return translate(
        "{start} to {end}",
        start=short_time(window.start_s),
        end=f"{short_time(window.end_s)}{NBSP}UTC",
    )


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
        return translate(
            "{start} to {end}", start=spoken().date(start, "long_day"), end=date(last_s)
        )
    if start.date() == end.date():
        first = f"{date(window.start_s)}, {start:%H:%M}"
        return translate("{start} to {end}", start=first, end=f"{end:%H:%M}{NBSP}UTC")
    if start.year == end.year:
        first = f"{spoken().date(start, 'long_day')}, {start:%H:%M}"
    else:
        first = f"{date(window.start_s)}, {start:%H:%M}"
    return translate("{start} to {end}", start=first, end=utc(window.end_s))


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
        return f"{duration_s:.0f}{NBSP}{translate('s')}"
    if duration_s < HOUR_S:
        return f"{duration_s / MINUTE_S:.0f}{NBSP}{translate('min')}"
    if duration_s < DAY_S:
        return _two_units(round(duration_s / MINUTE_S), 60, translate("h"), translate("min"))
    if duration_s < 2 * DAY_S:
        return f"{duration_s / HOUR_S:.0f}{NBSP}{translate('h')}"
    return _two_units(round(duration_s / HOUR_S), 24, translate("d"), translate("h"))


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
        return counted_hours(f"{duration_s / HOUR_S:.0f}")
    return counted_days(f"{duration_s / DAY_S:.1f}".removesuffix(".0"))


def counted_hours(written: str) -> str:
    """Write hours in running text, in the form that their number asks for.

    Parameters
    ----------
    written : str
        How many, the English way.
    """
    form = _form(written)
    return translate_plural("{hours} hours", "{hours} hours", form, hours=number(written))


def counted_days(written: str) -> str:
    """Write days in running text, in the form that their number asks for.

    Parameters
    ----------
    written : str
        How many, the English way.
    """
    return translate_plural("{days} days", "{days} days", _form(written), days=number(written))


def _form(written: str) -> int:
    """Return a whole number that asks for the same form; that of a fraction is the form of two."""
    return 2 if "." in written else int(written.replace(",", ""))


def _two_units(total: int, base: int, large: str, small: str) -> str:
    whole, rest = divmod(total, base)
    first = f"{whole}{NBSP}{large}"
    return f"{first} {rest}{NBSP}{small}" if rest else first
