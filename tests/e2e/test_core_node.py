"""The watcher of a real node of Bitcoin Core's family: four weeks of blocks, then live ones."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.core_node import CoreNode
from tests.e2e.dropping_publisher import DroppingPublisher
from tests.e2e.real_window import mined_on, mined_window, window_pools
from tests.running_watcher import RunningWatcher, ran, wait_until
from tests.same_record import blocks_of

from hashquake.observatory import open_observatory

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

LIVE_BLOCKS = 24
PATIENCE_S = 60.0


@pytest.fixture
def node(tmp_path: Path) -> Iterator[CoreNode]:
    """Start an empty node; stop it afterwards."""
    one = CoreNode(folder=tmp_path / "node")
    one.start()
    yield one
    one.stop()


def empty_record(path: Path) -> Path:
    made = ran("init", "--db", str(path), "--empty", "--network", "regtest")
    assert made.returncode == 0, made.stderr
    return path


def wait_for_tip(record: Path, digest: bytes) -> None:
    until_s = time.monotonic() + PATIENCE_S
    with open_observatory(str(record)) as observatory:
        while (tip := observatory.tip()) is None or tip[1] != digest:
            assert time.monotonic() < until_s, f"the record stays at {tip}"
            time.sleep(0.1)


def test_by_zeromq_and_by_polling_it_gives_what_an_ingest_gives(
    node: CoreNode, tmp_path: Path
) -> None:
    window = mined_window(newest_s=time.time() - 30.0)
    old, live = window[:-LIVE_BLOCKS], window[-LIVE_BLOCKS:]
    node.submit(old)
    asked = ("--url", node.url, "--cookie", str(node.cookie), "--json")
    by_zmq, by_rpc, afterwards = (
        empty_record(tmp_path / f"{name}.db") for name in ("zmq", "rpc", "ingest")
    )
    with DroppingPublisher(node.zmq) as line:
        zmq_source = ("bitcoind_zmq", *asked, "--zmq", line.address, "--db", str(by_zmq))
        listening = RunningWatcher(*zmq_source)
        polling = RunningWatcher("bitcoind_rpc", *asked, "--db", str(by_rpc))
        wait_for_tip(by_zmq, old[-1].hash)
        wait_for_tip(by_rpc, old[-1].hash)
        for at, block in enumerate(live[:8]):
            line.to_drop = 2 if at == 3 else 0  # its hash and its bytes are lost on the way
            node.submit([block])
            if at == 3:
                wait_until(lambda: line.to_drop == 0)
            else:
                wait_for_tip(by_zmq, block.hash)
        # The last five are replaced by six others, of which only the newest is announced.
        rival = mined_on(live[2], 6, first_s=live[3].header_s + 1, tag=b"/rival/", step_s=60)
        node.submit(rival)
        wait_for_tip(by_zmq, rival[-1].hash)
        after = mined_on(rival[-1], 12, first_s=time.time() - 11.0, tag=b"/after/")
        node.submit(after)
        for record in (by_zmq, by_rpc):
            wait_for_tip(record, after[-1].hash)
        assert listening.stop() == polling.stop() == 0
    ingested = ran("ingest", "bitcoind_rpc", *asked, "--db", str(afterwards))
    assert ingested.returncode == 0, ingested.stderr
    assert blocks_of(by_zmq) == blocks_of(by_rpc) == blocks_of(afterwards)
    kinds = [one["kind"] for one in listening.changes()]
    assert (kinds.count("reorg"), kinds.count("block")) == (1, 8 + 6 + 12)
    stale = [block for block in blocks_of(by_zmq) if "stale" in block]
    assert [block[0] for block in stale] == [block.height for block in live[3:8]]
    with open_observatory(str(by_zmq)) as observatory:
        blocks = observatory.record.blocks()
        pools = [blocks.pool_of(at) for at in range(1, len(old) + 1)]
        seen_s = blocks.seen_s[-12:]
    assert tuple(pools) == window_pools()[: len(old)]
    assert (abs(seen_s - time.time()) < 10 * PATIENCE_S).all()
