"""The machine's clock, simulated: Python loads this file before the program that it runs.

The program is the installed command, unchanged; what it believes is the time of day is a number in
a file that the drill moves on. Waits are over as soon as that clock says so, which is looked at
twenty times a second, or when they would be over anyway. What counts seconds for time limits
(``time.monotonic``) stays as it is: an answer takes as long as it takes.
"""

import mmap
import os
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

_SLICE_S = 0.05
_NUMBER = struct.Struct("<d")


def _simulate(path: str) -> None:
    with Path(path).open("rb") as file:
        shared = mmap.mmap(file.fileno(), _NUMBER.size, access=mmap.ACCESS_READ)
    clock_gettime, sleep, wait = time.clock_gettime, time.sleep, threading.Event.wait

    def now_s() -> float:
        return float(_NUMBER.unpack_from(shared)[0])

    def waited(wait_once: Callable[[float], bool], timeout_s: float) -> bool:
        until_s, simulated_s = time.monotonic() + timeout_s, now_s() + timeout_s
        while (left_s := until_s - time.monotonic()) > 0:
            if wait_once(min(left_s, _SLICE_S)):
                return True
            if now_s() >= simulated_s:
                break
        return False

    def read_clock(which: int) -> float:
        counted = which in (time.CLOCK_REALTIME, time.CLOCK_BOOTTIME)
        return now_s() if counted else clock_gettime(which)

    def wait_for(event: threading.Event, timeout: float | None = None) -> bool:
        if timeout is None:
            return wait(event)
        return waited(lambda slice_s: wait(event, slice_s), timeout)

    def nap(slice_s: float) -> bool:
        sleep(slice_s)
        return False

    time.time = now_s
    time.time_ns = lambda: int(now_s() * 1e9)
    time.clock_gettime = read_clock
    time.sleep = lambda duration_s: waited(nap, duration_s) and None
    threading.Event.wait = wait_for  # type: ignore[method-assign]  # waits of the program alone


if "DRILL_CLOCK" in os.environ:
    _simulate(os.environ["DRILL_CLOCK"])
