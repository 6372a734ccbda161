"""Small drawings that the server makes: a line in a table, a fan, stacked areas."""

from collections.abc import Sequence
from math import isfinite

from markupsafe import Markup

Line = Sequence[float | None]


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
    ).format(f"{width:g}", f"{height:g}", label, _path(values, width, height, _most((values,))))


def lines(series: Sequence[Line], *, width: float, height: float) -> list[str]:
    """Return the paths of several lines on one scale, from zero.

    Parameters
    ----------
    series : sequence of sequences of float or None
        Of equal length.
    width, height : float
        Of the drawing.
    """
    most = _most(series)
    return [_path(one, width, height, most) for one in series]


def stacked(series: Sequence[Line], *, width: float, height: float) -> tuple[list[str], float]:
    """Return the outlines of areas one upon another, and the value at the top.

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


def _most(series: Sequence[Line]) -> float:
    known = [value for one in series for value in one if value is not None and isfinite(value)]
    return max(known, default=0.0) or 1.0


def _path(values: Line, width: float, height: float, most: float) -> str:
    parts, drawing = [], False
    for at, value in enumerate(values):
        if value is None or not isfinite(value):
            drawing = False
            continue
        x = width * at / max(len(values) - 1, 1)
        y = (height - 1.5) * (1 - value / most) + 0.75
        parts.append(f"{'L' if drawing else 'M'}{x:.1f} {y:.1f}")
        drawing = True
    return "".join(parts)
