"""A REST service in the manner of mempool.space or plain Esplora, over a mined chain.

The shapes follow the tapes in ``tests/tapes/mempool_rest``; a test holds the two together.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
from tests.sources.simulated_chain import MinedBlock, MinedChain

ADDRESS = "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202"


@dataclass
class SimulatedService:
    chain: MinedChain
    flavour: Literal["mempool", "esplora"] = "mempool"
    root: str = "/api"
    extras: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    shift: int = 0
    troubles: list[httpx.Response] = field(default_factory=list)
    mutate: Callable[[bytes], bytes] = lambda body: body
    before: Callable[[int], None] = lambda _number: None
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(path)
        self.before(len(self.asked))
        if self.troubles:
            return self.troubles.pop(0)
        if not path.startswith(self.root):
            return httpx.Response(404, text="Not Found")
        found = self._answer(path.removeprefix(self.root))
        if found is None:
            return httpx.Response(404, text="Block not found")
        text = found if isinstance(found, str) else json.dumps(found)
        return httpx.Response(200, content=self.mutate(text.encode()))

    def _answer(self, path: str) -> Any:
        blocks = self.chain.blocks
        if path == "/blocks/tip/height":
            return str(len(blocks) - 1)
        if match := re.fullmatch(r"/block-height/(\d+)", path):
            height = int(match[1])
            return blocks[height].id if height < len(blocks) else None
        if match := re.fullmatch(r"/blocks/(\d+)", path):
            return [self._fields(b) for b in self._page(int(match[1]), 10)]
        if match := re.fullmatch(r"/block/([0-9a-f]{64})/txs", path):
            block = self.chain.find(match[1])
            return None if block is None else self._transactions(block)
        if self.flavour == "mempool" and (match := re.fullmatch(r"/v1/blocks/(\d+)", path)):
            return [
                {**self._fields(b), "extras": self._extras(b)}
                for b in self._page(int(match[1]), 15)
            ]
        return None

    def _page(self, height: int, n: int) -> list[MinedBlock]:
        top = min(height - self.shift, len(self.chain.blocks) - 1)
        return [self.chain.blocks[h] for h in range(top, max(-1, top - n), -1)]

    def _fields(self, block: MinedBlock) -> dict[str, Any]:
        header = block.header
        return {
            "id": block.id,
            "height": block.height,
            "version": header.version,
            "timestamp": header.header_s,
            "bits": header.bits,
            "nonce": header.nonce,
            "merkle_root": header.merkle_root[::-1].hex(),
            "tx_count": 1,
            "previousblockhash": header.prev[::-1].hex() if block.height else None,
        }

    def _extras(self, block: MinedBlock) -> dict[str, Any]:
        extras = {
            "coinbaseRaw": block.script.hex(),
            "coinbaseAddresses": [ADDRESS],
            "pool": {"id": 73, "name": "ViaBTC", "slug": "viabtc", "minerNames": None},
            "header": block.raw[:80].hex(),
            "orphans": [],
        } | self.extras
        return {key: value for key, value in extras.items() if key not in self.without}

    def _transactions(self, block: MinedBlock) -> list[dict[str, Any]]:
        source = {"is_coinbase": True, "scriptsig": block.script.hex(), "prevout": None}
        outputs = [{"scriptpubkey_address": ADDRESS, "value": 1}, {"scriptpubkey": "6a"}]
        return [{"txid": block.txid, "vin": [source], "vout": outputs}]
