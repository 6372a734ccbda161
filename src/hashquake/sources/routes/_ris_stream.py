"""The stream of RIS Live: connect, subscribe, notice silence, come back after a break."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from hashquake.core.contracts import SourceContext
from hashquake.core.errors import FormatError, SourceError
from hashquake.sources.routes._ris_messages import RisMessage, parse_message
from hashquake.sources.wire.deadline import Deadline
from hashquake.sources.wire.websocket import (
    LostStreamError,
    check_stream_url,
    pause_s,
    stream_library,
    translated,
)

_PING = json.dumps({"type": "ping", "data": None})
_POLL_S = 1.0
_MAX_MESSAGE_BYTES = 1 << 20
_MOST_SPOILT = 20
Event = RisMessage | Literal["joined", "quiet", "spoilt", "lost"]
"""A message; or: subscribed again, nothing came for a second, something unreadable came, broken."""


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


def listen(options: StreamOptions, context: SourceContext, until_s: float) -> Iterator[Event]:
    """Return what is heard until a time, across breaks.

    Parameters
    ----------
    options : StreamOptions
        Where and how.
    context : SourceContext
        The clock and waiting.
    until_s : float
        By our clock, UTC Unix seconds; infinity forever.

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
    check_stream_url(options.url, like="wss://ris-live.ripe.net/v1/ws/")
    library = stream_library("ris_live")
    failed = 0
    while context.now_s() < until_s:
        try:
            for event in _one_connection(library, options, context, until_s):
                if isinstance(event, RisMessage):
                    failed = 0
                yield event
        except LostStreamError as lost:
            yield "lost"
            failed += 1
            wait_s = pause_s(lost, failed, options.tries)
            context.sleep(min(wait_s, max(0.0, until_s - context.now_s())))


def _one_connection(
    library: Any, options: StreamOptions, context: SourceContext, until_s: float
) -> Iterator[Event]:
    with (
        translated(
            options.url,
            context,
            timeout_s=options.timeout_s,
            max_bytes=_MAX_MESSAGE_BYTES,
            slow_hint="a slow reader is cut off; one --host sends less than all",
        ),
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
            raise LostStreamError(
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
                raise LostStreamError(error) from None
            continue
        except SourceError as error:
            raise LostStreamError(error) from None
        if message is not None:
            heard, pinged, spoilt = Deadline(context.monotonic_s, options.silence_s), False, 0
            yield message
