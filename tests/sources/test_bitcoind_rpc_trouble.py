import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from tests.sources.simulated_chain import MemoryRecord, MinedChain, World, hashes, held, mine
from tests.sources.simulated_node import SimulatedNode, failure, ingest

from hashquake.core.errors import HashquakeError
from hashquake.core.network import NETWORKS
from hashquake.sources.chain.bitcoind_rpc import Options

SECRET = "secret"  # noqa: S105  a stand-in
FLAVOURS = ("core", "core-old", "bcoin")


@pytest.fixture
def chain() -> MinedChain:
    return MinedChain().grow(20)


def test_a_syncing_node_is_refused(chain: MinedChain) -> None:
    error = failure(World(SimulatedNode(chain, syncing=True)))
    assert error.code == "node-syncing"
    assert "--allow-syncing" in error.hint


def test_a_node_of_another_network_is_refused(chain: MinedChain) -> None:
    assert failure(World(SimulatedNode(chain, network="main"))).code == "node-network"
    strange = SimulatedNode(chain, network="\x1b[2Jx")
    error = failure(World(strange))
    assert error.code == "node-network"
    assert "\x1b" not in error.message


def test_bcoin_calls_the_test_network_by_another_name(chain: MinedChain) -> None:
    record = MemoryRecord(network=NETWORKS["testnet3"])
    error = failure(World(SimulatedNode(chain, network="testnet"), record=record))
    assert error.code == "pow-failed"  # past the network check, on to blocks far too easy for it


@pytest.mark.parametrize("name", ["mainnet", "main", "Mainnet"])
def test_btcd_calls_the_main_network_by_another_name(chain: MinedChain, name: str) -> None:
    record = MemoryRecord(network=NETWORKS["main"])
    error = failure(World(SimulatedNode(chain, network=name), record=record))
    assert error.code == "pow-failed"  # past the network check, on to blocks far too easy for it


def test_a_pruned_node_says_where_it_begins(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain, pruned_below=8))
    error = failure(world)
    assert error.code == "node-pruned"
    assert "--from-height 8" in error.hint
    ingest(world, from_height=8)
    assert sorted(world.record.main) == list(range(8, 21))


def test_a_pruned_node_that_does_not_say_where_it_begins(chain: MinedChain) -> None:
    node = SimulatedNode(chain, pruned_below=8)
    node.mutate = lambda body: body.replace(b'"pruneheight": 8', b'"x": 8')
    assert failure(World(node)).code == "node-pruned"


def test_a_gap_or_reversed_heights_are_refused(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain))
    assert failure(world, from_height=9, to_height=8).code == "heights-reversed"
    ingest(world, to_height=4)
    assert failure(world, from_height=9).code == "height-gap"
    ingest(world, from_height=2)
    assert held(world.record) == hashes(chain)


def test_a_node_that_is_down_is_named_without_its_password() -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"refused {request.headers}")

    error = failure(World(down), url="http://u:secret@127.0.0.1:1", password=SECRET)
    assert error.code == "node-unreachable"
    assert "secret" not in repr(error) + error.hint
    assert "secret" not in repr(Options(password=SecretStr(SECRET)))


def test_a_wrong_password_is_refused_without_being_shown(chain: MinedChain) -> None:
    node = SimulatedNode(chain, auth="x:right")
    right = node.auth.partition(":")[2] if node.auth else ""
    error = failure(World(node), user="x", password=SECRET)
    assert error.code == "node-auth"
    assert SECRET not in error.message + error.hint
    assert failure(World(node)).code == "node-auth"
    ingest(World(node), user="x", password=right)


def test_the_cookie_is_read_again_when_the_node_restarts(chain: MinedChain, tmp_path: Path) -> None:
    cookie = tmp_path / ".cookie"
    cookie.write_text("__cookie__:first\n")
    node = SimulatedNode(chain, auth="__cookie__:first")

    def restart(number: int) -> None:
        if number == 3:
            node.auth = "__cookie__:second"
            cookie.write_text("__cookie__:second\n")

    node.before = restart
    world = World(node)
    ingest(world, cookie=cookie)
    assert held(world.record) == hashes(chain)


@pytest.mark.parametrize("text", [None, "", "no colon"])
def test_a_useless_cookie_file_is_named(
    chain: MinedChain, tmp_path: Path, text: str | None
) -> None:
    cookie = tmp_path / ".cookie"
    if text is not None:
        cookie.write_text(text)
    error = failure(World(SimulatedNode(chain)), cookie=cookie)
    assert error.code == "node-cookie"
    assert ".cookie" in error.message


def test_a_cookie_in_nobodys_home_is_named(chain: MinedChain) -> None:
    cookie = Path("~no-such-user-here/.cookie")
    assert failure(World(SimulatedNode(chain)), cookie=cookie).code == "node-cookie"


def test_a_node_warming_up_is_waited_for_a_little(chain: MinedChain) -> None:
    world = World(SimulatedNode(chain, warming_answers=2))
    ingest(world)
    assert world.waits_s == [0.5, 1.0]
    assert failure(World(SimulatedNode(chain, warming_answers=99))).code == "node-warming-up"


