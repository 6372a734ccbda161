"""How long an alert takes: from the commit of a change to the webhook that has arrived.

In one process, as `hashquake watch` runs it, over the loopback. Prints, asserts nothing.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from hashquake.core.opinion import Change
from hashquake.observatory import Observatory, open_observatory
from hashquake.serve.alerts.service import alerting
from hashquake.serve.alerts.settings import AlertsSettings


@contextmanager
def receiver(arrived_s: dict[str, float]) -> Iterator[str]:
    """Take webhooks, and note when each subject's came."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            now_s = time.perf_counter()
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            arrived_s[document["subject"]] = now_s
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def store(ask: Observatory, name: str) -> float:
    """Store that a source is down; when it was committed."""
    document = {"source": name, "state": "down", "since_s": time.time(), "because": "no answer"}
    with ask.record.writing() as inside:
        inside.add_changes([Change(kind="source", subject="network", document=document)])
    return time.perf_counter()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=200)
    n_alerts = parser.parse_args().alerts
    arrived_s: dict[str, float] = {}
    committed_s: dict[str, float] = {}
    pauses = np.random.default_rng(10)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_observatory(Path(folder) / "r.db", create=True) as ask,
        receiver(arrived_s) as url,
    ):
        way = {"name": "hook", "kind": "webhook", "url": url, "secret": "x" * 16}
        rule = {"name": "r", "about": "source", "states": ["down"], "hold": "0s", "to": ["hook"]}
        settings = AlertsSettings.model_validate(
            {"way": [way | {"allow_private": True}], "rule": [rule]}
        )
        outbox = ask.outbox()
        with alerting(str(Path(folder) / "r.db"), settings, note=print):
            while outbox is not None and outbox.cursor() is None:
                time.sleep(0.1)
            for number in range(n_alerts):
                committed_s[f"source:s{number}"] = store(ask, f"s{number}")
                time.sleep(float(pauses.uniform(0.1, 0.3)))
            while len(arrived_s) < n_alerts:
                time.sleep(0.1)
    took_ms = 1e3 * np.array([arrived_s[name] - committed_s[name] for name in committed_s])
    p50, p90, p99 = np.percentile(took_ms, [50, 90, 99])
    print(f"change committed to webhook sent, {n_alerts} alerts, by the clock on the wall:")
    print(f"  median {p50:.0f} ms, 90 % {p90:.0f} ms, 99 % {p99:.0f} ms")


if __name__ == "__main__":
    main()
