"""What people ask for, in the words they use: times as text, events by name."""

import math
from datetime import UTC, date, datetime

import numpy as np

from hashquake.core.errors import UsageError
from hashquake.core.event import Event, window_event
from hashquake.core.hostile_text import visible_text
from hashquake.core.times import DAY_S, parse_time
from hashquake.core.window import Window

Moment = str | float | date | np.datetime64
"""ISO 8601 text or a `datetime`, UTC unless it carries an offset, a date, or UTC Unix seconds."""

Stretch = Window | Moment | tuple[Moment, Moment]
"""A window, its two ends, or a day."""


def moment_s(moment: Moment) -> float:
    """Return a moment in UTC Unix seconds.

    Parameters
    ----------
    moment : Moment
        UTC Unix seconds, or ISO 8601 text, UTC unless it carries an offset.

    Raises
    ------
    UsageError
        ``time-syntax``.

    Examples
    --------
    >>> moment_s("2022-01-05"), moment_s(np.datetime64("2022-01-05"))
    (1641340800.0, 1641340800.0)
    """
    if isinstance(moment, str):
        return float(parse_time(moment))
    if isinstance(moment, date):
        if not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if isinstance(moment, np.datetime64):
        moment = (
            math.nan
            if np.isnat(moment)
            else float(moment.astype("datetime64[us]").astype(int)) / 1e6
        )
    try:
        seconds = math.nan if isinstance(moment, bool) else float(moment)
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if not math.isfinite(seconds):
        raise UsageError(
            f"{visible_text(str(moment)[:60])} is not a time",
            code="time-syntax",
            hint="write it like 2022-01-05T10:45Z, or give UTC Unix seconds",
        )
    return seconds


def moment_or_none_s(moment: Moment | None) -> float | None:
    """Return a moment in UTC Unix seconds, or None where there is none; see `moment_s`.

    Parameters
    ----------
    moment : str, datetime, float or None
        As for `moment_s`.
    """
    return None if moment is None else moment_s(moment)


def window_asked(since: Stretch, until: Moment | None = None) -> Window:
    """Return the window that is meant.

    Parameters
    ----------
    since : Window, tuple of two moments, str, date or float
        A window, its two ends, its start, or, alone, a day such as ``2022-01-05``; a moment with
        a time of day alone means the 24 hours up to it.
    until : str, date, float or None
        The window's end.

    Raises
    ------
    UsageError
        ``time-syntax``; ``window-reversed``; ``usage`` when a window is given an end of its own.

    Examples
    --------
    >>> window_asked("2022-01-05") == window_asked("2022-01-05", "2022-01-06")
    True
    """
    if isinstance(since, Window | tuple):
        if until is not None:
            raise UsageError("a window has an end already", code="usage", hint="leave until out")
        return since if isinstance(since, Window) else _between(since)
    start_s = moment_s(since)
    if until is not None:
        return Window(start_s=start_s, end_s=moment_s(until))
    if _is_day(since):
        return Window(start_s=start_s, end_s=start_s + DAY_S)
    return Window(start_s=start_s - DAY_S, end_s=start_s)


def window_or_none(stretch: Stretch | None) -> Window | None:
    """Return the window that is meant, or None where there is none; see `window_asked`.

    Parameters
    ----------
    stretch : Window, pair of moments or None
        As for `window_asked`.
    """
    return None if stretch is None else window_asked(stretch)


def _between(ends: tuple[Moment, ...]) -> Window:
    if len(ends) != 2:
        raise UsageError(
            f"a window must have two ends, got {len(ends)}",
            code="usage",
            hint='write it like ("2022-01-05", "2022-01-10")',
        )
    return Window(start_s=moment_s(ends[0]), end_s=moment_s(ends[1]))


def _is_day(moment: Moment) -> bool:
    if isinstance(moment, str):
        return len(moment.strip()) == len("2022-01-05")
    return isinstance(moment, date) and not isinstance(moment, datetime)


def event_asked(event: Event | Stretch, until: Moment | None = None) -> Event:
    """Return the event that is meant: by name, or made of a window.

    Parameters
    ----------
    event : Event, Window, tuple of two moments, str, date or float
        An event, its name such as ``kazakhstan-2022``, a window, or the start of one.
    until : str, float or None
        The window's end.

    Raises
    ------
    UsageError
        ``event-unknown``, ``time-syntax``, ``window-reversed``.
    """
    if isinstance(event, Event):
        return event
    if until is None and isinstance(event, str) and not event[:4].isdigit():
        from hashquake.datasets.events import event_named

        return event_named(event)
    return window_event(window_asked(event, until))
