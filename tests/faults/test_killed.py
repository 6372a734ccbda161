"""A watcher that is killed at any instant, again and again: nothing is lost or said twice."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.faults.conftest import FAULTS_A_PASS
from tests.faults.watched import Outcome, copied, outcome_of
from tests.running_watcher import SOURCE

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
ROOT = Path(__file__).parents[2]
LONGEST_S = 2.0


class Watchers:
    """Children of one program, one at a time."""

    def __init__(self, warm_up: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.killed_watcher"],
            env={**os.environ, "PYTHONPATH": f"{SOURCE}:{ROOT}"},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._say(str(warm_up))

    def _say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def _hear(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def run(self, record: Path, *, killed_after_s: float | None) -> int:
        """Watch to the end, or until it is killed; its exit status."""
        self._say(str(record))
        child = self._hear()
        if killed_after_s is not None:
            time.sleep(killed_after_s)
            with suppress(ProcessLookupError):  # it may have come to its end
                os.kill(child, signal.SIGKILL)
        return self._hear()


@pytest.fixture(scope="module")
def watchers(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watchers]:
    one = Watchers(copied(base, tmp_path_factory.mktemp("warm")))
    yield one
    one.process.communicate()


def test_killed_at_random_instants(
    watchers: Watchers, base: Path, undisturbed: Outcome, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    killed, records = 0, 0
    while killed < FAULTS_A_PASS:
        record = copied(base, tmp_path, f"{records}.db")
        records += 1
        while killed < FAULTS_A_PASS:
            status = watchers.run(record, killed_after_s=LONGEST_S * draw.random())
            killed += status == -signal.SIGKILL
            assert status in (0, -signal.SIGKILL)
            connection = sqlite3.connect(record)
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            connection.close()
            if not status:
                break
        assert watchers.run(record, killed_after_s=None) == 0
        assert outcome_of(record) == undisturbed
