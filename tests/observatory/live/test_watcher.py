"""Sources run side by side; what one does never stops another, and nothing is said twice."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.sources.simulated_chain import NOW_S, MinedChain

from hashquake.core.block import Block
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.errors import HashquakeError, RecordError, SourceError
from hashquake.core.network import NETWORKS
from hashquake.core.opinion import Change
from hashquake.core.reading import Reading
from hashquake.core.record import WatchLock
from hashquake.core.times import parse_time
from hashquake.core.window import Window
from hashquake.observatory import open_observatory
from hashquake.observatory.live.plan import watched_sources
from hashquake.observatory.live.source_task import PAUSES, Pauses, WatchedSource
from hashquake.observatory.live.watcher import OBSERVED_S, Watcher
from hashquake.observatory.observatory import Observatory

Read = Callable[[Any, SourceContext], Iterator[Batch]]
CHAIN = MinedChain().grow(12)


def columns(first: int, last: int) -> BlockColumns:
    def block(height: int) -> Block:
        header = CHAIN.blocks[height].header
        return Block(
            height=height,
            hash=header.hash,
            prev=header.prev,
            header_s=header.header_s,
            bits=header.bits,
            fate="main",
        )

    return BlockColumns.from_blocks([block(height) for height in range(first, last + 1)])


def reading(at_s: float) -> Batch:
    window = Window(start_s=at_s, end_s=at_s + 300.0)
    one = Reading(
        subject="country:KZ", quantity="bgp_share", window=window, value=1.0, source="ioda"
    )
    return Batch(readings=(one,))


@dataclass
class House:
    """A record, sources by name, a clock, and every change that was passed on."""

    path: Path
    reads: dict[str, Read]
    time_s: float = NOW_S
    late_s: float | None = None
    gives_blocks: Callable[[str], bool] = lambda name: name == "node"
    pauses: Pauses = PAUSES
    lock: WatchLock | None = None
    said: list[Change] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def watch(self, until: Callable[["House"], bool], *, most: int = 3000) -> None:
        """Watch in this thread until something is so."""
        self.stop.clear()
        with self.open() as observatory:
            watcher = Watcher(
                observatory,
                [
                    WatchedSource(
                        name=name,
                        options=dict,
                        gives_blocks=self.gives_blocks(name),
                        poll_s=0.005,
                        late_s=self.late_s,
                    )
                    for name in self.reads
                ],
                read=lambda name, options, context: self.reads[name](options, context),
                context=lambda _name: SourceContext(
                    record=observatory.record, now_s=lambda: self.time_s, sleep=lambda _s: None
                ),
                now_s=lambda: self.time_s,
                on_change=self.said.append,
                stop=self.stop,
                pauses=self.pauses,
                lock=self.lock,
            )
            left = [most]

            def tick() -> None:
                left[0] -= 1
                if until(self) or not left[0]:
                    self.stop.set()

            watcher.run(on_tick=tick)
        assert until(self), "it never came to that"

    def open(self) -> Observatory:
        return open_observatory(
            str(self.path), create=True, network=NETWORKS["regtest"], now_s=lambda: self.time_s
        )

    def states(self, source: str) -> list[tuple[str, str]]:
        return [
            (one.document["state"], one.document["because"])
            for one in self.said
            if one.kind == "source" and one.subject == f"source:{source}"
        ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


def fails(error: Exception) -> Iterator[Batch]:
    raise error


def node(context: SourceContext, *, to: int = 12) -> Iterator[Batch]:
    tip = context.record.tip()
    first = 0 if tip is None else tip[0] + 1
    if first <= to:
        yield Batch(blocks=columns(first, to))


def test_what_sources_bring_is_stored_and_passed_on_in_order(path: Path) -> None:
    house = House(
        path,
        {
            "node": lambda _o, context: node(context),
            "ioda": lambda _o, _c: iter([reading(NOW_S - 900.0)]),
        },
    )
    house.watch(lambda one: {"blocks", "readings"} <= {change.kind for change in one.said})
    assert [one.id for one in house.said] == sorted({one.id for one in house.said})
    assert house.states("node") == [("ok", "")]
    with house.open() as observatory:
        assert observatory.tip() == (12, CHAIN.tip.header.hash)
        assert len(observatory.record.readings(subject="country:KZ")) == 1
        assert [one.state for one in observatory.status().sources] == ["ok", "ok"]


def test_a_source_that_fails_for_ever_stops_no_other_and_is_said_once(path: Path) -> None:
    tries = []

    def broken(_options: Any, _context: SourceContext) -> Iterator[Batch]:
        tries.append(1)
        yield from fails(ValueError("\x1b[31msurprise"))

    house = House(path, {"node": lambda _o, context: node(context), "ioda": broken})
    house.watch(lambda one: any(change.kind == "blocks" for change in one.said) and len(tries) > 1)
    assert house.states("ioda") == [("down", "ValueError: \\x1b[31msurprise [source-fault]")]
    assert house.states("node") == [("ok", "")]


def test_a_source_that_comes_back_is_said_to_answer(path: Path) -> None:
    calls = []

    def flaky(_options: Any, context: SourceContext) -> Iterator[Batch]:
        calls.append(1)
        if len(calls) < 2:
            raise SourceError("no answer", code="node-unreachable")
        yield from node(context)

    house = House(path, {"node": flaky})
    house.watch(lambda one: one.states("node")[-1:] == [("ok", "")])
    assert house.states("node") == [("down", "no answer [node-unreachable]"), ("ok", "")]


def test_a_key_that_is_refused_is_tried_rarely(path: Path) -> None:
    tries = []

    def refuses(_options: Any, _context: SourceContext) -> Iterator[Batch]:
        tries.append(1)
        yield from fails(SourceError("user or password is wrong", code="node-auth"))

    def patient(_options: Any, context: SourceContext) -> Iterator[Batch]:
        yield from node(context, to=min(12, (context.record.tip() or (0,))[0] + 1))

    house = House(path, {"node": patient, "ioda": refuses})
    house.watch(lambda one: sum(change.kind == "block" for change in one.said) >= 8)
    assert len(tries) == 1
    assert house.states("ioda") == [("refused", "user or password is wrong [node-auth]")]


def test_a_restart_says_nothing_twice(path: Path) -> None:
    house = House(path, {"node": lambda _o, context: node(context, to=6)})
    house.watch(lambda one: sum(change.kind == "block" for change in one.said) == 7)
    before = list(house.said)
    house.reads = {"node": lambda _o, context: node(context, to=9)}
    house.watch(lambda one: sum(change.kind == "block" for change in one.said) == 10)
    assert [one.kind for one in house.said[len(before) :]] == ["block"] * 3
    assert len({one.id for one in house.said}) == len(house.said)


def test_a_batch_that_breaks_the_chain_is_the_sources_own_trouble(path: Path) -> None:
    def gap(_options: Any, _context: SourceContext) -> Iterator[Batch]:
        yield Batch(blocks=columns(0, 3))
        yield Batch(blocks=columns(7, 9))

    house = House(path, {"node": gap, "ioda": lambda _o, _c: iter([reading(NOW_S - 900.0)])})
    house.watch(lambda one: len(one.states("node")) == 2 and len(one.states("ioda")) == 1)
    assert house.states("node")[1][0] == "refused"
    assert "height-gap" in house.states("node")[1][1]
    with house.open() as observatory:
        assert observatory.tip() == (3, CHAIN.blocks[3].header.hash)


def test_a_record_that_cannot_be_written_for_a_while_loses_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [2]
    feed = Observatory.feed

    def full(self: Observatory, batch: Batch, *, source: str) -> Any:
        if left[0]:
            left[0] -= 1
            raise RecordError("no space is left", code="disk-full")
        return feed(self, batch, source=source)

    monkeypatch.setattr(Observatory, "feed", full)
    house = House(path, {"node": lambda _o, context: node(context)})
    house.watch(lambda one: any(change.kind == "blocks" for change in one.said))
    assert ("down", "no space is left [disk-full]") in house.states("node")
    assert house.states("node")[-1] == ("ok", "")


def test_a_record_that_cannot_be_read_for_a_while_ends_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[str] = []
    tip = Observatory.tip

    def away(self: Observatory) -> Any:
        if threading.current_thread() is threading.main_thread() and len(failed) < 20:
            failed.append("tip")
            raise RecordError("the server is away", code="record-unreachable")
        return tip(self)

    house = House(path, {"node": lambda _o, context: node(context)})
    house.watch(lambda one: any(change.kind == "blocks" for change in one.said))
    monkeypatch.setattr(Observatory, "tip", away)
    house.watch(lambda _one: len(failed) == 20)
    assert house.states("node")[-1] == ("ok", "")


def test_a_tip_too_old_to_be_believed_is_said(path: Path) -> None:
    house = House(path, {"node": lambda _o, context: node(context)})

    def later(one: House) -> bool:
        if any(change.kind == "blocks" for change in one.said):
            one.time_s = NOW_S + 4 * 3600.0
        return len(one.states("node")) > 1

    house.watch(later)
    assert [state for state, _ in house.states("node")] == ["ok", "stuck"]
    assert "[source-stuck]" in house.states("node")[1][1]
    with house.open() as observatory:
        found = observatory.status()
    assert found.tip is not None
    assert found.tip.silence_probability is not None
    assert found.tip.silence_probability < 1e-4
    assert not found.healthy


def test_an_instrument_without_news_is_late(path: Path) -> None:
    house = House(path, {"ioda": lambda _o, _c: iter([reading(NOW_S - 900.0)])}, late_s=3600.0)

    def later(one: House) -> bool:
        if any(change.kind == "readings" for change in one.said):
            one.time_s = NOW_S + 2 * 3600.0
        return len(one.states("ioda")) > 1

    house.watch(later)
    assert [state for state, _ in house.states("ioda")] == ["ok", "late"]


def test_watched_time_is_stored_in_steps_and_not_with_every_poll(path: Path) -> None:
    polls = [0]

    def quiet(_options: Any, context: SourceContext) -> Iterator[Batch]:
        yield from node(context)
        polls[0] += 1
        house.time_s += 7.0
        start_s = float(CHAIN.tip.header.header_s)
        yield Batch(observed=(Window(start_s=start_s, end_s=house.time_s),))

    house = House(path, {"node": quiet})
    house.watch(lambda _one: polls[0] > 40)
    with house.open() as observatory:
        stored = observatory.counts()["batches"]
        end_s = observatory.end_s()
    assert stored <= 2 + 40 * 7.0 / OBSERVED_S + 1
    assert house.time_s - end_s < OBSERVED_S + 8.0


def test_nothing_to_watch_is_refused_with_the_way_out(path: Path) -> None:
    from hashquake.observatory.live.plan import watched_sources

    with open_observatory(str(path), create=True) as observatory:
        with pytest.raises(HashquakeError, match="nothing to watch") as refused:
            watched_sources(observatory, {}, now_s=lambda: NOW_S)
        assert "bitcoind_rpc" in refused.value.hint
        with pytest.raises(HashquakeError) as wrong:
            watched_sources(observatory, {"bitcoind_rpc": {"ulr": "x"}}, now_s=lambda: NOW_S)
    assert wrong.value.code == "option-invalid"


def test_a_stop_is_noticed_while_nothing_comes_in(path: Path) -> None:
    stop = threading.Event()
    with House(path, {}).open() as observatory:
        idle = Watcher(
            observatory,
            [],
            read=lambda *_: iter(()),
            context=lambda _name: SourceContext(
                record=observatory.record, now_s=lambda: NOW_S, sleep=lambda _s: None
            ),
            now_s=lambda: NOW_S,
            on_change=lambda _change: None,
            stop=stop,
        )
        threading.Timer(0.3, stop.set).start()
        waiting = threading.Thread(target=idle.take_next, args=(3600.0,), daemon=True)
        waiting.start()
        waiting.join(60.0)
        assert not waiting.is_alive()


@pytest.mark.parametrize("ahead_s", [0.0, 3600.0])
def test_a_series_that_ends_now_is_not_asked_for_from_the_future(
    path: Path, ahead_s: float
) -> None:
    with House(path, {}).open() as observatory:
        observatory.feed(reading(NOW_S - 300.0), source="ioda")
        now_s = NOW_S - ahead_s
        (ioda,) = watched_sources(observatory, {"ioda": {"country": "KZ"}}, now_s=lambda: now_s)
        assert parse_time(ioda.options()["since"]) < now_s
