"""A node's word does not prove that time was observed: a tip too old closes no time."""

from typing import cast

import pytest
from tests.sources.simulated_chain import NOW_S, MinedChain, World
from tests.sources.simulated_node import SimulatedNode, ingest

from hashquake.core.network import MAIN
from hashquake.sources.chain._follow import ASK_PEERS_S, ChainServer, Tip, _Run
from hashquake.sources.chain._rpc_node import RpcNode
from hashquake.sources.chain.bitcoind_rpc import Options
from hashquake.sources.wire.http import Http, parse_address
from hashquake.sources.wire.json_rpc import Credentials, JsonRpc
from hashquake.sources.wire.retrying import Patience


def test_a_silence_that_chance_does_not_allow_is_not_observed() -> None:
    chain = MinedChain().grow(30)
    world = World(SimulatedNode(chain))
    ingest(world)
    assert world.record.coverage.windows[-1].end_s == NOW_S
    world.time_s = NOW_S + 9_000.0
    ingest(world)
    assert world.record.coverage.windows[-1].end_s == NOW_S + 9_000.0
    world.time_s = NOW_S + 5 * 3600.0
    ingest(world)
    assert world.record.coverage.windows[-1].end_s == NOW_S + 9_000.0
    assert "not observed" in world.notes[-1]


def test_once_a_block_comes_the_time_is_closed_after_all() -> None:
    chain = MinedChain().grow(30)
    world = World(SimulatedNode(chain))
    ingest(world)
    chain.end_s = world.time_s = NOW_S + 5 * 3600.0
    chain.grow(12)
    ingest(world)
    assert world.record.coverage.windows[-1].end_s == world.time_s
    assert len(world.record.coverage.windows) == 1


class _Server:
    """A server of mainnet with or without peers."""

    who = "node"
    step_blocks = 1

    def __init__(self, *, connected: bool | None) -> None:
        self.answer = connected
        self.asked = 0

    def connected(self) -> bool | None:
        self.asked += 1
        return self.answer


def _observed_end_s(server: _Server, *, silent_s: float) -> float:
    world = World(SimulatedNode(MinedChain()))
    world.record.network = MAIN
    run = _Run(cast("ChainServer", server), world.context, None)
    times_s = [int(NOW_S - silent_s) - 600 * at for at in range(11)]
    return run._end_s(Tip(height=9, caught_up=True), times_s[::-1], NOW_S)


def test_a_node_without_peers_observes_nothing() -> None:
    silent_s = ASK_PEERS_S + 60.0
    assert _observed_end_s(_Server(connected=False), silent_s=silent_s) == NOW_S - silent_s
    assert _observed_end_s(_Server(connected=True), silent_s=silent_s) == NOW_S
    assert _observed_end_s(_Server(connected=None), silent_s=silent_s) == NOW_S


def test_peers_are_asked_for_only_when_the_tip_grows_old() -> None:
    fresh = _Server(connected=False)
    assert _observed_end_s(fresh, silent_s=600.0) == NOW_S
    assert fresh.asked == 0


@pytest.mark.parametrize(
    ("node", "connected"),
    [
        (SimulatedNode(MinedChain(), peers=0), False),
        (SimulatedNode(MinedChain(), peers=8), True),
        (SimulatedNode(MinedChain(), peers=2, unanswered_s=240), True),
        (SimulatedNode(MinedChain(), peers=2, unanswered_s=360), False),
        (SimulatedNode(MinedChain()), None),
        (SimulatedNode(MinedChain(), peers=8, forbidden=frozenset({"getnetworkinfo"})), None),
    ],
    ids=[
        "alone",
        "with peers",
        "hears them",
        "hears nobody",
        "does not know the call",
        "does not allow it",
    ],
)
def test_peers_are_an_extra_that_may_fail(node: SimulatedNode, connected: bool | None) -> None:
    world = World(node)
    patience = Patience(tries=1, first_wait_s=0.1, timeout_s=5.0, retry_statuses=frozenset())
    http = Http(parse_address("http://node"), who="node", context=world.context, patience=patience)
    rpc = JsonRpc(http, Credentials(user="", password="", cookie=None))
    assert RpcNode(rpc, rpc, Options(), world.context).connected() is connected
