import json
from dataclasses import replace
from typing import Any

import pytest
from tests.sources.simulated_chain import NOW_S, MemoryRecord, MinedChain, World, hashes, held
from tests.sources.simulated_node import SimulatedNode, failure, ingest

from hashquake.core.window import Window
from hashquake.plugins import list_plugins, load_plugin
from hashquake.sources.chain.bitcoind_rpc import CARD

SECRET = "secret"  # noqa: S105  a stand-in
FLAVOURS = ("core", "core-old", "bcoin")


@pytest.fixture
def chain() -> MinedChain:
    return MinedChain().grow(20)


def test_the_plugin_is_listed_and_keeps_the_contract() -> None:
    assert "bitcoind_rpc" in [info.name for info in list_plugins("sources")]
    assert load_plugin("sources", "bitcoind_rpc").CARD is CARD


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("payouts", [True, False])
@pytest.mark.parametrize("batches", ["yes", "refused", "prose"])
def test_every_dialect_gives_the_same_chain(
    chain: MinedChain, flavour: Any, payouts: bool, batches: Any
) -> None:
    world = World(SimulatedNode(chain, flavour=flavour, batches=batches))
    ingest(world, without_payouts=not payouts)
    assert held(world.record) == hashes(chain)
    for height, block in world.record.main.items():
        mined = chain.blocks[height]
        assert (block.header_s, block.bits) == (mined.header.header_s, mined.header.bits)
        assert block.prev == mined.header.prev
        assert block.coinbase == mined.script
        assert block.pool is None


def test_payouts_are_read_from_the_whole_block_and_unknown_otherwise(chain: MinedChain) -> None:
    with_payouts, without = (World(SimulatedNode(chain)) for _ in range(2))
    ingest(with_payouts)
    ingest(without, without_payouts=True)
    address = "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202"
    assert with_payouts.record.main[5].payouts == (address,)
    assert without.record.main[5].payouts is None


@pytest.mark.parametrize(
    ("flavour", "asked"),
    [
        ("core", {"getblock"}),
        ("core-old", {"getblock"}),  # no coinbase in the summary: back to whole blocks
        ("bcoin", {"getblock", "getblockheader"}),  # no nonce: the header is asked for apart
    ],
)
def test_what_a_node_offers_is_asked_once(chain: MinedChain, flavour: Any, asked: set[str]) -> None:
    node = SimulatedNode(chain, flavour=flavour)
    ingest(World(node), without_payouts=True, to_height=9)
    assert asked <= set(node.asked)
    assert node.asked.count("getblock") == 10 + 1


def test_calls_go_together(chain: MinedChain) -> None:
    node = SimulatedNode(chain)
    ingest(World(node), batch_calls=100)
    assert node.requests < 10
    assert len(node.asked) > 40


def test_a_batch_whose_coinbase_is_longer_than_usual_is_decoded_whole(
    chain: MinedChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    for heads in ((100,), (90, 120), (90, 1000), ()):
        monkeypatch.setattr("hashquake.sources.chain._node_blocks._HEADS_BYTES", heads)
        world = World(SimulatedNode(chain))
        ingest(world)
        assert world.record.main[7].coinbase == chain.blocks[7].script


@pytest.mark.parametrize(("summaries", "most"), [(False, 21), (True, 8)])
def test_small_blocks_come_by_the_dozen_and_summaries_by_the_handful(
    chain: MinedChain, summaries: bool, most: int
) -> None:
    node, together = SimulatedNode(chain), []

    def answered(body: bytes) -> bytes:
        answers = json.loads(body)
        blocks = [
            one
            for one in (answers if isinstance(answers, list) else [])
            if (isinstance(one["result"], dict) and "tx" in one["result"])
            or (isinstance(one["result"], str) and len(one["result"]) > 160)
        ]
        together.append(len(blocks))
        return body

    node.mutate = answered
    ingest(World(node), without_payouts=summaries)
    assert max(together) == most


@pytest.mark.parametrize("number", ["fd0100", "fe01000000", "ff0100000000000000"])
def test_a_number_of_transactions_of_any_width_is_passed_over(number: str) -> None:
    chain = MinedChain().grow(3)
    wide = [
        replace(block, raw=block.raw[:80] + bytes.fromhex(number) + block.raw[81:])
        for block in chain.blocks
    ]
    world = World(SimulatedNode(MinedChain(blocks=wide)))
    ingest(world)
    assert world.record.main[2].coinbase == chain.blocks[2].script


def test_a_second_run_reads_nothing_again(chain: MinedChain) -> None:
    node = SimulatedNode(chain)
    world = World(node)
    ingest(world)
    node.asked.clear()
    again = ingest(world)
    assert sum(len(batch.blocks) for batch in again) == 0
    assert "getblock" not in node.asked


def test_it_resumes_at_the_records_end(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain))
    ingest(world, to_height=12)
    assert max(world.record.main) == 12
    ingest(world)
    assert held(world.record) == hashes(chain)


