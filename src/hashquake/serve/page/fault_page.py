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
    heading = translate(_HEADINGS.get(HTTPStatus(status), _OTHERWISE))
    shown = visible_text(message, limit=_LONGEST).rstrip(".")
    return site.render(
        "fault.html.j2",
        section="-",
        title=heading,
        heading=heading,
        message=f"{shown[:1].upper()}{shown[1:]}",
        code=code,
        hint=visible_text(hint, limit=_LONGEST).rstrip("."),
    )
