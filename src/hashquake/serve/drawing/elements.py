"""The elements that drawings are made of: rectangles, lines, and text."""

from html import escape
from math import isnan

import numpy as np
from numpy.typing import NDArray

from hashquake.serve.drawing.style import INK, Size

_BASELINES = {"top": 0.8, "middle": 0.35, "bottom": -0.22}
"""How far a text's baseline is below the place it is set at, in heights of its letters."""
_LINE = 1.2
"""From one line of a text to the next, in heights of its letters."""


def rectangle(
    left_px: float, top_px: float, right_px: float, bottom_px: float, *, colour: str, opacity: float
) -> str:
    """Return a filled rectangle.

    Parameters
    ----------
    left_px, top_px, right_px, bottom_px : float
        Its sides.
    colour : str
        Of its area.
    opacity : float
        0 to 1.
    """
    pale = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
    return (
        f'<rect fill="{colour}"{pale} x="{px(left_px)}" y="{px(top_px)}" '
        f'width="{px(right_px - left_px)}" height="{px(bottom_px - top_px)}"/>'
    )


def stroke(path: str, *, colour: str, width: float, dash: str = "", cap: str = "") -> str:
    """Return a path that is drawn and not filled.

    Parameters
    ----------
    path : str
        Its ``d``.
    colour : str
        Of the line.
    width : float
        Of the line, CSS pixels.
    dash : str
        ``stroke-dasharray``; empty is unbroken.
    cap : str
        ``stroke-linecap``; empty is the default.
    """
    marks = f' stroke-dasharray="{dash}"' if dash else ""
    marks += f' stroke-linecap="{cap}"' if cap else ""
    return f'<path fill="none" stroke="{colour}" stroke-width="{width:g}"{marks} d="{path}"/>'


def joined(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    """Join places by lines, as the ``d`` of a path; a NaN leaves a gap.

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,)
        CSS pixels.
    """
    parts, drawing = [], False
    for at, level in zip(x.tolist(), y.tolist(), strict=True):
        if isnan(level) or isnan(at):
            drawing = False
            continue
        parts.append(f"{'L' if drawing else 'M'}{px(at)} {px(level)}")
        drawing = True
    return "".join(parts)


def px(place: float | NDArray[np.float64]) -> str:
    """Write a place to a tenth of a pixel, without a useless ending.

    Parameters
    ----------
    place : float
        CSS pixels.
    """
    return f"{float(place):.1f}".removesuffix(".0")


def written(
    words: str,
    x_px: float,
    y_px: float,
    *,
    size: Size,
    colour: str = INK,
    anchor: str = "start",
    upright: str = "middle",
    bold: bool = False,
    smaller_px: float = 0.0,
    halo: str = "",
) -> str:
    """Return a text at a place of a drawing.

    Parameters
    ----------
    words : str
        May be hostile, and of several lines.
    x_px, y_px : float
        CSS pixels of the drawing.
    size : Size
        Of the drawing.
    colour : str
        Of the letters.
    anchor : {"start", "middle", "end"}
        Which part of the text stands at `x_px`.
    upright : {"top", "middle", "bottom"}
        Which part of it stands at `y_px`.
    bold : bool
        Whether the letters are bold.
    smaller_px : float
        By how much the letters are smaller than the drawing's.
    halo : str
        The colour behind the letters' edges, where the text lies over data; empty draws none.
    """
    letters_px = size.text_px - smaller_px
    lines = words.split("\n")
    above = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[upright] * _LINE * (len(lines) - 1)
    y = y_px + letters_px * (_BASELINES[upright] - above)
    marks = "" if anchor == "start" else f' text-anchor="{anchor}"'
    marks += ' font-weight="600"' if bold else ""
    marks += f' font-size="{letters_px:g}"' if smaller_px else ""
    if halo:
        marks += f' stroke="{halo}" stroke-width="3.5" stroke-opacity="0.85" paint-order="stroke"'
    inner = escape(lines[0]) + "".join(
        f'<tspan x="{px(x_px)}" dy="{_LINE}em">{escape(one)}</tspan>' for one in lines[1:]
    )
    return f'<text x="{px(x_px)}" y="{px(y)}" fill="{colour}"{marks}>{inner}</text>'
