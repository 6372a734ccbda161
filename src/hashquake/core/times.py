"""Times and durations in text, read strictly and written in UTC.

Everything inside the program is Unix seconds in UTC; this file is the only translation.
"""

import re
from datetime import UTC, datetime

from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text

MINUTE_S = 60
HOUR_S = 3_600
DAY_S = 86_400
YEAR_S = 31_557_600
"""A Julian year, 365.25 days: the year of every rate "per year"."""

_FIRST_S, _LAST_S = -62_135_596_800, 253_402_300_799
"""The first and the last second of the years that a date can have."""
_DURATION = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>s|m|h|d|w|y)")
_UNIT_S = {"s": 1, "m": MINUTE_S, "h": HOUR_S, "d": DAY_S, "w": 7 * DAY_S, "y": YEAR_S}


def parse_time(text: str) -> int:
    """Read an ISO 8601 time, UTC unless it carries an offset.

    Parameters
    ----------
    text : str
        Such as ``2022-01-05``, ``2022-01-05T10:45Z`` or ``2022-01-05 16:45+06:00``.

    Returns
    -------
    int
        UTC Unix seconds; fractions of a second are cut.

    Raises
    ------
    UsageError
        ``time-syntax`` when it is not such a time.

    Examples
    --------
    >>> parse_time("2022-01-05T10:45Z")
    1641379500
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{visible_text(text, limit=60)!r} is not an ISO 8601 time",
            code="time-syntax",
            hint="write it like 2022-01-05T10:45Z; without an offset it is taken as UTC",
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())


def format_time(time_s: float, *, seconds: bool = True) -> str:
    """Write UTC Unix seconds as ISO 8601 with a ``Z``.

    What lies outside the years 1 to 9999 is written as the nearest second inside them.

    >>> format_time(1641379500)
    '2022-01-05T10:45:00Z'
    >>> format_time(-62135596800)
    '0001-01-01T00:00:00Z'

    Parameters
    ----------
    time_s : float
        UTC Unix seconds.
    seconds : bool
        Whether to write seconds, not only minutes.
    """
    moment = datetime.fromtimestamp(int(min(max(time_s, _FIRST_S), _LAST_S)), tz=UTC)
    # Not `strftime`: its year has as many digits as the system's library likes.
    text = moment.isoformat(timespec="seconds" if seconds else "minutes")
    return text.removesuffix("+00:00") + "Z"


def parse_duration(text: str) -> float:
    """Read a duration such as ``90m``, ``6h``, ``1d12h`` or plain seconds.

    Parameters
    ----------
    text : str
        Units are ``d``, ``h``, ``m`` and ``s``.

    Returns
    -------
    float
        Seconds, never negative.

    Raises
    ------
    UsageError
        ``duration-syntax`` when it is not one.

    Examples
    --------
    >>> parse_duration("1d12h")
    129600.0
    """
    compact = text.strip().lower()
    if re.fullmatch(r"\d+(?:\.\d+)?", compact):
        return float(compact)
    parts = list(_DURATION.finditer(compact))
    if not parts or "".join(part.group(0) for part in parts) != compact:
        raise UsageError(
            f"{visible_text(text, limit=60)!r} is not a duration",
            code="duration-syntax",
            hint="write it like 90m, 6h, 5d or 1d12h",
        )
    return sum(float(part["number"]) * _UNIT_S[part["unit"]] for part in parts)


def positive_duration_s(text: str, option: str) -> float:
    """Parse the duration of an option that must be longer than none.

    Parameters
    ----------
    text : str
        Such as ``90m`` or ``6h``.
    option : str
        The option's name without its dashes, for the message.

    Returns
    -------
    float
        Seconds.

    Raises
    ------
    UsageError
        ``duration-syntax``.
    """
    duration_s = parse_duration(text)
    if not duration_s > 0:
        raise UsageError(
            f"--{option} must be longer than 0 s, got {text}",
            code="duration-syntax",
            hint="write it like 90s, 5m, 6h or 7d",
        )
    return duration_s
