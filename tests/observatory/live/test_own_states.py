"""What is ours and no source's: a deep reorganisation, and conclusions that fail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.observatory.live.test_watcher import House, Read, reading
from tests.sources.simulated_chain import NOW_S, MinedBlock, MinedChain

from hashquake.core.block import Block
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.errors import ConclusionError, NoCoverage, UsageError
from hashquake.core.times import DAY_S
from hashquake.observatory.following import Follower
from hashquake.observatory.live.source_task import Pauses
from hashquake.serve.wording.changes import change_words

BEFORE = 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


def columns(blocks: list[MinedBlock]) -> BlockColumns:
    return BlockColumns.from_blocks(
        [
            Block(
                height=one.height,
                hash=one.header.hash,
                prev=one.header.prev,
                header_s=one.header.header_s,
                bits=one.header.bits,
                fate="main",
            )
            for one in blocks
        ]
    )


class Node:
    """Gives the chain from where the record parts from it."""

    def __init__(self, chain: MinedChain) -> None:
        self.chain = chain

    def read(self, _options: Any, context: SourceContext) -> Iterator[Batch]:
        blocks = self.chain.blocks
        tip = context.record.tip()
        height = -1 if tip is None else min(tip[0], len(blocks) - 1)
        while height >= 0 and context.record.hash_at(height) != blocks[height].header.hash:
            height -= 1
        if height + 1 < len(blocks):
            yield Batch(blocks=columns(blocks[height + 1 :]))


def followed(path: Path, depth: int) -> tuple[House, Node]:
    """Watch a chain, and another that leaves it so far back."""
    node = Node(MinedChain().grow(BEFORE))
    house = House(path, {"node": node.read})
    house.watch(lambda one: any(change.kind == "blocks" for change in one.said))
    node.chain.reorganise(depth, depth + 1)
    house.watch(lambda one: any(change.kind == "reorg" for change in one.said))
    return house, node


@pytest.mark.parametrize("depth", [1, 6])
def test_an_ordinary_reorganisation_is_no_alarm(path: Path, depth: int) -> None:
    house, _ = followed(path, depth)
    house.watch(lambda _one: True)
    assert house.states("chain") == []


@pytest.mark.parametrize(
    ("depth", "says"),
    [
        (7, "7 blocks were replaced from height 14 on by one reorganisation"),
        (BEFORE, "20 blocks were replaced from height 1 on, the whole chain, by one"),
    ],
)
def test_a_deep_reorganisation_is_stated_for_a_day(path: Path, depth: int, says: str) -> None:
    house, _ = followed(path, depth)
    house.watch(lambda one: bool(one.states("chain")))
    ((state, because),) = house.states("chain")
    assert state == "stuck"
    assert because.startswith(says)
    assert because.endswith("[reorg-deep]")
    (change,) = (one for one in house.said if one.subject == "source:chain")
    assert change_words(change) == f"chain was replaced: {because}"
    with house.open() as observatory:
        status = observatory.status()
        assert not status.healthy
        assert [(one.source, one.state) for one in status.sources] == [
            ("chain", "stuck"),
            ("node", "ok"),
        ]
    house.time_s += DAY_S - 60.0
    house.watch(lambda _one: True)
    assert len(house.states("chain")) == 1
    house.time_s += 120.0
    house.watch(lambda one: one.states("chain")[-1] == ("ok", ""))
    assert len(house.states("chain")) == 2


def test_a_small_chain_that_is_replaced_as_a_whole_is_another_one(path: Path) -> None:
    node = Node(MinedChain().grow(3))
    house = House(path, {"node": node.read})
    house.watch(lambda one: any(change.kind.startswith("block") for change in one.said))
    node.chain.reorganise(3, 4)
    house.watch(lambda one: bool(one.states("chain")))
    assert house.states("chain")[0][1].startswith("3 blocks were replaced from height 1 on, the")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (IndexError("index 3 is out of bounds"), "internal"),
        (UsageError("no map names KZ", code="map-syntax"), "map-syntax"),
        (NoCoverage("nothing observed"), "no-coverage"),
    ],
)
def test_a_fault_of_our_conclusions_is_named_as_ours(
    path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: str
) -> None:
    take, faults = Follower.take, [3]

    def faulty(self: Follower, *arguments: Any, **options: Any) -> Any:
        if faults[0]:
            faults[0] -= 1
            raise fault
        return take(self, *arguments, **options)

    monkeypatch.setattr(Follower, "take", faulty)
    node, given = Node(MinedChain().grow(3)), list[float]()

    def telescope(_options: Any, context: SourceContext) -> Iterator[Batch]:
        del context
        if len(node.chain.blocks) < BEFORE:
            node.chain.grow(1)
        batch = reading(NOW_S - 600.0 * len(node.chain.blocks))
        given.append(batch.readings[0].window.start_s)
        yield batch

    reads: dict[str, Read] = {"node": node.read, "ioda": telescope}
    house = House(path, reads, pauses=Pauses(first_s=0.01, longest_s=0.02))
    house.watch(lambda one: one.states("conclusions")[-1:] == [("ok", "")])
    (state, because), _ = house.states("conclusions")
    assert state == "down"
    assert because.startswith("a fault of hashquake, not of the source: ")
    assert because.endswith(f"[{code}]")
    assert house.states("node") == house.states("ioda") == [("ok", "")]
    first = next(one for one in house.said if one.subject == "source:conclusions")
    assert change_words(first).startswith("conclusions cannot be drawn: a fault of hashquake")
    with house.open() as observatory:
        main = observatory.record.blocks(detail=True)
        known = columns(node.chain.blocks)
        assert list(main.hash) == list(known.hash)[: len(main)]
        kept = observatory.record.readings(subject="country:KZ")
    # The last one may have been on its way when the watcher was stopped.
    assert {one.window.start_s for one in kept} >= set(given[:-1])


def test_what_was_stored_alone_can_be_concluded_later(path: Path) -> None:
    chain = MinedChain().grow(BEFORE)
    house = House(path, {})
    with house.open() as observatory:
        observatory.feed(Batch(blocks=columns(chain.blocks[:10])), source="node")
        observatory.feed(Batch(blocks=columns(chain.blocks[10:])), source="node", concluding=False)
        observatory.settle()
        kinds = [change.kind for change in observatory.changes()]
        assert observatory.tip() == (BEFORE, chain.tip.header.hash)
    assert kinds.count("block") == BEFORE + 1


def test_what_is_wrong_with_a_batch_is_no_fault_of_ours(path: Path) -> None:
    chain = MinedChain().grow(BEFORE)
    with House(path, {}).open() as observatory:
        observatory.feed(Batch(blocks=columns(chain.blocks[:5])), source="node")
        late = Batch(blocks=columns(chain.blocks[8:]))
        for concluding in (True, False):
            with pytest.raises(Exception, match="missing between") as caught:
                observatory.feed(late, source="node", concluding=concluding)
            assert not isinstance(caught.value, ConclusionError)


def test_a_start_with_a_fault_goes_on_watching(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_arguments: Any, **_options: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(Follower, "settle", faulty)
    monkeypatch.setattr(Follower, "take", faulty)
    node = Node(MinedChain().grow(BEFORE))
    house = House(path, {"node": node.read})
    house.watch(lambda one: any(change.kind == "blocks" for change in one.said))
    with house.open() as observatory:
        assert observatory.tip() == (BEFORE, node.chain.tip.header.hash)
    assert [state for state, _ in house.states("conclusions")] == ["down"]
