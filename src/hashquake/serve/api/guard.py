"""What every request passes: its size and rate, the path of a proxy, headers of the answer."""

import logging
import os
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hashquake.core.errors import HashquakeError
from hashquake.core.hostile_text import visible_text
from hashquake.serve.api.faults import RequestError, handle_fault
from hashquake.serve.cli.app import TRACEBACK
from hashquake.serve.cli.faults import said_of

BODY_BYTES = 64 * 2**10
TEXT_BYTES = 2 * 2**20
"""Of a text to be checked, which may be an article."""
TARGET_BYTES = 32 * 2**10
MOST_ADDRESSES = 10_000
MINUTE_S = 60.0
_log = logging.getLogger(__name__)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
)


class Guard:
    """The outermost layer of the application.

    Parameters
    ----------
    app : ASGIApp
        What lies inside.
    root_path : str
        The path under which a proxy shows the server, such as ``/hashquake``.
    requests_per_minute : int or None
        Most requests of one address; None sets no limit.
    monotonic_s : callable
        A clock that never goes back, seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        root_path: str,
        requests_per_minute: int | None,
        monotonic_s: Callable[[], float],
    ) -> None:
        self._app = app
        self._root_path = root_path.rstrip("/")
        self._limit = requests_per_minute
        self._monotonic_s = monotonic_s
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer it with what is wrong with it.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        scope = self._placed({**scope, "method": "GET"} if head else scope)
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                given = {name for name, _ in message["headers"]}
                more = [pair for pair in _HEADERS if pair[0] not in given]
                message = {**message, "headers": [*message["headers"], *more]}
            elif head:
                message = {**message, "body": b""}
            await send(message)

        try:
            self._check(scope)
            await self._app(scope, _bounded(receive, _most_bytes(scope)), send_guarded)
        except Exception as error:  # noqa: BLE001  the last catch: no fault shows its inside
            if not isinstance(error, HashquakeError):
                _note_fault(error, scope["path"])
            if not started:
                answer = await handle_fault(Request(scope), error)
                await answer(scope, receive, send_guarded)

    def _placed(self, scope: Scope) -> Scope:
        """Return the scope under the proxy's path, whether the proxy cuts that off or not."""
        if not self._root_path:
            return scope
        path: str = scope["path"]
        if not (path == self._root_path or path.startswith(f"{self._root_path}/")):
            path = self._root_path + path
        return {**scope, "root_path": self._root_path, "path": path}

    def _check(self, scope: Scope) -> None:
        if len(scope["query_string"]) + len(scope["path"]) > TARGET_BYTES:
            raise RequestError(
                f"the address is longer than {TARGET_BYTES:,} bytes",
                code="address-too-long",
                status=HTTPStatus.REQUEST_URI_TOO_LONG,
            )
        if self._limit is None:
            return
        address = scope["client"][0] if scope.get("client") else ""
        now_s = self._monotonic_s()
        left, at_s = self._left.get(address, (float(self._limit), now_s))
        left = min(float(self._limit), left + (now_s - at_s) * self._limit / MINUTE_S)
        if left < 1.0:
            wait_s = (1.0 - left) * MINUTE_S / self._limit
            raise RequestError(
                f"more than {self._limit} requests a minute came from this address",
                code="rate-limit",
                status=HTTPStatus.TOO_MANY_REQUESTS,
                hint="ask less often; /api/v1/stream sends what is new",
                headers={"Retry-After": str(max(1, round(wait_s)))},
            )
        self._left[address] = (left - 1.0, now_s)
        self._left.move_to_end(address)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)


def _note_fault(error: Exception, path: str) -> None:
    """Write a fault of the program to the log: its place only where that is wanted."""
    message, _, hint = said_of(error)
    wanted = error if os.environ.get(TRACEBACK) else None
    _log.error("%s: %s; %s", visible_text(path), message, hint, exc_info=wanted)


def _most_bytes(scope: Scope) -> int:
    return TEXT_BYTES if scope["path"].endswith("/api/v1/check") else BODY_BYTES


def _bounded(receive: Receive, most_bytes: int) -> Receive:
    """Return a receive that refuses bodies which are too large."""
    got_bytes = 0

    async def bounded() -> Message:
        nonlocal got_bytes
        message = await receive()
        got_bytes += len(message.get("body", b""))
        if got_bytes > most_bytes:
            raise RequestError(
                f"the body is larger than {most_bytes:,} bytes",
                code="body-too-large",
                status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            )
        return message

    return bounded
