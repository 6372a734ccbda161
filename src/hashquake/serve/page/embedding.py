"""Reports inside the page: drawings without style attributes, which its policy refuses."""

import re

from markupsafe import Markup

_TAG_WITH_STYLE = re.compile(r'(<[a-zA-Z][^<>]*?)\sstyle="([^"]*)"')
_BY_STYLE_SHEET = ("font-family",)


def embedded(body: str) -> Markup:
    """Return a part of a page whose style attributes are attributes of their own.

    Parameters
    ----------
    body : str
        HTML that this program rendered, with SVG in it; everything hostile is escaped in it.

    Returns
    -------
    Markup
        The same with ``fill="none"`` in place of ``style="fill: none"``, so that a page needs no
        permission for styles inside it, and its style sheet decides about fonts.
    """
    # The frame has a main part already; a page has but one.
    inner = body.replace("<main>", "<div>").replace("</main>", "</div>")
    return Markup(_TAG_WITH_STYLE.sub(_as_attributes, inner))  # noqa: S704  our own templates


def _as_attributes(tag: re.Match[str]) -> str:
    pairs = (part.partition(":") for part in tag.group(2).split(";") if part.strip())
    return tag.group(1) + "".join(
        f' {name.strip()}="{value.strip()}"'
        for name, _, value in pairs
        if name.strip() not in _BY_STYLE_SHEET
    )
