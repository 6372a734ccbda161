"""Tokens for what is not a question: only their hashes are kept, compared in constant time."""

import hashlib
import hmac
import secrets
from http import HTTPStatus

from starlette.requests import Request

from hashquake.serve.api.faults import RequestError
from hashquake.serve.api.room import room_of

_SCHEME = "sha256:"


def new_token() -> tuple[str, str]:
    """Return a new token and the hash to be kept in the settings.

    The token has 256 random bits, so a plain hash hides it: no dictionary holds it.
    """
    token = secrets.token_urlsafe(32)
    return token, hash_of(token)


def hash_of(token: str) -> str:
    """Return the hash under which a token is kept.

    Parameters
    ----------
    token : str
        As `new_token` made it.
    """
    return _SCHEME + hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def check_token(request: Request) -> None:
    """Refuse a request without a token where one is needed.

    One is needed where the settings hold any, and where other machines can reach the server.

    Parameters
    ----------
    request : Request
        With ``Authorization: Bearer TOKEN``.

    Raises
    ------
    RequestError
        ``token-missing``, ``token-wrong``.
    """
    room = room_of(request)
    known = room.settings.tokens
    if not known and not room.exposed:
        return
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    challenge = {"WWW-Authenticate": "Bearer"}
    if scheme.lower() != "bearer" or not token:
        raise RequestError(
            "this needs a token",
            code="token-missing",
            status=HTTPStatus.UNAUTHORIZED,
            hint="send Authorization: Bearer TOKEN; hashquake serve --new-token makes one",
            headers=challenge,
        )
    given = hash_of(token.strip())
    # Every hash is compared, so that the time shows neither which nor how much of it fits.
    if sum(hmac.compare_digest(given.encode(), one.encode()) for one in known) == 0:
        raise RequestError(
            "the token is not one of this server's",
            code="token-wrong",
            status=HTTPStatus.FORBIDDEN,
            hint="its hash must stand in the settings under serve.tokens",
            headers=challenge,
        )
