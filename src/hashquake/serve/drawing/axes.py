"""The two axes of a frame: ticks along its foot, and values up its left side."""

from collections.abc import Sequence
from typing import Any

from hashquake.serve.drawing.elements import px, stroke, written
from hashquake.serve.drawing.frame import Frame
from hashquake.serve.drawing.style import MUTED, RULE, Size
from hashquake.serve.drawing.ticks import number_ticks

_NEAREST_END_PX = 16.0
"""A label whose middle is nearer to the drawing's end would be cut."""


def x_axis(frame: Frame, ticks: Sequence[tuple[float, str]], *, size: Size) -> str:
    """Draw the line at the foot of a frame, with ticks and their labels.

    Parameters
    ----------
    frame : Frame
        Of the data.
    ticks : sequence of (float, str)
        Places in the unit of its `x`, and their labels; none draws the line alone.
    size : Size
        Of the drawing.
    """
    foot = frame.bottom_px
    placed = [(float(frame.x(at)), name) for at, name in ticks]
    path = f"M{px(frame.left_px)} {px(foot)}H{px(frame.right_px)}"
    path += "".join(f"M{px(at)} {px(foot)}v5" for at, _ in placed)
    return stroke(path, colour=RULE, width=1) + "".join(
        written(name, at, foot + 9, size=size, colour=MUTED, anchor="middle", upright="top")
        for at, name in placed
        if at <= size.width_px - _NEAREST_END_PX
    )


def y_axis(
    frame: Frame,
    ticks: Sequence[tuple[float, str]],
    *,
    size: Size,
    unit: str = "",
    smaller_px: float = 0.0,
) -> str:
    """Write values up the left side of a frame, each with a pale line across it.

    Parameters
    ----------
    frame : Frame
        Of the data.
    ticks : sequence of (float, str)
        Places in the unit of its `y`, and their labels.
    size : Size
        Of the drawing.
    unit : str
        Stands above them.
    smaller_px : float
        By how much the labels are smaller than the drawing's text.
    """
    placed = [(float(frame.y(at)), name) for at, name in ticks]
    path = "".join(f"M{px(frame.left_px)} {px(at)}H{px(frame.right_px)}" for at, _ in placed)
    look: dict[str, Any] = {"size": size, "colour": MUTED, "smaller_px": smaller_px}
    names = (written(name, frame.left_px - 7, at, anchor="end", **look) for at, name in placed)
    above = frame.top_px - 9
    head = written(unit, 2, above, size=size, colour=MUTED, upright="bottom") if unit else ""
    return (stroke(path, colour=RULE, width=0.6) if path else "") + "".join(names) + head


def whole_numbers(low: float, high: float) -> list[tuple[float, str]]:
    """Return at most five round numbers with their labels, in whole numbers where these differ.

    >>> whole_numbers(40_000.0, 52_000.0)
    [(40000.0, '40,000'), (45000.0, '45,000'), (50000.0, '50,000')]

    Parameters
    ----------
    low, high : float
        Ends of the axis.
    """
    return [(one, f"{one:,.0f}" if one == round(one) else f"{one:,g}")
            for one in number_ticks(low, high)]  # fmt: skip
