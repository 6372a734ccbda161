"""Tokens that prove who sends: only their hashes are kept, and compared in constant time."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

_SCHEME = "sha256:"


def new_token() -> tuple[str, str]:
    """Return a new token and the hash to be kept in the settings.

    The token has 256 random bits, so a plain hash hides it: no dictionary contains it.
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


def is_known(token: str, hashes: Iterable[str]) -> bool:
    """Return whether a token is one of those whose hashes are kept.

    Every hash is compared, so that the time shows neither which nor how much of it fits.

    Parameters
    ----------
    token : str
        As it was sent.
    hashes : iterable of str
        As `hash_of` returns them.
    """
    given = hash_of(token.strip()).encode()
    return sum(hmac.compare_digest(given, one.encode()) for one in hashes) > 0
