"""The simulated servers against answers of real ones: same fields, same kinds, same reading."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.sources.simulated_chain import MemoryRecord, MinedChain, World
from tests.sources.simulated_node import SimulatedNode
from tests.sources.simulated_service import SimulatedService

from hashquake.core.header import hash_text
from hashquake.core.network import NETWORKS
from hashquake.sources.chain import _rpc_node, bitcoind_rpc, mempool_rest
from hashquake.sources.wire.http import Http, parse_address
from hashquake.sources.wire.json_rpc import Credentials, JsonRpc, RpcError
from hashquake.sources.wire.retrying import Patience

TAPES = Path(__file__).parents[1] / "tapes"
FLAVOURS = ("core", "bcoin")
HASH = "111b75d439041810b7c89211c369daacef376218c228da0ed92cfaf2ff6115a3"


def tape(name: str) -> Any:
    return json.loads((TAPES / name).read_text(encoding="utf-8"))


class TapedNode:
    """Returns the recorded answer to each call, whatever the order of the calls."""

    def __init__(self, flavour: str) -> None:
        self.exchanges = tape(f"bitcoind_rpc/{flavour}.json")["exchanges"]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        wanted = json.loads(request.content)
        if isinstance(wanted, list):
            return httpx.Response(200, json=[self._answer(one)[1] for one in wanted])
        status, answer = self._answer(wanted)
        return httpx.Response(status, json=answer)

    def _answer(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        for exchange in self.exchanges:
            if (exchange["method"], exchange["params"]) == (request["method"], request["params"]):
                answer = {key: exchange[key] for key in ("result", "error")}
                return exchange["status"], {**answer, "id": request["id"]}
        raise AssertionError(f"nothing taped for {request}")


def rpc(handler: Any) -> JsonRpc:
    address = parse_address("http://node.test")
    patience = Patience(retry_statuses=frozenset({503}))
    http = Http(address, who="node", context=World(handler).context, patience=patience)
    return JsonRpc(http, Credentials())


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("payouts", [True, False])
def test_a_taped_block_is_read(flavour: str, payouts: bool) -> None:
    options = bitcoind_rpc.Options(without_payouts=not payouts)
    taped = TapedNode(flavour)
    node = _rpc_node.RpcNode(rpc(taped), rpc(taped), options, World(taped).context)
    assert node.tip().height == 4032
    assert node.tip().caught_up is (True if flavour == "core" else None)
    [block] = node.blocks(2016, 2016)
    assert hash_text(block.hash or b"") == HASH
    assert (block.header_s, block.bits) == (1641627659, 0x207FFFFF)
    assert block.coinbase == bytes.fromhex("02e00700047ff30a00")
    expected = ("bcrt1qkgax4ppecrw7252cj0nujrq7xgemsctw39a24g",) if payouts else None
    assert block.payouts == expected
    assert node.stale_blocks(0, 5000) == []


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_taped_errors_are_read_whatever_their_http_status(flavour: str) -> None:
    client = rpc(TapedNode(flavour))
    for call, number in (
        (("getblockhash", (99999,)), -8),
        (("nosuchmethod", ()), -32601),
        (("getblockheader", ("0" * 64,)), -5 if flavour == "core" else -1),
    ):
        [outcome] = client.outcomes([call])
        assert isinstance(outcome, RpcError)
        assert outcome.rpc_code == number


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_taped_batch_is_read(flavour: str) -> None:
    taped = tape(f"bitcoind_rpc/{flavour}.json")["batch"]
    client = rpc(lambda _request: httpx.Response(taped["status"], json=taped["response"]))
    found, refused = client.outcomes([("getblockhash", (1,)), ("getblockhash", (99999,))])
    assert found == "730ed50d530e8dcfd7408ea1ab1db829cebaac8af5fcbbfc08aa1b4ccb7d96f0"
    assert isinstance(refused, RpcError)


def kinds(value: Any) -> Any:
    """Reduce an answer to its fields and the kinds of their values."""
    return {key: type(item) for key, item in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_simulated_node_answers_in_the_taped_shape(flavour: Any) -> None:
    chain = MinedChain().grow(3)
    node = SimulatedNode(chain, flavour=flavour)
    exchanges = tape(f"bitcoind_rpc/{flavour}.json")["exchanges"]
    compared = 0
    for exchange in exchanges:
        params = [chain.tip.id if item == HASH else item for item in exchange["params"]]
        params = [2 if item == 2016 else item for item in params]
        status, answer = node._answer({"method": exchange["method"], "params": params, "id": 1})
        assert status == exchange["status"]
        if exchange["error"]:
            assert answer["error"]["code"] == exchange["error"]["code"]
        elif isinstance(exchange["result"], dict):
            ours, theirs = kinds(answer["result"]), kinds(exchange["result"])
            assert ours.items() <= theirs.items()
            compared += 1
        else:
            assert type(answer["result"]) is type(exchange["result"])
    assert compared == 2


@pytest.mark.parametrize("flavour", ["mempool", "esplora"])
def test_taped_mainnet_blocks_are_read_and_their_work_is_checked(flavour: Any) -> None:
    taped = tape("mempool_rest/v1_blocks.json")["page"]

    def answer(request: httpx.Request) -> httpx.Response:
        match request.url.path.removeprefix("/api"):
            case "/blocks/tip/height":
                return httpx.Response(200, text="890442")
            case "/block-height/0":
                return httpx.Response(200, text=NETWORKS["main"].genesis)
            case "/v1/blocks/890442" | "/blocks/890442":
                return httpx.Response(200, json=taped)
        raise AssertionError(request.url.path)

    world = World(answer, record=MemoryRecord(network=NETWORKS["main"]))
    http = Http(
        parse_address("http://service.test"),
        who="service",
        context=world.context,
        patience=Patience(),
    )
    options = mempool_rest.Options(flavour=flavour)
    blocks = mempool_rest._Service(http, options, NETWORKS["main"]).blocks(890440, 890442)
    assert [block.height for block in blocks] == [890440, 890441, 890442]
    assert hash_text(blocks[0].hash or b"").endswith("79f5b74b6533abb0b1ece06570d8d157b5bebd1460b4")
    assert blocks[0].header_s == 1743535677
    assert blocks[0].bits == 386038124
    if flavour == "mempool":
        assert b"/ViaBTC/" in (blocks[0].coinbase or b"")
        assert blocks[0].payouts == ("1PuJjnF476W3zXfVYmJfGnouzFDAXakkL4",)
    else:
        assert blocks[0].coinbase is None


def test_the_simulated_service_answers_in_the_taped_shape() -> None:
    service = SimulatedService(MinedChain().grow(3))
    [ours, *_] = service._answer("/v1/blocks/3")
    for theirs in [
        *tape("mempool_rest/v1_blocks.json")["page"],
        *tape("mempool_rest/v1_blocks.json")["old"],
    ]:
        assert kinds(ours).items() <= kinds(theirs).items()
        assert kinds(ours["extras"]).items() <= kinds(theirs["extras"]).items()
    [plain, *_] = service._answer("/blocks/3")
    assert plain.keys() == ours.keys() - {"extras"}
