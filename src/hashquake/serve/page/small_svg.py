"""Small drawings that the server makes: a line in a table, a fan, stacked areas."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import floor, isfinite, log10
from typing import NamedTuple

from markupsafe import Markup

Line = Sequence[float | None]


class Sheet(NamedTuple):
    """What a chart is drawn on.

    Parameters
    ----------
    name : str
        ``wide``, or ``narrow`` for a phone.
    width, height : float
        Of the data, CSS pixels.
    margin : float
        Room for values on the right.
    """

    name: str
    width: float
    height: float
    margin: float


SHEETS = (Sheet("wide", 960.0, 320.0, 92.0), Sheet("narrow", 304.0, 240.0, 54.0))
"""Each chart is drawn on both; the style sheet shows the one that fits."""


def sparkline(values: Line, *, label: str) -> Markup:
    """Return a line without axes, from zero.

    Parameters
    ----------
    values : sequence of float or None
        None in a gap.
    label : str
        What a screen reader says.
    """
    width, height = 120.0, 24.0
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}"><path class="line" d="{}"/></svg>'
    ).format(f"{width:g}", f"{height:g}", label, _path(values, width, height, highest((values,))))


def lines(
    series: Sequence[Line], *, width: float, height: float, most: float | None = None
) -> list[str]:
    """Return the paths of several lines on one scale, from zero.

    Parameters
    ----------
    series : sequence of sequences of float or None
        Of equal length.
    width, height : float
        Of the drawing.
    most : float or None
        The value at its top; None is the highest of all.
    """
    most = most or highest(series)
    return [_path(one, width, height, most) for one in series]


def limits(low: Line, high: Line, *, width: float, height: float, most: float) -> str:
    """Return the outline of the area between two limits; a gap stays open.

    Parameters
    ----------
    low, high : sequence of float or None
        Of equal length.
    width, height : float
        Of the drawing.
    most : float
        The value at its top.
    """
    n, pieces, piece = len(low), [], []
    for at, pair in enumerate((*zip(low, high, strict=True), (None, None))):
        if all(value is not None and isfinite(value) for value in pair):
            piece.append(at)
            continue
        if len(piece) > 1:
            there = [_place(one, n, high[one] or 0.0, width, height, most) for one in piece]
            back = [_place(one, n, low[one] or 0.0, width, height, most) for one in piece[::-1]]
            pieces.append(f"M{'L'.join((*there, *back))}Z")
        piece = []
    return "".join(pieces)


def round_ticks(most: float, *, count: int = 4) -> list[float]:
    """Return round values from above 0 up to the highest one of a drawing.

    >>> round_ticks(0.47)
    [0.1, 0.2, 0.3, 0.4]
    >>> round_ticks(1130.0)
    [500.0, 1000.0]

    Parameters
    ----------
    most : float
        The value at its top, above 0.
    count : int
        How many at most.
    """
    power = 10.0 ** floor(log10(most / count))
    step = next(one * power for one in (1, 2, 5, 10) if most / (one * power) < count + 1)
    return [float(f"{step * at:.10g}") for at in range(1, int(most / step) + 1)]


def year_ticks(start_s: float, end_s: float, *, width: float) -> list[tuple[float, str]]:
    """Return where years begin along a drawing, and their numbers.

    Parameters
    ----------
    start_s, end_s : float
        Its ends, UTC Unix seconds.
    width : float
        Of the drawing.
    """
    first, last = (datetime.fromtimestamp(one, tz=UTC).year for one in (start_s, end_s))
    begins = [
        (year, datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in range(first, last + 1)
    ]
    return [
        (width * (begin - start_s) / (end_s - start_s), str(year))
        for year, begin in begins
        if start_s <= begin < end_s
    ]


def highest(series: Sequence[Line]) -> float:
    """Return the highest known value; 1 where none is above 0.

    Parameters
    ----------
    series : sequence of sequences of float or None
        None or NaN in a gap.
    """
    known = [value for one in series for value in one if value is not None and isfinite(value)]
    return max(known, default=0.0) or 1.0


def stacked(series: Sequence[Line], *, width: float, height: float) -> tuple[list[str], float]:
    """Return the outlines of stacked areas, and the value at the top.

    Parameters
    ----------
    series : sequence of sequences of float or None
        The lowest first; a gap counts as nothing where others have values.
    width, height : float
        Of the drawing.
    """
    n = len(series[0]) if series else 0
    base = [0.0] * n
    tops = []
    for one in series:
        base = [below + (value or 0.0) for below, value in zip(base, one, strict=True)]
        tops.append(base)
    most = max(base, default=0.0) * 1.04 or 1.0

    def place(at: int, value: float) -> str:
        return f"{width * at / max(n - 1, 1):.1f} {height * (1 - value / most):.1f}"

    drawn, below = [], [0.0] * n
    for top in tops:
        up = [place(at, value) for at, value in enumerate(top)]
        down = [place(at, below[at]) for at in range(n - 1, -1, -1)]
        drawn.append(f"M{'L'.join((*up, *down))}Z" if n > 1 else "")
        below = top
    return drawn, most


def _path(values: Line, width: float, height: float, most: float) -> str:
    parts, drawing = [], False
    for at, value in enumerate(values):
        if value is None or not isfinite(value):
            drawing = False
            continue
        place = _place(at, len(values), value, width, height, most)
        parts.append(f"{'L' if drawing else 'M'}{place}")
        drawing = True
    return "".join(parts)


def _place(at: int, n: int, value: float, width: float, height: float, most: float) -> str:
    x = width * at / max(n - 1, 1)
    return f"{x:.1f} {height_of(value, height=height, most=most):.1f}"


def height_of(value: float, *, height: float, most: float) -> float:
    """Return how far below the top of a drawing a value stands.

    Parameters
    ----------
    value : float
        From 0 to `most`.
    height : float
        Of the drawing.
    most : float
        The value at its top.
    """
    return (height - 1.5) * (1 - value / most) + 0.75
