"""The README's way from a running node to a running watcher, every line of it as it stands.

The node is on regtest, so a record of that network is made first; all else is the README's.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.e2e.core_node import CoreNode
from tests.e2e.real_window import mined_on, mined_window
from tests.running_watcher import SOURCE, ran

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
README = Path(__file__).parents[2] / "README.md"
PATIENCE_S = 120.0


def blocks_of_text(language: str, heading: str = "Watch it live") -> list[str]:
    """Return the fenced blocks of one of the README's sections in a language."""
    section = README.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a user with a home, and programs as installed."""
    home = tmp_path / "home"
    (home / ".bitcoin").mkdir(parents=True)
    programs = Path(sys.executable).parent
    environment = {"HOME": str(home), "PATH": f"{programs}:{os.environ['PATH']}"}
    return environment | {"PYTHONPATH": SOURCE, "LANG": "C.UTF-8"}


def test_from_a_running_node_to_a_running_watcher(home: dict[str, str]) -> None:
    (configuration,) = blocks_of_text("ini")
    watching, looking = blocks_of_text("sh")
    folder = Path(home["HOME"]) / ".bitcoin"
    (folder / "bitcoin.conf").write_text(configuration)
    node = CoreNode(folder=folder, rpc_port=8332, zmq_port=28332, configured=True)
    node.start()
    try:
        chain = mined_window(time.time() - 60.0, 200)
        node.submit(chain)
        unset = {"XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""}
        own = Path(home["HOME"]) / ".local" / "share" / "hashquake" / "record.db"
        made = ran(
            "init", "--empty", "--network", "regtest", "--db", str(own), environment=home | unset
        )
        assert made.returncode == 0, made.stderr
        watcher = subprocess.Popen(
            ["/bin/bash", "-e", "-c", watching],
            env=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        lines: list[str] = []
        assert watcher.stdout is not None
        reading = threading.Thread(target=lambda: lines.extend(watcher.stdout or ()), daemon=True)
        reading.start()
        wait_for(lines, watcher, "blocks read")
        # Found while it watches: announced by the node and stored at once.
        node.submit(mined_on(chain[-1], 1, first_s=time.time(), tag=b"/F2Pool/"))
        wait_for(lines, watcher, "block 201, found by F2Pool")
        for line in looking.splitlines():
            done = subprocess.run(
                ["/bin/bash", "-e", "-c", line],
                env=home,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, (line, done.stdout, done.stderr)
            assert done.stdout or done.stderr
        os.killpg(watcher.pid, signal.SIGINT)
        watcher.wait(PATIENCE_S)
        reading.join(PATIENCE_S)
        for pipe in (watcher.stdout, watcher.stderr):
            assert pipe is not None
            pipe.close()
        assert "everything that came in is stored" in lines[-1]
        status = ran("status", "--db", str(own), "--json", environment=home | unset)
        assert json.loads(status.stdout)["tip"]["height"] == 201
    finally:
        node.kill()


def test_from_the_settings_to_a_phone(home: dict[str, str]) -> None:
    (settings,) = blocks_of_text("toml", "Alert your phone")
    (command,) = blocks_of_text("sh", "Alert your phone")
    rung: list[dict[str, str]] = []
    with phone(rung) as url:
        assert settings.count("ntfys://a-topic-that-nobody-guesses") == 1
        own = Path(home["HOME"]) / ".config" / "hashquake" / "config.toml"
        own.parent.mkdir(parents=True)
        own.write_text(settings.replace("ntfys://a-topic-that-nobody-guesses", url))
        done = subprocess.run(
            ["/bin/bash", "-e", "-c", command],
            env=home,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert "phone: delivered" in done.stdout
    assert [one["title"] for one in rung] == ["hashquake: a test"]


@contextmanager
def phone(rung: list[dict[str, str]]) -> Iterator[str]:
    """Stand for the service behind a phone; its address as Apprise has it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            rung.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"json://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def wait_for(lines: list[str], watcher: "subprocess.Popen[str]", wanted: str) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not any(wanted in line for line in lines):
        assert watcher.poll() is None, (lines, watcher.stderr and watcher.stderr.read())
        assert time.monotonic() < until_s, lines
        time.sleep(0.1)