def test_a_reorganisation_is_read_again_from_the_fork(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain))
    ingest(world)
    chain.reorganise(depth=7, n=9)
    batches = ingest(world)
    assert held(world.record) == hashes(chain)
    assert int(batches[0].blocks.height[0]) == 14
    assert {block.height for block in world.record.stale} == set(range(14, 21))


def test_a_record_of_quite_another_chain_costs_few_questions() -> None:
    ours, theirs = MinedChain().grow(200, b"/a/"), MinedChain().grow(201, b"/b/")
    world = World(SimulatedNode(ours))
    ingest(world)
    node = SimulatedNode(theirs)
    ingest(World(node, record=world.record), to_height=0)
    assert node.asked.count("getblockhash") < 40


def test_a_reorganisation_while_reading_is_noticed(chain: MinedChain) -> None:
    node = SimulatedNode(chain)

    def turn(number: int) -> None:
        if number == 4:
            chain.reorganise(depth=3, n=5)

    node.before = turn
    world = World(node)
    ingest(world)
    assert held(world.record) == hashes(chain)


def test_a_node_that_keeps_changing_its_mind_is_given_up(chain: MinedChain) -> None:
    node = SimulatedNode(chain)

    def turn(_number: int) -> None:
        if node.asked[-1:] == ["getblockhash"]:
            chain.reorganise(depth=20, n=20, tag=str(node.requests).encode())

    node.before = turn
    node.batches = "refused"
    assert failure(World(node)).code in ("node-chain-moved", "node-error")


def test_a_node_behind_on_another_branch_is_refused(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain))
    ingest(world)
    shorter = MinedChain(blocks=chain.blocks[:10]).grow(5, b"/other/")
    error = failure(World(SimulatedNode(shorter), record=world.record))
    assert error.code == "node-behind"


def test_a_node_behind_on_the_same_branch_adds_and_claims_nothing(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain))
    ingest(world)
    shorter = MinedChain(blocks=chain.blocks[:15])
    assert ingest(World(SimulatedNode(shorter), record=world.record)) == []


def test_blocks_known_without_hashes_cannot_disagree(chain: MinedChain) -> None:
    class NoHashes(MemoryRecord):
        def tip(self) -> tuple[int, bytes | None] | None:
            return 15, None

        def hash_at(self, height: int) -> bytes | None:
            return self.main[height].hash if height > 15 else None

    world = World(SimulatedNode(chain), record=NoHashes())
    ingest(world)
    assert sorted(world.record.main) == [16, 17, 18, 19, 20]


def test_stale_branches_are_given_as_such(chain: MinedChain) -> None:
    chain.reorganise(depth=2, n=4)
    world = World(SimulatedNode(chain))
    ingest(world)
    found = {(block.height, block.hash) for block in world.record.stale}
    assert found == {(block.height, block.header.hash) for block in chain.aside}
    assert held(world.record) == hashes(chain)


def test_a_rival_that_arrives_late_is_still_found(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain))
    ingest(world)
    rivals = MinedChain(blocks=chain.blocks[:19]).grow(1, b"/late/")
    chain.aside.append(rivals.tip)
    chain.grow(1)
    ingest(world)
    assert [block.hash for block in world.record.stale] == [rivals.tip.header.hash]


def test_the_chain_is_observed_up_to_now(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain))
    ingest(world)
    start_s = chain.blocks[0].header.header_s
    assert world.record.coverage.windows == (Window(start_s=start_s, end_s=NOW_S),)


def test_two_runs_leave_no_gap_between_what_they_observed(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain))
    ingest(world, to_height=15)
    [early] = world.record.coverage.windows
    assert early.end_s <= chain.blocks[15].header.header_s
    world.time_s += 5000.0
    ingest(world)
    assert len(world.record.coverage.windows) == 1
    assert world.record.coverage.windows[0].end_s == world.time_s


def test_every_later_block_lies_after_what_a_batch_closed(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain))
    [batch] = ingest(world, to_height=15)
    [closed] = batch.observed
    assert all(block.header.header_s >= closed.end_s for block in chain.blocks[16:])


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_chain_that_stopped_long_ago_is_not_observed_up_to_now(flavour: Any) -> None:
    chain = MinedChain(end_s=NOW_S - 90_000).grow(20)
    world = World(SimulatedNode(chain, flavour=flavour, syncing=flavour != "bcoin"))
    ingest(world, allow_syncing=True)
    assert held(world.record) == hashes(chain)
    times_s = [block.header.header_s for block in chain.blocks]
    # A node that says it is behind will bring blocks dated after the median of eleven; one that
    # does not say may be at the end of its chain.
    end_s = times_s[-1] if flavour == "bcoin" else times_s[-6] + 1
    assert world.record.coverage.windows == (Window(start_s=times_s[0], end_s=end_s),)


def test_bcoin_does_not_say_whether_it_syncs_so_the_age_of_its_tip_tells(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain, flavour="bcoin"))
    ingest(world)
    assert world.record.coverage.windows[-1].end_s == NOW_S
