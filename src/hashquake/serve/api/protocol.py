"""HTTP on the wire: requests that cannot be read get the one error shape, slow ones an end."""

import asyncio
import json
import sys
from http import HTTPStatus
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from hashquake.serve.cli.output import error_document

HEADER_BYTES = 64 * 2**10
HEADER_S = 15.0
"""How long a request may take to arrive with all of its head."""
_LINGER_S = 1.0
_LINGER_BYTES = 8 * 2**20


class BoundedProtocol(H11Protocol):
    """One connection, with an end to what it may send before it is understood.

    Parameters
    ----------
    args, kwargs
        As uvicorn gives them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._refused_bytes: int | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a connection, and the time for its first request.

        Parameters
        ----------
        transport : BaseTransport
            The connection.
        """
        super().connection_made(cast("asyncio.Transport", transport))
        self._deadline = self.loop.call_later(HEADER_S, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection.

        Parameters
        ----------
        exc : Exception or None
            Why.
        """
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; what follows a refusal is thrown away until the client has read why.

        Parameters
        ----------
        data : bytes
            As it came.
        """
        if self._refused_bytes is not None:
            self._refused_bytes += len(data)
            if self._refused_bytes > _LINGER_BYTES:
                self.transport.abort()
            return
        super().data_received(data)
        if self.transport.is_closing():
            return
        # A head that is begun and not done is on the clock; an idle connection is uvicorn's.
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            if self._deadline is None:
                self._deadline = self.loop.call_later(HEADER_S, self._late)
        else:
            self._stop_clock()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP, or too long a head, in the one error shape.

        Parameters
        ----------
        msg : str
            What uvicorn says of it.
        """
        self._stop_clock()
        hint = getattr(sys.exc_info()[1], "error_status_hint", HTTPStatus.BAD_REQUEST)
        if hint == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
            message = f"the head of the request is longer than {HEADER_BYTES:,} bytes"
            self._refuse(HTTPStatus(hint), message, "head-too-large")
        else:
            del msg
            self._refuse(HTTPStatus.BAD_REQUEST, "the request is not HTTP/1.1", "request-malformed")

    def _late(self) -> None:
        self._deadline = None
        if self.cycle is None or self.cycle.response_complete:
            message = f"the head of the request did not arrive within {HEADER_S:g} s"
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, message, "request-late")

    def _refuse(self, status: HTTPStatus, message: str, code: str) -> None:
        """Write an error past the state machine, then read a while: closing at once would reset."""
        if self.transport.is_closing() or self._refused_bytes is not None:
            return
        body = json.dumps(error_document(message, code, "")).encode()
        self._refused_bytes = 0
        self.transport.write(
            b"HTTP/1.1 %d %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
            b"x-content-type-options: nosniff\r\nconnection: close\r\n\r\n%s"
            % (status, status.phrase.encode(), len(body), body)
        )
        self.loop.call_later(_LINGER_S, self.transport.close)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
