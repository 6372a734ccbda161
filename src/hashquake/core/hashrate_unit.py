"""Units of hash rate as pools write them, and whether a value fits what blocks imply."""

import re
from math import log10

from hashquake.core.errors import FormatError
from hashquake.core.hostile_text import visible_repr
from hashquake.core.interval import Interval

PREFIXES = {
    "": 1.0,
    "k": 1e3,
    "m": 1e6,
    "g": 1e9,
    "t": 1e12,
    "p": 1e15,
    "e": 1e18,
    "z": 1e21,
}
"""Size of a prefix in its lower-case form: no pool measures in thousandths."""
_UNIT = re.compile(r"([kmgtpez]?)h(?:ash(?:es)?)?(?:/s(?:ec)?|s|ps)?", re.IGNORECASE)
_HALF_STEP = 1.5
"""Half of a power of 1,000, in powers of ten."""


def unit_hps(text: str) -> float:
    """Return the size of a unit of hash rate.

    Parameters
    ----------
    text : str
        Such as ``Gh/s``, ``TH/s``, ``EH`` or ``H/s``, in any case.

    Returns
    -------
    float
        Hashes per second.

    Raises
    ------
    FormatError
        ``unit-unknown``.

    Examples
    --------
    >>> unit_hps("Gh/s"), unit_hps("EH/s"), unit_hps("h/s")
    (1000000000.0, 1e+18, 1.0)
    """
    match = _UNIT.fullmatch(text.strip()) if len(text) <= 20 else None
    if match is None:
        raise FormatError(
            f"{visible_repr(text)} is not a unit of hash rate",
            code="unit-unknown",
            hint="known are H/s, kH/s, MH/s, GH/s, TH/s, PH/s, EH/s and ZH/s",
        )
    return PREFIXES[match[1].lower()]


def thousands_off(reported_hps: float, found_hps: Interval) -> int:
    """Return by how many powers of 1,000 a value lies outside what blocks imply.

    A unit that is mistaken moves a value by a power of 1,000; chance, growth and drift do not.
    The value is compared with the nearest point of the interval, and half a power either way
    is allowed.

    Parameters
    ----------
    reported_hps : float
        What a pool reports, hashes per second; 0 has no unit and always fits.
    found_hps : Interval
        What its blocks imply, hashes per second.

    Returns
    -------
    int
        0 where it fits; 1 where it is about 1,000 times too high, -1 where as much too low.

    Examples
    --------
    >>> found = Interval(median=14e18, low=11e18, high=17e18, level=0.95)
    >>> [thousands_off(value, found) for value in (13e18, 13e21, 13e15, 60e18, 0.0)]
    [0, 1, -1, 0, 0]
    """
    if reported_hps <= 0.0:
        return 0
    if reported_hps > found_hps.high > 0.0:
        off = log10(reported_hps / found_hps.high)
    elif reported_hps < found_hps.low:
        off = log10(reported_hps / found_hps.low)
    else:
        return 0
    return 0 if abs(off) < _HALF_STEP else round(off / 3.0) or (1 if off > 0 else -1)
