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
from typing import Any

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


class RunningWatcher:
    """A watcher under way."""

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
        for thread in self._threads:
            thread.join(PATIENCE_S)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()
        return code
