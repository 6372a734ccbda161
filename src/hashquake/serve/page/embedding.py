"""Reports inside the page, whose frame has a main part already."""

from markupsafe import Markup

from hashquake.serve.own_markup import own_markup


def embedded(body: str) -> Markup:
    """Return a part of a page that may stand in the main part of another.

    Parameters
    ----------
    body : str
        HTML that this program rendered, with SVG in it; everything hostile is escaped in it.
    """
    inner = body.replace("<main>", "<div>").replace("</main>", "</div>")
    return own_markup(inner)
