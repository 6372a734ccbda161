"""Numbers as people read them: the only place where percent, EH/s and calendar dates are made.

A true minus sign and no-break spaces keep a number in one piece on paper and on a phone.
"""

import re
from datetime import UTC, datetime
from math import isfinite

from hashquake.core.hostile_text import visible_text
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S
from hashquake.core.window import Window

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
EN_DASH = "\N{EN DASH}"

_PREFIXES = (
    (1e18, "EH/s"),
    (1e15, "PH/s"),
    (1e12, "TH/s"),
    (1e9, "GH/s"),
    (1e6, "MH/s"),
    (1e3, "kH/s"),
    (1.0, "H/s"),
)
_TENFOLD = 10.0
"""Above it a rise means only that there was next to nothing before."""
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def eh_s(hashrate_hps: float) -> str:
    r"""Write a hash rate with three significant digits, in EH/s for today's network.

    Examples
    --------
    >>> eh_s(176.4e18)
    '176\xa0EH/s'
    >>> eh_s(2.345e15)
    '2.35\xa0PH/s'
    """
    scale, unit = hashrate_unit(hashrate_hps)
    return f"{_three_digits(hashrate_hps / scale)}{NBSP}{unit}"


def hashrate_unit(hashrate_hps: float) -> tuple[float, str]:
    """Return the unit in which a hash rate is written: its size in H/s and its name.

    Examples
    --------
    >>> hashrate_unit(9.9e20), hashrate_unit(430e3), hashrate_unit(0.0)
    ((1e+18, 'EH/s'), (1000.0, 'kH/s'), (1.0, 'H/s'))
    """
    # Zetahashes are not yet a word that readers know, so exahashes run to 9,999.
    if hashrate_hps >= 1e4 * 1e18:
        return 1e21, "ZH/s"
    return next((one for one in _PREFIXES if hashrate_hps >= one[0]), _PREFIXES[-1])


def eh_s_interval(interval: Interval) -> str:
    r"""Write a hash rate with its interval, the limits in the unit of the median.

    >>> eh_s_interval(Interval(median=176e18, low=170e18, high=182e18, level=0.9))
    '176\xa0EH/s [170,\xa0182]'
    """
    # A median of zero has no unit of its own: the upper limit's is taken.
    scale, unit = hashrate_unit(interval.median or interval.high)
    middle, low, high = (
        _three_digits(value / scale) for value in (interval.median, interval.low, interval.high)
    )
    return f"{middle}{NBSP}{unit} [{low},{NBSP}{high}]"


def _three_digits(number: float) -> str:
    if not isfinite(number):
        return "\N{INFINITY}"
    size = abs(number)
    if 0.0 < size < 0.005:  # what is there never reads as nothing
        return "<0.01" if number > 0.0 else f">{MINUS}0.01"
    return f"{number:,.0f}" if size >= 100 else f"{number:.1f}" if size >= 10 else f"{number:.2f}"


def percent(share: float, *, digits: int = 0, signed: bool = False) -> str:
    r"""Write a share in percent; a number that rounds to zero has no sign.

    Examples
    --------
    >>> percent(0.181, digits=1)
    '18.1\xa0%'
    >>> percent(-0.001, signed=True)
    '0\xa0%'
    >>> percent(4265.2, signed=True)
    '>\xa0+1,000\xa0%'
    """
    if not isfinite(share):
        text, zero = "\N{INFINITY}", False
    elif share > _TENFOLD:
        return f">{NBSP}{percent(_TENFOLD, signed=signed)}"
    else:
        text = f"{abs(share) * 100:,.{digits}f}"
        zero = float(text.replace(",", "")) == 0
    sign = "" if zero else MINUS if share < 0 else "+" if signed else ""
    return f"{sign}{text}{NBSP}%"


def change_limits(interval: Interval, *, digits: int = 0) -> str:
    """Write the limits of a signed change in brackets."""
    low = percent(interval.low, digits=digits, signed=True)
    high = percent(interval.high, digits=digits, signed=True)
    return f"[{low},{NBSP}{high}]"


def change(interval: Interval, *, digits: int = 0) -> str:
    """Write a signed change with its limits."""
    median = percent(interval.median, digits=digits, signed=True)
    return f"{median} {change_limits(interval, digits=digits)}"


def share_interval(interval: Interval, *, digits: int = 1) -> str:
    r"""Write a share with its limits.

    >>> share_interval(Interval(median=0.181, low=0.15, high=0.21, level=0.9))
    '18.1\xa0% [15.0,\xa021.0]'
    """
    return f"{percent(interval.median, digits=digits)} {share_limits(interval, digits=digits)}"


def share_limits(interval: Interval, *, digits: int = 1) -> str:
    """Write the limits of a share in brackets, without a sign of percent."""
    low, high = (f"{limit * 100:.{digits}f}" for limit in (interval.low, interval.high))
    return f"[{low},{NBSP}{high}]"


def negated(interval: Interval) -> Interval:
    """Turn a drop into a signed change, or back."""
    return Interval(
        median=-interval.median, low=-interval.high, high=-interval.low, level=interval.level
    )


def claimed(low: float, high: float, *, signed: bool = True) -> str:
    """Write a claimed number or range, with as many digits as it was given."""
    texts = [
        percent(value, digits=0 if round(value * 100, 6).is_integer() else 1, signed=signed)
        for value in (low, high)
    ]
    return texts[0] if low == high else f"{texts[0].removesuffix(f'{NBSP}%')} to {texts[1]}"


