"""The stream of RIS Live: connect, subscribe, notice silence, come back after a break."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal
from urllib.parse import urlsplit

from hashquake.core.contracts import SourceContext
from hashquake.core.errors import FormatError, HashquakeError, SourceError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.sources.routes._ris_messages import RisMessage, parse_message
from hashquake.sources.wire.deadline import Deadline
from hashquake.sources.wire.http import retry_after_s

_PING = json.dumps({"type": "ping", "data": None})
_POLL_S = 1.0
_MAX_MESSAGE_BYTES = 1 << 20
_LONGEST_WAIT_S = 300.0
_MOST_SPOILT = 20
_HANDSHAKES = {
    401: ("service-unauthorised", "the service asks for a login: is this the right address?"),
    403: ("service-forbidden", "the service, or a proxy before it, bans this machine"),
    429: ("service-rate-limited", "wait; connect once, not many times"),
}

Event = RisMessage | Literal["joined", "quiet", "spoilt", "lost"]
"""A message; or: subscribed anew, nothing came for a second, something unreadable came, broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOptions:
    """How to listen.

    Parameters
    ----------
    url : str
        A ``ws`` or ``wss`` address.
    hosts : tuple of str
        Collectors; all when empty.
    silence_s : float
        A stream without a message for so long has stalled.
    timeout_s : float
        To wait for a connection.
    tries : int
        Connections that fail one after the other before giving up.
    """

    url: str
    hosts: tuple[str, ...]
    silence_s: float
    timeout_s: float
    tries: int


class _LostError(Exception):
    """The connection is of no more use; another may be."""

    def __init__(self, error: SourceError | FormatError, wait_s: float | None = None) -> None:
        super().__init__(error.message)
        self.error, self.wait_s = error, wait_s


def listen(options: StreamOptions, context: SourceContext, until_s: float) -> Iterator[Event]:
    """Return what is heard until a time, across breaks.

    Parameters
    ----------
    options : StreamOptions
        Where and how.
    context : SourceContext
        The clock and waiting.
    until_s : float
        By our clock, UTC Unix seconds; infinity for ever.

    Raises
    ------
    SourceError
        After `tries` connections without a message: ``service-unreachable``, ``service-timeout``,
        ``service-unauthorised``, ``service-forbidden``, ``service-rate-limited``,
        ``service-failing``, ``service-refused``, ``service-error``, ``stream-stalled``,
        ``stream-closed``, ``message-too-large``.
    FormatError
        ``answer-not-json``, ``answer-shape`` when nothing readable comes.
    UsageError
        ``url-malformed``.
    HashquakeError
        ``plugin-extra`` when the library is not installed.
    """
    if urlsplit(options.url).scheme not in {"ws", "wss"} or not urlsplit(options.url).hostname:
        raise UsageError(
            "the URL must be a ws or wss address",
            code="url-malformed",
            hint="write it like wss://ris-live.ripe.net/v1/ws/",
        )
    library = _library()
    failed = 0
    while context.now_s() < until_s:
        try:
            for event in _one_connection(library, options, context, until_s):
                if isinstance(event, RisMessage):
                    failed = 0
                yield event
        except _LostError as lost:
            yield "lost"
            failed += 1
            if failed >= options.tries:
                raise lost.error from None
            wait_s = min(2.0 ** (failed - 1), 60.0) if lost.wait_s is None else lost.wait_s
            if wait_s > _LONGEST_WAIT_S:
                raise lost.error from None
            context.sleep(min(wait_s, max(0.0, until_s - context.now_s())))


def _one_connection(
    library: Any, options: StreamOptions, context: SourceContext, until_s: float
) -> Iterator[Event]:
    with (
        _translated(options, context),
        library.connect(
            options.url,
            open_timeout=options.timeout_s,
            close_timeout=0.5,
            ping_timeout=options.silence_s,
            max_size=_MAX_MESSAGE_BYTES,
            user_agent_header="hashquake",
        ) as socket,
    ):
        for host in options.hosts or ("",):
            for kind in ("UPDATE", "RIS_PEER_STATE"):
                asked = {"type": kind, **({"host": host} if host else {})}
                socket.send(json.dumps({"type": "ris_subscribe", "data": asked}))
        yield "joined"
        yield from _heard(socket, options, context, until_s)


def _heard(
    socket: Any, options: StreamOptions, context: SourceContext, until_s: float
) -> Iterator[Event]:
    heard, pinged, spoilt = Deadline(context.monotonic_s, options.silence_s), False, 0
    poll_s = min(_POLL_S, options.silence_s / 4)
    while context.now_s() < until_s:
        silent_s = heard.elapsed_s()
        if silent_s > options.silence_s:  # answers to pings are no data
            raise _LostError(
                SourceError(
                    f"RIS Live sent no message for {options.silence_s:g} s",
                    code="stream-stalled",
                    hint="does the collector still run? raise --silence for a small one",
                )
            )
        if silent_s > options.silence_s / 2 and not pinged:
            socket.send(_PING)
            pinged = True
        try:
            text = socket.recv(timeout=poll_s)
        except TimeoutError:
            yield "quiet"
            continue
        try:
            message = parse_message(text)
        except FormatError as error:
            spoilt += 1
            yield "spoilt"
            if spoilt >= _MOST_SPOILT:
                raise _LostError(error) from None
            continue
        except SourceError as error:
            raise _LostError(error) from None
        if message is not None:
            heard, pinged, spoilt = Deadline(context.monotonic_s, options.silence_s), False, 0
            yield message


@contextmanager
def _translated(options: StreamOptions, context: SourceContext) -> Iterator[None]:
    """Turn what the library raises into what it means."""
    known = import_module("websockets.exceptions")
    where = urlsplit(options.url).hostname
    try:
        yield
    except known.InvalidStatus as error:
        raise _refused(where, error.response, context) from None
    except known.ConnectionClosed as error:
        too_large = error.sent is not None and error.sent.code == 1009
        said = visible_text(str(error)[:200], limit=100)
        raise _LostError(
            SourceError(
                f"a message of {where} is larger than {_MAX_MESSAGE_BYTES} bytes"
                if too_large
                else f"{where} ended the stream: {said}",
                code="message-too-large" if too_large else "stream-closed",
                hint="is this RIS Live?"
                if too_large
                else "a slow reader is cut off; one --host sends less than all",
            )
        ) from None
    except TimeoutError:
        raise _LostError(
            SourceError(
                f"{where} does not answer within {options.timeout_s:g} s",
                code="service-timeout",
                hint="is the network up?",
            )
        ) from None
    except (known.InvalidHandshake, known.InvalidURI, OSError, EOFError) as error:
        said = visible_text(str(error)[:200], limit=100)
        raise _LostError(
            SourceError(
                f"{where} cannot be reached: {said}",
                code="service-unreachable",
                hint="is the network up, and the address that of a websocket?",
            )
        ) from None


def _refused(where: str | None, response: Any, context: SourceContext) -> _LostError:
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
        return _LostError(error, wait_s)
    raise error


def _library() -> Any:
    try:
        import_module("websockets.exceptions")
        return import_module("websockets.sync.client")
    except ModuleNotFoundError as error:
        raise HashquakeError(
            f"ris_live needs {error.name}, which is not installed",
            code="plugin-extra",
            hint="install hashquake[live]",
        ) from None
