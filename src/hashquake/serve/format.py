"""Numbers as people read them: the only place where percent and EH/s are made.

A true minus sign and no-break spaces keep a number in one piece on paper and on a phone.
"""

import re
from math import isfinite

from hashquake.core.hostile_text import visible_text
from hashquake.core.interval import Interval
from hashquake.serve.language import ENGLISH, between, number, spoken, translate

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"

_PREFIXES = (
    (1e18, "EH/s"),
    (1e15, "PH/s"),
    (1e12, "TH/s"),
    (1e9, "GH/s"),
    (1e6, "MH/s"),
    (1e3, "kH/s"),
    (1.0, "H/s"),
)
_MOST_DIGITS = 4
"""After the decimal point of a percentage."""
_TENFOLD = 10.0
"""Above it a rise means only that there was next to nothing before."""
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def eh_s(hashrate_hps: float) -> str:
    r"""Write a hash rate with three significant digits, in EH/s for today's network.

    Parameters
    ----------
    hashrate_hps : float
        Hashes per second, from 0.

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

    Parameters
    ----------
    hashrate_hps : float
        Hashes per second; below 0 for a fall.

    Examples
    --------
    >>> hashrate_unit(9.9e20), hashrate_unit(430e3), hashrate_unit(0.0)
    ((1e+18, 'EH/s'), (1000.0, 'kH/s'), (1.0, 'H/s'))
    """
    # Zetahashes are not yet a word that readers know, so exahashes run to 9,999.
    size_hps = abs(hashrate_hps)  # a change may be a fall
    if size_hps >= 1e4 * 1e18:
        return 1e21, "ZH/s"
    return next((one for one in _PREFIXES if size_hps >= one[0]), _PREFIXES[-1])


def eh_s_interval(interval: Interval) -> str:
    r"""Write a hash rate with its interval, the limits in the unit of the median.

    Parameters
    ----------
    interval : Interval
        Hashes per second.

    Examples
    --------
    >>> eh_s_interval(Interval(median=176e18, low=170e18, high=182e18, level=0.9))
    '176\xa0EH/s [170,\xa0182]'
    """
    # A median of zero has no unit of its own: the upper limit's is taken.
    scale, unit = hashrate_unit(interval.median or interval.high)
    middle, low, high = (
        _three_digits(value / scale) for value in (interval.median, interval.low, interval.high)
    )
    return f"{middle}{NBSP}{unit} [{low}{between()}{NBSP}{high}]"


def _three_digits(value: float) -> str:
    if not isfinite(value):
        return "\N{INFINITY}"
    size = abs(value)
    if 0.0 < size < 0.005:  # what is there never reads as nothing
        return number("<0.01" if value > 0.0 else f">{MINUS}0.01")
    return number(
        f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
    )


