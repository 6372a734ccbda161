"""A hash rate inside an answer: found by its path, read in the one form that was stated.

Three forms: ``number``, a JSON number and nothing else; ``decimal``, a JSON number or a text of
digits; ``suffixed``, digits with the letter of a power of 1,000, such as ``44.4K``.
"""

import re
from math import isfinite, log10
from typing import Any, Literal

from hashquake.core.errors import FormatError, UsageError
from hashquake.core.hashrate_unit import PREFIXES
from hashquake.core.hostile_text import visible_repr, visible_text
from hashquake.sources.wire.answer import as_text, wrong_shape

Form = Literal["number", "decimal", "suffixed"]

LARGEST_HPS = 1e27
"""A million times the network of 2026."""
_LONGEST_TEXT = 80
_DECIMAL = re.compile(r"[0-9]{1,40}(?:\.[0-9]{0,40})?(?:[eE][+]?[0-9]{1,2})?", re.ASCII)
_SUFFIXED = re.compile(r"([0-9]{1,15}(?:\.[0-9]{0,15})?)([kKMGTPEZ]?)", re.ASCII)
_STEP = re.compile(r"([^.\[\]]*)((?:\[[^\[\]]*\])*)")
_LAST_TIME_S = 4_102_444_800


def at_path(answer: Any, path: str) -> Any:
    """Return the value at a path inside an answer.

    Parameters
    ----------
    answer : object
        Parsed JSON.
    path : str
        Names joined by dots; in brackets the place in a list, or ``key=text`` for the one object
        of a list that has it: ``data[0].rate``, ``data[location=global].rate``.

    Raises
    ------
    FormatError
        ``answer-shape`` where it leads nowhere.
    UsageError
        ``path-malformed``.

    Examples
    --------
    >>> at_path({"data": [{"coin": "LTC"}, {"coin": "BTC", "rate": 5}]}, "data[coin=BTC].rate")
    5
    """
    value = answer
    for part in path_steps(path):
        if isinstance(part, str):
            if not isinstance(value, dict) or part not in value:
                raise _nowhere(path, value)
            value = value[part]
        elif not isinstance(value, list):
            raise _nowhere(path, value)
        elif isinstance(part, int):
            if part >= len(value):
                raise _nowhere(path, value)
            value = value[part]
        else:
            value = _only_one(value, part, path)
    return value


def path_steps(path: str) -> tuple[str | int | tuple[str, str], ...]:
    """Take a path apart.

    Parameters
    ----------
    path : str
        Names joined by dots; ``[0]`` picks an item, ``[key=text]`` the item with that value.

    Raises
    ------
    UsageError
        ``path-malformed``.

    Examples
    --------
    >>> path_steps("data[0].rate")
    ('data', 0, 'rate')
    """
    steps: list[str | int | tuple[str, str]] = []
    for at, part in enumerate(path.strip().split(".")):
        match = _STEP.fullmatch(part)
        if match is None or not (match[1] or (at == 0 and match[2])):
            raise _malformed(path)
        if match[1]:
            steps.append(match[1])
        for inside in re.findall(r"\[([^\[\]]*)\]", match[2]):
            key, equals, text = inside.partition("=")
            if equals and key:
                steps.append((key, text))
            elif re.fullmatch("[0-9]{1,6}", inside, re.ASCII):
                steps.append(int(inside))
            else:
                raise _malformed(path)
    return tuple(steps)


def _only_one(items: list[Any], wanted: tuple[str, str], path: str) -> Any:
    key, text = wanted
    found = [one for one in items if isinstance(one, dict) and str(one.get(key)) == text]
    if len(found) != 1:
        raise _nowhere(path, items)
    return found[0]


def rate_value(value: Any, form: Form, what: str, *, unit: float = 1.0) -> float:
    """Read a hash rate in the form stated.

    Parameters
    ----------
    value : object
        As found in the answer.
    form : {"number", "decimal", "suffixed"}
        What it must be.
    what : str
        What it is, for the error.
    unit : float
        Hashes per second of one.

    Returns
    -------
    float
        Hashes per second, not negative.

    Raises
    ------
    FormatError
        ``answer-shape`` in any other form, ``value-negative``, ``value-not-finite``.

    Examples
    --------
    >>> rate_value("1.46P", "suffixed", "a rate"), rate_value(2.5, "number", "a rate", unit=1e9)
    (1460000000000000.0, 2500000000.0)
    """
    if form == "suffixed":
        number = _suffixed(value, what)
    elif type(value) in (int, float):
        number = _number(value, what)
    elif form == "decimal":
        text = as_text(value, what)
        if len(text) > _LONGEST_TEXT or not _DECIMAL.fullmatch(text):
            raise wrong_shape(what, value)
        number = float(text)
    else:
        raise wrong_shape(what, value)
    if number * unit > LARGEST_HPS:
        raise _not_finite(what, value)
    return number * unit


def unix_time_s(value: Any, what: str) -> float:
    """Read a time in Unix seconds, of the years 1970 to 2100; milliseconds are refused.

    Parameters
    ----------
    value : object
        As read from JSON.
    what : str
        What the message calls it.

    Raises
    ------
    FormatError
        ``answer-shape``.
    """
    if type(value) not in (int, float) or not 0 <= value < _LAST_TIME_S:
        raise wrong_shape(what, value)
    return float(value)


def _suffixed(value: Any, what: str) -> float:
    text = as_text(value, what)
    match = _SUFFIXED.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if match is None:
        raise wrong_shape(what, value)
    # Scaled as a decimal: 1.46 times 1e15 is not the double nearest to 1.46e15.
    return float(f"{match[1]}e{round(log10(PREFIXES[match[2].lower()]))}")


def _number(value: float, what: str) -> float:
    if not -LARGEST_HPS < value < LARGEST_HPS or not isfinite(value):
        raise _not_finite(what, value)
    if value < 0:
        raise FormatError(
            f"{what} is negative: {value:g}",
            code="value-negative",
            hint="a hash rate cannot be negative; the answer was not kept",
        )
    return float(value)


def _not_finite(what: str, value: Any) -> FormatError:
    return FormatError(
        f"{what} must be a finite number in range, got {visible_text(str(value)[:60], limit=40)}",
        code="value-not-finite",
        hint="not measured must be left out, it cannot be kept as a value",
    )


def _nowhere(path: str, found: Any) -> FormatError:
    return FormatError(
        f"the answer has no value at {visible_text(path, limit=80)}: found {visible_repr(found)}",
        code="answer-shape",
        hint="the pool may have changed its answer, or something else answers at this address",
    )


def _malformed(path: str) -> UsageError:
    return UsageError(
        f"the path {visible_repr(path)} cannot be followed",
        code="path-malformed",
        hint="write it like btc.pool_5m_hash_rate, data[0].rate or data[coin=BTC].rate",
    )
