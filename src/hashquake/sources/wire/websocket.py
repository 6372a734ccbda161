"""Websockets: what a library's errors mean, for sources that listen to a stream.

A stream that is lost may be found again, so what ends a connection says how long to wait; what no
new connection mends is raised as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from hashquake.core.contracts import SourceContext
from hashquake.core.errors import FormatError, HashquakeError, SourceError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.sources.wire.http import retry_after_s

LONGEST_WAIT_S = 300.0
"""A service that asks to be left alone for longer is given up."""
_HANDSHAKES = {
    401: ("service-unauthorised", "the service asks for a login: is this the right address?"),
    403: ("service-forbidden", "the service, or a proxy before it, bans this machine"),
    429: ("service-rate-limited", "wait; connect once, not many times"),
}


class LostStreamError(Exception):
    """The connection is of no more use; another may be."""

    def __init__(self, error: SourceError | FormatError, wait_s: float | None = None) -> None:
        super().__init__(error.message)
        self.error, self.wait_s = error, wait_s


def check_stream_url(url: str, *, like: str) -> None:
    """Check that an address is that of a websocket.

    Parameters
    ----------
    url : str
        The address.
    like : str
        A good address, for the hint.

    Raises
    ------
    UsageError
        ``url-malformed``.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"ws", "wss"} and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise UsageError(
            "the URL must be a ws or wss address",
            code="url-malformed",
            hint=f"write it like {like}",
        )


def pause_s(lost: LostStreamError, failed: int, tries: int) -> float:
    """Return how long to wait after a lost connection, or raise its error when it is enough.

    Parameters
    ----------
    lost : LostStreamError
        What ended the connection.
    failed, tries : int
        Connections that failed in a row, this one included; how many may.

    Raises
    ------
    SourceError, FormatError
        That of the lost connection.
    """
    if failed >= tries:
        raise lost.error from None
    wait_s = min(2.0 ** (failed - 1), 60.0) if lost.wait_s is None else lost.wait_s
    if wait_s > LONGEST_WAIT_S:
        raise lost.error from None
    return wait_s


@contextmanager
def translated(
    url: str, context: SourceContext, *, timeout_s: float, max_bytes: int, slow_hint: str
) -> Iterator[None]:
    """Turn what the library raises into what it means.

    Parameters
    ----------
    url : str
        Of the stream.
    context : SourceContext
        The clock, for a wait that is asked for until a date.
    timeout_s : float
        To wait for a connection, seconds.
    max_bytes : int
        The largest message.
    slow_hint : str
        What to try when the service ends the stream.

    Raises
    ------
    LostStreamError
        What another connection may mend.
    SourceError
        What none does.
    """
    known = import_module("websockets.exceptions")
    where = urlsplit(url).hostname
    try:
        yield
    except known.InvalidStatus as error:
        raise _refused(where, error.response, context) from None
    except known.ConnectionClosed as error:
        too_large = error.sent is not None and error.sent.code == 1009
        said = visible_text(str(error)[:200], limit=100)
        raise LostStreamError(
            SourceError(
                f"a message of {where} is larger than {max_bytes} bytes"
                if too_large
                else f"{where} ended the stream: {said}",
                code="message-too-large" if too_large else "stream-closed",
                hint="is this the address of the stream?" if too_large else slow_hint,
            )
        ) from None
    except TimeoutError:
        raise LostStreamError(
            SourceError(
                f"{where} does not answer within {timeout_s:g} s",
                code="service-timeout",
                hint="is the network up?",
            )
        ) from None
    except (known.InvalidHandshake, known.InvalidURI, OSError, EOFError) as error:
        said = visible_text(str(error)[:200], limit=100)
        raise LostStreamError(
            SourceError(
                f"{where} cannot be reached: {said}",
                code="service-unreachable",
                hint="is the network up, and the address that of a websocket?",
            )
        ) from None


def _refused(where: str | None, response: Any, context: SourceContext) -> LostStreamError:
    status = response.status_code
    code, hint = _HANDSHAKES.get(status, ("service-refused", "check the address"))
    if status >= 500:
        code, hint = "service-failing", "try again later"
    said = visible_text(bytes(response.body or b"")[:200], limit=80).strip()
    error = SourceError(
        f"{where} answers with HTTP {status} instead of a stream: {said}", code=code, hint=hint
    )
    if code in {"service-rate-limited", "service-failing"}:
        wait_s = retry_after_s(response.headers.get("Retry-After"), context.now_s())
        return LostStreamError(error, wait_s)
    raise error


def stream_library(plugin: str) -> Any:
    """Return the library's client.

    Parameters
    ----------
    plugin : str
        What needs it, for the message.

    Raises
    ------
    HashquakeError
        ``plugin-extra`` when it is not installed.
    """
    try:
        import_module("websockets.exceptions")
        return import_module("websockets.sync.client")
    except ModuleNotFoundError as error:
        raise HashquakeError(
            f"{plugin} needs {error.name}, which is not installed",
            code="plugin-extra",
            hint="install hashquake[live]",
        ) from None
