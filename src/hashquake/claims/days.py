"""Days that a sentence names by weekday, by a word such as *today*, or by a holiday."""

import re
from datetime import UTC, datetime, timedelta

from hashquake.claims.calendar_windows import day_of
from hashquake.claims.dates import is_ahead
from hashquake.claims.time_reader import TimeNamed, TimeReader
from hashquake.claims.tokens import Cue
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

_OF_MONTH = re.compile(r"\s?\(\d{1,2}(?:[/.]\d{1,2})?\)|,\s\d{1,2}(?=\s?[,;.)](?!\d))")
"""The day of the month behind a weekday: "quinta-feira (9)"."""
_BACK = {"time:today": 0, "time:yesterday": 1, "time:before_yesterday": 2}


def days_in(reader: TimeReader) -> list[TimeNamed]:
    """Return the days that a sentence names by weekday or by a word such as *today*.

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    """
    named = [_today(reader, cue, back) for kind, back in _BACK.items() for cue in reader.of(kind)]
    named += [_holiday(reader, cue) for cue in reader.of("holiday")]
    named += [
        reader.made(cue.start, cue.end, _last_weekend(reader), "day")
        for cue in reader.of("time:weekend")
    ]
    named += [
        reader.made(cue.start, cue.end, _first_of_month(reader), "day")
        for cue in reader.of("time:month_start")
    ]
    named += [
        TimeNamed(start=cue.start, end=cue.end, window=_so_far(reader, month), kind="since")
        for kind, month in (("time:so_far", 1), ("time:month_so_far", None))
        for cue in reader.of(kind)
    ]
    named += [
        TimeNamed(start=cue.start, end=cue.end, window=None, kind="now")
        for cue in reader.of("time:now")
    ]
    weekdays = (_weekday(reader, cue) for cue in reader.of("weekday"))
    return [*named, *(one for one in weekdays if one is not None)]


def _today(reader: TimeReader, cue: Cue, back: int) -> TimeNamed:
    window = None if reader.now is None else day_of(reader.now - timedelta(days=back))
    return reader.made(cue.start, cue.end, window, "day")


def _holiday(reader: TimeReader, cue: Cue) -> TimeNamed:
    month, _, day = str(cue.value).partition("-")
    return reader.made(cue.start, cue.end, reader.dated(int(day), int(month), None), "day")


def _weekday(reader: TimeReader, cue: Cue) -> TimeNamed | None:
    if reader.text[cue.start].islower() and reader.lexicon.language in ("en", "de"):
        return None
    if any(one.kind == "ranks" and one.start <= cue.start < one.end for one in reader.cues):
        return None  # Portuguese days are ordinals: "a sexta maior"
    window = None
    if reader.now is not None:
        back = (reader.now.weekday() - int(str(cue.value))) % 7
        if back == 0 and reader.touching(cue, "time:last"):
            back = 7
        if back and is_ahead(reader, cue):
            back -= 7
        window = day_of(reader.now - timedelta(days=back))
    of_month = _OF_MONTH.match(reader.text, cue.end)
    return reader.made(cue.start, of_month.end() if of_month else cue.end, window, "day")


def _last_weekend(reader: TimeReader) -> Window | None:
    """Return the last Saturday and Sunday that had begun."""
    if reader.now is None:
        return None
    saturday = day_of(reader.now - timedelta(days=(reader.now.weekday() - 5) % 7))
    return Window(start_s=saturday.start_s, end_s=saturday.start_s + 2 * DAY_S)


def _so_far(reader: TimeReader, month: int | None) -> Window | None:
    """Return the time since a month of this year began; since this month where none is given."""
    if reader.now is None:
        return None
    start_s = datetime(reader.now.year, month or reader.now.month, 1, tzinfo=UTC).timestamp()
    return Window(start_s=start_s, end_s=max(reader.now.timestamp(), start_s + DAY_S))


def _first_of_month(reader: TimeReader) -> Window | None:
    return None if reader.now is None else day_of(reader.now.replace(day=1))


def eves_in(reader: TimeReader, known: list[TimeNamed]) -> list[TimeNamed]:
    """Return the days named as the one before another: "the day before", "tags zuvor".

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    known : list of TimeNamed
        Other times it names; the day before the last of them is meant, or before publication.
    """
    found = []
    for cue in reader.of("time:eve"):
        named = [one for one in known if one.end <= cue.start and one.window is not None]
        start_s = named[-1].window.start_s if named and named[-1].window else reader.published_s
        window = None
        if start_s is not None:
            window = day_of(datetime.fromtimestamp(start_s, UTC) - timedelta(days=1))
        found.append(reader.made(cue.start, cue.end, window, "day"))
    return found
