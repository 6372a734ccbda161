"""Turn the values of one instrument into readings, and say which time they cover.

A value that is missing or not available is not a reading and covers nothing; neither does a
bin that is not over yet, which would look like a fall.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from hashquake.core.contracts import Batch
from hashquake.core.coverage import Coverage
from hashquake.core.errors import FormatError, HashquakeError, SourceError
from hashquake.core.hostile_text import visible_text
from hashquake.core.reading import Reading
from hashquake.core.times import format_time, parse_time
from hashquake.core.window import Window
from hashquake.sources.wire.answer import as_text, wrong_shape

SKEW_S = 900
"""How far ahead of our clock a value may lie before one of the two clocks must be wrong."""
_LARGEST = 1e18


class Point(NamedTuple):
    """One bin of an instrument: when, how much; None is "not available".

    Parameters
    ----------
    start_s, end_s : float
        Limits of the bin, UTC Unix seconds.
    value : float or None
        None where it is not available.
    """

    start_s: float
    end_s: float
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedSeries:
    """One quantity of one subject over the time asked for.

    Parameters
    ----------
    subject, quantity, source : str
        As its readings bear them.
    asked : Window
        Bins that begin outside it are left out.
    now_s : float
        Our clock, UTC Unix seconds.
    lag_s : float
        For how long after its end a bin may still grow; younger ones are left out.
    normal : float or None
        The usual value, where the instrument tells it.
    """

    subject: str
    quantity: str
    source: str
    asked: Window
    now_s: float
    lag_s: float = 0.0
    normal: float | None = None

    def batch(self, points: Iterable[Point]) -> Batch:
        """Check bins in the order given and keep those that hold a value.

        Parameters
        ----------
        points : iterable of Point
            Oldest first.

        Raises
        ------
        FormatError
            ``time-backwards``, ``window-duplicate``, ``window-overlap``.
        SourceError
            ``clock-skew``.
        """
        readings: list[Reading] = []
        before: Point | None = None
        for point in points:
            if before is not None:
                self._check_order(before, point)
            before = point
            if point.value is None:
                continue
            self._check_clock(point)
            is_over = point.end_s <= self.now_s - self.lag_s
            if not is_over or not self.asked.holds(point.start_s):
                continue
            readings.append(self._reading(point, point.value))
        observed = Coverage(tuple(reading.window for reading in readings)).windows
        return Batch(readings=tuple(readings), observed=observed)

    def _reading(self, point: Point, value: float) -> Reading:
        return Reading(
            subject=self.subject,
            quantity=self.quantity,
            window=Window(start_s=point.start_s, end_s=point.end_s),
            value=value,
            normal=self.normal,
            source=self.source,
        )

    def _check_order(self, before: Point, point: Point) -> None:
        if point.start_s >= before.end_s:
            return
        if (point.start_s, point.end_s) == (before.start_s, before.end_s):
            said, code = "comes twice", "window-duplicate"
        elif point.start_s < before.start_s:
            said, code = f"comes after {format_time(before.start_s)}", "time-backwards"
        else:
            said, code = f"overlaps that of {format_time(before.start_s)}", "window-overlap"
        raise FormatError(
            f"the {self.quantity} of {self.subject} at {format_time(point.start_s)} {said}",
            code=code,
            hint="the service gave a disordered answer; nothing of it was kept, try again",
        )

    def _check_clock(self, point: Point) -> None:
        if point.start_s > self.now_s + SKEW_S:
            raise SourceError(
                f"the {self.quantity} of {self.subject} is given for "
                f"{format_time(point.start_s)}, by our clock it is {format_time(self.now_s)}",
                code="clock-skew",
                hint="set this machine's clock; if it is right, the service's is wrong",
            )


def as_value(value: Any, what: str) -> float:
    """Take a number that measures something: finite and not negative.

    Parameters
    ----------
    value : object
        As JSON has it.
    what : str
        Which field, for messages.

    Raises
    ------
    FormatError
        ``answer-shape``, ``value-not-finite``, ``value-negative``.

    Examples
    --------
    >>> as_value(49559.5, "a count of prefixes")
    49559.5
    """
    number = as_number(value, what)
    if number < 0:
        raise FormatError(
            f"{what} is negative: {number:g}",
            code="value-negative",
            hint="a count cannot be negative; the answer was not kept",
        )
    return number


def as_number(value: Any, what: str) -> float:
    """Take a finite number of either sign; true and false are not numbers.

    Parameters
    ----------
    value : object
        As JSON has it.
    what : str
        Which field, for messages.

    Raises
    ------
    FormatError
        ``answer-shape``, ``value-not-finite``.
    """
    if type(value) not in (int, float):
        raise wrong_shape(what, value)
    if not -_LARGEST < value < _LARGEST or math.isnan(value):
        shown = visible_text(str(value)[:60], limit=40)
        raise FormatError(
            f"{what} is not a finite number: {shown}",
            code="value-not-finite",
            hint="not measured must be left out, it cannot be kept as a value",
        )
    return float(value)


def as_time_s(value: Any, what: str) -> int:
    """Take a time written in ISO 8601, UTC where it carries no offset.

    Parameters
    ----------
    value : object
        As JSON has it.
    what : str
        Which field, for messages.

    Returns
    -------
    int
        UTC Unix seconds, in the years 1970 to 2100.

    Raises
    ------
    FormatError
        ``answer-shape``.
    """
    text = as_text(value, what)
    try:
        time_s = parse_time(text)
    except (HashquakeError, ValueError, OverflowError):
        raise wrong_shape(what, text) from None
    if not 0 <= time_s < 4_102_444_800:
        raise wrong_shape(what, text)
    return time_s
