"""Hosts of their own in network namespaces of Linux, and a country that a firewall cuts off.

A bridge joins the hosts of the world. The country lies behind a border, a host that forwards
between two networks; a rule of its firewall drops all that would cross it.
"""

import os
import shutil
import subprocess
from typing import Self

from tests.drill.hosts import Host

_WORLD, _LAND = "10.77.0", "10.78.0"
_BRIDGE = "hqbridge"
_INSIDE = ("inside",)
_NAMES = ("outside", "node", "watcher", "database", "feeds", "scheduler", "worker1", "worker2")


class Namespaces:
    """The hosts, made on entering and removed on leaving."""

    here = f"{_WORLD}.1"

    @staticmethod
    def why_not() -> str:
        """Return why this machine cannot have them; empty where it can."""
        if os.geteuid() != 0:
            return "network namespaces need root"
        for program in ("ip", "iptables", "sysctl"):
            if shutil.which(program) is None:
                return f"{program} is not installed on this machine"
        done = _tried("ip", "netns", "add", "hqprobe")
        if done.returncode:
            return f"this machine allows no network namespaces: {done.stderr.strip()}"
        _run("ip", "netns", "del", "hqprobe")
        return ""

    def __enter__(self) -> Self:
        self._remove()
        try:
            self._make()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()

    def _make(self) -> None:
        _run("ip", "link", "add", _BRIDGE, "type", "bridge")
        _run("ip", "addr", "add", f"{self.here}/24", "dev", _BRIDGE)
        _run("ip", "link", "set", _BRIDGE, "up")
        for at, name in enumerate(_NAMES, 10):
            self._join(name, f"{_WORLD}.{at}", at)
            _in(name, "ip", "route", "add", "default", "via", f"{_WORLD}.2")
        self._join("border", f"{_WORLD}.2", 2)
        _run("ip", "netns", "add", _space("inside"))
        _run("ip", "link", "add", "hqland0", "netns", _space("border"), "type", "veth",
             "peer", "name", "eth0", "netns", _space("inside"))  # fmt: skip
        _in("border", "ip", "addr", "add", f"{_LAND}.1/24", "dev", "hqland0")
        _in("border", "ip", "link", "set", "hqland0", "up")
        _in("border", "sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
        _in("inside", "ip", "addr", "add", f"{_LAND}.10/24", "dev", "eth0")
        _in("inside", "ip", "link", "set", "eth0", "up")
        _in("inside", "ip", "link", "set", "lo", "up")
        _in("inside", "ip", "route", "add", "default", "via", f"{_LAND}.1")
        _run("ip", "route", "add", f"{_LAND}.0/24", "via", f"{_WORLD}.2")

    def _join(self, name: str, address: str, number: int) -> None:
        """Make a host, and join it to the bridge."""
        _run("ip", "netns", "add", _space(name))
        _run("ip", "link", "add", f"hqveth{number}", "type", "veth",
             "peer", "name", "eth0", "netns", _space(name))  # fmt: skip
        _run("ip", "link", "set", f"hqveth{number}", "master", _BRIDGE, "up")
        _in(name, "ip", "addr", "add", f"{address}/24", "dev", "eth0")
        _in(name, "ip", "link", "set", "eth0", "up")
        _in(name, "ip", "link", "set", "lo", "up")

    def _remove(self) -> None:
        for name in (*_NAMES, "border", "inside"):
            _tried("ip", "netns", "del", _space(name))
        # A program that outlived a killed run keeps its host, and this end of its cable.
        for number in (2, *range(10, 10 + len(_NAMES))):
            _tried("ip", "link", "del", f"hqveth{number}")
        _tried("ip", "link", "del", _BRIDGE)

    def host(self, name: str) -> Host:
        """Return a host by name."""
        inside = name in _INSIDE
        address = f"{_LAND}.10" if inside else f"{_WORLD}.{10 + _NAMES.index(name)}"
        return Host(name=name, address=address, enter=("ip", "netns", "exec", _space(name)))

    def listens(self, host: Host) -> str:
        """Return the address on which the database listens."""
        return host.address

    def cut(self, *, dark: bool) -> bool:
        """Let the border drop everything, or nothing; True, as that was done here."""
        _in("border", "iptables", "-I" if dark else "-D", "FORWARD", "-j", "DROP")
        return True


def _space(name: str) -> str:
    return f"hq{name}"


def _in(name: str, *line: str) -> None:
    _run("ip", "netns", "exec", _space(name), *line)


def _tried(*line: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(line, capture_output=True, text=True, check=False)


def _run(*line: str) -> None:
    done = _tried(*line)
    assert done.returncode == 0, f"{' '.join(line)}: {done.stderr}"
