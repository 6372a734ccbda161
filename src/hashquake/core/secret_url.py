"""Addresses of databases, whose passwords must never be shown."""

import re
from dataclasses import dataclass

# One slash where the address was taken for a path, in which doubled slashes are one.
_PASSWORD = re.compile(r"(?P<before>:/+[^:/@?#\s]*:)(?P<secret>.*)(?=@)", re.DOTALL)
# Of a web address a name alone may be a token; of a database it is a name.
_TOKEN = re.compile(r"(?P<before>\b(?:https?|wss?):/+)[^/:@?#\s]+(?=@)", re.IGNORECASE)
_QUERY = re.compile(
    r"(?P<before>[?&](?:[a-z_]*(?:pass|pwd|secret|token|key|auth|signature|credential|session)[a-z_]*)=)(?P<secret>[^&#\s]*)",
    re.IGNORECASE,
)


def without_passwords(text: str) -> str:
    """Return a text with the passwords of the addresses in it hidden.

    Parameters
    ----------
    text : str
        A path, an address, or a message that quotes one.

    Examples
    --------
    >>> without_passwords("postgresql+psycopg://anna:secret@db/hashes?sslpassword=other")
    'postgresql+psycopg://anna:***@db/hashes?sslpassword=***'
    """
    for secret in (_PASSWORD, _TOKEN, _QUERY):
        text = secret.sub(r"\g<before>***", text)
    return text


@dataclass(frozen=True, slots=True, repr=False)
class SecretUrl:
    """A path or the address of a database; text made of it hides the password.

    Parameters
    ----------
    secret : str
        The whole address, for whoever connects.
    """

    secret: str

    def __str__(self) -> str:
        """Return it as it may be shown."""
        return without_passwords(self.secret)

    def __repr__(self) -> str:
        """Return it as it may be shown, for developers."""
        return f"SecretUrl({str(self)!r})"
