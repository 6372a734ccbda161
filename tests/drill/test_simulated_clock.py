"""The drill's clock, as a program on a simulated machine reads it."""

import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.drill.simulated_clock import SimulatedClock
from tests.running_watcher import SOURCE

NOW_S = 1_641_379_500.0
LOOK = """
import threading, time
from hashquake.core import clock
print(clock.now_s(), clock.counted_s(), flush=True)
limit = threading.Timer(600.0, print, ("a time limit passed",))
limit.start()
began = time.monotonic()
threading.Event().wait(600.0)
clock.sleep(600.0)
print(clock.now_s(), time.monotonic() - began, flush=True)
limit.cancel()
"""


def test_a_program_reads_it_and_waits_by_it(tmp_path: Path) -> None:
    clock = SimulatedClock(tmp_path / "clock", NOW_S)
    program = subprocess.Popen(
        [sys.executable, "-c", LOOK],
        env=clock.environment(Path(SOURCE)),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline().split() == [f"{NOW_S}", f"{NOW_S}"]
    clock.run(NOW_S + 4_000.0, rate=4_000.0, each=lambda _: None)
    now_s, took_s = map(float, program.stdout.readline().split())
    program.communicate()
    assert NOW_S + 1_200.0 <= now_s <= NOW_S + 4_000.0
    assert took_s < 60.0


def test_it_creeps_while_who_follows_is_behind(tmp_path: Path) -> None:
    clock, behind = SimulatedClock(tmp_path / "clock", NOW_S), threading.Event()
    seen: list[float] = []

    def each(now_s: float) -> None:
        seen.append(now_s)
        if len(seen) == 20:
            behind.set()

    begun_s = time.monotonic()
    clock.run(NOW_S + 100.0, rate=100.0, each=each, may_go=behind.is_set)
    assert 0.0 < seen[18] - NOW_S < 20.0
    assert seen[-1] == clock.now_s() == NOW_S + 100.0
    assert time.monotonic() - begun_s > 1.0
