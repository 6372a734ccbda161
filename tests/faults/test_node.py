"""A node that is stopped, killed, started again and cut from its peers while it is watched."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.core_node import CoreNode
from tests.e2e.real_window import mined_on, mined_window
from tests.faults.conftest import FAULTS_A_PASS
from tests.running_watcher import RunningWatcher, ran, wait_until
from tests.same_record import blocks_of
from tests.sources.block_forge import ForgedBlock

from hashquake.observatory import open_observatory

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[CoreNode, CoreNode]]:
    """Start two nodes; the first is watched, the second hears of blocks."""
    pair = (CoreNode(folder=tmp_path / "watched"), CoreNode(folder=tmp_path / "peer"))
    for one in pair:
        one.start()
    yield pair
    for one in pair:
        one.kill()


class Mining:
    """Blocks found on either node, and the wait until all agree."""

    def __init__(self, watched: CoreNode, peer: CoreNode, record: Path) -> None:
        self.watched, self.peer, self.record = watched, peer, record
        self.n_blocks = 0
        self.main = mined_window(time.time() - 3600.0, 60)
        watched.submit(self.main)
        peer.submit(self.main)

    def found(self, node: CoreNode, parent: ForgedBlock, n_blocks: int) -> list[ForgedBlock]:
        """Find blocks; their texts differ, so that each is another."""
        self.n_blocks += n_blocks
        first_s = parent.header_s + 1
        branch = mined_on(parent, n_blocks, first_s=first_s, tag=b"/%d/" % self.n_blocks)
        node.submit(branch)
        return branch

    def connect(self) -> None:
        """Bring the nodes together, and wait until they and the record agree."""
        tip = self.main[-1].hash[::-1].hex()

        def agree() -> bool:
            if not self.peer.rpc("getconnectioncount"):
                self.peer.rpc("addnode", f"127.0.0.1:{self.watched.peer_port}", "onetry")
            return self.watched.tip() == self.peer.tip() == tip

        wait_until(agree)
        with open_observatory(str(self.record)) as observatory:
            wait_until(lambda: observatory.tip() == (len(self.main), self.main[-1].hash))

    def cut(self) -> None:
        """Cut the two nodes from each other."""
        self.watched.rpc("setnetworkactive", False)
        wait_until(lambda: not self.watched.rpc("getconnectioncount"))


def test_stopped_started_and_cut_from_its_peers(
    nodes: tuple[CoreNode, CoreNode], tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    record = tmp_path / "record.db"
    assert not ran("init", "--db", str(record), "--empty", "--network", "regtest").returncode
    watched, peer = nodes
    mining = Mining(watched, peer, record)
    asked = ("--url", watched.url, "--cookie", str(watched.cookie), "--json")
    watcher = RunningWatcher("bitcoind_zmq", *asked, "--zmq", watched.zmq, "--db", str(record))
    mining.connect()
    faults = []
    for _ in range(FAULTS_A_PASS):
        faults.append(draw.choice(["stopped", "killed", "cut"]))
        away = draw.randint(0, 2)
        if faults[-1] == "cut":
            mining.cut()
            mining.found(watched, mining.main[-1], away)  # nobody else ever hears of these in time
            mining.main += mining.found(peer, mining.main[-1], away + 1)
            watched.rpc("setnetworkactive", True)
        else:
            (watched.stop if faults[-1] == "stopped" else watched.kill)()
            mining.main += mining.found(peer, mining.main[-1], away)
            watched.start()
        mining.connect()
        mining.main += mining.found(peer, mining.main[-1], 1)
        mining.connect()
    assert watcher.stop() == 0, watcher.notes
    afterwards = tmp_path / "afterwards.db"
    assert not ran("init", "--db", str(afterwards), "--empty", "--network", "regtest").returncode
    ingested = ran("ingest", "bitcoind_rpc", *asked, "--db", str(afterwards))
    assert ingested.returncode == 0, ingested.stderr
    main = [block for block in blocks_of(record) if "main" in block]
    assert main == [block for block in blocks_of(afterwards) if "main" in block]
    announced = [one["hash"] for one in watcher.changes() if one["kind"] == "block"]
    assert len(announced) == len(set(announced))
    assert {one.hash[::-1].hex() for one in mining.main[60:]} <= set(announced)
