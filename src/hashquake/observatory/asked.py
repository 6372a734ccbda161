"""What people ask for, in the words they use: times as text, events by name."""

from hashquake.core.errors import UsageError
from hashquake.core.event import Event, window_event
from hashquake.core.times import DAY_S, parse_time
from hashquake.core.window import Window

Moment = str | float
"""ISO 8601 text, UTC unless it carries an offset, or UTC Unix seconds."""


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
    >>> moment_s("2022-01-05")
    1641340800.0
    """
    return float(parse_time(moment) if isinstance(moment, str) else moment)


def window_asked(since: Window | Moment, until: Moment | None = None) -> Window:
    """Return the window that is meant.

    Parameters
    ----------
    since : Window, str or float
        A window, its start, or, alone, a day such as ``2022-01-05``; a moment with a time of day
        alone means the 24 hours up to it.
    until : str, float or None
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
    if isinstance(since, Window):
        if until is not None:
            raise UsageError("a window has an end already", code="usage", hint="leave until out")
        return since
    start_s = moment_s(since)
    if until is not None:
        return Window(start_s=start_s, end_s=moment_s(until))
    if isinstance(since, str) and len(since.strip()) == len("2022-01-05"):
        return Window(start_s=start_s, end_s=start_s + DAY_S)
    return Window(start_s=start_s - DAY_S, end_s=start_s)


def event_asked(event: Event | Window | Moment, until: Moment | None = None) -> Event:
    """Return the event that is meant: by name, or made of a window.

    Parameters
    ----------
    event : Event, Window, str or float
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
