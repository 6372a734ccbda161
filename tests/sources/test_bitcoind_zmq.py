"""A node followed by ZeroMQ: a real publisher on the loopback, and a node that is asked."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.simulated_chain import NOW_S, MinedBlock, MinedChain, World, hashes, held
from tests.sources.simulated_node import SimulatedNode

from hashquake.core.contracts import Batch
from hashquake.core.errors import FormatError, HashquakeError
from hashquake.plugins import load_plugin
from hashquake.sources.chain import bitcoind_zmq
from hashquake.sources.chain._zmq_messages import LostMessages, parse_frames

TAPES = Path(__file__).parents[1] / "tapes"


class Over(BaseException):
    """The script is at its end."""


@dataclass
class Publisher:
    """Publishes as Bitcoin Core does, with a counter for each topic."""

    socket: Any
    counters: dict[str, int] = field(default_factory=dict)

    def send(self, topic: str, body: bytes, *, lost: int = 0) -> None:
        counter = self.counters.get(topic, 0) + lost
        self.counters[topic] = counter + 1
        self.socket.send_multipart([topic.encode(), body, counter.to_bytes(4, "little")])

    def hash(self, block: MinedBlock, **more: int) -> None:
        self.send("hashblock", block.header.hash[::-1], **more)

    def raw(self, block: MinedBlock) -> None:
        self.send("rawblock", block.raw)

    def sequence(self, block: MinedBlock, label: bytes) -> None:
        self.send("sequence", block.header.hash[::-1] + label)


@dataclass
class Followed:
    """What came of following a node while a script ran."""

    world: World
    node: SimulatedNode
    batches: list[Batch] = field(default_factory=list)

    @property
    def seen_s(self) -> dict[int, float]:
        return {
            block.height: block.seen_s
            for batch in self.batches
            for block in batch.blocks.blocks()
            if block.seen_s is not None and block.fate == "main"
        }


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with zmq.Context() as world, world.socket(zmq.XPUB) as socket:
        socket.setsockopt(zmq.LINGER, 0)
        socket.bind("tcp://127.0.0.1:*")
        yield Publisher(socket)


def follow(
    publisher: Publisher,
    node: SimulatedNode,
    *steps: Callable[[], object],
    stored: bool = True,
    **options: Any,
) -> Followed:
    """Follow a node; each step is taken once the messages of the one before were read."""
    found = Followed(World(node), node)
    waiting = list(steps)
    subscribed, quiet = 0, 0

    def sleep(duration_s: float) -> None:
        nonlocal subscribed, quiet
        found.world.waits_s.append(duration_s)
        while publisher.socket.poll(0 if subscribed >= 3 else 5000):
            publisher.socket.recv()
            subscribed += 1
            if subscribed >= 3:
                break
        quiet += 1
        if quiet < 12:
            return
        quiet = 0
        if not waiting:
            raise Over
        waiting.pop(0)()

    address = publisher.socket.getsockopt(zmq.LAST_ENDPOINT).decode()
    context = replace(found.world.context, sleep=sleep)
    given = {"zmq": address, "poll": "1h", "from_height": 0} | options
    try:
        for batch in bitcoind_zmq.read(bitcoind_zmq.Options(**given), context):
            if stored:
                found.world.record.append(batch)
            found.batches.append(batch)
    except Over:
        assert not waiting
    return found


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bitcoind_zmq, "_TICK_MS", 30)


def test_the_card_is_that_of_the_plugin() -> None:
    assert load_plugin("sources", "bitcoind_zmq").CARD is bitcoind_zmq.CARD


def test_blocks_announced_whole_are_kept_without_asking(publisher: Publisher) -> None:
    chain = MinedChain().grow(12)
    node = SimulatedNode(chain)
    asked: list[int] = []

    def announce() -> None:
        asked.append(node.requests)
        for _ in range(2):
            publisher.hash(chain.grow(1).tip)
            publisher.raw(chain.tip)

    found = follow(publisher, node, announce, lambda: asked.append(node.requests))
    assert held(found.world.record) == hashes(chain)
    assert asked[0] == asked[1]
    assert found.seen_s == {13: found.world.time_s, 14: found.world.time_s}
    [first] = [b for b in found.batches if len(b.blocks) and int(b.blocks.height[0]) == 13]
    assert first.blocks.coinbase[0] == chain.blocks[13].script


def test_blocks_announced_by_hash_are_asked_for(publisher: Publisher) -> None:
    chain = MinedChain().grow(3)
    found = follow(
        publisher, SimulatedNode(chain), lambda: publisher.hash(chain.grow(1, b"/x/").tip)
    )
    assert held(found.world.record) == hashes(chain)
    assert list(found.seen_s) == [4]


def test_messages_that_were_lost_are_made_up_for(publisher: Publisher) -> None:
    chain = MinedChain().grow(3)

    def lose() -> None:
        chain.grow(4)
        publisher.hash(chain.tip, lost=3)

    found = follow(publisher, SimulatedNode(chain), lose)
    assert held(found.world.record) == hashes(chain)
    assert list(found.seen_s) == [7]


def test_a_jump_of_a_counter_alone_makes_it_ask(publisher: Publisher) -> None:
    chain = MinedChain().grow(3)

    def transaction(lost: int = 0) -> None:
        publisher.send("sequence", bytes(32) + b"A" + bytes(8), lost=lost)

    def lose() -> None:
        chain.grow(1)
        transaction(lost=1)

    found = follow(publisher, SimulatedNode(chain), transaction, lose)
    assert held(found.world.record) == hashes(chain)
    assert found.seen_s == {}


@pytest.mark.parametrize("stored", [True, False])
def test_a_child_that_comes_before_its_parent_waits_for_it(
    publisher: Publisher, stored: bool
) -> None:
    chain = MinedChain().grow(3)
    node = SimulatedNode(chain)

    def swapped() -> None:
        parent, child = chain.grow(2).blocks[-2:]
        publisher.raw(child)
        publisher.raw(parent)

    found = follow(publisher, node, swapped, stored=stored)
    heights = [int(h) for batch in found.batches for h in batch.blocks.height]
    assert heights == sorted(heights)
    assert len(heights) == len(set(heights)) == 6
    assert set(found.seen_s) == {4, 5}


@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("how", ["hash", "raw", "sequence"])
def test_of_a_reorganisation_only_the_newest_block_is_announced(
    publisher: Publisher, depth: int, how: str
) -> None:
    chain = MinedChain().grow(8)
    node = SimulatedNode(chain)

    def reorganise() -> None:
        left = chain.blocks[-depth:][::-1]
        chain.reorganise(depth, depth + 1)
        if how == "sequence":
            for block in left:
                publisher.sequence(block, b"D")
            for block in chain.blocks[-depth - 1 :]:
                publisher.sequence(block, b"C")
        else:
            getattr(publisher, how)(chain.tip)

    found = follow(publisher, node, reorganise)
    assert held(found.world.record) == hashes(chain)
    assert {block.hash for block in found.world.record.stale} >= {
        block.header.hash for block in chain.aside
    }


def test_an_initial_download_is_silent_and_is_waited_for(publisher: Publisher) -> None:
    chain = MinedChain().grow(3)
    node = SimulatedNode(chain, syncing=True)

    def done() -> None:
        node.syncing = False

    found = follow(publisher, node, done, lambda: time.sleep(0.3), lambda: None, poll="0.2s")
    assert held(found.world.record) == hashes(chain)
    assert any("initial download" in note for note in found.world.notes)


@pytest.mark.parametrize(
    ("finds", "announces", "ago_s", "is_said"),
    [(1, False, 0.0, True), (0, False, 0.0, False), (1, True, 0.0, False), (1, False, 9e3, False)],
)
def test_a_node_that_finds_blocks_and_announces_none_is_named_once(
    publisher: Publisher, *, finds: int, announces: bool, ago_s: float, is_said: bool
) -> None:
    chain = MinedChain(end_s=NOW_S - ago_s).grow(3)

    def found_one() -> None:
        chain.grow(finds)
        if announces:
            publisher.hash(chain.tip)

    def wait() -> None:
        time.sleep(0.3)

    steps = (found_one, wait, wait, found_one, wait, wait)
    found = follow(publisher, SimulatedNode(chain), *steps, poll="0.2s")
    assert held(found.world.record) == hashes(chain)
    said = [note for note in found.world.notes if "announced nothing" in note]
    assert len(said) == is_said
    if said:
        assert publisher.socket.getsockopt(zmq.LAST_ENDPOINT).decode() in said[0]
        assert "every 0.2s" in said[0]


def test_a_node_that_goes_away_is_asked_again_and_its_blocks_are_not_lost(
    publisher: Publisher,
) -> None:
    chain = MinedChain().grow(3)
    node = SimulatedNode(chain)
    failing = 0

    def before(_number: int) -> None:
        if failing:
            import httpx

            raise httpx.ConnectError("refused")

    def go() -> None:
        nonlocal failing
        failing = 1
        node.before = before
        publisher.hash(chain.grow(1).tip)

    def back() -> None:
        nonlocal failing
        failing = 0
        time.sleep(1.1)

    found = follow(publisher, node, go, back, lambda: None)
    assert held(found.world.record) == hashes(chain)
    assert any("asking again" in note for note in found.world.notes)


def test_what_does_not_pass_ends_it_at_once(publisher: Publisher) -> None:
    def code(node: SimulatedNode, **options: Any) -> str:
        with pytest.raises(HashquakeError) as caught:
            follow(publisher, node, **options)
        return caught.value.code

    chain = MinedChain().grow(1)
    assert code(SimulatedNode(chain, network="main")) == "node-network"
    assert code(SimulatedNode(chain, auth="a:b")) == "node-auth"
    assert code(SimulatedNode(chain), zmq="http://127.0.0.1:1") == "zmq-malformed"
    assert code(SimulatedNode(chain), zmq="") == "zmq-malformed"
    assert code(SimulatedNode(chain), poll="0s") == "duration-syntax"


def test_messages_of_something_else_are_passed_over(publisher: Publisher) -> None:
    chain = MinedChain().grow(3)

    def strange() -> None:
        publisher.socket.send_multipart([b"hashblock", b"\x1b[2J", b"\0\0\0\0"])
        publisher.socket.send_multipart([b"sequence"])
        publisher.send("sequence", bytes(32) + b"A" + bytes(8))
        publisher.raw(chain.grow(1).tip)

    found = follow(publisher, SimulatedNode(chain), strange)
    assert held(found.world.record) == hashes(chain)
    assert all(note.isprintable() for note in found.world.notes)


def test_time_is_observed_each_time_the_node_was_asked(publisher: Publisher) -> None:
    chain = MinedChain().grow(12)
    found = follow(publisher, SimulatedNode(chain))
    assert found.world.record.coverage.windows[-1].end_s == found.world.time_s


def test_recorded_messages_are_read() -> None:
    taped = json.loads((TAPES / "bitcoind_zmq/messages.json").read_text(encoding="utf-8"))
    lost = LostMessages()
    kinds = []
    for topic, body, counter in taped["messages"]:
        frames = [topic.encode(), bytes.fromhex(body), counter.to_bytes(4, "little")]
        message = parse_frames(frames)
        kinds.append(message.kind)
        assert not lost.lost(message)
        if message.kind != "raw":
            assert message.digest[::-1].hex() == body[:64]
    assert kinds == ["block", "raw", "block", "block", "raw", "gone", "block", "block"]


def test_counters_are_of_their_topics_and_begin_anew_with_the_node() -> None:
    lost = LostMessages()

    def take(topic: str, counter: int) -> bool:
        body = bytes(32) if topic == "hashblock" else bytes(32) + b"C"
        return lost.lost(parse_frames([topic.encode(), body, counter.to_bytes(4, "little")]))

    assert [take("hashblock", n) for n in (7, 8, 10, 11, 0, 1)] == [
        *(False, False, True, False, True, False),
    ]
    assert [take("sequence", n) for n in (0xFFFFFFFF, 0)] == [False, False]


@given(st.lists(st.binary(max_size=120), max_size=4))
def test_any_frames_are_read_or_refused(frames: list[bytes]) -> None:
    try:
        parse_frames(frames)
    except FormatError as error:
        assert error.code == "message-shape"  # noqa: PT017  most frames are refused


PROGRAM = """
import sys, httpx
from dataclasses import replace
from tests.sources.simulated_chain import MinedChain, World
from tests.sources.simulated_node import SimulatedNode
from hashquake.sources.chain import bitcoind_zmq
world = World(SimulatedNode(MinedChain().grow(2)))
options = bitcoind_zmq.Options(zmq="tcp://127.0.0.1:9", from_height=0)
try:
    for batch in bitcoind_zmq.read(options, world.context):
        print("batch", flush=True)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def test_an_interrupt_stops_it_cleanly() -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "batch\n"
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert (out.splitlines()[-1], err, program.returncode) == ("stopped", "", 0)
