"""Quarters and seasons that a sentence names: "in the first quarter", "летом 2021 года"."""

from dataclasses import replace
from datetime import UTC, datetime

from hashquake.claims.calendar_windows import month_window
from hashquake.claims.dates import YEAR_AFTER
from hashquake.claims.time_reader import TimeNamed, TimeReader
from hashquake.claims.tokens import Cue
from hashquake.claims.units import number_of
from hashquake.core.window import Window

_MONTHS = 3
_WINTER = 12


def seasons_in(reader: TimeReader) -> list[TimeNamed]:
    """Return the quarters and seasons that a sentence names, those of the northern hemisphere.

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    """
    found = [
        _named(reader, cue, _MONTHS * (int(number_of(cue)) - 1) + 1)
        for cue in reader.of("quarters")
    ]
    return [*found, *(_named(reader, cue, int(number_of(cue))) for cue in reader.of("seasons"))]


def _named(reader: TimeReader, cue: Cue, month: int) -> TimeNamed:
    """Return three months from one on; without a year the last such months that had begun."""
    year = YEAR_AFTER.match(reader.text, cue.end)
    stop = cue.end if year is None else year.end()
    window: Window | None = None
    if year is not None:
        # The winter of a year began in the year before.
        window = _three_months(int(year[1]) - (month == _WINTER), month)
    elif reader.now is not None:
        window = _three_months(reader.now.year - (month > reader.now.month), month)
    return reader.made(cue.start, stop, window, "season")


def in_year(season: TimeNamed, year: TimeNamed) -> TimeNamed:
    """Return a season in the year named behind it: "in the summer of last year".

    Parameters
    ----------
    season : TimeNamed
        Without a year of its own.
    year : TimeNamed
        The year.
    """
    if season.window is None or year.window is None:
        return season
    month = datetime.fromtimestamp(season.window.start_s, UTC).month
    named = datetime.fromtimestamp(year.window.start_s, UTC).year
    return replace(season, window=_three_months(named - (month == _WINTER), month))


def _three_months(year: int, month: int) -> Window:
    last = month + _MONTHS - 1
    ends = month_window(year + (last > _WINTER), (last - 1) % 12 + 1)
    return Window(start_s=month_window(year, month).start_s, end_s=ends.end_s)
