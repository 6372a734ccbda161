"""The machine's clocks are read in one place; everybody else is handed one."""

import re
import time
from pathlib import Path

import pytest

from hashquake.core import clock

SOURCE = Path(clock.__file__).parents[1]
READING = re.compile(
    r"\btime\.(?:time|time_ns|monotonic|monotonic_ns|perf_counter|perf_counter_ns|sleep)\b"
    r"|from time import|\.now\(|\.utcnow\(|\.today\("
)


def test_no_other_file_reads_a_clock() -> None:
    found = [
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for path in sorted(SOURCE.rglob("*.py"))
        if path.name != "clock.py" or path.parent.name != "core"
        for line in path.read_text(encoding="utf-8").splitlines()
        if READING.search(line)
    ]
    assert found == []


def test_the_guard_sees_what_it_is_for() -> None:
    for line in ("now_s=time.time", "time.monotonic()", "datetime.now(UTC)", "date.today()"):
        assert READING.search(line)


def test_they_are_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "time", lambda: 1.5)
    monkeypatch.setattr(time, "monotonic", lambda: 2.5)
    monkeypatch.setattr(time, "sleep", waited.append)
    clock.sleep(3.5)
    assert (clock.now_s(), clock.monotonic_s(), waited) == (1.5, 2.5, [3.5])
