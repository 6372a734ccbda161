"""The token that a pool asks for, checked and never shown."""

import re

from pydantic import SecretStr

from hashquake.core.errors import UsageError

_TOKEN = re.compile(r"[!-~]{1,500}", re.ASCII)


def sent_token(
    token: SecretStr | None,
    who: str,
    *,
    needed: bool = False,
    hint: str = "set HASHQUAKE_SOURCES__POOL_LUXOR__TOKEN, or add --token",
) -> str:
    """Return a token as it is sent, empty when there is none.

    Parameters
    ----------
    token : SecretStr or None
        As given.
    who : str
        The pool, for the error.
    needed : bool
        Whether the pool answers nobody without one.
    hint : str
        Where to set it.

    Raises
    ------
    UsageError
        ``token-missing``, ``token-malformed``; the token is never part of the message.
    """
    text = token.get_secret_value().strip() if token else ""
    if not text:
        if needed:
            raise UsageError(
                f"{who} answers only with a key, and none is set",
                code="token-missing",
                hint=hint,
            )
        return ""
    if not _TOKEN.fullmatch(text):
        raise UsageError(
            f"the token for {who} holds characters that no token has",
            code="token-malformed",
            hint="was it copied whole, without quotes or line breaks?",
        )
    return text
