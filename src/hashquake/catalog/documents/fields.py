"""Values to plain JSON and back, by the type of each field.

Shares are cut to four decimals, rates to four digits and times to seconds: finer digits are not
knowledge, and they differ between builds of the same mathematics. The unit is the last word of a
field's name, so the name says how a number is cut. A limit without a bound is null.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from math import inf, isinf
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hashquake.core.errors import RecordError, UsageError
from hashquake.core.interval import Interval
from hashquake.core.window import Window

_DECIMALS = {"share": 4, "probability": 4, "value": 4, "statistic": 3, "threshold": 3}


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn what goes wrong inside into one error that names the document.

    Parameters
    ----------
    what : str
        What is read, for the message.

    Raises
    ------
    RecordError
        ``opinion-unreadable``.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, UsageError) as error:
        reason = f"{type(error).__name__}: {str(error)[:120]}"
        raise RecordError(
            f"the stored document of {what[:80]} cannot be read ({reason})",
            code="opinion-unreadable",
            hint="hashquake doctor checks the record; a newer hashquake may have written it",
        ) from error


def plain(value: Any, name: str = "") -> Any:
    """Turn a value into JSON's own.

    Parameters
    ----------
    value : object
        A number, text, None, a window, an interval, a tuple of such, or a frozen dataclass; one
        with a ``code`` carries it as the first key.
    name : str
        The field's name; its last word says how a number is cut.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return cut(value, name)
    if isinstance(value, Window):
        return window_document(value)
    if isinstance(value, Interval):
        return interval_document(value, name)
    if isinstance(value, tuple):
        return [plain(each, name) for each in value]
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} has no plain form")
    shape = {"code": value.code} if hasattr(value, "code") else {}
    return shape | {
        field.name: plain(getattr(value, field.name), field.name) for field in fields(value)
    }


def typed(kind: Any, document: Any) -> Any:
    """Read a value of a type out of JSON's own.

    Parameters
    ----------
    kind : type
        A dataclass, a union of dataclasses that carry codes, or the type of one of their fields.
    document : object
        As `plain` writes it; keys that are not known are passed over.

    Raises
    ------
    KeyError, TypeError, ValueError
        When it does not fit.
    """
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _one_of(get_args(kind), document)
    if origin is tuple:
        return tuple(typed(get_args(kind)[0], each) for each in document)
    if origin is Literal:
        if document not in get_args(kind):
            raise ValueError(f"{document!r:.40} is not one of {get_args(kind)}")
        return document
    if kind is Interval:
        return interval_of(document)
    if is_dataclass(kind):
        return _dataclass_of(kind, document)
    return _scalar(kind, document)


def _scalar(kind: Any, document: Any) -> Any:
    """Read a number or text: whole numbers become floats; truth values are refused."""
    if kind is float and isinstance(document, int) and not isinstance(document, bool):
        return float(document)
    if not isinstance(document, kind) or (isinstance(document, bool) and kind is not bool):
        raise TypeError(f"{document!r:.40} is not {kind.__name__}")
    return document


def _one_of(kinds: tuple[Any, ...], document: Any) -> Any:
    if document is None and NoneType in kinds:
        return None
    coded = {kind.code: kind for kind in kinds if hasattr(kind, "code")}
    if coded:
        return typed(coded[document["code"]], document)
    (only,) = (kind for kind in kinds if kind is not NoneType)
    return typed(only, document)


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _dataclass_of(kind: Any, document: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    # A field that came later has a default, which older documents mean.
    late = {field.name for field in fields(kind) if field.default is not MISSING} - set(document)
    return kind(
        **{name: typed(hint, document[name]) for name, hint in hints.items() if name not in late}
    )


def cut(value: float, name: str) -> float | int | None:
    """Cut a number to the digits that its field's name calls for; no bound is None.

    Parameters
    ----------
    value : float
        In the field's unit; an infinite one gives None.
    name : str
        The field's name, whose last word is the unit.
    """
    if isinf(value):
        return None
    unit = name.rpartition("_")[2]
    if unit == "s":
        return round(value)
    if unit == "hps":
        return float(f"{value:.3e}")
    decimals = _DECIMALS.get(unit)
    return value if decimals is None else round(value, decimals)


def window_document(window: Window) -> dict[str, int]:
    """Write a window, to the second and never empty.

    Parameters
    ----------
    window : Window
        UTC Unix seconds.
    """
    start_s = round(window.start_s)
    return {"start_s": start_s, "end_s": max(round(window.end_s), start_s + 1)}


def interval_document(interval: Interval, name: str) -> dict[str, Any]:
    """Write an interval in the unit of its field.

    Parameters
    ----------
    interval : Interval
        In the field's unit.
    name : str
        The field's name, whose last word is the unit.
    """
    return {
        "median": cut(interval.median, name),
        "low": cut(interval.low, name),
        "high": cut(interval.high, name),
        "level": interval.level,
    }


def interval_of(document: Mapping[str, Any]) -> Interval:
    """Read an interval.

    Parameters
    ----------
    document : mapping of str to object
        With ``median``, ``low``, ``high`` and ``level``.
    """
    low, high = document["low"], document["high"]
    return Interval(
        median=float(document["median"]),
        low=-inf if low is None else float(low),
        high=inf if high is None else float(high),
        level=float(document["level"]),
    )


def sum_to_one(probabilities: Sequence[float]) -> list[float]:
    """Cut probabilities to four decimals so that they still sum to one.

    Parameters
    ----------
    probabilities : sequence of float, shape (n,)
        0 to 1, with a sum of 1.

    Examples
    --------
    >>> sum_to_one([1 / 3, 1 / 3, 1 / 3])
    [0.3334, 0.3333, 0.3333]
    """
    parts = [10_000 * one for one in probabilities]
    whole = [int(part) for part in parts]
    left = round(sum(parts)) - sum(whole)
    first = sorted(range(len(parts)), key=lambda at: (whole[at] - parts[at], at))
    for at in first[:left]:
        whole[at] += 1
    return [part / 10_000 for part in whole]


def normalised(probabilities: Sequence[float]) -> list[float]:
    """Let stored probabilities sum to one again where cutting their digits moved the sum.

    Parameters
    ----------
    probabilities : sequence of float, shape (n,)
        0 to 1, with a sum near 1.

    Raises
    ------
    ValueError
        When they are further from it than cutting explains.
    """
    total = sum(probabilities)
    if abs(total - 1.0) <= 1e-9:
        return list(probabilities)
    if abs(total - 1.0) > 0.0001 * len(probabilities):
        raise ValueError(f"probabilities sum to {total:.4f}")
    return [one / total for one in probabilities]


def reason_of(kind: Any, document: Mapping[str, Any], old: Callable[[str], Any]) -> Any:
    """Read a reason: its code and values, or the sentence that older versions stored.

    Parameters
    ----------
    kind : object
        The type of reason to read.
    document : mapping of str to object
        One with ``code`` or ``because``.
    old : callable
        Makes a reason of an older version's sentence.
    """
    if "reason" in document:
        return typed(kind, document["reason"])
    return old(str(document.get("because", "")))
