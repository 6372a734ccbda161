"""Reports inside the page, whose frame has a main part already."""

from markupsafe import Markup


def embedded(body: str) -> Markup:
    """Return a part of a page that may stand in the main part of another.

    Parameters
    ----------
    body : str
        HTML that this program rendered, with SVG in it; everything hostile is escaped in it.
    """
    inner = body.replace("<main>", "<div>").replace("</main>", "</div>")
    return Markup(inner)  # noqa: S704  our own templates
