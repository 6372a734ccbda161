"""A receiver of webhooks on the loopback that misbehaves as it is asked to."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "a secret of sixteen or more"  # noqa: S105  it opens nothing


def verified(secret: str, headers: Any, body: bytes) -> bool:
    """Check a signature as docs/how-to/alerts.md shows it."""
    signed = headers["X-Hashquake-Timestamp"].encode() + b"." + body
    expected = "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(headers["X-Hashquake-Signature"], expected)


@dataclass
class Arrival:
    key: str
    thread: str
    n: int
    state: str
    body: bytes
    signed: bool
    answered: str
    at_s: float = 0.0
    """On the monotonic clock."""


@dataclass
class Receiver:
    """What came, in order; `behave` chooses how each request is answered.

    ``ok``, ``500``, ``hang`` (no answer until the receiver ends), ``close`` (no answer at all),
    ``deaf`` (takes it, and closes without an answer) or ``redirect:URL``.
    """

    url: str = ""
    behave: Callable[[int], str] = lambda _number: "ok"
    arrivals: list[Arrival] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    ending: threading.Event = field(default_factory=threading.Event)
    news: threading.Condition = field(default_factory=threading.Condition)

    def taken(self) -> list[Arrival]:
        """What was answered with success."""
        with self.lock:
            return [one for one in self.arrivals if one.answered == "ok"]

    def wait_for(self, wanted: Callable[[], bool], patience_s: float = 60.0) -> None:
        with self.news:
            assert self.news.wait_for(wanted, patience_s), [
                (one.thread, one.n, one.answered) for one in self.arrivals
            ]


@contextmanager
def receiving(
    behave: Callable[[int], str] = lambda _number: "ok", *, address: str = "127.0.0.1"
) -> Iterator[Receiver]:
    receiver = Receiver(behave=behave)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # whoever sent it was killed on the way
                return
            document = json.loads(body)
            with receiver.lock:
                how = receiver.behave(len(receiver.arrivals))
                receiver.arrivals.append(
                    Arrival(
                        key=self.headers["X-Hashquake-Key"],
                        thread=document["thread"],
                        n=document["n"],
                        state=document["state"],
                        body=body,
                        signed=verified(SECRET, self.headers, body),
                        answered=how,
                        at_s=time.monotonic(),
                    )
                )
            with suppress(OSError):
                self._answer(how)
            with receiver.news:
                receiver.news.notify_all()

        def _answer(self, how: str) -> None:
            if how == "hang":
                receiver.ending.wait(60.0)
            if how in ("hang", "close", "deaf"):
                self.close_connection = True
                return
            if how.startswith("redirect:"):
                self.send_response(307)
                self.send_header("Location", how.partition(":")[2])
            else:
                self.send_response(204 if how == "ok" else int(how))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((address, 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://{address}:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()
