"""Readings from the command line, over a real socket to a service on this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.sources.simulated_instrument import tape

from hashquake.serve.cli.app import run

TOKEN = "opens-nothing"  # noqa: S105  it opens nothing
ASKED = ["--since", "2024-02-01", "--until", "2024-02-02", "--requests-per-second", "100"]


class _Service(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, answer = 404, {}
        if self.path.startswith("/signals/raw/country/TR?") and "datasource=bgp" in self.path:
            status, answer = 200, tape("ioda/answers.json")["bgp"]
        elif self.path.startswith("/radar/netflows/timeseries?"):
            right = self.headers.get("authorization") == f"Bearer {TOKEN}"
            status, answer = (200, tape("radar/answers.json")["traffic"]) if right else (401, {})
        body = json.dumps(answer).replace("2026-04", "2024-04").encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        del format, args


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("HASHQUAKE_SOURCES__RADAR__TOKEN", TOKEN)
    return str(tmp_path / "my.db")


def test_readings_are_counted_and_what_the_run_covered_is_said(
    url: str, db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["ingest", "ioda", "--country", "TR", "--datasources", "bgp", *ASKED]
    assert run([*asked, "--url", url, "--db", db, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["readings_added"] == 4
    assert document["blocks_added"] == 0
    assert document["coverage"] == [{"start_s": 1706745600, "end_s": 1706746800}]
    assert run([*asked, "--url", url, "--db", db]) == 0
    said = capsys.readouterr().out
    assert "0 readings added" in said
    assert "blocks" not in said


def test_a_signal_that_fails_ends_with_its_code_and_the_rest_is_kept(
    url: str, db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["ingest", "ioda", "--country", "TR", *ASKED, "--url", url, "--db", db]
    assert run(asked) == 2
    assert "[service-refused]" in capsys.readouterr().err
    assert run([*asked, "--datasources", "bgp", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["readings_added"] == 0


def test_the_token_comes_from_the_environment_and_is_not_shown(
    url: str, db: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["ingest", "radar", "--country", "SD", "--since", "2024-04-22", "--until", "2024-04-23"]
    asked += ["--url", url, "--db", db]
    assert run(asked) == 0
    assert "4 readings added" in capsys.readouterr().out
    monkeypatch.setenv("HASHQUAKE_SOURCES__RADAR__TOKEN", TOKEN + "-wrong")
    assert run(asked) == 2
    said = capsys.readouterr()
    assert "[service-unauthorised]" in said.err
    assert TOKEN not in said.err + said.out


def test_help_shows_the_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    """Square brackets are markup to the library that prints help."""
    assert run(["ingest", "reading_table", "--help"]) == 0
    assert "[default:" in capsys.readouterr().out


def test_plugins_names_the_extras(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plugins"]) == 0
    assert "hashquake[bgp]" in "".join(capsys.readouterr().out.split())
