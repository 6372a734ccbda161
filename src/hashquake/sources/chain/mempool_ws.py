"""Blocks as mempool.space announces them, and its own forecast of the next difficulty.

A block that builds on the newest one known is kept as it came, proven by its hash and its work;
whatever is missing is asked for from the REST service at the same host. The forecast is kept as a
reading, so that it can be compared with what came.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import FormatError, SourceError
from hashquake.core.reading import Reading
from hashquake.core.subject import NETWORK
from hashquake.core.times import positive_duration_s
from hashquake.core.window import Window
from hashquake.sources.chain._live_chain import Announced, LiveChain
from hashquake.sources.chain._rest_service import RestService
from hashquake.sources.wire.answer import Answer, as_object, parse_json, wrong_shape
from hashquake.sources.wire.deadline import Deadline
from hashquake.sources.wire.http import Http, parse_address
from hashquake.sources.wire.retrying import Patience
from hashquake.sources.wire.websocket import (
    LostStreamError,
    check_stream_url,
    pause_s,
    stream_library,
    translated,
)

CARD = SourceCard(
    name="mempool_ws",
    title="mempool.space's announcements of blocks, and its forecast of the next difficulty",
    gives=("blocks", "readings"),
    owner="the operator of the service",
    licence="facts of the chain; each service has its own terms of use",
    capabilities=("hash", "coinbase", "payouts", "pool", "resume", "seen", "follow"),
    verified="messages in the shape of the project's own test data; a loopback server; the service "
    "itself: unverified",
    extra="live",
)
FORECAST = "mempool_difficulty_change_share"
_FORECAST_STEP_S = 600
_LARGEST_CHANGE = 1000.0
_MAX_MESSAGE_BYTES = 8 << 20
_POLL_S = 0.5
_ASKED = (
    {"action": "init"},
    {"action": "want", "data": ["blocks", "stats"]},
)
_MOST_SPOILT = 20


class Options(BaseModel):
    """The options of `mempool_ws`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field("wss://mempool.space/api/v1/ws", description="address of the stream")
    rest_url: str = Field(
        "", description="address of the REST service; by default that of the stream's host"
    )
    from_height: int | None = Field(
        None, ge=0, description="first height to read; by default on from the record's end"
    )
    poll: str = Field("5m", description="how often the service is asked when nothing is announced")
    silence: str = Field("2m", description="a stream without a message for so long has stalled")
    duration: str = Field("", description="for how long to follow, such as 1h; forever when empty")
    tries: int = Field(8, ge=1, description="failures in a row before giving up")
    requests_per_second: float = Field(
        1.0, gt=0, le=1000, description="most requests a second to the REST service"
    )
    timeout_s: float = Field(30.0, gt=0, le=86_400, description="seconds to wait for an answer")
    private_redirects: bool = Field(
        False, description="follow redirects to private addresses too, such as 192.168.0.2"
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Follow a service until stopped.

    Parameters
    ----------
    options : Options
        See its fields.
    context : SourceContext
        The record, the clocks, the network.

    Yields
    ------
    Batch
        Blocks as they come, with ``seen_s``; the time observed, each time the service was asked;
        the forecast of the next difficulty, at most one in ten minutes.

    Raises
    ------
    SourceError
        Those of `mempool_rest`, and ``stream-stalled``, ``stream-closed``, ``message-too-large``,
        when they do not pass or `tries` of them come in a row.
    FormatError
        ``answer-not-json``, ``answer-shape`` when nothing readable comes.
    ChainError
        ``pow-failed``, ``time-too-new``.
    UsageError
        ``url-malformed``, ``duration-syntax``, ``height-gap``.
    HashquakeError
        ``plugin-extra`` when the library is not installed.
    """
    check_stream_url(options.url, like="wss://mempool.space/api/v1/ws")
    poll_s, silence_s = (
        positive_duration_s(options.poll, "poll"),
        positive_duration_s(options.silence, "silence"),
    )
    lasting_s = (
        positive_duration_s(options.duration, "duration") if options.duration else float("inf")
    )
    library = stream_library(CARD.name)
    http = Http(
        parse_address(options.rest_url or _rest_url(options.url)),
        who="service",
        context=context,
        patience=Patience(
            timeout_s=options.timeout_s,
            interval_s=1.0 / options.requests_per_second,
            retry_statuses=frozenset({429, *range(500, 600)}),
        ),
        private_redirects=options.private_redirects,
    )
    try:
        service = RestService(http, context.record.network)
        live = LiveChain(
            server=service,
            context=context,
            poll_s=poll_s,
            tries=options.tries,
            from_height=options.from_height,
        )
        yield from live.catch_up()
        following, failed = Deadline(context.monotonic_s, lasting_s), 0
        forecasts = _Forecasts()
        while following.left_s() > 0:
            try:
                with (
                    translated(
                        options.url,
                        context,
                        timeout_s=options.timeout_s,
                        max_bytes=_MAX_MESSAGE_BYTES,
                        slow_hint="a slow reader is cut off; it is connected again",
                    ),
                    library.connect(
                        options.url,
                        open_timeout=options.timeout_s,
                        close_timeout=0.5,
                        ping_timeout=silence_s,
                        max_size=_MAX_MESSAGE_BYTES,
                        user_agent_header="hashquake",
                    ) as socket,
                ):
                    for asked in _ASKED:
                        socket.send(json.dumps(asked))
                    for message in _heard(socket, silence_s, context, following):
                        failed = 0 if message else failed
                        yield from _taken(message, live, service, forecasts, context)
                        if live.overdue_s >= 0:
                            yield from live.catch_up()
            except LostStreamError as lost:
                failed += 1
                live.doubt()  # what was announced meanwhile was not heard
                wait_s = pause_s(lost, failed, options.tries)
                context.note(f"{lost.error.message}; connecting again")
                context.sleep(min(wait_s, following.left_s()))
    finally:
        http.close()


def _heard(
    socket: Any, silence_s: float, context: SourceContext, following: Deadline
) -> Iterator[dict[str, Any]]:
    """Yield messages; an empty one when none came for a moment."""
    heard, spoilt, count = Deadline(context.monotonic_s, silence_s), 0, 0
    while following.left_s() > 0:
        context.sleep(0.0)  # whoever runs this may want it to stop
        if heard.left_s() <= 0:
            raise LostStreamError(
                SourceError(
                    f"the service sent no message for {silence_s:g} s",
                    code="stream-stalled",
                    hint="is the network up?",
                )
            )
        try:
            text = socket.recv(timeout=min(_POLL_S, silence_s / 4))
        except TimeoutError:
            yield {}
            continue
        try:
            body = text.encode() if isinstance(text, str) else bytes(text)
            message = dict(
                as_object(parse_json(Answer(status=200, body=body), what="the stream"), "a message")
            )
        except FormatError as error:
            spoilt += 1
            if spoilt >= _MOST_SPOILT:
                raise LostStreamError(error) from None
            continue
        heard, spoilt, count = Deadline(context.monotonic_s, silence_s), 0, count + 1
        context.progress(Progress(done=count, total=None, unit="messages"))
        yield message


def _taken(
    message: dict[str, Any],
    live: LiveChain,
    service: RestService,
    forecasts: "_Forecasts",
    context: SourceContext,
) -> Iterator[Batch]:
    """Keep what a message tells; what cannot be read of it is asked for."""
    if "block" in message:
        try:
            block = service.announced(as_object(message["block"], "a block"))
        except (FormatError, SourceError) as error:
            context.note(f"a block announced is asked for instead: {error.message}")
            live.doubt()
        else:
            if block.hash is not None and block.prev is not None:
                announced = Announced(
                    hash=block.hash,
                    prev=block.prev,
                    seen_s=context.now_s(),
                    block_at=lambda height: replace(block, height=height),
                )
                yield from live.offer(announced)
    if "da" in message:
        try:
            reading = forecasts.reading(message["da"], context.now_s())
        except FormatError as error:
            context.note(f"a forecast of the difficulty is left out: {error.message}")
        else:
            if reading is not None:
                yield Batch(readings=(reading,))


class _Forecasts:
    """The service's forecasts, at most one for each ten minutes."""

    def __init__(self) -> None:
        self._last_s = -1

    def reading(self, found: Any, now_s: float) -> Reading | None:
        """Return a forecast as a reading; None when the last one is too recent."""
        change: Any = as_object(found, "a difficulty adjustment").get("difficultyChange")
        if type(change) not in (int, float) or not -_LARGEST_CHANGE < change < _LARGEST_CHANGE:
            raise wrong_shape("the change of the difficulty", change)
        end_s = int(now_s // _FORECAST_STEP_S) * _FORECAST_STEP_S
        if end_s <= self._last_s:
            return None
        self._last_s = end_s
        return Reading(
            subject=NETWORK,
            quantity=FORECAST,
            window=Window(start_s=float(end_s - _FORECAST_STEP_S), end_s=float(end_s)),
            value=float(change) / 100.0,
            source=CARD.name,
        )


def _rest_url(url: str) -> str:
    """Return where the REST service of a stream's host is."""
    parts = urlsplit(url)
    scheme = "https" if parts.scheme == "wss" else "http"
    path = parts.path.partition("/api/")[0].rstrip("/")
    return f"{scheme}://{parts.netloc}{path}"