def probability(value: float) -> str:
    """Write a p-value or a probability.

    >>> probability(0.0004), probability(0.0312), probability(0.94)
    ('under 0.001', '0.031', '0.94')
    """
    if value < 0.001:
        return "under 0.001"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def chance(probability: float) -> str:
    """Write a probability in percent; what is not quite nothing is not nothing, nor all."""
    if probability > 0.995:
        return f"over 99{NBSP}%"
    return f"under 1{NBSP}%" if probability < 0.005 else percent(probability)


def date(time_s: float) -> str:
    r"""Write a day.

    >>> date(1641379500)
    '5\xa0January\xa02022'
    """
    moment = datetime.fromtimestamp(time_s, tz=UTC)
    return f"{moment.day}{NBSP}{moment:%B}{NBSP}{moment.year}"


def short_time(time_s: float) -> str:
    r"""Write a time without its year.

    >>> short_time(1641379500)
    '5\xa0Jan 10:45'
    """
    moment = datetime.fromtimestamp(time_s, tz=UTC)
    return f"{moment.day}{NBSP}{moment:%b %H:%M}"


def utc(time_s: float) -> str:
    r"""Write a time in UTC.

    >>> utc(1641379500)
    '5\xa0January\xa02022, 10:45\xa0UTC'
    """
    moment = datetime.fromtimestamp(time_s, tz=UTC)
    return f"{date(time_s)}, {moment:%H:%M}{NBSP}UTC"


def short_window(window: Window) -> str:
    r"""Write a stretch of time without its year, for narrow columns.

    >>> short_window(Window(start_s=1641379500, end_s=1641390000))
    '5\xa0Jan 10:45 to 13:40\xa0UTC'
    >>> short_window(Window(start_s=1641340800, end_s=1641427200))
    '5\xa0Jan, the whole day'
    """
    start, end = (datetime.fromtimestamp(t, tz=UTC) for t in (window.start_s, window.end_s))
    if window.start_s % DAY_S == window.end_s % DAY_S == 0:
        last = datetime.fromtimestamp(window.end_s - 1, tz=UTC)
        first = f"{start.day}{NBSP}{start:%b}"
        whole = last.date() == start.date()
        return f"{first}, the whole day" if whole else f"{first} to {last.day}{NBSP}{last:%b}"
    if start.date() == end.date():
        return f"{short_time(window.start_s)} to {end:%H:%M}{NBSP}UTC"
    return f"{short_time(window.start_s)} to {short_time(window.end_s)}{NBSP}UTC"


def window_text(window: Window) -> str:
    r"""Write a stretch of time; dates alone where it is whole days.

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
        return f"{start.day}{NBSP}{start:%B} to {date(last_s)}"
    if start.date() == end.date():
        return f"{date(window.start_s)}, {start:%H:%M} to {end:%H:%M}{NBSP}UTC"
    if start.year == end.year:
        return f"{start.day}{NBSP}{start:%B}, {start:%H:%M} to {utc(window.end_s)}"
    return f"{date(window.start_s)}, {start:%H:%M} to {utc(window.end_s)}"


def duration(duration_s: float) -> str:
    r"""Write a length of time with the two units that matter.

    >>> duration(3 * 86400 + 7200), duration(5400), duration(86400), duration(45)
    ('3\xa0d 2\xa0h', '1\xa0h 30\xa0min', '24\xa0h', '45\xa0s')
    """
    if duration_s < MINUTE_S:
        return f"{duration_s:.0f}{NBSP}s"
    if duration_s < HOUR_S:
        return f"{duration_s / MINUTE_S:.0f}{NBSP}min"
    if duration_s < DAY_S:
        return _two_units(round(duration_s / MINUTE_S), 60, "h", "min")
    if duration_s < 2 * DAY_S:
        return f"{duration_s / HOUR_S:.0f}{NBSP}h"
    return _two_units(round(duration_s / HOUR_S), 24, "d", "h")


def days(duration_s: float) -> str:
    """Write a length in days for running text.

    >>> days(14 * 86400), days(86400), days(4.635 * 86400)
    ('14 days', '24 hours', '4.6 days')
    """
    if duration_s < 2 * DAY_S:
        return f"{duration_s / HOUR_S:.0f} hours"
    number = f"{duration_s / DAY_S:.1f}".removesuffix(".0")
    return f"{number} days"


def prose(text: str, *, limit: int = 1000) -> str:
    """Make hostile text safe to show, with a typographer's apostrophes and unbroken numbers."""
    shown = visible_text(text, limit=limit)
    shown = re.sub(r"(?<=\w)'(?=\w)|(?<=s)'(?= )", "\N{RIGHT SINGLE QUOTATION MARK}", shown)
    shown = re.sub(r"(?<![\w-])-(?=\d)", MINUS, shown)
    return re.sub(r"(?<=\d) (?=%|EH/s)", NBSP, shown)


def count_word(number: int) -> str:
    """Write a small number as a word.

    >>> count_word(3), count_word(12)
    ('three', '12')
    """
    return _WORDS[number] if 0 <= number < len(_WORDS) else f"{number:,}"


def _two_units(total: int, base: int, large: str, small: str) -> str:
    whole, rest = divmod(total, base)
    first = f"{whole}{NBSP}{large}"
    return f"{first} {rest}{NBSP}{small}" if rest else first
