"""``hashquake update`` as a user runs it, against servers on the loopback."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.sources.simulated_chain import MinedBlock, MinedChain
from tests.sources.simulated_service import SimulatedService

HEADERS = (
    # The first three blocks of the main chain, which prove their own work.
    (
        "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c"
        "3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
    ),
    (
        "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe68"
        "0e1fee14677ba1a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299"
    ),
    (
        "010000004860eb18bf1b1620e37e9490fc8a427514416fd75159ab86688e9a8300000000d5fdcc541e25de1c7a5add"
        "edf24858b8bb665c9f36ef744ee42c316022c90f9bb0bc6649ffff001d08d2bd61"
    ),
)


@dataclass
class World:
    """A mempool-like service that knows the first blocks of the main chain, and IODA."""

    n_blocks: int = 1
    ioda_is_down: bool = False
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        parts = urlsplit(path)
        if parts.path.startswith("/ioda/"):
            return self._ioda(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()})
        blocks = [
            MinedBlock(height=height, raw=bytes.fromhex(text), script=b"")
            for height, text in enumerate(HEADERS[: self.n_blocks])
        ]
        service = SimulatedService(MinedChain(blocks=blocks), flavour="esplora")
        found = service(httpx.Request("GET", f"http://service.test{path}"))
        return found.status_code, found.content

    def _ioda(self, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        if self.ioda_is_down:
            return 403, b"no"
        start_s = int(query["from"]) // 300 * 300
        end_s = start_s + 600
        series = {
            "entityType": "country",
            "entityCode": path.rpartition("/")[2],
            "datasource": query["datasource"],
            "from": start_s,
            "until": end_s,
            "step": 300,
            "nativeStep": 300,
            "values": [100, 101],
        }
        return 200, json.dumps({"type": "signals", "error": None, "data": [[series]]}).encode()


@pytest.fixture
def world() -> Iterator[tuple[World, str]]:
    made = World()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = made.answer(self.path)
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class User:
    """Somebody with a home directory, who runs commands."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.db = home / "own.db"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", ""),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
        }
        settings = home / "config" / "hashquake" / "config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(
            f'[sources.mempool_rest]\nurl = "{url}"\nrequests_per_second = 1000\n'
            f'[sources.ioda]\nurl = "{url}/ioda"\nrequests_per_second = 100\n'
            'country = "KZ"\ndatasources = "bgp"\n'
            '[sources.price]\nexchange = "mtgox"\n'
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hashquake", *arguments, "--db", str(self.db)],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def update(self) -> tuple[int, dict[str, Any], str]:
        done = self.run("update", "--json")
        return done.returncode, json.loads(done.stdout), done.stderr


def test_an_update_goes_on_where_it_stopped_and_a_source_fails_alone(
    tmp_path: Path, world: tuple[World, str]
) -> None:
    service, url = world
    user = User(tmp_path, url)
    assert user.run("init", "--empty").returncode == 0
    assert user.run("ingest", "mempool_rest").returncode == 0

    service.n_blocks = 2
    status, document, said = user.update()
    by_source = {one["source"]: one for one in document["sources"]}
    assert list(by_source) == ["mempool_rest", "price", "ioda"]
    assert all(
        {"source", "state", "blocks_added", "readings_added", "because"} <= one.keys()
        for one in document["sources"]
    )
    assert by_source["mempool_rest"] | {"because": ""} == {
        "source": "mempool_rest",
        "state": "ok",
        "blocks_added": 1,
        "readings_added": 0,
        "because": "",
    }
    # An exchange that is not there costs neither blocks nor connectivity.
    assert by_source["price"]["state"] == "refused"
    assert "[exchange-unknown]" in by_source["price"]["because"]
    assert by_source["ioda"]["state"] == "ok"
    assert by_source["ioda"]["readings_added"] > 0
    assert (status, document["last_height"], document["partial"]) == (3, 1, True)
    # It says what it asks and of whom, before it asks.
    for words in (url, "blocks from height 1", "mtgox", "connectivity of 1 country"):
        assert words in said

    service.n_blocks = 3
    service.ioda_is_down = True
    service.asked.clear()
    status, document, _ = user.update()
    by_source = {one["source"]: one for one in document["sources"]}
    assert (by_source["mempool_rest"]["blocks_added"], document["last_height"]) == (1, 2)
    assert by_source["ioda"]["state"] == "down"
    assert by_source["ioda"]["because"].endswith("]")

    service.asked.clear()
    planned = json.loads(user.run("update", "--plan", "--json").stdout)
    assert [one["state"] for one in planned["sources"]] == ["planned"] * 3
    assert service.asked == []

    service.ioda_is_down = False
    chosen = json.loads(user.run("update", "--source", "ioda", "--json").stdout)
    assert [(one["source"], one["state"]) for one in chosen["sources"]] == [("ioda", "ok")]
    assert all(path.startswith("/ioda/") for path in service.asked)
