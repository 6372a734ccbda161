"""Times counted from another one: "four months earlier", "the next day", "that same day"."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hashquake.claims.calendar_windows import day_of, day_window, month_window, year_window
from hashquake.claims.time_reader import TimeNamed, TimeReader
from hashquake.claims.tokens import Cue
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window

_WORDS = {"time:before_that": -1, "time:after_that": 1}
_NAMED = {
    "time:same_day": ("day", 0),
    "time:next_day": ("day", 1),
    "time:same_month": ("month", 0),
}
_LONG_S = {"month": 27 * DAY_S, "year": 364 * DAY_S}
_DAYS = {"day": 1, "week": 7}
_GAP = 6
"""Characters between "earlier" and the month or year that it belongs to: "a year or so later"."""


def relative_of(
    reader: TimeReader, cue: Cue, unit: str, count: float | None, start: int
) -> TimeNamed | None:
    """Return a time counted from another one; None where no word such as *later* stands there.

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    cue : Cue
        The unit of time.
    unit : str
        Its name: ``day``, ``week``, ``month``, ``year``.
    count : float or None
        How many of them; None where no number stands there.
    start : int
        Where the number begins, characters.
    """
    if unit not in (*_DAYS, *_LONG_S, "hour"):
        return None
    if count is None:
        if not reader.lexicon.table["time"].get("bare_ago"):
            return None
        count = 1.0  # "год спустя" needs no "one"
    for kind, sign in _WORDS.items():
        for one in reader.of(kind):
            behind = reader.text[cue.end : one.start] if one.start >= cue.end else None
            ahead = reader.text[one.end : start] if one.end <= start else None
            at_it = (behind is not None and not behind.strip()) or (
                ahead is not None and not ahead.strip()
            )
            if not at_it or _goes_on(reader, one):
                continue
            return TimeNamed(
                start=min(start, one.start),
                end=max(cue.end, one.end),
                window=None,
                kind="relative",
                shift=(unit, sign * round(count)),
            )
    return None


def _goes_on(reader: TimeReader, word: Cue) -> bool:
    """Whether "of ..." follows, so that it is counted from an event: "después de la tormenta"."""
    return any(
        one.kind == "roles:of" and word.end <= one.start <= word.end + 1 for one in reader.cues
    )


def named_days_in(reader: TimeReader) -> list[TimeNamed]:
    """Return the days and months named by another one: "that day", "the same month".

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    """
    return [
        TimeNamed(start=cue.start, end=cue.end, window=None, kind="relative", shift=shift)
        for kind, shift in _NAMED.items()
        for cue in reader.of(kind)
    ]


def resolved(times: list[TimeNamed], published_s: float | None = None) -> list[TimeNamed]:
    """Return the times of a sentence, those counted from an earlier one of it as windows.

    Parameters
    ----------
    times : list of TimeNamed
        In their order.
    published_s : float or None
        Unused where another time stands before.
    """
    named = [one.window for one in times if one.window is not None and one.kind == "day"]
    out: list[TimeNamed] = []
    anchor: Window | None = None
    for time in times:
        near = anchor
        if time.shift is not None and time.shift[0] == "date" and named and near is None:
            near = named[0]  # "251 on the 21st, 155 on 24 December"
        hours = time.shift is not None and time.shift[0] == "hour"
        one = shifted(time, near, published_s) if hours or near is not None else time
        if one.shift is None and one.window is not None and one.kind != "now":
            anchor = (one.named or one.window) if one.kind == "since" else one.window
        out.append(one)
    return out


def shifted(time: TimeNamed, anchor: Window | None, published_s: float | None) -> TimeNamed:
    """Return a time that is counted from another one as a window; without one where that fails.

    "Earlier" without any time before it is counted from the publication.

    Parameters
    ----------
    time : TimeNamed
        With a shift.
    anchor : Window or None
        The time named before it.
    published_s : float or None
        UTC Unix seconds.
    """
    if time.shift is None:
        return time
    unit, count = time.shift
    if unit == "hour":
        return _hours_before(time, count, published_s)
    if unit == "date":
        return replace(time, window=_day_of_month(count, anchor, published_s), kind="day")
    if anchor is None:
        if published_s is None or count >= 0:
            return time
        start_s, length_s = published_s, float(DAY_S)
    else:
        start_s, length_s = anchor.start_s, anchor.duration_s
    first = datetime.fromtimestamp(start_s, UTC)
    if unit in _DAYS:
        if anchor is not None and length_s > DAY_S and unit == "day":
            first = datetime.fromtimestamp(anchor.end_s - 1, UTC)
        window = day_of(first + timedelta(days=_DAYS[unit] * count))
        kind = "day"
    elif unit == "year" and (anchor is None or length_s >= _LONG_S["year"]):
        window, kind = year_window(first.year + count), "year"
    else:
        months = first.year * 12 + first.month - 1 + count * (12 if unit == "year" else 1)
        window, kind = month_window(months // 12, months % 12 + 1), "month"
    if published_s is not None and window.start_s > published_s:
        return time  # nobody counts into the time to come: the anchor was not the one meant
    return replace(time, window=window, kind=kind)


def _day_of_month(day: int, anchor: Window | None, published_s: float | None) -> Window | None:
    """Return a day of the month that was named last; else the last one before publication."""
    if anchor is not None:
        month = datetime.fromtimestamp(anchor.start_s, UTC)
        return day_window(month.year, month.month, day)
    if published_s is None:
        return None
    now = datetime.fromtimestamp(published_s, UTC)
    months = now.year * 12 + now.month - 1 - int(day > now.day)
    return day_window(months // 12, months % 12 + 1, day)


def _hours_before(time: TimeNamed, count: int, published_s: float | None) -> TimeNamed:
    """Return the stretch since some hours before publication: "3 % more than 24 hours earlier"."""
    if published_s is None or count >= 0:
        return time
    window = Window(start_s=published_s + count * HOUR_S, end_s=published_s)
    return replace(time, window=window, kind="span")
