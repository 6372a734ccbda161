"""Where one operator works: a folder with settings on a host, its commands and programs."""

import json
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.drill.hosts import Host
from tests.running_watcher import PROGRAM

if TYPE_CHECKING:
    import subprocess

_PATIENCE_S = 120.0


def wait_until(so: Callable[[], bool], what: str) -> None:
    """Wait, and fail with a sentence after two minutes."""
    until_s = time.monotonic() + _PATIENCE_S
    while not so():
        assert time.monotonic() < until_s, f"waited in vain: {what}"
        time.sleep(0.1)


@dataclass
class Program:
    """A program under way on a host, which can be killed and started again."""

    host: Host
    line: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = self.host.start(
                self.line, log, cwd=self.folder, environment=self.environment
            )

    def end(self, number: int = signal.SIGTERM) -> None:
        """End it by a signal: SIGKILL is as a power cut."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(_PATIENCE_S)
            self.process = None

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


@dataclass
class Place:
    """A folder with settings, in which one operator's commands run on one host."""

    host: Host
    folder: Path
    environment: Mapping[str, str]

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, as its operator does."""
        return self.host.ran([*PROGRAM, *arguments], cwd=self.folder, environment=self.environment)

    def document(self, *arguments: str) -> Any:
        """Return the JSON document of a command, an error as well."""
        done = self.command(*arguments, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def program(self, name: str, *arguments: str) -> Program:
        """Describe a command that runs on."""
        return Program(
            host=self.host,
            line=[*PROGRAM, *arguments],
            folder=self.folder,
            environment=self.environment,
            log=self.folder / f"{name}.log",
        )
