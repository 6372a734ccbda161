"""A mail server that never comes to its end is a time that is up, whatever it fails with."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.serve.alerts.made_alert import made_alert, made_settings

from hashquake.core.errors import SourceError
from hashquake.serve.alerts.outgoing import Outgoing
from hashquake.serve.alerts.settings import EmailWay
from hashquake.serve.alerts.ways import email

TIMEOUT_S = 0.3


def way(port: int) -> EmailWay:
    made = made_settings(
        {
            "name": "mail", "kind": "email", "host": "127.0.0.1", "port": port,
            "security": "none", "sender": "hq@example.org", "to": ["ops@example.org"],
            "timeout_s": TIMEOUT_S,
        }
    ).way[0]  # fmt: skip
    assert isinstance(made, EmailWay)
    return made


@contextmanager
def dripping(*, by_line: bool, greets: bool) -> Iterator[int]:
    """Greet or not, and then answer with bytes or lines without end."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                if greets:
                    connection.sendall(b"220 here\r\n")
                    connection.recv(100)
                while not over.wait(TIMEOUT_S / 6.0):
                    try:
                        connection.sendall(b"250-more\r\n" if by_line else b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join(10.0)


@pytest.mark.parametrize("greets", [True, False])
@pytest.mark.parametrize("by_line", [True, False])
def test_a_server_that_drips_is_left_and_named_as_too_slow(*, by_line: bool, greets: bool) -> None:
    with dripping(by_line=by_line, greets=greets) as port:
        one = way(port)
        begun_s = time.monotonic()
        with pytest.raises(SourceError) as caught:
            email.send(one, Outgoing(alert=made_alert()))
    assert caught.value.code == "alert-timeout"
    assert time.monotonic() - begun_s < 20.0 * TIMEOUT_S


def test_a_server_that_greets_with_a_refusal_is_quoted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"554 not today\r\n")
                connection.recv(100)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(SourceError) as caught:
            email.send(way(listener.getsockname()[1]), Outgoing(alert=made_alert()))
        thread.join(10.0)
    assert caught.value.code == "alert-refused"
    assert "554 not today" in caught.value.message
