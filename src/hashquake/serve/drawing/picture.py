"""A drawing as an SVG element inside a page, or as a file that stands alone."""

from collections.abc import Callable, Iterable
from html import escape

from hashquake.serve.drawing.style import WIDE, Size


def drawn(
    draw: Callable[[Size], Iterable[str]], size: Size, *, title: str, description: str
) -> str:
    """Return a drawing as an SVG element to stand inside a page.

    Parameters
    ----------
    draw : callable
        Returns its elements for a size, the lowest first.
    size : Size
        Width, height and text size.
    title, description : str
        What a screen reader says; may be hostile.
    """
    return (
        f'<svg class="chart {size.name}" viewBox="0 0 {size.width_px:g} {size.height_px:g}" '
        f'font-size="{size.text_px:g}" role="img" aria-label="{escape(title, quote=True)}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f"{''.join(draw(size))}</svg>"
    )


def standalone(svg: str, size: Size = WIDE) -> str:
    """Make a drawing a file of its own: with a name space, a paper and a font.

    Parameters
    ----------
    svg : str
        A drawing as it stands in a page.
    size : Size
        Its size.
    """
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size.width_px}" '
        f'height="{size.height_px}" style="background:#fff;font-family:sans-serif" '
    )
    return svg.replace("<svg ", opening, 1) + "\n"
