"""How often by chance, in words: "once a year", "twice a month", "once in ten years"."""

import re

from hashquake.core.times import DAY_S, HOUR_S, YEAR_S

_COUNTS = {"once": 1.0, "twice": 2.0}
_NUMBERS = {
    word: float(number)
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
} | {"twenty": 20.0, "fifty": 50.0, "hundred": 100.0}
_UNITS_S = {
    "day": DAY_S,
    "week": 7 * DAY_S,
    "month": YEAR_S / 12,
    "year": YEAR_S,
    "decade": 10 * YEAR_S,
    "century": 100 * YEAR_S,
}
_RATE = re.compile(
    r"(?:(?P<often>once|twice)|(?P<count>\d+(?:\.\d+)?|[a-z]+)(?: times?)?) "
    r"(?:(?:a|an|per|every|each) (?:(?P<every>\d+(?:\.\d+)?|[a-z]+) )?"
    r"|in (?:(?P<many>\d+(?:\.\d+)?|a|[a-z]+) )?)"
    r"(?P<unit>day|week|month|year|decade|century)s?"
)
_LEAST_PER_YEAR, _MOST_PER_YEAR = 1e-3, YEAR_S / HOUR_S


def per_year(text: str) -> float:
    """Read how often something may happen by chance, as a rate a year.

    Parameters
    ----------
    text : str
        Such as ``once a year``.

    Raises
    ------
    ValueError
        When it cannot be read, or is rarer than once in a thousand years or more often than hourly.

    Examples
    --------
    >>> [round(per_year(one), 2) for one in ("once a year", "twice a month", "once in ten years")]
    [1.0, 24.0, 0.1]
    """
    found = _RATE.fullmatch(" ".join(text.lower().split()))
    if found is None:
        raise _unreadable(text)
    count = _COUNTS.get(found["often"] or "") or _number(found["count"], text)
    many = _number(found["every"] or found["many"] or "one", text)
    rate = count * YEAR_S / (many * _UNITS_S[found["unit"]]) if many else 0.0
    if not _LEAST_PER_YEAR <= rate <= _MOST_PER_YEAR:
        raise ValueError(
            f"must be between once in a thousand years and once an hour, got {text[:40]!r}"
        )
    return rate


def _number(word: str | None, text: str) -> float:
    if word in ("a", "an"):
        return 1.0
    if word in _NUMBERS:
        return _NUMBERS[word or ""]
    try:
        return float(word or "")
    except ValueError:
        raise _unreadable(text) from None


def _unreadable(text: str) -> ValueError:
    return ValueError(
        f"must be such as 'once a year', 'twice a month' or 'once in ten years', got {text[:40]!r}"
    )
