"""A program of one's own as a way: JSON on its input, no shell, a time limit, no secrets."""

import json
import sys
import time
from pathlib import Path

import pytest
from tests.serve.alerts.made_alert import made_alert, made_settings

from hashquake.core.errors import SourceError
from hashquake.serve.alerts.outgoing import Outgoing
from hashquake.serve.alerts.settings import CommandWay
from hashquake.serve.alerts.ways import command


def way(*arguments: str, timeout_s: float = 20.0) -> CommandWay:
    made = made_settings(
        {"name": "mine", "kind": "command", "command": list(arguments), "timeout_s": timeout_s}
    ).way[0]
    assert isinstance(made, CommandWay)
    return made


def failed(one: CommandWay) -> str:
    with pytest.raises(SourceError) as caught:
        command.send(one, Outgoing(alert=made_alert()))
    return caught.value.code


def test_the_program_reads_the_alert_and_no_shell_reads_its_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HASHQUAKE_ALERTS__WAY", "secret")
    out = tmp_path / "out.json"
    script = (
        "import json, os, sys; json.dump([json.load(sys.stdin), sys.argv[2:], dict(os.environ)], "
        "open(sys.argv[1], 'w'))"
    )
    command.send(
        way(sys.executable, "-c", script, str(out), "$HOME; touch x", "`id`"),
        Outgoing(alert=made_alert()),
    )
    document, arguments, environment = json.loads(out.read_text())
    assert document["key"] == made_alert().key
    assert document["title"].startswith("Hash rate")
    assert arguments == ["$HOME; touch x", "`id`"]
    assert environment["HASHQUAKE_ALERT_KEY"] == made_alert().key
    assert "HASHQUAKE_ALERTS__WAY" not in environment


def test_a_program_that_fails_or_does_not_exist_is_an_error() -> None:
    assert failed(way(sys.executable, "-c", "raise SystemExit(3)")) == "alert-command"
    assert failed(way("/no/such/program")) == "alert-command"


def test_a_program_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = (
        "import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', "
        "'import time; time.sleep(600)']); open(sys.argv[1], 'w').write(str(child.pid)); "
        "time.sleep(600)"
    )
    assert failed(way(sys.executable, "-c", script, str(pid), timeout_s=3.0)) == "alert-timeout"
    child = int(pid.read_text())
    until_s = time.monotonic() + 20.0
    while _runs(child):
        assert time.monotonic() < until_s
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
