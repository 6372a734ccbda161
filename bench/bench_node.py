"""Back-fill from a node over a slow link: microseconds a block, beside the same calls made bare.

The node is a function that answers from memory after 20 ms, so that the figure is what the source
adds to the link. The alternative is the least there can be: eight threads that fetch the same raw
blocks, eight in a batch, and look at none. Run as ``python bench/bench_node.py [BLOCKS]``.
"""

import json
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from hashquake.core.contracts import SourceContext
from hashquake.core.header import double_sha256, hash_text
from hashquake.core.network import NETWORKS, Network
from hashquake.sources.chain import bitcoind_rpc

REGTEST = NETWORKS["regtest"]
EASY_BITS = 0x207FFFFF
LINK_S = 0.02


def coinbase(height: int) -> bytes:
    script = b"\x03" + height.to_bytes(3, "little") + b"/bench/"
    pays = b"\x00\x14" + (height % 50).to_bytes(20, "little")
    start = struct.pack("<i", 2) + b"\1" + bytes(32) + b"\xff" * 4 + bytes([len(script)]) + script
    return start + b"\xff" * 4 + b"\1" + bytes(8) + bytes([len(pays)]) + pays + bytes(4)


def mined(height: int, prev: bytes, root: bytes) -> tuple[bytes, bytes]:
    for nonce in range(1000):
        header = struct.pack("<i32s32sIII", 4, prev, root, 1_600_000_000 + height, EASY_BITS, nonce)
        digest = double_sha256(header)
        if digest[31] < 0x80:
            return header, digest
    raise AssertionError


class _EmptyRecord:
    network: Network = REGTEST

    def tip(self) -> tuple[int, bytes | None] | None:
        return None

    def hash_at(self, height: int) -> bytes | None:
        del height
        return None

    def stale_hashes(self, first_height: int) -> frozenset[bytes]:
        del first_height
        return frozenset()


class _Node(httpx.BaseTransport):
    """Small blocks in memory, behind a link."""

    def __init__(self, n: int, padding: int = 0) -> None:
        self.blocks: dict[str, str] = {}
        self.ids: list[str] = []
        prev = bytes(32)
        for height in range(n):
            body = coinbase(height)
            header, prev = mined(height, prev, double_sha256(body))
            self.ids.append(hash_text(prev))
            self.blocks[self.ids[-1]] = (header + b"\1" + body + bytes(padding)).hex()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        time.sleep(LINK_S)
        wanted = json.loads(request.read())
        many = wanted if isinstance(wanted, list) else [wanted]
        answers = [{"id": one["id"], "error": None, "result": self.result_of(one)} for one in many]
        return httpx.Response(200, json=answers if isinstance(wanted, list) else answers[0])

    def result_of(self, one: dict[str, Any]) -> Any:
        match one["method"], one["params"]:
            case "getblockchaininfo", _:
                tip = len(self.ids) - 1
                return {"chain": "regtest", "blocks": tip, "initialblockdownload": False}
            case "getblockhash", [height]:
                return self.ids[height]
            case "getblock", [digest, 0]:
                return self.blocks[digest]
            case "getblock", [digest, _]:
                return {"size": len(self.blocks[digest]) // 2, "nonce": 0}
            case "getblockheader", [digest, _]:
                return self.blocks[digest][:160]
        return []


def ours_s(node: _Node) -> float:
    context = SourceContext(
        record=_EmptyRecord(), now_s=time.time, sleep=time.sleep, transport=node
    )
    start_s = time.perf_counter()
    n = sum(len(b.blocks) for b in bitcoind_rpc.read(bitcoind_rpc.Options(), context))
    elapsed_s = time.perf_counter() - start_s
    if n != len(node.ids):
        raise SystemExit(f"{n} of {len(node.ids)} blocks came")
    return elapsed_s


def bare_s(node: _Node) -> float:
    def fetch(first: int) -> None:
        calls = [
            {"id": at, "method": "getblock", "params": [digest, 0]}
            for at, digest in enumerate(node.ids[first : first + 8])
        ]
        client.post("http://node", json=calls).json()

    start_s = time.perf_counter()
    with httpx.Client(transport=node) as client, ThreadPoolExecutor(8) as threads:
        list(threads.map(fetch, range(0, len(node.ids), 8)))
    return time.perf_counter() - start_s


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    node = _Node(n)
    ours, bare = (min(run(node) for _ in range(3)) for run in (ours_s, bare_s))
    print(
        f"bitcoind_rpc over {LINK_S * 1000:.0f} ms: {ours / n * 1e6:.0f} us a block, bare "
        f"requests {bare / n * 1e6:.0f} us: {ours / bare:.2f} times as long"
    )


if __name__ == "__main__":
    main()
