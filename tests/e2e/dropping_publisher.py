"""A publisher that passes on what a node publishes, but for some messages: a bad line."""

import threading
from types import TracebackType
from typing import Self

import zmq


class DroppingPublisher:
    """Between a node and whoever listens."""

    def __init__(self, node: str) -> None:
        self.to_drop = 0
        self._stop = threading.Event()
        self._context = zmq.Context()
        self._from_node = self._context.socket(zmq.SUB)
        self._from_node.setsockopt(zmq.SUBSCRIBE, b"")
        self._from_node.connect(node)
        self._onwards = self._context.socket(zmq.PUB)
        self.address = f"tcp://127.0.0.1:{self._onwards.bind_to_random_port('tcp://127.0.0.1')}"
        self._thread = threading.Thread(target=self._pass_on, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(10)
        self._context.destroy(linger=0)

    def _pass_on(self) -> None:
        while not self._stop.is_set():
            if not self._from_node.poll(100):
                continue
            parts = self._from_node.recv_multipart()
            if self.to_drop:
                self.to_drop -= 1
            else:
                self._onwards.send_multipart(parts)
