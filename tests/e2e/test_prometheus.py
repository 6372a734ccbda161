"""A real Prometheus and Alertmanager take the metrics: a rule fires and recovers."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from tests.e2e.prometheus import FILES, monitoring, program, queried
from tests.serve.api.served import served

from hashquake.core.contracts import Batch
from hashquake.core.opinion import Change
from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.observatory import Observatory, open_observatory

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
PATIENCE_S = 60.0
MAY_BE_ABSENT = ("hashquake_open_", "hashquake_outbox_", "hashquake_ingest_latency_seconds")
"""Gauges that the record of the test has no value of: nothing is open, waits, or was seen."""


def until(found: Callable[[], Any], what: str) -> Any:
    """Wait for something and return it."""
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        value = found()
        if value:
            return value
        time.sleep(0.2)
    return pytest.fail(f"within {PATIENCE_S:.0f} s: {what}")


class Received:
    """What the Alertmanager sends to a receiver on the loopback."""

    def __init__(self) -> None:
        self.alerts: list[tuple[str, str, dict[str, str]]] = []
        received = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                for one in json.loads(body)["alerts"]:
                    labels = one["labels"]
                    received.alerts.append((labels["alertname"], one["status"], labels))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/alerts"

    def has(self, name: str, status: str) -> bool:
        return any(one[:2] == (name, status) for one in self.alerts)


@pytest.fixture
def received() -> Iterator[Received]:
    made = Received()
    thread = Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def record(tmp_path: Path) -> str:
    """Make a record of the bundled record's last weeks, with reports and a source that answers."""
    path = str(tmp_path / "r.db")
    with open_observatory("bundled") as bundled, open_observatory(path, create=True) as made:
        tip = bundled.tip()
        assert tip is not None
        blocks = bundled.record.blocks(first_height=(tip[0] // 2016 - 2) * 2016)
        end_s = bundled.end_s()
        observed = Window(start_s=float(blocks.header_s.min()), end_s=end_s)
        made.record.append(Batch(blocks=blocks, observed=(observed,)), source="bitcoind_rpc")
        values = 94e18 * np.exp(0.01 * np.random.default_rng(3).standard_normal(288))
        readings = tuple(
            Reading(
                subject="pool:viabtc",
                quantity="hashrate_hps",
                window=Window(start_s=end_s - (288 - at) * 300.0, end_s=end_s - (287 - at) * 300.0),
                value=float(value),
                source="pool_viabtc",
            )
            for at, value in enumerate(values)
        )
        made.record.append(Batch(readings=readings), source="pool_viabtc")
        source_says(made, "ok")
    return path


def source_says(observatory: Observatory, state: str) -> None:
    document = {"source": "bitcoind_rpc", "state": state, "since_s": 0.0, "because": ""}
    with observatory.record.writing() as inside:
        inside.add_changes([Change(kind="source", subject="bitcoind_rpc", document=document)])


def expressions() -> list[str]:
    """Return every query of the dashboard, with its variables filled in."""
    dashboard = json.loads((FILES / "grafana.json").read_text(encoding="utf-8"))
    return [
        target["expr"].replace("$pool", "viabtc")
        for panel in dashboard["panels"]
        for target in panel["targets"]
    ]


def test_the_rules_and_their_tests_hold() -> None:
    for arguments in (
        ["check", "rules", "hashquake.rules.yml"],
        ["test", "rules", "hashquake.rules.test.yml"],
        ["check", "config", "prometheus.yml"],
    ):
        done = subprocess.run(
            [program("promtool"), *arguments],
            cwd=FILES,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    done = subprocess.run(
        [program("amtool"), "check-config", str(FILES / "alertmanager.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_rule_fires_and_recovers_and_every_query_of_the_dashboard_runs(
    record: str, received: Received, tmp_path: Path
) -> None:
    with (
        open_observatory(record) as ask,
        open_observatory(record) as writer,
        served(ask, db=record) as url,
        monitoring(
            tmp_path, target=url.removeprefix("http://"), receiver=received.url
        ) as prometheus,
    ):
        until(
            lambda: queried(prometheus, "hashquake_next_difficulty_ratio"), "no sample was scraped"
        )
        empty = [one for one in expressions() if not queried(prometheus, one)]
        assert [one for one in empty if not any(name in one for name in MAY_BE_ABSENT)] == []

        # A source that goes down takes the gauges of the chain with it, and is an alert of its own.
        assert not received.has("HashquakeSourceDown", "firing")
        source_says(writer, "down")
        until(lambda: received.has("HashquakeSourceDown", "firing"), "no alert came")
        labels = next(one[2] for one in received.alerts if one[0] == "HashquakeSourceDown")
        assert labels["source"] == "bitcoind_rpc"
        until(
            lambda: not queried(prometheus, "hashquake_hashrate_hps"),
            "hash rates were stated while the source was down",
        )
        source_says(writer, "ok")
        until(lambda: received.has("HashquakeSourceDown", "resolved"), "the alert did not end")
        until(lambda: queried(prometheus, "hashquake_hashrate_hps"), "no hash rates came back")
        quakes = [one for one in received.alerts if one[0] in ("HashquakeQuake", "HashquakeOutage")]
        assert quakes == []
