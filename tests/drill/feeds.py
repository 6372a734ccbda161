"""The services of the drill, a program of its own: IODA's API and the pools', and their faults.

``python -m tests.drill.feeds STORY ADDRESS PORT`` answers by the simulated clock of its machine. A
request for ``/trouble?kind=429&left=3&path=/v2`` spoils the next answers under a path, one for
``/dark?path=/inside&dark=1`` leaves all under it unanswered, and ``/asked`` answers with the time
of the latest answer under each path.
"""

import json
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.drill.made_world import MadeWorld
from tests.drill.stories import STORIES
from tests.sources.hostile_server import troubled, whole


class Feeds:
    """Answers by path, spoilt while there is trouble."""

    def __init__(self, world: MadeWorld) -> None:
        self._world = world
        self._trouble: list[tuple[str, str]] = []
        self._last: dict[str, bytes] = {}
        self._dark: set[str] = set()
        self._asked_s: dict[str, float] = {}

    def answer(self, target: str, connection: socket.socket) -> None:
        """Answer a request for a path with a query."""
        asked = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if asked.path in ("/trouble", "/dark", "/asked"):
            whole(self._control(asked.path, query))(connection)
            return
        if any(asked.path.startswith(one) for one in self._dark):
            return  # closed without a word
        self._asked_s[asked.path] = time.time()
        body = self._body(asked.path.removeprefix("/inside"), query)
        if body is None:
            whole(b"unknown", status="404 Not Found")(connection)
            return
        due = next((one for one in self._trouble if asked.path.startswith(one[0])), None)
        if due is None:
            self._last[asked.path] = body
            whole(body)(connection)
            return
        self._trouble.remove(due)
        troubled(due[1], body, last=self._last.get(asked.path, body))(connection)

    def _control(self, path: str, query: dict[str, str]) -> bytes:
        if path == "/trouble":
            self._trouble += [(query["path"], query["kind"])] * int(query["left"])
        elif path == "/dark":
            (self._dark.add if query["dark"] == "1" else self._dark.discard)(query["path"])
        return json.dumps(self._asked_s).encode()

    def _body(self, path: str, query: dict[str, str]) -> bytes | None:
        _, kind, *rest = path.split("/")
        if kind == "pools" and rest[0] in self._world.reports:
            found = self._world.latest_report(rest[0], time.time())
            return (
                None
                if found is None
                else json.dumps({"at": found[0], "hashrate_hps": found[1]}).encode()
            )
        if kind == "v2" and rest[:2] == ["signals", "raw"]:
            return json.dumps(self._signal(rest[2], rest[3], query)).encode()
        return None

    def _signal(self, kind: str, code: str, query: dict[str, str]) -> dict[str, object]:
        name = query["datasource"]
        series = self._world.places[f"{kind}/{code}"][name]
        now_s = time.time()
        start_s, values = series.out_by(now_s, float(query["from"]), float(query["until"]))
        one = {
            "entityType": kind,
            "entityCode": code,
            "datasource": name,
            "from": int(start_s),
            "until": int(start_s + len(values) * series.step_s),
            "step": int(series.step_s),
            "nativeStep": int(series.step_s),
            "values": values,
        }
        return {"type": "signals", "error": None, "data": [[one] if values else []]}


def main() -> None:
    story, address, port = sys.argv[1:]
    feeds = Feeds(STORIES[story].world())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.close_connection = True
            feeds.answer(self.path, self.connection)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((address, int(port)), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write("serving\n")
    sys.stdout.flush()
    sys.stdin.read()  # until whoever started it is gone
    server.shutdown()


if __name__ == "__main__":
    main()
