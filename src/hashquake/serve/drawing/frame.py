"""A frame for data: its place in a drawing, its scales, and the marks that can stand in it."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from hashquake.serve.drawing.elements import joined, px, rectangle, stroke
from hashquake.serve.drawing.scale import AxisScale, Linear, Log
from hashquake.serve.drawing.style import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A rectangle with a scale along each side; every mark is returned as an SVG element.

    Parameters
    ----------
    left_px, top_px, width_px, height_px : float
        Of the rectangle, in CSS pixels of the drawing.
    x, y : AxisScale
        What stands where along it and up it.
    """

    left_px: float
    top_px: float
    width_px: float
    height_px: float
    x: AxisScale
    y: AxisScale

    @property
    def right_px(self) -> float:
        """Its right side."""
        return self.left_px + self.width_px

    @property
    def bottom_px(self) -> float:
        """Its lower side."""
        return self.top_px + self.height_px

    def span(
        self,
        start: float,
        end: float,
        *,
        colour: str,
        opacity: float = 1.0,
        from_top: tuple[float, float] = (0.0, 1.0),
    ) -> str:
        """Shade a stretch of the axis along the frame.

        Parameters
        ----------
        start, end : float
            In the unit of `x`; what is outside the frame is cut.
        colour : str
            Of the shade.
        opacity : float
            0 to 1.
        from_top : tuple of float
            The part of the height that is shaded, 0 at the top and 1 at the foot.
        """
        sides = np.clip(self.x([start, end]), self.left_px, self.right_px)
        top, bottom = (self.top_px + part * self.height_px for part in from_top)
        return rectangle(sides[0], top, sides[1], bottom, colour=colour, opacity=opacity)

    def hatch(self, start: float, end: float, *, colour: str, step_px: float = 6.0) -> str:
        """Draw slanted lines over a stretch of the axis, as where nothing is known.

        Parameters
        ----------
        start, end : float
            In the unit of `x`; what is outside the frame is cut.
        colour : str
            Of the lines.
        step_px : float
            From line to line along the frame, CSS pixels.
        """
        left, right = np.clip(self.x([start, end]), self.left_px, self.right_px).tolist()
        # Lines of all hatched stretches lie on one lattice; each rises to the right by 45 degrees.
        first = np.floor((left - self.height_px) / step_px) * step_px
        feet = np.arange(first, right, step_px)
        begin, stop = np.maximum(feet, left), np.minimum(feet + self.height_px, right)
        drawn = (
            f"M{px(a)} {px(self.bottom_px - (a - foot))}L{px(b)} {px(self.bottom_px - (b - foot))}"
            for foot, a, b in zip(feet.tolist(), begin.tolist(), stop.tolist(), strict=True)
            if b > a
        )
        return stroke("".join(drawn), colour=colour, width=1)

    def stipple(self, start: float, end: float, low: float, high: float, *, colour: str) -> str:
        """Cover a rectangle with dots, as where a value is low by an unknown amount.

        Parameters
        ----------
        start, end : float
            Along the frame, in the unit of `x`; what is outside is cut.
        low, high : float
            Up the frame, in the unit of `y`.
        colour : str
            Of the dots.
        """
        left, right = np.clip(self.x([start, end]), self.left_px, self.right_px).tolist()
        foot, top = self.y([low, high]).tolist()
        places = (
            f"M{px(x)} {px(y)}h0"
            for x in np.arange(left + 2, right, 5.0).tolist()
            for y in np.arange(top + 2, foot, 5.0).tolist()
        )
        return stroke("".join(places), colour=colour, width=1.8, cap="round")

    def level(self, value: float, *, colour: str, width: float, dash: str = "") -> str:
        """Draw a line across the frame at a value.

        Parameters
        ----------
        value : float
            In the unit of `y`.
        colour, width, dash : str, float, str
            As for `stroke`.
        """
        y = self.y(value)
        path = f"M{px(self.left_px)} {px(y)}H{px(self.right_px)}"
        return stroke(path, colour=colour, width=width, dash=dash)

    def moment(self, value: float, *, colour: str, width: float, dash: str = "") -> str:
        """Draw a line from the top to the foot of the frame.

        Parameters
        ----------
        value : float
            In the unit of `x`.
        colour, width, dash : str, float, str
            As for `stroke`.
        """
        x = self.x(value)
        path = f"M{px(x)} {px(self.top_px)}V{px(self.bottom_px)}"
        return stroke(path, colour=colour, width=width, dash=dash)

    def line(self, x: ArrayLike, y: ArrayLike, *, colour: str, width: float, dash: str = "") -> str:
        """Draw a line through points; it is open where a value is NaN.

        Parameters
        ----------
        x, y : array_like, shape (n,)
            In the units of the scales.
        colour, width, dash : str, float, str
            As for `stroke`.
        """
        return stroke(joined(self.x(x), self.y(y)), colour=colour, width=width, dash=dash)

    def steps(self, edges: ArrayLike, y: ArrayLike, *, colour: str, width: float) -> str:
        """Draw a value for each stretch between edges, with a riser between neighbours.

        Parameters
        ----------
        edges : array_like, shape (n + 1,)
            In the unit of `x`.
        y : array_like, shape (n,)
            In the unit of `y`; NaN leaves its stretch open.
        colour, width : str, float
            As for `stroke`.
        """
        x, levels = np.repeat(self.x(edges), 2)[1:-1], np.repeat(self.y(y), 2)
        return stroke(joined(x, levels), colour=colour, width=width)

    def levels(self, edges: ArrayLike, y: ArrayLike, *, colour: str, width: float) -> str:
        """Draw a value for each stretch between edges, without risers.

        Parameters
        ----------
        edges : array_like, shape (n + 1,)
            In the unit of `x`.
        y : array_like, shape (n,)
            In the unit of `y`.
        colour, width : str, float
            As for `stroke`.
        """
        places = pairwise(self.x(edges).tolist())
        drawn = (
            f"M{px(start)} {px(level)}H{px(end)}"
            for (start, end), level in zip(places, self.y(y).tolist(), strict=True)
        )
        return stroke("".join(drawn), colour=colour, width=width)

    def band(self, x: ArrayLike, low: ArrayLike, high: ArrayLike, *, colour: str) -> str:
        """Fill the area between two lines.

        Parameters
        ----------
        x, low, high : array_like, shape (n,)
            In the units of the scales; no NaN.
        colour : str
            Of the area.
        """
        places, below, above = self.x(x), self.y(low), self.y(high)
        outline = joined(
            np.concatenate([places, places[::-1]]), np.concatenate([above, below[::-1]])
        )
        return f'<path fill="{colour}" d="{outline}Z"/>'

    def step_band(self, edges: ArrayLike, low: ArrayLike, high: ArrayLike, *, colour: str) -> str:
        """Fill the area between two limits that hold for each stretch between edges.

        Parameters
        ----------
        edges : array_like, shape (n + 1,)
            In the unit of `x`.
        low, high : array_like, shape (n,)
            In the unit of `y`; no NaN.
        colour : str
            Of the area.
        """
        twice = np.repeat(np.asarray(edges, dtype=float), 2)[1:-1]
        return self.band(twice, np.repeat(low, 2), np.repeat(high, 2), colour=colour)

    def bars(
        self, starts: ArrayLike, ends: ArrayLike, low: ArrayLike, high: ArrayLike, *, colour: str
    ) -> str:
        """Fill rectangles of one colour, as one element.

        Parameters
        ----------
        starts, ends : array_like, shape (n,)
            Along the frame, in the unit of `x`; what is outside is cut.
        low, high : array_like
            Up the frame, in the unit of `y`; one for all, or shape (n,).
        colour : str
            Of the rectangles.
        """
        cut = (self.left_px, self.right_px)
        left, right = np.clip(self.x(starts), *cut), np.clip(self.x(ends), *cut)
        corners = np.broadcast_arrays(left, right, self.y(low), self.y(high))
        drawn = (
            f"M{px(a)} {px(y)}H{px(b)}V{px(y2)}H{px(a)}Z"
            for a, b, y, y2 in zip(*(one.ravel().tolist() for one in corners), strict=True)
        )
        return f'<path fill="{colour}" d="{"".join(drawn)}"/>'

    def strokes(
        self, x: ArrayLike, low: ArrayLike, high: ArrayLike, *, colour: str, width: float
    ) -> str:
        """Draw an upright stroke at each place, as one element.

        Parameters
        ----------
        x, low, high : array_like, shape (n,)
            In the units of the scales.
        colour, width : str, float
            As for `stroke`.
        """
        places = zip(self.x(x).tolist(), self.y(low).tolist(), self.y(high).tolist(), strict=True)
        path = "".join(f"M{px(at)} {px(a)}V{px(b)}" for at, a, b in places)
        return stroke(path, colour=colour, width=width)

    def dots(self, x: ArrayLike, y: ArrayLike, *, colour: str, width: float) -> str:
        """Draw all dots as one path of strokes without length: circles of months weigh megabytes.

        Parameters
        ----------
        x, y : array_like, shape (n,)
            In the units of the scales.
        colour : str
            Of the dots.
        width : float
            Their diameter, CSS pixels.
        """
        places = zip(self.x(x).tolist(), self.y(y).tolist(), strict=True)
        path = "".join(f"M{px(a)} {px(b)}h0" for a, b in places)
        return stroke(path, colour=colour, width=width, cap="round")

    def rings(self, x: ArrayLike, y: ArrayLike, *, colour: str, width: float) -> str:
        """Draw an open circle at each point.

        Parameters
        ----------
        x, y : array_like, shape (n,)
            In the units of the scales.
        colour : str
            Of the circles.
        width : float
            Their diameter, CSS pixels.
        """
        places = zip(self.x(x).ravel().tolist(), self.y(y).ravel().tolist(), strict=True)
        return "".join(
            f'<circle fill="none" stroke="{colour}" cx="{px(a)}" cy="{px(b)}" r="{px(width / 2)}"/>'
            for a, b in places
        )


def frame(
    size: Size,
    x: tuple[float, float],
    y: tuple[float, float],
    *,
    margins_px: tuple[float, float, float, float],
    log_x: bool = False,
    log_y: bool = False,
) -> Frame:
    """Return a frame that leaves margins inside a drawing.

    Parameters
    ----------
    size : Size
        Of the drawing.
    x, y : tuple of float
        The values at the left and the right, and at the foot and the top.
    margins_px : tuple of float
        Above, right, below and left of it.
    log_x, log_y : bool
        Whether the scale is logarithmic.
    """
    above, right, below, left = margins_px
    width, height = size.width_px - left - right, size.height_px - above - below
    along, up = Log if log_x else Linear, Log if log_y else Linear
    return Frame(
        left_px=left,
        top_px=above,
        width_px=width,
        height_px=height,
        x=along(low=x[0], high=x[1], low_px=left, high_px=left + width),
        y=up(low=y[0], high=y[1], low_px=above + height, high_px=above),
    )
