"""Several sources of blocks at once: whoever has more work leads, and disagreement is said."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.observatory.live.test_watcher import CHAIN, House, Read, fails
from tests.sources.simulated_chain import MinedChain

from hashquake.core.block import Block
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.errors import SourceError
from hashquake.core.window import Window
from hashquake.serve.watch_screen import status_lines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


def node_of(chain: MinedChain) -> Read:
    """A node that gives what its chain has beyond, or apart from, the record's."""

    def read(_options: Any, context: SourceContext) -> Iterator[Batch]:
        top = len(chain.blocks) - 1
        shared = min(top, -1 if (tip := context.record.tip()) is None else tip[0])
        while shared >= 0 and context.record.hash_at(shared) != chain.blocks[shared].header.hash:
            shared -= 1
        found = [
            Block(
                height=height,
                hash=chain.blocks[height].header.hash,
                prev=chain.blocks[height].header.prev,
                header_s=chain.blocks[height].header.header_s,
                bits=chain.blocks[height].header.bits,
                fate="main",
            )
            for height in range(shared + 1, top + 1)
        ]
        seen = Window(start_s=float(chain.blocks[0].header.header_s), end_s=context.now_s())
        yield Batch(blocks=BlockColumns.from_blocks(found), observed=(seen,))

    return read


def tips(house: House) -> list[dict[str, Any]]:
    return [dict(one.document) for one in house.said if one.kind == "tips"]


def branches() -> tuple[MinedChain, MinedChain]:
    """Two chains that part above block 12, one block each."""
    left, right = deepcopy(CHAIN), deepcopy(CHAIN)
    left.grow(1)
    right.grow(1, tag=b"/right/")
    assert left.tip.header.hash != right.tip.header.hash
    return left, right


def test_two_nodes_on_two_branches_are_said_to_be_apart_once(path: Path) -> None:
    left, right = branches()
    house = House(
        path,
        {"node": node_of(left), "node:second": node_of(right)},
        gives_blocks=lambda _name: True,
    )
    ticks = [0]

    def apart(one: House) -> bool:
        ticks[0] += bool(tips(one))
        return ticks[0] > 40

    house.watch(apart)
    (said,) = tips(house)
    assert said["state"] == "apart"
    (other,) = said["tips"]
    assert other["height"] == 13
    assert other["hash"] != said["hash"]
    # The first seen stays: nothing swings from one to the other.
    assert [one.kind for one in house.said].count("reorg") == 0
    # The branch that is not followed wins: both are of one chain again once the other goes over.
    winner, loser = (right, left) if other["source"] == "node:second" else (left, right)
    winner.grow(1)
    loser.blocks[:] = winner.blocks
    house.watch(lambda one: len(tips(one)) > 1)
    assert tips(house)[-1]["state"] == "together"
    assert [one.kind for one in house.said].count("reorg") == 1
    with house.open() as observatory:
        assert observatory.tip() == (14, winner.tip.header.hash)


def test_a_node_that_comes_back_to_the_chain_without_news_is_not_apart(path: Path) -> None:
    left, right = branches()
    house = House(
        path,
        {"node": node_of(left), "node:second": node_of(right)},
        gives_blocks=lambda _name: True,
    )
    house.watch(lambda one: bool(tips(one)))
    (other,) = tips(house)[0]["tips"]
    winner, loser = (left, right) if other["source"] == "node:second" else (right, left)
    loser.blocks[:] = winner.blocks
    house.watch(lambda one: len(tips(one)) > 1)
    assert tips(house)[-1]["state"] == "together"


