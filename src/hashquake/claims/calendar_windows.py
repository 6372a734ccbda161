"""Days, months and years as windows in UTC."""

from calendar import monthrange
from datetime import UTC, datetime

from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window


def full_year(text: str | None) -> int | None:
    """Return a year of two digits or four in full; None where none is given.

    Parameters
    ----------
    text : str or None
        Digits.
    """
    if text is None:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def day_window(year: int, month: int, day: int) -> Window | None:
    """Return a day of the calendar; None for one that does not exist.

    Parameters
    ----------
    year, month, day : int
        Of the Gregorian calendar.
    """
    try:
        return day_of(datetime(year, month, day, tzinfo=UTC))
    except ValueError:
        return None


def day_of(moment: datetime) -> Window:
    """Return the day that an instant lies in.

    Parameters
    ----------
    moment : datetime
        In UTC.
    """
    start_s = moment.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    return Window(start_s=start_s, end_s=start_s + DAY_S)


def hour_window(year: int, month: int, day: int, hour: int, minute: int) -> Window | None:
    """Return the hour that begins at a time of a day; None for one that does not exist.

    Parameters
    ----------
    year, month, day, hour, minute : int
        Of the Gregorian calendar, UTC.
    """
    window = day_window(year, month, day)
    if window is None:
        return None
    start_s = window.start_s + hour * HOUR_S + minute * 60
    return Window(start_s=start_s, end_s=start_s + HOUR_S)


def month_window(year: int, month: int) -> Window:
    """Return a month.

    Parameters
    ----------
    year, month : int
        Of the Gregorian calendar.
    """
    start_s = datetime(year, month, 1, tzinfo=UTC).timestamp()
    return Window(start_s=start_s, end_s=start_s + monthrange(year, month)[1] * DAY_S)


def year_window(year: int) -> Window:
    """Return a year.

    Parameters
    ----------
    year : int
        Of the Gregorian calendar.
    """
    return Window(
        start_s=datetime(year, 1, 1, tzinfo=UTC).timestamp(),
        end_s=datetime(year + 1, 1, 1, tzinfo=UTC).timestamp(),
    )
