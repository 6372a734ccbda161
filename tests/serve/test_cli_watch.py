"""The watcher as a user runs it: another process, a node on the loopback, Ctrl-C, again."""

import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.running_watcher import PROGRAM, RunningWatcher
from tests.sources.simulated_chain import MinedChain
from tests.sources.simulated_node import SimulatedNode


@contextmanager
def served(node: SimulatedNode) -> Iterator[str]:
    """Serve a simulated node on the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            request = httpx.Request("POST", "http://node", content=self.rfile.read(length))
            answer = node(request)
            self.send_response(answer.status_code)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def kinds(lines: list[str]) -> list[str]:
    return [json.loads(line)["kind"] for line in lines]


@pytest.fixture
def node() -> Iterator[tuple[SimulatedNode, str]]:
    simulated = SimulatedNode(MinedChain(end_s=time.time()).grow(20))
    with served(simulated) as url:
        yield simulated, url


def record(tmp_path: Path) -> str:
    path = str(tmp_path / "my.db")
    made = subprocess.run(
        [*PROGRAM, "init", "--db", path, "--empty", "--network", "regtest"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return path


def status(path: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [*PROGRAM, "status", "--db", path, "--json"], capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout)


def test_from_a_node_to_changes_and_back_after_a_restart(
    node: tuple[SimulatedNode, str], tmp_path: Path
) -> None:
    simulated, url = node
    path = record(tmp_path)
    source = ("bitcoind_rpc", "--url", url, "--db", path, "--json")
    running = RunningWatcher(*source)
    running.wait_for(lambda lines: {"blocks", "source"} <= set(kinds(lines)))
    code, found = status(path)
    assert (code, found["watching"], found["tip"]["height"]) == (0, True, 20)
    assert [one["state"] for one in found["sources"]] == ["ok"]
    assert 0.0 < found["tip"]["silence_probability"] <= 1.0
    second = subprocess.run(
        [*PROGRAM, "watch", *source], capture_output=True, text=True, check=False
    )
    assert second.returncode == 2
    assert "[record-watched]" in second.stderr
    assert running.stop() == 0
    assert status(path)[1]["watching"] is False
    simulated.chain.grow(2)
    again = RunningWatcher(*source)
    again.wait_for(lambda lines: kinds(lines).count("block") == 2)
    assert again.stop(signal.SIGTERM) == 0
    numbers = [json.loads(line)["id"] for line in [*running.lines, *again.lines]]
    assert numbers == sorted(set(numbers))
    assert kinds(again.lines) == ["block", "block"]


def test_lines_for_people_say_what_happens(node: tuple[SimulatedNode, str], tmp_path: Path) -> None:
    _, url = node
    path = record(tmp_path)
    running = RunningWatcher("bitcoind_rpc", "--url", url, "--db", path)
    running.wait_for(lambda lines: any("21 blocks read" in line for line in lines))
    assert running.stop() == 0
    said = "\n".join(running.lines)
    assert "bitcoind_rpc answers" in said
    assert "\\x" not in said
    assert running.lines[-1] == "stopped; everything that came in is stored"


def test_without_a_source_the_way_is_said(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "watch", "--db", record(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "hashquake watch bitcoind_rpc" in done.stderr
    assert "[source-none]" in done.stderr


def test_the_bundled_record_is_not_watched() -> None:
    done = subprocess.run(
        [*PROGRAM, "watch", "bitcoind_rpc", "--db", "bundled"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "[record-read-only]" in done.stderr) == (2, True)
