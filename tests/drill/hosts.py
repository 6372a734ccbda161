"""Where the programs of the drill run: on this machine, or on hosts of their own."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Host:
    """A machine on which programs are started.

    Parameters
    ----------
    name : str
        For people.
    address : str
        Under which the others reach it.
    enter : tuple of str
        The command that runs the rest of its line on this machine.
    """

    name: str
    address: str = LOOPBACK
    enter: tuple[str, ...] = field(default=())

    def start(
        self, line: Sequence[str], log: IO[bytes], *, cwd: Path, environment: Mapping[str, str]
    ) -> "subprocess.Popen[bytes]":
        """Start a program; what it says goes into a log."""
        return subprocess.Popen(
            [*self.enter, *line],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env={**os.environ, **environment},
        )

    def ran(
        self, line: Sequence[str], *, cwd: Path, environment: Mapping[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end."""
        return subprocess.run(
            [*self.enter, *line],
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd,
            env={**os.environ, **environment},
            timeout=300,
        )


class OneMachine:
    """All hosts on this machine; a country is cut by what its programs are asked to do."""

    here = LOOPBACK
    """The address under which hosts reach the drill itself."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind: nothing was made."""

    def host(self, name: str) -> Host:
        """Return a host by name."""
        return Host(name=name)

    def listens(self, host: Host) -> str:
        """Return the address on which the database listens; empty for a socket's file alone."""
        del host
        return ""

    def cut(self, *, dark: bool) -> bool:
        """Cut the country; whether that was done here."""
        del dark
        return False