def test_a_full_work_queue_is_waited_for(chain: MinedChain) -> None:
    node = SimulatedNode(chain)
    refusals = [httpx.Response(503, text="Work queue depth exceeded")]
    world = World(lambda request: refusals.pop() if refusals else node(request))
    ingest(world)
    assert world.waits_s == [0.5]


@pytest.mark.parametrize(
    ("mutate", "code"),
    [
        (lambda _: b"<html>hotel wifi</html>", "answer-not-json"),
        (lambda body: body[:-20], "answer-truncated"),
        (lambda _: b'{"result": 5, "error": null, "id": 99999}', "answer-id"),
        (lambda _: b"[]", "answer-shape"),
        (lambda _: b'{"id": 1}', "answer-shape"),
        (lambda _: b'{"result": null, "error": "odd", "id": 1}', "node-error"),
        (lambda body: body.replace(b'"blocks": 20', b'"blocks": true'), "answer-shape"),
        (lambda body: body.replace(b'"blocks": 20', b'"blocks": 1e400'), "answer-shape"),
    ],
)
def test_a_broken_answer_is_an_error_with_a_code(
    chain: MinedChain, mutate: Callable[[bytes], bytes], code: str
) -> None:
    assert failure(World(SimulatedNode(chain, mutate=mutate))).code == code


@pytest.mark.parametrize(
    "mutate",
    [
        lambda answers: answers[:-1],
        lambda answers: [*answers[:-1], answers[0]],
        lambda answers: [*answers, answers[0]],
        lambda answers: [{**a, "id": True} for a in answers],
        lambda answers: [None for _ in answers],
    ],
)
def test_a_batch_with_missing_or_doubled_answers_is_refused(
    chain: MinedChain, mutate: Callable[[list[Any]], list[Any]]
) -> None:
    def spoil(body: bytes) -> bytes:
        found = json.loads(body)
        return json.dumps(mutate(found) if isinstance(found, list) else found).encode()

    assert failure(World(SimulatedNode(chain, mutate=spoil))).code == "answer-batch"


def test_a_batch_may_come_out_of_order(chain: MinedChain) -> None:
    def turn(body: bytes) -> bytes:
        found = json.loads(body)
        return json.dumps(found[::-1] if isinstance(found, list) else found).encode()

    world = World(SimulatedNode(chain, mutate=turn))
    ingest(world)
    assert held(world.record) == hashes(chain)


@pytest.mark.parametrize("payouts", [True, False])
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_block_without_work_is_refused(flavour: Any, payouts: bool) -> None:
    chain = MinedChain().grow(3)
    header_s = chain.tip.header.header_s + 1
    chain.blocks.append(mine(chain.tip, header_s=header_s, tag=b"/lazy/", valid=False))
    error = failure(World(SimulatedNode(chain, flavour=flavour)), without_payouts=not payouts)
    assert error.code == "pow-failed"
    assert getattr(error, "height", None) == 4


@pytest.mark.parametrize("payouts", [True, False])
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_another_block_than_asked_for_is_refused(
    chain: MinedChain, flavour: Any, payouts: bool
) -> None:
    node = SimulatedNode(chain, flavour=flavour)
    find = chain.find
    node._find = lambda digest: (  # type: ignore[method-assign]  # a node that lies
        chain.blocks[7] if (block := find(digest)) is None or block.height == 8 else block
    )
    assert failure(World(node), without_payouts=not payouts).code == "hash-mismatch"


@st.composite
def mutations(draw: st.DrawFn) -> tuple[int, Callable[[bytes], bytes]]:
    """Spoil the n-th answer: cut it, overwrite a stretch, or swap one JSON value's text."""
    number = draw(st.integers(1, 9))
    at, length = draw(st.integers(0, 3000)), draw(st.integers(0, 40))
    new = draw(st.one_of(st.binary(max_size=12), st.sampled_from(_TOKENS)))
    if draw(st.booleans()):
        return number, lambda body: body[: at % (len(body) + 1)]
    return (
        number,
        lambda body: body[: (start := at % (len(body) + 1))] + new + body[start + length :],
    )


_TOKENS = [b"null", b"true", b"-1", b"1e999", b'""', b"{}", b"[]", b"00", b"ff", b'"', b"9" * 30]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    flavour=st.sampled_from(FLAVOURS),
    payouts=st.booleans(),
    batches=st.sampled_from(["yes", "refused"]),
    mutation=mutations(),
)
def test_any_spoilt_answer_is_harmless_or_an_error_with_a_code(
    chain: MinedChain, flavour: Any, payouts: bool, batches: Any, mutation: Any
) -> None:
    number, spoil = mutation
    node = SimulatedNode(chain, flavour=flavour, batches=batches)
    node.mutate = lambda body: spoil(body) if node.requests == number else body
    world = World(node)
    try:
        ingest(world, without_payouts=not payouts, batch_calls=5)
    except HashquakeError as error:
        assert error.code  # noqa: PT017  any code is fine, any other exception is not
    for height, block in world.record.main.items():
        assert block.hash == chain.blocks[height].header.hash
