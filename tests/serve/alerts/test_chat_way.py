"""A chat service by the Apprise library; its own JSON plugin stands for the service here."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from tests.serve.alerts.made_alert import made_alert, made_settings

from hashquake.core.errors import HashquakeError
from hashquake.serve.alerts.outgoing import Outgoing
from hashquake.serve.alerts.settings import AppriseWay
from hashquake.serve.alerts.ways import chat

# Apprise's own libraries, where an older Python still has what a newer one dropped.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
Posted = list[dict[str, Any]]


def way(url: str) -> AppriseWay:
    made = made_settings({"name": "phone", "kind": "apprise", "url": url}).way[0]
    assert isinstance(made, AppriseWay)
    return made


@pytest.fixture
def service() -> Iterator[tuple[str, Posted, list[int]]]:
    """A service: its address, what was posted, and the status it answers."""
    posted: Posted = []
    statuses = [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(statuses[-1])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}", posted, statuses
        server.shutdown()
        thread.join()


def test_the_service_gets_title_and_text(service: tuple[str, Posted, list[int]]) -> None:
    address, posted, _ = service
    chat.send(way(f"json://{address}/"), Outgoing(alert=made_alert()))
    (one,) = posted
    assert one["title"] == made_alert().document["title"]
    assert one["message"] == made_alert().document["text"]
    assert one["type"] == "warning"


def test_a_service_that_refuses_is_an_error_without_its_address(
    service: tuple[str, Posted, list[int]], caplog: pytest.LogCaptureFixture
) -> None:
    address, _, statuses = service
    statuses.append(500)
    with caplog.at_level(logging.DEBUG), pytest.raises(HashquakeError) as caught:
        chat.send(way(f"json://user:sesame@{address}/token"), Outgoing(alert=made_alert()))
    assert caught.value.code == "alert-refused"
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("apprise")]
    assert "sesame" not in f"{caught.value} {caught.value.hint} {ours}"


def test_an_address_that_apprise_does_not_know_is_refused_at_once() -> None:
    with pytest.raises(HashquakeError) as caught:
        chat.check(way("nosuchservice://sesame"))
    assert caught.value.code == "alert-url"
    assert "sesame" not in str(caught.value)


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "find_spec", lambda _name: None)
    with pytest.raises(HashquakeError) as caught:
        chat.check(way("json://127.0.0.1/"))
    assert (caught.value.code, caught.value.hint) == (
        "alert-extra",
        "pip install 'hashquake[alerts]'",
    )
