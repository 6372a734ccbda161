"""A Prometheus and an Alertmanager of Debian's packages, each in a temporary folder."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests import plain_http
from tests.free_port import free_port

FILES = Path(__file__).parents[2] / "docs" / "how-to" / "prometheus"
PATIENCE_S = 60.0


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"no {name}: run make test-e2e, which installs it")
    return found


def hurried(text: str) -> str:
    """Return rules or settings with every wait cut to a second: the test does not last an hour."""
    text = re.sub(r"(for|group_wait|group_interval): \w+", r"\1: 1s", text)
    return re.sub(r"(scrape_interval|evaluation_interval): \w+", r"\1: 1s", text)


@contextmanager
def running(command: list[str], ready: str, folder: Path) -> Iterator[None]:
    """Run a server until the block ends; it is up when an address answers with 200."""
    log = (folder / f"{Path(command[0]).name}.log").open("wb")
    process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        until_s = time.monotonic() + PATIENCE_S
        while True:
            if process.poll() is not None:
                pytest.fail(Path(log.name).read_text(encoding="utf-8", errors="replace")[-2000:])
            try:
                if plain_http.get(ready, timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if time.monotonic() > until_s:
                pytest.fail(f"{command[0]} was not ready within {PATIENCE_S:.0f} s")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


@contextmanager
def monitoring(folder: Path, *, target: str, receiver: str) -> Iterator[str]:
    """Run both with the files of the documentation; give the address of Prometheus."""
    prometheus_port, alertmanager_port = free_port(), free_port()
    rules = (FILES / "hashquake.rules.yml").read_text(encoding="utf-8")
    (folder / "hashquake.rules.yml").write_text(hurried(rules), encoding="utf-8")
    for name, old, new in (
        ("prometheus.yml", "127.0.0.1:9093", f"127.0.0.1:{alertmanager_port}"),
        ("prometheus.yml", "127.0.0.1:8321", target),
        ("alertmanager.yml", "http://127.0.0.1:8000/alerts", receiver),
    ):
        path = folder / name
        text = (path if path.exists() else FILES / name).read_text(encoding="utf-8")
        assert old in text
        path.write_text(hurried(text.replace(old, new)), encoding="utf-8")
    alertmanager = [
        program("prometheus-alertmanager"),
        "--config.file=alertmanager.yml",
        f"--storage.path={folder / 'alerts'}",
        f"--web.listen-address=127.0.0.1:{alertmanager_port}",
        "--cluster.listen-address=",
    ]
    prometheus = [
        program("prometheus"),
        "--config.file=prometheus.yml",
        f"--storage.tsdb.path={folder / 'series'}",
        f"--web.listen-address=127.0.0.1:{prometheus_port}",
        "--alertmanager.notification-queue-capacity=100",
    ]
    address = f"http://127.0.0.1:{prometheus_port}"
    ready = f"http://127.0.0.1:{alertmanager_port}/-/ready"
    with running(alertmanager, ready, folder), running(prometheus, f"{address}/-/ready", folder):
        yield address


def queried(address: str, expression: str) -> list[dict[str, Any]]:
    """Return the samples of an expression now."""
    answer = plain_http.get(f"{address}/api/v1/query", params={"query": expression}, timeout=30)
    document = answer.json()
    assert document["status"] == "success", (expression, document)
    found: list[dict[str, Any]] = document["data"]["result"]
    return found
