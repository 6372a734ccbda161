"""The machine's clock, simulated: Python loads this file before the program that it runs.

The program is the installed command, unchanged; what it believes is the time of day is a number in
a file that the drill moves on. Waits are over as soon as that clock says so, which is looked at
twenty times a second, or when they would be over anyway. What counts seconds for time limits
(``time.monotonic``, ``threading.Timer``) stays as it is: an answer takes as long as it takes.
"""

import mmap
import os
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SLICE_S = 0.05
_NUMBER = struct.Struct("<d")


class _Machine:
    """What the machine says of time, once `install` was called."""

    def __init__(self, path: str) -> None:
        with Path(path).open("rb") as file:
            self._shared = mmap.mmap(file.fileno(), _NUMBER.size, access=mmap.ACCESS_READ)
        self._clock_gettime, self._sleep = time.clock_gettime, time.sleep
        self._wait = threading.Event.wait

    def now_s(self) -> float:
        return float(_NUMBER.unpack_from(self._shared)[0])

    def now_ns(self) -> int:
        return int(self.now_s() * 1e9)

    def clock_gettime(self, which: int) -> float:
        counted = which in (time.CLOCK_REALTIME, time.CLOCK_BOOTTIME)
        return self.now_s() if counted else self._clock_gettime(which)

    def sleep(self, duration_s: float) -> None:
        self._waited(self._nap, duration_s)

    def wait(self, event: threading.Event, timeout_s: float | None) -> bool:
        if timeout_s is None:
            return self._wait(event)
        return self._waited(lambda slice_s: self._wait(event, slice_s), timeout_s)

    def _nap(self, slice_s: float) -> bool:
        self._sleep(slice_s)
        return False

    def _waited(self, wait_once: Callable[[float], bool], timeout_s: float) -> bool:
        until_s, simulated_s = time.monotonic() + timeout_s, self.now_s() + timeout_s
        while (left_s := until_s - time.monotonic()) > 0:
            if wait_once(min(left_s, _SLICE_S)):
                return True
            if self.now_s() >= simulated_s:
                break
        return False

    def install(self) -> None:
        clocks: Any = time
        clocks.time, clocks.time_ns = self.now_s, self.now_ns
        clocks.clock_gettime, clocks.sleep = self.clock_gettime, self.sleep

        def wait(event: threading.Event, timeout: float | None = None) -> bool:
            return self.wait(event, timeout)

        def count(timer: threading.Timer) -> None:
            self._wait(timer.finished, timer.interval)
            if not timer.finished.is_set():
                timer.function(*timer.args, **timer.kwargs)
            timer.finished.set()

        events: Any = threading.Event
        events.wait = wait
        timers: Any = threading.Timer
        timers.run = count


if "DRILL_CLOCK" in os.environ:
    _Machine(os.environ["DRILL_CLOCK"]).install()
