"""A server of a record on the loopback, in a thread, as `hashquake serve` runs it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from tests import plain_http

from hashquake.observatory import Observatory
from hashquake.serve.api.app import create_app
from hashquake.serve.api.server import Server, bound_socket, configured

PATIENCE_S = 300.0


@contextmanager
def served(observatory: Observatory, *, db: str = "bundled", **options: Any) -> Iterator[str]:
    """Serve a record and give the address."""
    built = create_app(observatory, db=db, **options)
    ready = threading.Event()
    server = Server(configured(built.guard), started=ready.set, stopping=built.stop)
    with bound_socket("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        assert ready.wait(PATIENCE_S)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


def client(address: str) -> httpx.Client:
    return plain_http.client(base_url=f"{address}/api/v1", timeout=PATIENCE_S)