def percent(share: float, *, digits: int = 0, signed: bool = False) -> str:
    r"""Write a share in percent; a number that rounds to zero has no sign.

    Parameters
    ----------
    share : float
        1 is 100 %; may be negative or infinite.
    digits : int
        After the decimal point.
    signed : bool
        Whether positive numbers carry a plus sign.

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
    return f"{sign}{number(text)}{NBSP}%"


def change_limits(interval: Interval, *, digits: int = 0) -> str:
    """Write the limits of a signed change in brackets.

    Parameters
    ----------
    interval : Interval
        Relative change: -0.1 is 10 % less.
    digits : int
        After the decimal point; more where the limits would look equal and are not.
    """
    digits = _digits_apart(interval, digits)
    low = percent(interval.low, digits=digits, signed=True)
    high = percent(interval.high, digits=digits, signed=True)
    return f"[{low}{between()}{NBSP}{high}]"


def change(interval: Interval, *, digits: int = 0) -> str:
    """Write a signed change with its limits.

    Parameters
    ----------
    interval : Interval
        Relative change: -0.1 is 10 % less.
    digits : int
        After the decimal point; more where the limits would look equal and are not.
    """
    digits = _digits_apart(interval, digits)
    median = percent(interval.median, digits=digits, signed=True)
    return f"{median} {change_limits(interval, digits=digits)}"


def share_interval(interval: Interval, *, digits: int = 1) -> str:
    r"""Write a share with its limits.

    Parameters
    ----------
    interval : Interval
        Shares, 0 to 1.
    digits : int
        After the decimal point; more where the limits would look equal and are not.

    Examples
    --------
    >>> share_interval(Interval(median=0.181, low=0.15, high=0.21, level=0.9))
    '18.1\xa0% [15.0,\xa021.0]'
    >>> share_interval(Interval(median=0.0001, low=0.0, high=0.003, level=0.9), digits=0)
    '0.0\xa0% [0.0,\xa00.3]'
    """
    digits = _digits_apart(interval, digits)
    return f"{percent(interval.median, digits=digits)} {share_limits(interval, digits=digits)}"


def share_limits(interval: Interval, *, digits: int = 1) -> str:
    """Write the limits of a share in brackets, without a sign of percent.

    Parameters
    ----------
    interval : Interval
        Shares, 0 to 1.
    digits : int
        After the decimal point; more where the limits would look equal and are not.
    """
    digits = _digits_apart(interval, digits)
    low, high = (number(f"{limit * 100:.{digits}f}") for limit in (interval.low, interval.high))
    return f"[{low}{between()}{NBSP}{high}]"


def _digits_apart(interval: Interval, digits: int) -> int:
    """Return so many digits that an uncertain number is not shown with an interval of no width."""
    if interval.low == interval.high:
        return digits
    apart = (
        more
        for more in range(digits, _MOST_DIGITS)
        if f"{interval.low * 100:.{more}f}" != f"{interval.high * 100:.{more}f}"
    )
    return next(apart, _MOST_DIGITS)


def negated(interval: Interval) -> Interval:
    """Turn a drop into a signed change, or back.

    Parameters
    ----------
    interval : Interval
        A relative drop or change.
    """
    return Interval(
        median=-interval.median, low=-interval.high, high=-interval.low, level=interval.level
    )


def claimed(low: float, high: float, *, signed: bool = True) -> str:
    """Write a claimed number or range, with as many digits as it was given.

    Parameters
    ----------
    low, high : float
        Shares or relative changes; equal where one number was claimed.
    signed : bool
        Whether positive numbers carry a plus sign.
    """
    texts = [
        percent(value, digits=0 if round(value * 100, 6).is_integer() else 1, signed=signed)
        for value in (low, high)
    ]
    if low == high:
        return texts[0]
    return translate("{low} to {high}", low=texts[0].removesuffix(f"{NBSP}%"), high=texts[1])


def probability(value: float) -> str:
    """Write a p-value or a probability.

    Parameters
    ----------
    value : float
        0 to 1.

    Examples
    --------
    >>> probability(0.0004), probability(0.0312), probability(0.94)
    ('under 0.001', '0.031', '0.94')
    """
    if value < 0.001:
        return translate("under {limit}", limit=number("0.001"))
    return number(f"{value:.3f}" if value < 0.1 else f"{value:.2f}")


def chance(probability: float) -> str:
    """Write a probability in percent; what is not quite nothing is not nothing, nor all.

    Parameters
    ----------
    probability : float
        0 to 1.
    """
    if probability > 0.995:
        return translate("over {limit}", limit=f"99{NBSP}%")
    if probability < 0.005:
        return translate("under {limit}", limit=f"1{NBSP}%")
    return percent(probability)


def prose(text: str, *, limit: int = 1000) -> str:
    """Make hostile text safe to show, with a typographer's apostrophes and unbroken numbers.

    The no-break spaces of a sentence stay.

    Parameters
    ----------
    text : str
        From a coinbase, a feed, an article or a person.
    limit : int
        Characters to keep.
    """
    shown = visible_text(text, limit=limit, sentences=True)
    shown = re.sub(r"(?<=\w)'(?=\w)|(?<=s)'(?= )", "\N{RIGHT SINGLE QUOTATION MARK}", shown)
    shown = re.sub(r"(?<![\w-])-(?=\d)", MINUS, shown)
    return re.sub(r"(?<=\d) (?=%|[EPT]H/s|[MG]W\b|\$)", NBSP, shown)


def count_word(count: int) -> str:
    """Write a small number as a word.

    Parameters
    ----------
    count : int
        From 0; large numbers stay digits.

    Examples
    --------
    >>> count_word(3), count_word(12)
    ('three', '12')
    """
    if spoken() == ENGLISH and 0 <= count < len(_WORDS):
        return _WORDS[count]
    # Elsewhere the word would have to agree with what is counted, in gender and case.
    return number(f"{count:,}")
