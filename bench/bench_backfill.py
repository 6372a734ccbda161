"""Back-fill of a record from a node on this machine, beside the same blocks fetched by a bare loop.

The node is a process of its own that answers JSON-RPC over the loopback from memory. The
alternative fetches the same raw blocks in batches over one connection for each of eight threads,
and keeps nothing. Ours checks, names and stores every block. Prints, asserts nothing. Run as
``python bench/bench_backfill.py [BLOCKS [BYTES]]``.
"""

import json
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
from bench_node import _Node

from hashquake.core.network import NETWORKS
from hashquake.observatory import open_observatory


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


def ours_s(port: int, n: int) -> tuple[float, float]:
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


def bare_s(port: int, ids: list[str]) -> tuple[float, float]:
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


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    padding = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    here, there = multiprocessing.Pipe()
    node = multiprocessing.Process(target=serve, args=(n, padding, there), daemon=True)
    node.start()
    port, ids = here.recv()
    try:
        bare, ours = (
            min(run() for _ in range(3))
            for run in (lambda: bare_s(port, ids), lambda: ours_s(port, n))
        )
    finally:
        node.terminate()
    ours_us, ours_cpu_us, bare_us, bare_cpu_us = (one / n * 1e6 for one in (*ours, *bare))
    print(
        f"back-fill of {n} blocks with {padding / 1000:.1f} kB: {ours_us:.0f} us a block, "
        f"{ours_cpu_us:.0f} us of CPU; bare loop {bare_us:.0f} us, {bare_cpu_us:.0f} us of CPU: "
        f"{bare_us / ours_us:.2f} of its speed"
    )


if __name__ == "__main__":
    main()
