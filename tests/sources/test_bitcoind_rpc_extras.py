"""What a node may refuse or lack costs that alone; and blocks come by the cheapest calls."""

import threading
import time
from typing import Any

import httpx
import pytest
from tests.sources.simulated_chain import (
    NOW_S,
    MemoryRecord,
    MinedChain,
    World,
    hashes,
    held,
    mine,
)
from tests.sources.simulated_node import Refusal, SimulatedNode, failure, ingest

from hashquake.sources.chain import bitcoind_rpc

ADDRESS = ("bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202",)


@pytest.fixture
def chain() -> MinedChain:
    return MinedChain().grow(20).reorganise(depth=2, n=4)


def assert_whole(world: World, chain: MinedChain) -> None:
    assert held(world.record) == hashes(chain)
    assert world.record.coverage.windows[-1].end_s == NOW_S


def test_getchaintips_off_the_whitelist_costs_stale_blocks_and_a_note(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain, forbidden=frozenset({"getchaintips"})))
    ingest(world)
    assert_whole(world, chain)
    assert not world.record.stale
    [note] = world.notes
    assert "stale blocks are left out" in note
    assert "does not allow getchaintips (HTTP 403)" in note


def test_a_node_without_getchaintips_gives_its_chain_and_a_note(chain: MinedChain) -> None:
    class Without(SimulatedNode):
        def _tips(self) -> list[Any]:
            raise Refusal(-32601, "Method not found")

    world = World(Without(chain))
    ingest(world)
    assert_whole(world, chain)
    [note] = world.notes
    assert note.startswith("stale blocks are left out: ")
    assert "getchaintips: Method not found (-32601)" in note


def test_slow_getchaintips_costs_stale_blocks_and_is_tried_once(chain: MinedChain) -> None:
    node, tried = SimulatedNode(chain), []

    def slow(request: httpx.Request) -> httpx.Response:
        if b"getchaintips" in request.content:
            tried.append(request)
            raise httpx.ReadTimeout("slow")
        return node(request)

    world = World(slow)
    ingest(world)
    assert_whole(world, chain)
    assert len(tried) == 1
    assert "stale blocks are left out" in world.notes[0]


def test_a_tip_whose_header_cannot_be_had_costs_that_branch_alone(chain: MinedChain) -> None:
    chain.reorganise(depth=3, n=5, tag=b"/second/")
    lost = chain.aside[1].id  # the tip of the first branch
    world = World(SimulatedNode(chain, lost_headers=frozenset({lost})))
    ingest(world)
    assert_whole(world, chain)
    assert {block.hash for block in world.record.stale} == {
        block.header.hash for block in chain.aside[2:]
    }
    assert world.notes == ["1 side branches of the node are left out: their headers cannot be read"]


@pytest.mark.parametrize(
    "tips",
    [
        b'"result": {"a": 1}',
        b'"result": [7, null, {"height": "x", "branchlen": 1, "hash": "zz", "status": ""}]',
        b'"result": [{"height": 22, "branchlen": 1, "hash": "zz", "status": "valid-fork"}]',
    ],
)
def test_nonsense_in_place_of_tips_costs_stale_blocks(chain: MinedChain, tips: bytes) -> None:
    node = SimulatedNode(chain)

    def answer(request: httpx.Request) -> httpx.Response:
        response = node(request)
        if b"getchaintips" in request.content:
            number = response.json()["id"]
            return httpx.Response(200, content=b'{%s, "error": null, "id": %d}' % (tips, number))
        return response

    world = World(answer)
    ingest(world)
    assert_whole(world, chain)
    assert len(world.notes) == 1


def test_known_side_blocks_are_not_asked_for_again() -> None:
    chain = MinedChain().grow(30)
    # Two hundred side blocks of one block each, as on a test network.
    for at in range(200):
        rival = mine(chain.blocks[20], header_s=chain.blocks[21].header.header_s, tag=b"/%d/" % at)
        chain.aside.append(rival)
    node = SimulatedNode(chain)
    world = World(node)
    ingest(world)
    assert len(world.record.stale) == 200
    assert node.requests < 15  # together, not one by one
    node.asked.clear()
    node.requests = 0
    ingest(world)
    assert node.asked.count("getblockheader") == 11  # of the chain's last blocks alone
    assert node.requests < 8


