"""How the report's charts look, and how a figure becomes text inside the page.

The palette is Okabe and Ito's, which colour-blind readers can tell apart; what is measured is
always blue and solid, what was claimed always orange and a diamond, so colour is never alone.
"""

import io
import re
from collections.abc import Callable
from html import escape
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

INK = "#1c2630"
MUTED = "#5a6672"
RULE = "#d5dade"
MEASURED = "#0b63a5"
MEASURED_PALE = "#9cc4e4"
MEASURED_PALEST = "#d9e9f5"
CLAIMED = "#c2500a"
DARK = "#dedad2"
DARK_BAR = "#6f6a60"
PAPER = "#ffffff"

_POINTS_PER_PIXEL = 0.75
_PARAMETERS: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text: searchable, selectable, in the reader's own font
    "font.family": ["DejaVu Sans"],  # only measures; the page's style sheet sets what is shown
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 1.0,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "text.color": INK,
    "text.parse_math": False,  # strangers may write dollar signs
}


class Size(NamedTuple):
    """The size of a drawing, and of its text, in CSS pixels.

    Parameters
    ----------
    name : str
        ``wide`` or ``narrow``.
    width_px, height_px : int
        Of the drawing.
    text_px : float
        Of its text.
    """

    name: str
    width_px: int
    height_px: int
    text_px: float

    @property
    def is_narrow(self) -> bool:
        """Whether it is drawn for a phone."""
        return self.name == "narrow"

    def points(self, pixels: float) -> float:
        """Turn pixels into the points that matplotlib counts in.

        Parameters
        ----------
        pixels : float
            CSS pixels.
        """
        return pixels * _POINTS_PER_PIXEL


WIDE = Size("wide", 820, 380, 13)
NARROW = Size("narrow", 358, 360, 12.5)


def drawn(
    draw: Callable[[Figure, Size], None], size: Size, *, name: str, title: str, description: str
) -> str:
    """Draw a figure and give it as an SVG element to stand inside a page.

    Parameters
    ----------
    draw : callable
        Draws on the figure it is handed.
    size : Size
        Width, height and text size.
    name : str
        Names the chart; identifiers inside the drawing follow from it, so equal input gives equal
        bytes and two drawings on a page do not share identifiers.
    title, description : str
        What a screen reader says; may be hostile.
    """
    parameters: Any = {
        **_PARAMETERS,
        "svg.hashsalt": f"{name}-{size.name}",
        "font.size": size.points(size.text_px),
    }
    with mpl.rc_context(parameters):
        inches = (size.width_px / 96, size.height_px / 96)
        figure = Figure(figsize=inches, dpi=96, facecolor="none")
        FigureCanvasSVG(figure)
        draw(figure, size)
        file = io.StringIO()
        empty = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=empty, transparent=True)
    return _inlined(file.getvalue(), size, title=title, description=description)


def _inlined(svg: str, size: Size, *, title: str, description: str) -> str:
    """Cut the drawing down to what a page needs, and name it for screen readers."""
    body = svg[svg.index("<svg") :]
    view = re.search(r'viewBox="([^"]+)"', body)
    inner = body[body.index(">") + 1 : body.rindex("</svg>")]
    inner = re.sub(r"<style[^>]*>.*?</style>", "", inner, flags=re.DOTALL)
    inner = re.sub(r"<metadata>.*?</metadata>", "", inner, flags=re.DOTALL)
    inner = re.sub(r"<!--.*?-->", "", inner, flags=re.DOTALL)
    inner = re.sub(r"<defs>\s*</defs>", "", inner)
    inner = re.sub(r'<g id="[^"]*"', "<g", inner)
    inner = inner.replace("xlink:href", "href")
    # Matplotlib writes its own fonts into every text; the page's style sheet decides instead.
    inner = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", inner)
    inner = re.sub(r"\n\s*", "\n", inner).strip()
    inner = re.sub(r'\bd="[^"]*"', lambda path: _shortened(path.group()), inner)
    box = view.group(1) if view else f"0 0 {size.width_px} {size.height_px}"
    return (
        f'<svg class="chart {size.name}" viewBox="{box}" role="img" '
        f'aria-label="{escape(title, quote=True)}"><title>{escape(title)}</title>'
        f"<desc>{escape(description)}</desc>{inner}</svg>"
    )


def _shortened(path: str) -> str:
    """Keep a hundredth of a pixel, and write strokes without length as such."""
    path = re.sub(r"(\.\d\d)\d+", r"\1", path)
    return re.sub(r"M (\S+ \S+)\s*\nL \1\s*", r"M\1h0", path)


def bare(axes: Any, *, size: Size) -> None:
    """Take away an axes' box, leaving a base line and pale ticks.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Changed.
    size : Size
        Of the drawing.
    """
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0, pad=size.points(6))
    axes.tick_params(axis="x", length=size.points(5))
    axes.grid(visible=True, axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)


def whole_numbers(axes: Any, unit: str, *, size: Size, left_px: int) -> None:
    """Set at most five whole numbers on an axis, and its unit above them.

    Parameters
    ----------
    axes : Axes
        Placed already.
    unit : str
        Such as EH/s.
    size : Size
        Of the picture.
    left_px : int
        Room left of the axes.
    """
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _at: f"{value:,.0f}"))
    axes.text(
        -(left_px - 2) / (size.width_px * axes.get_position().width),
        1.03,
        unit,
        transform=axes.transAxes,
        ha="left",
        va="bottom",
        color=MUTED,
    )
