"""What a browser shows where a page cannot be: what is wrong, and what to try."""

from http import HTTPStatus

from hashquake.core.hostile_text import visible_text
from hashquake.serve.language import message, translate
from hashquake.serve.page.website import Website

_HEADINGS = {
    HTTPStatus.NOT_FOUND: message("Nothing is here"),
    HTTPStatus.BAD_REQUEST: message("This cannot be shown"),
    HTTPStatus.SERVICE_UNAVAILABLE: message("The record cannot be read now"),
    HTTPStatus.GATEWAY_TIMEOUT: message("This takes too long"),
    HTTPStatus.TOO_MANY_REQUESTS: message("Too many requests"),
}
_OTHERWISE = message("This page could not be made")
_HEADINGS_OF_CODE = {
    "no-coverage": message("No data for this"),
    "address-too-long": message("The address is too long"),
}
_PAGES = message("the sections above lead to everything there is")
_AGAIN = (
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
)
"""Where it may be right in a moment: the page is asked for again by itself."""
_LONGEST = 400


def fault_page(site: Website, status: int, message: str, code: str, hint: str) -> str:
    """Return a page that says what is wrong.

    Parameters
    ----------
    site : Website
        Where the page is.
    status : int
        Of the response.
    message, code, hint : str
        Of the error; they may hold hostile text.
    """
    usual = _HEADINGS.get(HTTPStatus(status), _OTHERWISE)
    heading = translate(_HEADINGS_OF_CODE.get(code, usual))
    # Paths of the API help programs alone.
    hint = translate(_PAGES) if code == "path-unknown" else hint
    shown = visible_text(message, limit=_LONGEST).rstrip(".")
    return site.render(
        "fault.html.j2",
        section="-",
        title=heading,
        heading=heading,
        message=f"{shown[:1].upper()}{shown[1:]}",
        code=code,
        hint=visible_text(hint, limit=_LONGEST).rstrip("."),
        again=status in _AGAIN,
    )
