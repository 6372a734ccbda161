"""Real servers for the end-to-end tests: a bcoin node on regtest and a browser."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser
from tests import plain_http
from tests.e2e.bcoin_node import BcoinNode
from tests.e2e.browser import started_browser
from tests.e2e.postgresql import Cluster
from tests.free_port import free_port
from tests.serve.api.served import served

from hashquake.observatory import open_observatory

ROOT = Path(__file__).parents[2]
NODE_PACKAGE = ROOT / ".venv" / "node" / "node_modules" / "bcoin" / "bin" / "node"
KEY = "end-to-end"


@pytest.fixture(scope="session")
def bcoin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BcoinNode]:
    """Start an empty node; stop it afterwards."""
    node = shutil.which("node")
    if node is None or not NODE_PACKAGE.exists():
        pytest.fail("no node to test against: run make test-e2e, which installs it")
    port = free_port()
    folder = tmp_path_factory.mktemp("bcoin")
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [
            node,
            str(NODE_PACKAGE),
            "--network=regtest",
            f"--prefix={folder}",
            "--no-wallet=true",
            f"--api-key={KEY}",
            "--http-host=127.0.0.1",
            f"--http-port={port}",
            "--listen=false",
            "--no-dns=true",
            "--workers=false",
        ],
        env={**os.environ, "NODE_BACKEND": "js"},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(url, process)
        yield BcoinNode(url=url, key=KEY)
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def _wait_until_up(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if process.poll() is not None:
            pytest.fail(f"the node stopped with status {process.returncode}")
        try:
            plain_http.post(url, json={"method": "getblockcount"}, auth=("x", KEY), timeout=5)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the node did not come up within a minute")


@pytest.fixture(scope="session")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Return a function that loads a page in a real browser and returns its document."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("no Chromium: run make test-e2e, which installs it")
    profile = tmp_path_factory.mktemp("chromium")

    def load(page: Path, *more: str) -> str:
        done = subprocess.run(
            [
                chromium,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--allow-file-access-from-files",
                f"--user-data-dir={profile}",
                "--virtual-time-budget=5000",
                *more,
                "--dump-dom",
                page.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    return load


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Start a PostgreSQL server; remove it afterwards."""
    one = Cluster.made()
    try:
        yield one
    finally:
        one.removed()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start a browser that tests drive; close it afterwards."""
    with started_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def bundled() -> Iterator[str]:
    """Serve the bundled record; the address."""
    with served(open_observatory("bundled")) as url:
        yield url