def test_403_names_the_method_and_the_setting(chain: MinedChain) -> None:
    error = failure(World(SimulatedNode(chain, forbidden=frozenset({"getblockhash"}))))
    assert error.code == "node-auth"
    assert "getblockhash" in error.message
    assert "HTTP 403" in error.message
    assert "rpcwhitelist" in error.hint


@pytest.mark.parametrize(
    "said",
    [
        "Block not available (pruned data)",
        "Block not found on disk",
        "Block not available (not fully downloaded)",
    ],
)
def test_a_node_without_old_blocks_says_from_where_it_has_them(
    chain: MinedChain, said: str
) -> None:
    node = SimulatedNode(chain, pruned_below=9, not_kept=said)
    # As a node that loaded a snapshot: nothing in its summary of the chain tells of it.
    node.mutate = lambda body: body.replace(b'"pruneheight": 9', b'"x": 9').replace(
        b'"pruned": true', b'"pruned": false'
    )
    world = World(node)
    error = failure(world)
    assert error.code == "node-pruned"
    assert "keeps blocks from height 9" in error.message
    assert "--from-height 9" in error.hint
    ingest(world, from_height=9)
    assert max(world.record.main) == 22


def test_large_blocks_come_as_coinbases_alone(chain: MinedChain) -> None:
    node = SimulatedNode(chain, block_bytes=1_500_000)
    world = World(node)
    ingest(world)
    assert_whole(world, chain)
    assert node.asked.count("getrawtransaction") == 23 + 1
    assert node.asked.count("getblock") == 23 + 1
    for height, block in world.record.main.items():
        assert block.coinbase == chain.blocks[height].script
        assert block.payouts == ADDRESS


@pytest.mark.parametrize("trouble", ["refused", "forbidden", "small", "old"])
def test_whole_blocks_come_where_coinbases_alone_cannot(chain: MinedChain, trouble: str) -> None:
    node = SimulatedNode(chain, block_bytes=0 if trouble == "small" else 1_500_000)
    node.raw_transactions = trouble != "refused"
    node.forbidden = frozenset({"getrawtransaction"} if trouble == "forbidden" else ())
    node.flavour = "bcoin" if trouble == "old" else "core"
    world = World(node)
    ingest(world)
    assert held(world.record) == hashes(chain)
    assert all(block.payouts == ADDRESS for block in world.record.main.values())
    assert node.asked.count("getblock") == 23 + 1


def test_requests_are_kept_in_flight(chain: MinedChain) -> None:
    node, lock = SimulatedNode(chain.grow(400)), threading.Lock()
    now, most = 0, 0

    def counted(request: httpx.Request) -> httpx.Response:
        nonlocal now, most
        with lock:
            now, most = now + 1, max(most, now + 1)
        time.sleep(0.005)
        with lock:
            now -= 1
            return node(request)

    world = World(counted)
    ingest(world)
    assert held(world.record) == hashes(chain)
    assert 4 <= most <= 8


@pytest.mark.parametrize("kind", ["error", "transport"])
def test_a_failure_in_flight_ends_the_run_with_one_error(chain: MinedChain, kind: str) -> None:
    node = SimulatedNode(chain)

    def failing(request: httpx.Request) -> httpx.Response:
        if chain.blocks[15].id.encode() in request.content and b"getblock" in request.content:
            if kind == "transport":
                raise httpx.ConnectError("gone")
            return httpx.Response(200, content=b"[]")
        return node(request)

    error = failure(World(failing))
    assert error.code == ("node-unreachable" if kind == "transport" else "answer-batch")


def test_a_block_ahead_of_the_clock_is_refused_and_the_future_is_never_observed() -> None:
    chain = MinedChain().grow(20)
    world = World(SimulatedNode(chain))
    world.time_s = NOW_S - 3 * 3600
    error = failure(world)
    assert error.code == "time-too-new"
    assert "more than two hours ahead of this machine's clock" in error.message
    near = World(SimulatedNode(chain), record=MemoryRecord())
    near.time_s = NOW_S - 1.5 * 3600  # blocks up to two hours ahead are as consensus allows
    ingest(near)
    assert near.record.coverage.windows[-1].end_s <= near.time_s


def test_the_reader_says_what_it_asks_for() -> None:
    fields: dict[str, Any] = bitcoind_rpc.Options.model_fields
    assert all(field.description for field in fields.values())
