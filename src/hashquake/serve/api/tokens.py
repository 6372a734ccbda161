"""Who may ask for what is not a question, by the token sent with a request."""

from http import HTTPStatus

from starlette.requests import Request

from hashquake.core.secret_token import is_known
from hashquake.serve.api.faults import CHALLENGE, RequestError
from hashquake.serve.api.room import room_of


def sent_token(request: Request, *, hint: str) -> str:
    """Return the token that a request carries.

    Parameters
    ----------
    request : Request
        With ``Authorization: Bearer TOKEN``.
    hint : str
        Where one comes from.

    Raises
    ------
    RequestError
        ``token-missing``.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise RequestError(
            "this needs a token",
            code="token-missing",
            status=HTTPStatus.UNAUTHORIZED,
            hint=f"send Authorization: Bearer TOKEN; {hint}",
            headers=CHALLENGE,
        )
    return token


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
    token = sent_token(request, hint="hashquake serve --new-token makes one")
    if not is_known(token, known):
        raise RequestError(
            "the token is not one of this server's",
            code="token-wrong",
            status=HTTPStatus.FORBIDDEN,
            hint="its hash must stand in the settings under serve.tokens",
            headers=CHALLENGE,
        )
