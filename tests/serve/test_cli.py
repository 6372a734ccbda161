"""The command line as scripts see it: statuses, one JSON document, errors with codes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hashquake.serve.cli.app import COMMANDS, run

INTERVAL = {"median", "low", "high", "level"}
CAUSES_SUM_TO_ONE = 1e-9


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("HASHQUAKE_DB", raising=False)
    monkeypatch.setenv("COLUMNS", "110")


def _json(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    assert run([*arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    assert "Usage" in capsys.readouterr().out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from hashquake.serve.cli.app import run; run(['--help']); "
        "heavy = {'numpy', 'scipy', 'polars', 'sqlalchemy', 'httpx', 'matplotlib', 'pydantic'}; "
        "sys.stderr.write(str(sorted(heavy & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["raet"], "usage", "did you mean rate?"),
        (["rate", "--sinze", "2022-01-01"], "usage", "did you mean --since?"),
        (["rate", "--subject", "f2pool"], "subject-syntax", "did you mean pool:f2pool?"),
        (["rate", "--subject", "Network"], "subject-syntax", "did you mean network?"),
        (["pools", "--pool", "F2Pool"], "subject-syntax", "did you mean pool:f2pool?"),
        (["ingest", "block_tabel"], "usage", "did you mean block_table?"),
        (["report", "kazakstan-2022"], "event-unknown", "kazakhstan-2022"),
        (["report"], "usage", "--list"),
        (["rate", "--at", "yesterday"], "time-syntax", "ISO 8601"),
        (["rate", "--at", "2019-01-01"], "no-coverage", "covered"),
        (["rate", "--since", "2022-01-05", "--until", "2022-01-04"], "window-reversed", "after"),
        (["rate", "--subject", "pool:"], "subject-syntax", "pool:antpool"),
        (["rate", "--subject", "country:KZ"], "subject-not-mined", "pool:SLUG"),
        (["rate", "--db", "/nonexistent/x.db"], "record-missing", "init"),
        (["export", "--out", "x.txt"], "export-format", ".csv"),
        (["ingest", "block_table"], "usage", "path"),
        (["ingest", "block_table", "--path", "x", "--db", "bundled"], "record-read-only", "--db"),
    ],
)
def test_a_fault_is_one_line_with_a_code_and_a_hint(
    arguments: list[str], code: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("hashquake: ")
    assert captured.err.count("\n") == 1
    assert captured.err.rstrip().endswith(f"[{code}]")
    assert said in captured.err


def test_an_error_as_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    document = _json(capsys, "report", "nonesuch", status=2)
    assert set(document["error"]) == {"code", "message", "hint"}


def test_rate_of_network_and_pools(capsys: pytest.CaptureFixture[str]) -> None:
    rows = _json(
        capsys,
        "rate",
        "--since",
        "2022-01-05T10:45Z",
        "--until",
        "2022-01-10T02:00Z",
        "--db",
        "bundled",
    )
    network = rows[0]
    assert network["subject"] == "network"
    assert network["share"] is None
    assert set(network["hashrate_hps"]) == INTERVAL
    assert 1.6e20 < network["hashrate_hps"]["median"] < 2.0e20
    pools = rows[1:]
    assert sum(row["n_blocks"] for row in pools) == network["n_blocks"]
    for row in pools:
        assert row["share"]["low"] <= row["n_blocks"] / network["n_blocks"] <= row["share"]["high"]


def test_the_kazakhstan_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "kz.html"
    document = _json(capsys, "report", "kazakhstan-2022", "--out", str(out))
    assert out.read_text(encoding="utf-8").lstrip().startswith("<!doctype html>")
    drop = document["network"]["drop_share"]
    assert drop["level"] == 0.9
    assert drop["median"] == pytest.approx(0.024, abs=0.006)
    assert drop["low"] < 0 < drop["high"]
    assert document["claims"]
    assert {claim["call"] for claim in document["claims"]} & {"undecidable"}
    foundry = next(row for row in document["pools"] if row["pool"] == "foundryusa")
    assert foundry["beyond_luck"] is False
    for key in (
        "event",
        "window",
        "baseline",
        "causes",
        "difficulty",
        "energy",
        "price",
        "caveats",
    ):
        assert key in document


def test_a_report_of_any_window(capsys: pytest.CaptureFixture[str]) -> None:
    document = _json(
        capsys,
        "report",
        "--since",
        "2022-12-23T12:00",
        "--until",
        "2022-12-24T18:00",
        "--baseline",
        "2022-12-16",
    )
    assert document["network"]["drop_share"]["low"] > 0.1


def test_the_list_of_events(capsys: pytest.CaptureFixture[str]) -> None:
    ids = {event["id"] for event in _json(capsys, "report", "--list", "--db", "bundled")}
    assert {"kazakhstan-2022", "xinjiang-2021", "elliott-2022"} <= ids
    assert "halving-2020" not in ids


def test_a_record_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = _json(capsys, "init")
    assert made["counts"]["blocks"] == 282_174
    again = _json(capsys, "init")
    assert again["counts"]["blocks"] == 282_174
    assert again["settings_made"] is False
    rows = _json(capsys, "rate", "--at", "2022-01-06", "--subject", "network")
    assert len(rows) == 1
    table = tmp_path / "part.parquet"
    exported = _json(
        capsys, "export", "--out", str(table), "--since", "2022-01-01", "--until", "2022-01-02"
    )
    assert exported["n_blocks"] > 100
    other = str(tmp_path / "other.db")
    for added in (exported["n_blocks"], 0):
        result = _json(capsys, "ingest", "block_table", "--path", str(table), "--db", other)
        assert result["blocks_added"] == added
        assert result["partial"] is False
    assert result["blocks_known"] == exported["n_blocks"]
    healthy = _json(capsys, "doctor", "--db", other)
    assert healthy["healthy"] is True


def test_settings_that_cannot_be_used_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config" / "hashquake" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("dbb = 'x'\n")
    assert run(["rate"]) == 2
    assert "[settings-malformed]" in capsys.readouterr().err


def test_the_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rate", "--at", "2022-01-06", "--db", "bundled"]) == 0
    out = capsys.readouterr().out
    assert "network" in out
    assert "EH/s" in out


def test_a_report_that_cannot_be_written_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    assert run(["report", "kazakhstan-2022", "--out", str(blocker / "x.html")]) == 2
    assert "[cannot-write]" in capsys.readouterr().err
