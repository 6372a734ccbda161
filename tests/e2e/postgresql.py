"""A private PostgreSQL cluster on a Unix socket, started, stopped and killed by the tests."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

_PROGRAMS = Path("/usr/lib/postgresql")
_USER = "hashquake"
_SERVER_USER = "postgres"
"""The server refuses to run as root; Debian's package brings this user."""


def _programs() -> Path:
    found = sorted(_PROGRAMS.glob("*/bin/pg_ctl"), key=lambda one: int(one.parts[-3]))
    if not found:
        pytest.fail("no PostgreSQL: run make test-e2e, which installs it")
    return found[-1].parent


@dataclass
class Cluster:
    """A server with its files in a folder of its own, which is short enough for a socket.

    One with an address, on a host that `enter` leads to, is reached over the network alone.
    """

    folder: Path
    databases: int = 0
    host: str = ""
    enter: tuple[str, ...] = ()

    @classmethod
    def made(cls, *, host: str = "", enter: tuple[str, ...] = ()) -> "Cluster":
        folder = Path(tempfile.mkdtemp(prefix="hqpg"))
        cluster = cls(folder=folder, host=host, enter=enter)
        if os.geteuid() == 0:
            shutil.chown(folder, _SERVER_USER)
        cluster._run("initdb", "-A", "trust", "-U", _USER, "--no-sync", "-E", "UTF8", "--locale=C")
        cluster.start()
        return cluster

    def start(self) -> None:
        if self.host:
            with (self.folder / "data" / "pg_hba.conf").open("a") as allowed:
                allowed.write("host all all 0.0.0.0/0 trust\n")
        options = f"-c listen_addresses='{self.host}' -k {self.folder} -c fsync=off"
        self._run("pg_ctl", "-w", "-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; ``immediate`` is as a power cut."""
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def removed(self) -> None:
        self.stop("immediate")
        shutil.rmtree(self.folder)

    def database(self) -> str:
        """Make an empty database; its address."""
        self.databases += 1
        name = f"record{self.databases}"
        with psycopg.connect(self.address("postgres", ""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.address(name)

    def address(self, name: str, driver: str = "+psycopg") -> str:
        return f"postgresql{driver}://{_USER}@/{name}?host={self.host or self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        as_user = [
            "setpriv",
            f"--reuid={_SERVER_USER}",
            f"--regid={_SERVER_USER}",
            "--clear-groups",
        ]
        done = subprocess.run(
            [
                *self.enter,
                *(as_user if os.geteuid() == 0 else []),
                str(_programs() / program),
                "-D",
                str(self.folder / "data"),
                *arguments,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            check=False,
        )
        assert done.returncode == 0, done.stderr
