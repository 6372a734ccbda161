"""Answers made once: kept by the edition of the record, shared by all who ask at the same time."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TypeVar

from hashquake.serve.api.faults import RequestError

KEPT_BYTES = 64 * 2**20
THREADS = 4
MOST_AT_ONCE = 64
TIME_LIMIT_S = 120.0

Made = TypeVar("Made")
Key = tuple[str, ...]


class Answers:
    """Answers as bytes, made in threads; the last ones are kept.

    Parameters
    ----------
    kept_bytes : int
        How much to keep.
    threads : int
        How many answers are made at the same time.
    most_at_once : int
        How many may wait; more are refused.
    time_limit_s : float
        How long a request waits for its answer, seconds.
    """

    def __init__(
        self,
        *,
        kept_bytes: int = KEPT_BYTES,
        threads: int = THREADS,
        most_at_once: int = MOST_AT_ONCE,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._kept_bytes = 0
        self._most_bytes = kept_bytes
        self._making: dict[Key, asyncio.Future[bytes]] = {}
        self._most_at_once = most_at_once
        self._time_limit_s = time_limit_s
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        # Short looks at the record are not to wait behind answers that take long.
        self._looks = ThreadPoolExecutor(2, thread_name_prefix="look")

    async def look(self, ask: Callable[[], Made]) -> Made:
        """Run a short question in a thread of its own.

        Parameters
        ----------
        ask : callable
            What to run.
        """
        return await asyncio.get_running_loop().run_in_executor(self._looks, ask)

    async def get(self, key: Key, make: Callable[[], bytes]) -> bytes:
        """Return a kept answer, or make and keep it.

        Parameters
        ----------
        key : tuple of str
            The edition of the record and the whole question.
        make : callable
            Makes the answer, in a thread.

        Raises
        ------
        RequestError
            ``busy`` when too many answers are waited for, ``time-limit``.
        """
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        making = self._making.get(key)
        if making is None:
            making = self._start(key, make)
        try:
            return await asyncio.wait_for(asyncio.shield(making), self._time_limit_s)
        except TimeoutError:
            raise RequestError(
                f"the answer was not ready within {self._time_limit_s:g} s",
                code="time-limit",
                status=HTTPStatus.GATEWAY_TIMEOUT,
                hint="ask for a shorter time, or again in a minute: it is being made",
            ) from None

    def close(self) -> None:
        """Let go of the threads; what is being made is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._looks.shutdown(wait=False, cancel_futures=True)

    def _start(self, key: Key, make: Callable[[], bytes]) -> "asyncio.Future[bytes]":
        if len(self._making) >= self._most_at_once:
            raise RequestError(
                "too many answers are being made",
                code="busy",
                status=HTTPStatus.SERVICE_UNAVAILABLE,
                hint="ask again in some seconds",
            )
        making = asyncio.get_running_loop().run_in_executor(self._threads, make)
        self._making[key] = making

        def keep(done: "asyncio.Future[bytes]") -> None:
            del self._making[key]
            if not done.cancelled() and done.exception() is None:
                self._keep(key, done.result())

        making.add_done_callback(keep)
        return making

    def _keep(self, key: Key, answer: bytes) -> None:
        if len(answer) > self._most_bytes // 4:
            return
        self._kept[key] = answer
        self._kept_bytes += len(answer)
        while self._kept_bytes > self._most_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= len(dropped)