def test_a_node_left_behind_on_another_branch_is_apart_though_it_gives_nothing(path: Path) -> None:
    left, right = deepcopy(CHAIN), deepcopy(CHAIN)
    agreed = [0]

    def second(options: Any, context: SourceContext) -> Iterator[Batch]:
        # As a real source does: it agrees with the record, and later ends below it elsewhere.
        if len(left.blocks) > len(right.blocks):
            yield from fails(SourceError("another branch", code="node-behind"))
        agreed[0] += 1
        yield from node_of(right)(options, context)

    house = House(
        path,
        {"node": node_of(left), "node:second": second},
        gives_blocks=lambda _name: True,
    )
    tip = right.tip

    def apart(one: House) -> bool:
        if agreed[0] > 3 and len(left.blocks) == len(right.blocks):
            # At once: a node that is read half-way would show a branch of its own.
            left.blocks[:] = deepcopy(left).reorganise(2, 4, b"/left/").blocks
        return bool(tips(one))

    house.watch(apart)
    (said,) = tips(house)
    (other,) = said["tips"]
    assert (other["source"], other["height"]) == ("node:second", 12)
    assert other["hash"] == tip.id
    with house.open() as observatory:
        status = observatory.status()
        assert [one["source"] for one in status.tips_apart] == ["node:second"]
        assert status.apart_s is not None
        others = [one for one in status_lines(status) if "different chains" in one]
    assert others == [f"sources follow different chains: node:second block 12 {tip.id[:24]}"]
    right.blocks[:] = left.blocks
    house.watch(lambda one: len(tips(one)) > 1)
    assert tips(house)[-1]["state"] == "together"
    with house.open() as observatory:
        assert observatory.status().tips_apart == ()


def test_when_one_node_fails_the_other_goes_on(path: Path) -> None:
    chain = deepcopy(CHAIN)
    calls = [0]

    def dies(_options: Any, context: SourceContext) -> Iterator[Batch]:
        calls[0] += 1
        if calls[0] > 1:
            yield from fails(SourceError("no answer", code="node-unreachable"))
        yield from node_of(chain)(_options, context)

    house = House(
        path, {"node": dies, "node:second": node_of(chain)}, gives_blocks=lambda _name: True
    )

    def grown(one: House) -> bool:
        if calls[0] > 1 and len(chain.blocks) < 16:
            chain.grow(1)
        return any(
            change.kind == "block" and change.document["height"] == 15 for change in one.said
        )

    house.watch(grown)
    assert house.states("node")[-1] == ("down", "no answer [node-unreachable]")
    assert house.states("node:second") == [("ok", "")]


def test_a_node_of_another_chain_is_refused_and_nothing_is_replaced(path: Path) -> None:
    ours = MinedChain().grow(130)
    other = MinedChain().grow(140, tag=b"/other/")
    house = House(path, {"node": node_of(ours)})
    house.watch(lambda one: any(change.kind == "blocks" for change in one.said))
    house.reads = {"node": node_of(other)}
    house.watch(lambda one: one.states("node")[-1][0] == "refused")
    assert "[chain-other]" in house.states("node")[-1][1]
    with house.open() as observatory:
        assert observatory.tip() == (130, ours.tip.header.hash)


def test_a_node_that_vouches_for_no_time_is_stuck_and_said_once(path: Path) -> None:
    """Without peers, or in initial download: it answers, and what it says proves nothing."""
    end_s = float(CHAIN.tip.header.header_s)

    def alone(_options: Any, context: SourceContext) -> Iterator[Batch]:
        if context.record.tip() is None:
            yield from node_of(CHAIN)(_options, context)
        yield Batch(observed=(Window(start_s=end_s - 3600.0, end_s=end_s),))

    house = House(path, {"node": alone}, time_s=end_s + 60.0)
    polls = [0]

    def later(one: House) -> bool:
        if any(change.kind == "blocks" for change in one.said):
            polls[0] += 1
            one.time_s += 20.0
        return polls[0] > 120

    house.watch(later)
    assert [state for state, _ in house.states("node")] == ["ok", "stuck"]
    assert "[source-stuck]" in house.states("node")[-1][1]
    with house.open() as observatory:
        assert observatory.end_s() <= end_s + 120.0, "the time since counts as not observed"


def test_a_restart_among_branches_says_nothing_twice(path: Path) -> None:
    left, right = branches()
    house = House(
        path,
        {"node": node_of(left), "node:second": node_of(right)},
        gives_blocks=lambda _name: True,
    )
    house.watch(lambda one: bool(tips(one)))
    ticks = [0]

    def while_(_one: House) -> bool:
        ticks[0] += 1
        return ticks[0] > 60

    house.watch(while_)
    # A start does not know yet what each follows; it may say "together" only once it does.
    assert [one["state"] for one in tips(house)] == ["apart"]
