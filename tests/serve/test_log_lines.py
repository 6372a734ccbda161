"""Logs of the watcher: a line an event, levels that mean something, and no secret."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from hashquake.core.opinion import Change
from hashquake.serve.log_lines import LogForm, LoggedChanges

SECRETS = ["hunter2", "tok3n"]


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, root.level = before[0], before[1]
    structlog.reset_defaults()


def source(state: str, because: str) -> Change:
    document = {"source": "bitcoind_rpc", "state": state, "since_s": 5.0, "because": because}
    return Change(id=7, at_s=1e9, kind="source", subject="source:bitcoind_rpc", document=document)


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    out, err = capsys.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def test_a_change_is_a_json_line_with_its_number(capsys: pytest.CaptureFixture[str]) -> None:
    block = {"height": 5, "header_s": 1, "hash": None, "pool": "f2pool"}
    with LoggedChanges("json") as shown:
        shown.change(Change(id=6, at_s=1e9, kind="block", subject="network", document=block))
        shown.change(source("down", "no answer [node-unreachable]"))
        shown.change(source("refused", "wrong key [node-auth]"))
        shown.note("ioda", "two series are left out")
    lines = logged(capsys)
    assert [one["level"] for one in lines] == [
        "info",
        "info",
        "warning",
        "error",
        "warning",
        "info",
    ]
    assert [one["kind"] for one in lines[1:4]] == ["block", "source", "source"]
    assert lines[1] | {"time": ""} == {
        "change_id": 6,
        "event": "block 5, found by F2Pool",
        "kind": "block",
        "level": "info",
        "subject": "network",
        "time": "",
    }
    assert all(str(one["time"]).endswith("Z") for one in lines)


@pytest.mark.parametrize("form", ["json", "plain"])
def test_no_secret_and_no_control_character_is_logged(
    form: LogForm, capsys: pytest.CaptureFixture[str]
) -> None:
    address = "http://ann:hunter2@node:8332/?token=tok3n"
    shown = LoggedChanges(form)
    shown.change(source("down", f"{address} \x1b[31mfails"))
    shown.note("x", f"{address}\nsecond line")
    logging.getLogger("httpx").warning("asked %s", address)
    more = {"password": SECRETS[0]}
    structlog.get_logger("hashquake.x").warning("asked", token=SECRETS[1], more=more)
    shown.__exit__(RuntimeError, RuntimeError(address), None)
    _, err = capsys.readouterr()
    assert len(err.splitlines()) == 5
    assert not any(secret in err for secret in SECRETS)
    assert "\x1b" not in err


def test_an_error_of_a_library_is_one_line_with_its_trace(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with LoggedChanges("json"):
        try:
            int("no")
        except ValueError:
            logging.getLogger("sqlalchemy").exception("it failed")
    lines = logged(capsys)
    assert len(lines) == 3
    assert "ValueError" in str(lines[1]["exception"])
