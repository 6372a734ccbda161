"""Errors of the API: one shape, the codes of the command line, and a status that fits each."""

import json
import logging
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hashquake.core.errors import (
    HashquakeError,
    InputError,
    NoCoverage,
    RecordError,
    SourceError,
    UsageError,
)
from hashquake.serve.cli.faults import said_of
from hashquake.serve.cli.output import error_document

CHALLENGE = {"WWW-Authenticate": "Bearer"}
"""The header of an answer that asks for a token."""
_OF_CODE = {
    "record-locked": HTTPStatus.SERVICE_UNAVAILABLE,
    "record-read-only": HTTPStatus.FORBIDDEN,
    "memory-full": HTTPStatus.SERVICE_UNAVAILABLE,
    "disk-full": HTTPStatus.SERVICE_UNAVAILABLE,
    "number-range": HTTPStatus.BAD_REQUEST,
    "encoding-unreadable": HTTPStatus.BAD_REQUEST,
    "input-too-deep": HTTPStatus.BAD_REQUEST,
    "no-darkness": HTTPStatus.NOT_FOUND,
    "setting-unknown": HTTPStatus.BAD_REQUEST,
    "scenario-unknown": HTTPStatus.BAD_REQUEST,
    "cursor-unknown": HTTPStatus.BAD_REQUEST,
    "method-unknown": HTTPStatus.BAD_REQUEST,
}
_OF_KIND: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (NoCoverage, HTTPStatus.NOT_FOUND),
    (UsageError, HTTPStatus.BAD_REQUEST),
    (InputError, HTTPStatus.BAD_REQUEST),
    (SourceError, HTTPStatus.BAD_GATEWAY),
    (RecordError, HTTPStatus.SERVICE_UNAVAILABLE),
)
_OF_HTTP = {
    HTTPStatus.NOT_FOUND: (
        "path-unknown",
        "there is nothing at this path",
        "/openapi.json lists the paths, /docs describes them",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "method-not-allowed",
        "this path does not take this method",
        "the header Allow lists those it takes",
    ),
}
_UNREADABLE = (
    "the record cannot be read now",
    "it may be locked, moved, or on its way to a newer version; ask again in a minute",
)
_KEPT_HEADERS = ("retry-after", "allow")
_log = logging.getLogger(__name__)
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load: nothing but what this server sends, and no code inside a page."""


class RequestError(HashquakeError):
    """A request that cannot be answered, for a reason that only a server has.

    Parameters
    ----------
    message, code, hint : str
        As of every error.
    status : HTTPStatus
        Of the response.
    headers : dict or None
        Further headers, such as ``Retry-After``.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: HTTPStatus,
        hint: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.status = status
        self.headers = headers


def status_of(error: Exception, code: str) -> HTTPStatus:
    """Return the HTTP status of an error.

    Parameters
    ----------
    error : Exception
        Of any kind.
    code : str
        As the command line says it: a thing that is not known is not found.
    """
    if isinstance(error, RequestError):
        return error.status
    if code in _OF_CODE:
        return _OF_CODE[code]
    if code.endswith("-unknown") and isinstance(error, UsageError):
        return HTTPStatus.NOT_FOUND
    for kind, status in _OF_KIND:
        if isinstance(error, kind):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def fault_response(error: Exception) -> Response:
    """Return an error as a response; those of the server itself come out with their codes.

    Parameters
    ----------
    error : Exception
        Raised on purpose, by a library, or by a fault of this program.
    """
    if isinstance(error, HTTPException) and isinstance(error.__cause__, RequestError):
        return fault_response(error.__cause__)  # raised while the framework read the body
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        code, message, hint = _OF_HTTP.get(status, ("request-malformed", str(error.detail), ""))
        return JSONResponse(
            error_document(message, code, hint), status, headers=dict(error.headers or {})
        )
    message, code, hint = said_of(error)
    headers = dict(error.headers or {}) if isinstance(error, RequestError) else {}
    status = status_of(error, code)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("Retry-After", "5")
        if isinstance(error, RecordError):
            # Where the record is and what its tables are called is for who runs the server.
            _log.error("%s; %s", message, hint)
            message, hint = _UNREADABLE
    return JSONResponse(error_document(message, code, hint), status, headers=headers)


async def handle_fault(request: Request, error: Any) -> Response:
    """Answer with an error, as a page where a browser asked for one; for every exception.

    Parameters
    ----------
    request : Request
        Which asked.
    error : Exception
        What was raised.
    """
    answer = fault_response(error)
    below = request.url.path.removeprefix(request.scope.get("root_path", ""))
    if below.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        return answer
    from hashquake.serve.api.language_asked import LANGUAGE_HEADERS, language_liked
    from hashquake.serve.language import speaking
    from hashquake.serve.page.fault_page import fault_page
    from hashquake.serve.page.website import Website

    said = json.loads(bytes(answer.body))["error"]
    language = language_liked(request)
    site = Website(root=request.scope.get("root_path", "").rstrip("/"), language=language)
    kept = {name: value for name, value in answer.headers.items() if name in _KEPT_HEADERS}
    with speaking(language):
        page = fault_page(site, answer.status_code, **said)
    return Response(
        page,
        answer.status_code,
        media_type="text/html",
        headers={**kept, "Content-Security-Policy": PAGE_POLICY, "Vary": LANGUAGE_HEADERS},
    )
