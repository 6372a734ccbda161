"""What a browser shows where a page cannot be: what is wrong, and what to try."""

from http import HTTPStatus

from hashquake.core.hostile_text import visible_text
from hashquake.serve.page.website import Website

_HEADINGS = {
    HTTPStatus.NOT_FOUND: "Nothing is here",
    HTTPStatus.BAD_REQUEST: "This cannot be shown",
    HTTPStatus.SERVICE_UNAVAILABLE: "The record cannot be read now",
    HTTPStatus.GATEWAY_TIMEOUT: "This takes too long",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests",
}
_HEADINGS_OF_CODE = {
    "no-coverage": "There is no data for this",
    "address-too-long": "The address is too long",
}
_PAGES = "the sections above lead to everything there is"
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
    usual = _HEADINGS.get(HTTPStatus(status), "This page could not be made")
    heading = _HEADINGS_OF_CODE.get(code, usual)
    hint = _PAGES if code == "path-unknown" else hint  # paths of the API help programs alone
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
