"""Text of our own that pages take as markup: drawings, style sheets, parts already rendered.

The one place where text is declared safe, so that whoever looks for an injection reads the callers
of one function.
"""

from collections.abc import Iterable

from markupsafe import Markup


def own_markup(text: str) -> Markup:
    """Return text as markup, as it stands.

    Parameters
    ----------
    text : str
        Made by this program or a file of it; everything from elsewhere is escaped in it already.
    """
    return Markup(text)


def own_drawings(drawings: Iterable[str]) -> Markup:
    """Return drawings as markup, one below the other.

    Parameters
    ----------
    drawings : iterable of str
        SVG elements, from `hashquake.serve.drawing`; their texts are escaped where they are drawn.
    """
    return Markup("\n").join(map(own_markup, drawings))
