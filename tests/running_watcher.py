"""The watcher as a user runs it: another process, its lines as they come."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import hashquake

PATIENCE_S = 120.0
PROGRAM = [sys.executable, "-m", "hashquake"]
SOURCE = str(Path(hashquake.__file__).parents[1])


def ran(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        env={**os.environ, "PYTHONPATH": SOURCE, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def wait_until(so: Callable[[], bool]) -> None:
    """Wait until it is so, for `PATIENCE_S` at most."""
    until_s = time.monotonic() + PATIENCE_S
    while not so():
        assert time.monotonic() < until_s
        time.sleep(0.05)


class RunningWatcher:
    """A watcher under way."""

    under_way: ClassVar["list[RunningWatcher]"] = []

    @classmethod
    def kill_all(cls) -> None:
        """Kill those that a failed test left behind; the next test would be blamed for them."""
        for one in cls.under_way[:]:
            one.stop(signal.SIGKILL)

    def __init__(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        program: tuple[str, ...] = (*PROGRAM, "watch"),
    ) -> None:
        self.lines: list[str] = []
        self.notes: list[str] = []
        self.process = subprocess.Popen(
            [*program, *arguments],
            env={**os.environ, "PYTHONPATH": SOURCE, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._threads = [
            threading.Thread(target=self._read, args=(pipe, into), daemon=True)
            for pipe, into in (
                (self.process.stdout, self.lines),
                (self.process.stderr, self.notes),
            )
        ]
        for thread in self._threads:
            thread.start()
        self.under_way.append(self)

    @staticmethod
    def _read(pipe: Any, into: list[str]) -> None:
        into.extend(line.rstrip("\n") for line in pipe)

    def wait_for(self, wanted: Callable[[list[str]], bool]) -> None:
        """Wait until its lines are as wanted."""
        until_s = time.monotonic() + PATIENCE_S
        while not wanted(self.lines):
            assert self.process.poll() is None, (self.lines[-5:], self.notes)
            assert time.monotonic() < until_s, (self.lines[-5:], self.notes)
            time.sleep(0.05)

    def changes(self) -> list[dict[str, Any]]:
        """Return the changes that it wrote so far, of a watcher with ``--json``."""
        return [json.loads(line) for line in list(self.lines)]

    def stop(self, number: int = signal.SIGINT) -> int:
        """End it by a signal; its exit status."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end; its exit status."""
        code = self.process.wait(PATIENCE_S)
        if self in self.under_way:
            self.under_way.remove(self)
        for thread in self._threads:
            thread.join(PATIENCE_S)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()
        return code
