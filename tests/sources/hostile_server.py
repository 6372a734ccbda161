"""A server on the loopback that sends what it likes, as slowly as it likes."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answerer = Callable[[socket.socket], None]


@dataclass
class HostileServer:
    port: int
    asked: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def hostile_server(answer: Answerer) -> Iterator[HostileServer]:
    """Serve each connection by one answer, after the request's headers were read."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = HostileServer(port=listener.getsockname()[1])
    over = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            request = b""
            while b"\r\n\r\n" not in request and (part := connection.recv(4096)):
                request += part
            if b"\r\n\r\n" in request:  # else the client gave up before it had asked
                server.asked.append(request)
                answer(connection)

    def accept() -> None:
        with suppress(OSError):
            while not over.is_set():
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        over.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(2)


def whole(body: bytes, *headers: str, status: str = "200 OK") -> Answerer:
    """Send one answer at once."""
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "connection: close", *headers]

    def answer(connection: socket.socket) -> None:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return answer


TROUBLES = ("429", "500", "html", "half", "slow", "frozen")
"""Ways in which a service fails; see `troubled`."""


def troubled(kind: str, body: bytes, *, last: bytes = b"", slow_s: float = 5.0) -> Answerer:
    """Spoil the answer of a service: refuse it, cut it off, send it slowly, repeat the last one."""
    if kind == "429":
        return whole(b"later", "retry-after: 1", status="429 Too Many Requests")
    if kind == "500":
        return whole(b"oh no", status="500 Internal Server Error")
    if kind == "html":
        return whole(b"<html><body>maintenance</body></html>")
    if kind == "half":
        return whole(body[: len(body) // 2])
    if kind == "frozen":
        return whole(last)

    def trickle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n")
        for _ in range(40):
            connection.sendall(b"{")
            time.sleep(slow_s / 40)

    return trickle
