"""Quiet hours: when nothing is to be sent, by the clock on the wall of whoever is alerted."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """A stretch of each day in which alerts wait.

    Parameters
    ----------
    start, end : time
        On the wall; an end before the start is of the next day.
    zone : str
        Of the wall, such as ``Europe/Zurich``.
    """

    start: time
    end: time
    zone: str = "UTC"

    def end_s(self, at_s: float) -> float:
        """Return until when an alert of an instant waits; the instant itself outside quiet hours.

        Parameters
        ----------
        at_s : float
            UTC Unix seconds.
        """
        zone = ZoneInfo(self.zone)
        here = datetime.fromtimestamp(at_s, zone)
        for days in (-1, 0):
            day = here.date() + timedelta(days=days)
            start = datetime.combine(day, self.start, zone)
            last = day if self.end > self.start else day + timedelta(days=1)
            end = datetime.combine(last, self.end, zone)
            if start.timestamp() <= at_s < end.timestamp():
                return end.timestamp()
        return at_s


def quiet_hours(text: str, zone: str) -> QuietHours:
    """Read quiet hours.

    Parameters
    ----------
    text : str
        Such as ``22:00-07:00``.
    zone : str
        Such as ``Europe/Zurich``.

    Raises
    ------
    ValueError
        When they cannot be read, or there is no such zone.
    """
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"must be such as '22:00-07:00', got {text[:40]!r}")
    first, second, third, fourth = (int(one) for one in found.groups())
    try:
        quiet = QuietHours(start=time(first, second), end=time(third, fourth), zone=zone)
    except ValueError:
        raise ValueError(f"must be times of a day, such as '22:00-07:00', got {text!r}") from None
    if quiet.start == quiet.end:
        raise ValueError(f"must end at another time than they begin, got {text!r}")
    ZoneInfo(zone)
    return quiet
