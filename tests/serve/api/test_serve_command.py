"""`hashquake serve` as a user runs it: another process, Ctrl-C, errors in one line."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import plain_http
from tests.serve.test_cli_watch import record as record_made
from tests.serve.test_cli_watch import served as node_served
from tests.sources.simulated_chain import MinedChain
from tests.sources.simulated_node import SimulatedNode

from hashquake.core.secret_token import hash_of, new_token
from hashquake.observatory import open_observatory
from hashquake.serve.cli import serve
from hashquake.serve.cli.app import run

PROGRAM = [sys.executable, "-m", "hashquake", "serve"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_and_stops_when_asked_to(number: signal.Signals) -> None:
    with subprocess.Popen(
        [*PROGRAM, "--db", "bundled", "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        assert said["host"] == "127.0.0.1"
        assert plain_http.get(f"{said['url']}api/v1/quakes?limit=1").status_code == 200
        with plain_http.stream("GET", f"{said['url']}api/v1/stream") as answer:
            lines = answer.iter_lines()
            next(lines)
            process.send_signal(number)
            assert process.wait(300) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def code_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["serve", "--json", *arguments]) == 2
    code: str = json.loads(capsys.readouterr().out)["error"]["code"]
    return code


def test_a_port_in_use_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert code_of(capsys, "--db", "bundled", "--port", port) == "port-used"
        assert run(["serve", "--db", "bundled", "--port", port]) == 2
        line = capsys.readouterr().err
    assert line.startswith(f"hashquake: port {port} of 127.0.0.1 is in use; ")
    assert line.count("\n") == 1


def test_what_cannot_be_served_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert code_of(capsys, "--db", str(tmp_path / "none.db")) == "record-missing"
    assert code_of(capsys, "--db", "bundled", "--port", "65536") == "usage"
    assert code_of(capsys, "--db", "bundled", "--host", "192.0.2.1") == "host-unusable"
    assert code_of(capsys, "--db", "bundled", "--host", "no such host") == "host-unusable"
    assert code_of(capsys, "--db", "bundled", "--root-path", "quakes") == "usage"


def test_a_missing_extra_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "find_spec", lambda name: None if name == "uvicorn" else True)
    assert run(["serve", "--db", "bundled"]) == 2
    said = capsys.readouterr().err
    assert "uvicorn" in said
    assert "hashquake[serve]" in said
    assert said.rstrip().endswith("[serve-extra]")


def test_a_token_is_shown_once_and_kept_as_its_hash(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--new-token", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["hash"] == hash_of(made["token"])
    assert len(made["token"]) >= 40


def test_help_does_not_load_the_server() -> None:
    code = (
        "import sys; from hashquake.serve.cli.app import run; run(['--help']); "
        "print('fastapi' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "False"
    assert "serve" in done.stdout


def test_it_watches_and_serves_one_record_and_stops_whole(tmp_path: Path) -> None:
    simulated = SimulatedNode(MinedChain(end_s=time.time()).grow(20))
    with node_served(simulated) as node:
        path = record_made(tmp_path)
        settings = tmp_path / "config" / "hashquake" / "config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(f'[sources.bitcoind_rpc]\nurl = "{node}"\n', encoding="utf-8")
        with subprocess.Popen(
            [*PROGRAM, "--db", path, "--port", "0", "--json", "--watch"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config")},
        ) as process:
            assert process.stdout is not None
            api = f"{json.loads(process.stdout.readline())['url']}api/v1"
            with plain_http.stream("GET", f"{api}/stream?after=0", timeout=300) as answer:
                lines = answer.iter_lines()
                while not next(lines).startswith("event: blocks"):
                    pass
                simulated.chain.grow(1)
                while not next(lines).startswith("event: block"):
                    pass
            health = plain_http.get(f"{api}/health").json()
            assert (health["watching"], health["tip"]["height"]) == (True, 21)
            process.send_signal(signal.SIGTERM)
            assert process.wait(300) == 0
    assert open_observatory(path).tip() is not None


def test_a_site_sends_to_one_server_and_the_next_one_watches_it(tmp_path: Path) -> None:
    token, kept = new_token()
    simulated = SimulatedNode(MinedChain(end_s=time.time()).grow(20))
    with node_served(simulated) as node:
        path = record_made(tmp_path)
        folder = tmp_path / "config" / "hashquake"
        folder.mkdir(parents=True)
        source = f'[sources.bitcoind_rpc]\nurl = "{node}"\n'
        (folder / "config.toml").write_text(source, encoding="utf-8")
        (folder / "sites.toml").write_text(
            f'[[site]]\nid = "kz1"\ncountry = "KZ"\ntoken_hash = "{kept}"\n', encoding="utf-8"
        )

        def server(*more: str) -> "subprocess.Popen[str]":
            return subprocess.Popen(
                [*PROGRAM, "--db", path, "--port", "0", "--json", *more],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config")},
            )

        with server() as process:
            assert process.stdout is not None
            api = f"{json.loads(process.stdout.readline())['url']}api/v1"
            beat = f"{api}/sites/kz1/heartbeat"
            assert plain_http.post(beat, timeout=300).status_code == 401
            sent = {"authorization": f"Bearer {token}"}
            assert plain_http.post(beat, headers=sent, timeout=300).status_code == 204
            [site] = plain_http.get(f"{api}/sites", timeout=300).json()["items"]
            assert site["status"] == "up"
            process.send_signal(signal.SIGTERM)
            assert process.wait(300) == 0
        with server("--watch") as process, open_observatory(path) as ask:
            until_s = time.monotonic() + 120.0
            while not (stated := ask.record.latest_changes("site")):
                assert time.monotonic() < until_s, "no change of a site was stated"
                time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(300) == 0
    assert [(one.subject, one.document["status"]) for one in stated] == [("site:kz1", "up")]


def test_a_watcher_without_sources_ends_the_server_with_the_reason(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "--db", record_made(tmp_path), "--port", "0", "--watch"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 2
    assert done.stderr.rstrip().endswith("[source-none]")
