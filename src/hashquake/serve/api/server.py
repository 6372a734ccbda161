"""The server as a process: its socket, its life, and the watcher next to it."""

import errno
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp

from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.serve.api.protocol import HEADER_BYTES, BoundedProtocol

_BACKLOG = 2_048
_GRACE_S = 10
_IDLE_S = 15


def bound_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Parameters
    ----------
    host : str
        An address or a name of this machine.
    port : int
        0 takes any that is free.

    Raises
    ------
    UsageError
        ``port-used``, ``port-forbidden``, ``host-unusable``.
    """
    shown = visible_text(host, limit=60)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError) as error:
        raise UsageError(
            f"{shown!r} is not an address of this machine",
            code="host-unusable",
            hint="127.0.0.1 serves this machine alone, 0.0.0.0 every network it is in",
        ) from error
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(_BACKLOG)
    except OSError as error:
        made.close()
        raise _unusable(error, shown, port) from error
    return made


def is_exposed(host: str) -> bool:
    """Return whether other machines reach a server bound to a host.

    Parameters
    ----------
    host : str
        An address or a name.
    """
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def make_server(
    app: ASGIApp, *, started: Callable[[], None], stopping: Callable[[], None]
) -> "Server":
    """Return a server that runs until Ctrl-C, a polite kill, or `Server.ask_to_stop`.

    Parameters
    ----------
    app : ASGIApp
        The application.
    started : callable
        Called once requests are answered.
    stopping : callable
        Called when the end begins, before open streams are waited for.
    """
    return Server(configured(app), started=started, stopping=stopping)


def configured(app: ASGIApp) -> uvicorn.Config:
    """Return how uvicorn is to serve an application.

    Parameters
    ----------
    app : ASGIApp
        The application.
    """
    return uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level=logging.CRITICAL,  # the guard notes faults; what clients do wrong is answered
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=HEADER_BYTES,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=_GRACE_S,
        # Addresses that a proxy claims count only where the proxy is this machine.
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
    )


class Server(uvicorn.Server):
    """uvicorn's server, with a word at its start and at the beginning of its end.

    Parameters
    ----------
    config : uvicorn.Config
        As uvicorn has it.
    started, stopping : callable
        See `make_server`.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        started: Callable[[], None],
        stopping: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._on_start = started
        self._on_stop = stopping

    def ask_to_stop(self) -> None:
        """End soon; may be called from any thread."""
        self.should_exit = True

    def end_at_once(self) -> None:
        """Wait for no client any more; may be called from any thread."""
        self.force_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the command, which takes them before the server runs."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer.

        Parameters
        ----------
        sockets : list of socket or None
            Those that listen.
        """
        await super().startup(sockets)
        if self.started:
            self._on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End: streams first, which would never end by themselves.

        Parameters
        ----------
        sockets : list of socket or None
            Those that listen.
        """
        self._on_stop()
        await super().shutdown(sockets)


def _unusable(error: OSError, host: str, port: int) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            f"port {port} of {host} is in use",
            code="port-used",
            hint="give another with --port; --port 0 takes any that is free",
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return UsageError(
            f"port {port} of {host} must not be used by this user",
            code="port-forbidden",
            hint="give one above 1023 with --port",
        )
    return UsageError(
        f"{host} cannot be listened on: {error.strerror}",
        code="host-unusable",
        hint="127.0.0.1 serves this machine alone, 0.0.0.0 every network it is in",
    )
