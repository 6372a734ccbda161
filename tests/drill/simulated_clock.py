"""The clock of the drill: one number in a file that all simulated machines read."""

import mmap
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path

_NUMBER = struct.Struct("<d")
_TICK_S = 0.02
_CREEP = 0.05
FOLDER = Path(__file__).parent / "machine_clock"
"""To be put on the path of a Python program, which then reads the simulated clock."""


class SimulatedClock:
    """A clock that stands still but while it is run.

    Parameters
    ----------
    path : Path
        The file through which other processes read it.
    now_s : float
        At first, UTC Unix seconds.
    """

    def __init__(self, path: Path, now_s: float) -> None:
        self.path = path
        path.write_bytes(_NUMBER.pack(now_s))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _NUMBER.size)

    def now_s(self) -> float:
        """Return what it shows."""
        return float(_NUMBER.unpack_from(self._shared)[0])

    def environment(self, *folders: Path) -> dict[str, str]:
        """Return the variables with which a program reads this clock.

        Parameters
        ----------
        folders : Path
            Put on its path besides.
        """
        paths = os.pathsep.join(map(str, (FOLDER, *folders)))
        return {"DRILL_CLOCK": str(self.path), "PYTHONPATH": paths}

    def run(
        self,
        until_s: float,
        *,
        rate: float,
        each: Callable[[float], None],
        may_go: Callable[[], bool] = lambda: True,
    ) -> None:
        """Let it go until an instant.

        Parameters
        ----------
        until_s : float
            UTC Unix seconds.
        rate : float
            Simulated seconds in one second.
        each : callable
            Of the time, some fifty times a second.
        may_go : callable
            Whether it may go on; it creeps while whoever follows it is behind. It never stands: a
            program that waits for it would wait for ever.
        """
        now_s, before_s = self.now_s(), time.monotonic()
        while now_s < until_s:
            time.sleep(_TICK_S)
            passed_s = min(time.monotonic() - before_s, 5 * _TICK_S)
            before_s = time.monotonic()
            pace = rate if may_go() else rate * _CREEP
            now_s = min(until_s, now_s + passed_s * pace)
            _NUMBER.pack_into(self._shared, 0, now_s)
            each(now_s)
