"""Back-fill from a node, over a slow link and on this machine, against the same calls made bare.

Over the link the node is a function that answers from memory after 20 ms, so that the figure is
what the source adds to the link. The alternative is what one would write first: eight threads that
fetch the same raw blocks, eight in a batch, and look at none. On this machine the node is a process
of its own that answers over the loopback, and ours checks, names and stores every block in a new
record. Run as ``python bench/bench_node.py [BLOCKS]``.
"""

import json
import multiprocessing
import struct
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx

from hashquake.core.contracts import SourceContext
from hashquake.core.header import double_sha256, hash_text
from hashquake.core.network import NETWORKS, Network
from hashquake.observatory import open_observatory
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


def serve(n: int, padding: int, ready: Connection) -> None:
    """Answer from memory until the process is ended."""
    node = _Node(n, padding)

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            many = wanted if isinstance(wanted, list) else [wanted]
            found = [
                {"id": one["id"], "error": None, "result": node.result_of(one)} for one in many
            ]
            body = json.dumps(found if isinstance(wanted, list) else found[0]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    ready.send((server.server_port, node.ids))
    server.serve_forever()


def filled_s(port: int, n: int) -> tuple[float, float]:
    """Return the time of a back-fill into a new record, and its CPU time here."""
    path = str(Path(tempfile.mkdtemp()) / "filled.db")
    with open_observatory(path, create=True, network=NETWORKS["regtest"]) as observatory:
        began_s, cpu_s = time.perf_counter(), time.process_time()
        observatory.ingest(
            "bitcoind_rpc", {"url": f"http://127.0.0.1:{port}", "user": "x", "password": "x"}
        )
        took = time.perf_counter() - began_s, time.process_time() - cpu_s
        if observatory.tip() is None or observatory.record.counts()["blocks"] != n:
            raise SystemExit("not all blocks came")
    return took


def fetched_s(port: int, ids: list[str]) -> tuple[float, float]:
    """Return the time that the raw blocks alone take, and its CPU time here."""

    def fetch(first: int) -> None:
        calls = [
            {"id": at, "method": "getblock", "params": [digest, 0]}
            for at, digest in enumerate(ids[first : first + 8])
        ]
        client.post(f"http://127.0.0.1:{port}", json=calls).json()

    began_s, cpu_s = time.perf_counter(), time.process_time()
    with httpx.Client() as client, ThreadPoolExecutor(8) as threads:
        list(threads.map(fetch, range(0, len(ids), 8)))
    return time.perf_counter() - began_s, time.process_time() - cpu_s


def back_fill(n: int, padding: int) -> None:
    """Print what a back-fill from a node on this machine takes, compared with a bare loop."""
    here, there = multiprocessing.Pipe()
    node = multiprocessing.Process(target=serve, args=(n, padding, there), daemon=True)
    node.start()
    port, ids = here.recv()
    try:
        # In turn, so that whatever else the machine does meets both.
        pairs = [(fetched_s(port, ids), filled_s(port, n)) for _ in range(3)]
    finally:
        node.terminate()
    bare, ours = (min(both) for both in zip(*pairs, strict=True))
    ours_us, ours_cpu_us, bare_us, bare_cpu_us = (one / n * 1e6 for one in (*ours, *bare))
    print(
        f"back-fill of {n} blocks with {padding / 1000:.1f} kB over the loopback: {ours_us:.0f} us "
        f"a block, {ours_cpu_us:.0f} us of CPU; bare loop {bare_us:.0f} us, {bare_cpu_us:.0f} us "
        f"of CPU: {bare_us / ours_us:.2f} of its speed"
    )


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    node = _Node(n)
    ours, bare = (min(run(node) for _ in range(3)) for run in (ours_s, bare_s))
    print(
        f"bitcoind_rpc over {LINK_S * 1000:.0f} ms: {ours / n * 1e6:.0f} us a block, bare "
        f"requests {bare / n * 1e6:.0f} us: {ours / bare:.2f} times as long"
    )
    for padding in (0, 20_000):
        back_fill(n, padding)


if __name__ == "__main__":
    main()
