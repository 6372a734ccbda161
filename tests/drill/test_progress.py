"""How far a scene is, said every half minute and not at each of its moments."""

import io
import time

import pytest
from rich.console import Console
from tests.drill.progress import Progress

from hashquake.core.times import parse_time


def test_a_line_every_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    begun_s = time.monotonic()
    said = io.StringIO()
    progress = Progress("quiet", Console(file=said, width=120), begun_s, begun_s)
    for passed_s in (1.0, 29.0, 31.0, 45.0, 62.0):
        monkeypatch.setattr(time, "monotonic", lambda passed_s=passed_s: begun_s + passed_s)
        progress.look(parse_time("2025-12-20T04:30Z"), blocks=1500, alerts=3)
    assert said.getvalue().splitlines() == [
        "quiet: 2025-12-20 04:30 UTC, 1,500 blocks, 3 alerts, after 31 s",
        "quiet: 2025-12-20 04:30 UTC, 1,500 blocks, 3 alerts, after 62 s",
    ]
