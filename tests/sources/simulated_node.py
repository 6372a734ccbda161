"""A node that speaks JSON-RPC in the dialect of Bitcoin Core or bcoin, over a mined chain.

The shapes follow the tapes in ``tests/tapes/bitcoind_rpc``; a test holds the two together.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
import pytest
from tests.sources.simulated_chain import BITS, MinedBlock, MinedChain, World

from hashquake.core.contracts import Batch
from hashquake.core.errors import HashquakeError
from hashquake.sources.chain.bitcoind_rpc import Options, read

Json = dict[str, Any]


class Refusal(Exception):  # noqa: N818  it is an answer, not a failure
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class SimulatedNode:
    chain: MinedChain
    flavour: Literal["core", "core-old", "bcoin"] = "core"
    network: str = "regtest"
    auth: str | None = None
    syncing: bool = False
    pruned_below: int | None = None
    warming_answers: int = 0
    batches: Literal["yes", "refused", "prose"] = "yes"
    forbidden: frozenset[str] = frozenset()
    not_kept: str = "Block not available (pruned data)"
    lost_headers: frozenset[str] = frozenset()
    block_bytes: int = 0
    raw_transactions: bool = True
    peers: int | None = None
    unanswered_s: int | None = None
    mutate: Callable[[bytes], bytes] = lambda body: body
    before: Callable[[int], None] = lambda _number: None
    asked: list[str] = field(default_factory=list)
    requests: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        self.before(self.requests)
        if self.auth is not None:
            expected = "Basic " + base64.b64encode(self.auth.encode()).decode()
            if request.headers.get("authorization") != expected:
                return httpx.Response(401)
        wanted = json.loads(request.content)
        if self.forbidden & {
            one["method"] for one in ([wanted] if type(wanted) is dict else wanted)
        }:
            return httpx.Response(403)  # as Bitcoin Core does, for the whole batch
        if isinstance(wanted, list):
            if self.batches == "prose":
                return httpx.Response(400, text="Batch requests are not supported")
            if self.batches == "refused":
                refusal = {"result": None, "error": {"code": -32600, "message": "no"}, "id": None}
                return httpx.Response(200, json=refusal)
            body = json.dumps([self._answer(one)[1] for one in wanted])
            return httpx.Response(200, content=self.mutate(body.encode()))
        status, answer = self._answer(wanted)
        return httpx.Response(status, content=self.mutate(json.dumps(answer).encode()))

    def _answer(self, request: Json) -> tuple[int, Json]:
        method = request["method"]
        self.asked.append(method)
        try:
            result = self._result(method, request["params"])
        except Refusal as refusal:
            error = {"code": refusal.code, "message": str(refusal)}
            status = 404 if refusal.code == -32601 else 500
            return (
                200 if self.flavour == "bcoin" else status,
                {"result": None, "error": error, "id": request["id"]},
            )
        return 200, {"result": result, "error": None, "id": request["id"]}

    def _result(self, method: str, params: list[Any]) -> Any:
        if self.warming_answers:
            self.warming_answers -= 1
            raise Refusal(-28, "Loading block index...")
        match method, params:
            case "getblockchaininfo", []:
                return self._info()
            case "getblockhash", [int(height)]:
                if not 0 <= height < len(self.chain.blocks):
                    raise Refusal(-8, "Block height out of range")
                return self.chain.blocks[height].id
            case "getblockheader", [str(digest), *_]:
                return self._header(digest)
            case "getblock", [str(digest), int(verbosity)]:
                return self._block(digest, verbosity)
            case "getrawtransaction", [str(txid), 0, str(digest)] if self.raw_transactions:
                return self._transaction(txid, digest)
        return self._extra(method)

    def _extra(self, method: str) -> Any:
        if method == "getnetworkinfo" and self.peers is not None:
            return {"connections": self.peers}
        if method == "getpeerinfo" and self.unanswered_s is not None:
            heard = 1_600_000_000
            sent = {"lastsend": heard + self.unanswered_s, "lastrecv": heard - 60}
            return [sent, {"lastsend": heard, "lastrecv": heard}]
        if method == "getchaintips":
            return [] if self.flavour == "bcoin" else self._tips()
        raise Refusal(-32601, "Method not found")

    def _block(self, digest: str, verbosity: int) -> Any:
        block = self._find(digest)
        if self.pruned_below is not None and block.height < self.pruned_below:
            raise Refusal(-1, self.not_kept)
        return block.raw.hex() if verbosity == 0 else self._summary(block)

    def _transaction(self, txid: str, digest: str) -> str:
        block = self._find(digest)
        if block.txid != txid:
            raise Refusal(-5, "No such transaction found in the provided block")
        return block.raw[81:].hex()

    def _header(self, digest: str) -> str:
        if digest in self.lost_headers:
            raise Refusal(-5, "Block not found")
        return self._find(digest).raw[:80].hex()

    def _find(self, digest: str) -> MinedBlock:
        block = self.chain.find(digest)
        if block is None:
            raise Refusal(-1 if self.flavour == "bcoin" else -5, "Block not found")
        return block

    def _info(self) -> Json:
        tip = self.chain.tip
        info: Json = {
            "chain": self.network,
            "blocks": tip.height,
            "headers": tip.height,
            "bestblockhash": tip.id,
            "verificationprogress": 0.5 if self.flavour == "bcoin" else 1,
            "pruned": self.pruned_below is not None,
        }
        if self.flavour == "bcoin":
            return {**info, "pruneheight": None}
        info |= {"initialblockdownload": self.syncing, "bits": f"{BITS:08x}"}
        if self.pruned_below is not None:
            info["pruneheight"] = self.pruned_below
        return info

    def _summary(self, block: MinedBlock) -> Json:
        header = block.header
        summary: Json = {
            "hash": block.id,
            "height": block.height,
            "version": header.version,
            "merkleroot": header.merkle_root[::-1].hex(),
            "time": header.header_s,
            "tx": [block.txid],
        }
        if block.height:
            summary["previousblockhash"] = header.prev[::-1].hex()
        if self.flavour == "bcoin":
            return {**summary, "bits": header.bits, "coinbase": block.script.hex()}
        summary |= {"nonce": header.nonce, "bits": f"{header.bits:08x}", "nTx": 1}
        if self.block_bytes:
            summary["size"] = self.block_bytes
        if self.flavour == "core":
            summary["coinbase_tx"] = {"version": 1, "coinbase": block.script.hex()}
        return summary

    def _tips(self) -> list[Json]:
        tip = self.chain.tip
        tips: list[Json] = [
            {"height": tip.height, "hash": tip.id, "branchlen": 0, "status": "active"}
        ]
        parents = {block.header.prev for block in self.chain.aside}
        main = {block.header.hash for block in self.chain.blocks}
        for block in self.chain.aside:
            if block.header.hash in parents:
                continue
            length, at = 1, block
            while at.header.prev not in main:
                length += 1
                at = next(b for b in self.chain.aside if b.header.hash == at.header.prev)
            tips.append(
                {
                    "height": block.height,
                    "hash": block.id,
                    "branchlen": length,
                    "status": "valid-fork",
                }
            )
        return tips


def ingest(world: World, **options: Any) -> list[Batch]:
    batches = []
    for batch in read(Options(**options), world.context):
        world.record.append(batch)
        batches.append(batch)
    return batches


def failure(world: World, **options: Any) -> HashquakeError:
    with pytest.raises(HashquakeError) as caught:
        ingest(world, **options)
    return caught.value
