"""mempool.space's announcements: a real websocket on the loopback, and a service that is asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tests.sources.simulated_chain import MinedChain, World, hashes, held
from tests.sources.simulated_instrument import tape
from tests.sources.simulated_service import SimulatedService
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from hashquake.core.contracts import Batch
from hashquake.core.errors import HashquakeError
from hashquake.plugins import load_plugin
from hashquake.sources.chain import mempool_ws

DA = tape("mempool_ws/messages.json")["da"]


class Over(BaseException):
    """The script is at its end."""


@dataclass
class Stream:
    """The connections made, and what is sent on the newest."""

    url: str = ""
    heard: list[list[Any]] = field(default_factory=list)
    connections: list[ServerConnection] = field(default_factory=list)
    accept: Callable[[], bool] = lambda: True

    def play(self, connection: ServerConnection) -> None:
        heard: list[Any] = []
        self.heard.append(heard)
        self.connections.append(connection)
        try:
            while True:
                heard.append(json.loads(connection.recv()))
        except ConnectionClosed:
            return

    def send(self, message: Any) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        self.connections[-1].send(text)

    def drop(self) -> None:
        self.connections[-1].close()


@contextmanager
def served() -> Iterator[Stream]:
    stream = Stream()
    with serve(stream.play, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        stream.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/api/v1/ws"
        try:
            yield stream
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Followed:
    world: World
    service: SimulatedService
    batches: list[Batch] = field(default_factory=list)

    @property
    def seen(self) -> list[int]:
        return [
            block.height
            for batch in self.batches
            for block in batch.blocks.blocks()
            if block.seen_s is not None
        ]

    @property
    def forecasts(self) -> list[float]:
        return [reading.value for batch in self.batches for reading in batch.readings]


def follow(
    stream: Stream, service: SimulatedService, *steps: Callable[[], object], **options: Any
) -> Followed:
    found = Followed(World(service), service)
    waiting, ticks = list(steps), 0

    def sleep(duration_s: float) -> None:
        nonlocal ticks
        if duration_s:
            found.world.waits_s.append(duration_s)
            return
        ticks += 1
        if ticks < 5:
            return
        ticks = 0
        if not waiting:
            raise Over
        waiting.pop(0)()

    context = replace(found.world.context, sleep=sleep)
    given = {"url": stream.url, "rest_url": "http://service.test", "from_height": 0, "poll": "1h"}
    given |= {"requests_per_second": 1000, "silence": "5s"} | options
    try:
        for batch in mempool_ws.read(mempool_ws.Options(**given), context):
            found.world.record.append(batch)
            found.batches.append(batch)
    except Over:
        assert not waiting
    return found


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mempool_ws, "_POLL_S", 0.03)


@pytest.fixture
def chain() -> MinedChain:
    return MinedChain().grow(4)


def block_of(service: SimulatedService, height: int) -> dict[str, Any]:
    [block] = [b for b in service.chain.blocks if b.height == height]
    return {"block": {**service._fields(block), "extras": service._extras(block)}}


def test_the_card_is_that_of_the_plugin() -> None:
    assert load_plugin("sources", "mempool_ws").CARD is mempool_ws.CARD


def test_a_block_is_kept_as_it_was_announced(chain: MinedChain) -> None:
    service = SimulatedService(chain)
    asked: list[int] = []

    def announce() -> None:
        asked.append(len(service.asked))
        chain.grow(1)
        stream.send(block_of(service, 5))

    with served() as stream:
        found = follow(stream, service, announce, lambda: asked.append(len(service.asked)))
    assert held(found.world.record) == hashes(chain)
    assert found.seen == [5]
    assert asked[0] == asked[1]
    assert [one["action"] for one in stream.heard[0]] == ["init", "want"]


def test_what_was_missed_is_asked_for(chain: MinedChain) -> None:
    service = SimulatedService(chain)

    def announce() -> None:
        chain.grow(3)
        stream.send(block_of(service, 7))

    def reorganise() -> None:
        chain.reorganise(2, 3)
        stream.send(block_of(service, chain.tip.height))

    with served() as stream:
        found = follow(stream, service, announce, reorganise)
    assert held(found.world.record) == hashes(chain)
    assert 7 in found.seen
    assert len(found.world.record.stale) == 2


def test_a_stream_that_breaks_is_connected_to_anew_and_nothing_is_lost(chain: MinedChain) -> None:
    service = SimulatedService(chain)

    def breaks() -> None:
        chain.grow(2)
        stream.drop()

    with served() as stream:
        found = follow(stream, service, breaks, lambda: None, lambda: None)
    assert held(found.world.record) == hashes(chain)
    assert len(stream.heard) >= 2
    assert 1.0 in found.world.waits_s


@pytest.mark.parametrize(
    "change",
    [{"bits": "x"}, {"nonce": 1, "extras": {}}, {"height": None}, {"id": "00"}, {"timestamp": []}],
)
def test_a_block_that_cannot_be_read_is_asked_for(chain: MinedChain, change: Any) -> None:
    service = SimulatedService(chain)

    def announce() -> None:
        chain.grow(1)
        stream.send({"block": block_of(service, 5)["block"] | {"extras": None} | change})

    with served() as stream:
        found = follow(stream, service, announce, lambda: None)
    assert held(found.world.record) == hashes(chain)


def test_its_forecast_is_a_reading_and_other_things_are_not(chain: MinedChain) -> None:
    service = SimulatedService(chain)
    wrong = [{"da": None}, {"da": {"difficultyChange": "1"}}, {"da": {}}, "[1]", "{", {"x": 1}]

    with served() as stream:
        found = follow(
            stream,
            service,
            *(lambda message=message: stream.send(message) for message in wrong),
            lambda: stream.send({"da": DA}),
            lambda: stream.send({"da": DA}),
        )
    assert found.forecasts == [pytest.approx(DA["difficultyChange"] / 100)]
    [reading] = [reading for batch in found.batches for reading in batch.readings]
    assert (reading.subject, reading.quantity) == ("network", "mempool_difficulty_change_share")
    assert reading.window.end_s <= found.world.time_s


def test_what_does_not_pass_ends_it(chain: MinedChain) -> None:
    def code(stream: Stream, **options: Any) -> str:
        with pytest.raises(HashquakeError) as caught:
            follow(stream, SimulatedService(chain), *[lambda: None] * 20, **options)
        return caught.value.code

    with served() as stream:
        assert code(stream, url="http://service.test") == "url-malformed"
        assert code(stream, silence="0s") == "duration-syntax"
        assert code(stream, silence="0.2s", tries=1) == "stream-stalled"
        gone = stream.url
    assert code(Stream(url=gone), tries=2) == "service-unreachable"


def test_the_rest_service_is_that_of_the_host() -> None:
    assert mempool_ws._rest_url("wss://mempool.space/api/v1/ws") == "https://mempool.space"
    testnet = mempool_ws._rest_url("wss://mempool.space/testnet4/api/v1/ws")
    assert testnet == "https://mempool.space/testnet4"
