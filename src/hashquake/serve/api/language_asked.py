"""The language of a reader: asked for, chosen before, or the one that the browser likes best."""

from http.cookies import CookieError

from starlette.requests import Request
from starlette.responses import Response

from hashquake.serve.language import NAMES, Language, language_named, language_wanted

LANGUAGE_PARAMETER = "lang"
LANGUAGE_COOKIE = "hashquake_lang"
LANGUAGE_HEADERS = "Accept-Language, Cookie"
"""What else than its address a page depends on."""
_YEAR_S = 365 * 86_400


def language_asked(request: Request) -> Language:
    """Return the language that a page is asked for in.

    Parameters
    ----------
    request : Request
        Its query, cookie and headers, in this order.

    Raises
    ------
    UsageError
        ``language-unknown`` for another ``lang`` than those there are.
    """
    asked = request.query_params.get(LANGUAGE_PARAMETER)
    return language_liked(request) if asked is None else language_named(asked)


def language_liked(request: Request) -> Language:
    """Return the language of a reader who asks for none: that of the last choice, or the browser's.

    Parameters
    ----------
    request : Request
        Its cookie and headers; all but the languages known here is passed over.
    """
    asked = request.query_params.get(LANGUAGE_PARAMETER, "")
    for code in (asked, _kept(request)):
        if code in NAMES:
            return Language(code=code)
    return language_wanted(request.headers.get("accept-language", ""))


def _kept(request: Request) -> str:
    try:
        return request.cookies.get(LANGUAGE_COOKIE, "")
    except CookieError:
        return ""


def keep_language(request: Request, answer: Response) -> None:
    """Let the browser keep the language that was asked for, for the pages that follow.

    Parameters
    ----------
    request : Request
        Which may ask for one.
    answer : Response
        To it.
    """
    asked = request.query_params.get(LANGUAGE_PARAMETER)
    if asked is not None:
        answer.set_cookie(
            LANGUAGE_COOKIE,
            asked,
            max_age=_YEAR_S,
            path=f"{request.scope.get('root_path', '').rstrip('/')}/",
            samesite="lax",
            httponly=True,
        )
