"""Quakes, forecasts and power on the command line."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hashquake.core.times import parse_time
from hashquake.serve.cli.app import run

QUAKE_KEYS = {
    "id",
    "revision",
    "status",
    "subject",
    "onset",
    "detected_s",
    "end_s",
    "remaining_share",
    "lost_hps",
    "false_alarms_per_year",
    "kind",
    "pools",
    "causes",
    "made_by",
}


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("HASHQUAKE_DB", raising=False)


def _json(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    assert run([*arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_the_catalog_holds_what_must_be_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    quakes = _json(capsys, "quakes", "list", "--kind", "network", "--db", "bundled")
    assert len(quakes) <= 15
    for quake in quakes:
        assert set(quake) >= QUAKE_KEYS
        assert sum(cause["probability"] for cause in quake["causes"]) == pytest.approx(1, abs=1e-3)
    january = (parse_time("2022-01-01"), parse_time("2022-01-20"))
    assert not [one for one in quakes if january[0] < one["detected_s"] < january[1]]
    for day, low, high in (("2021-04-16", 0.18, 0.35), ("2022-12-23", 0.05, 0.45)):
        near_s = parse_time(day)
        (found,) = (one for one in quakes if abs(one["detected_s"] - near_s) < 3 * 86_400)
        assert low < 1 - found["remaining_share"]["median"] < high
        assert found["onset"]["start_s"] < near_s + 86_400


def test_a_narrow_terminal_cuts_no_name_and_no_interval(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["quakes", "list", "--kind", "network", "--db", "bundled"]) == 0
    shown = capsys.readouterr().out
    assert "hq20250616a" in shown
    assert "MARA Pool" in " ".join(shown.split())
    assert "\N{HORIZONTAL ELLIPSIS}" not in shown


def test_a_list_of_none_tells_an_empty_catalog_from_a_question_that_nothing_matches(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["quakes", "list", "--since", "2022-02-01", "--until", "2022-02-02"]
    assert run([*asked, "--db", "bundled"]) == 0
    said = capsys.readouterr().err
    assert "no quake matches; quakes in the catalog, rejected ones included: " in said
    empty = str(tmp_path / "empty.db")
    assert run(["init", "--empty", "--db", empty]) == 0
    assert run([*asked, "--db", empty]) == 0
    assert "hashquake replay --write finds them" in capsys.readouterr().err


def test_a_quake_is_shown_with_its_revisions(capsys: pytest.CaptureFixture[str]) -> None:
    quake = _json(capsys, "quakes", "show", "hq20210416a", "--db", "bundled")
    assert [one["revision"] for one in quake["revisions"]] == list(
        range(1, len(quake["revisions"]) + 1)
    )
    assert run(["quakes", "show", "hq20210416a", "--db", "bundled"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Power was cut or curtailed (China)" in told
    assert "No fall beyond luck and drift" in told
    error = _json(capsys, "quakes", "show", "hq20210416z", "--db", "bundled", status=2)
    assert error["error"]["code"] == "quake-unknown"
    assert "hq20210416a" in error["error"]["message"]


@pytest.mark.parametrize("ending", ["json", "csv", "parquet"])
def test_the_catalog_is_exported(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"quakes.{ending}"
    told = _json(capsys, "quakes", "export", "--out", str(out), "--db", "bundled")
    if ending == "json":
        ids = [one["id"] for one in json.loads(out.read_text(encoding="utf-8"))]
    else:
        read = pl.read_csv if ending == "csv" else pl.read_parquet
        ids = read(out)["id"].to_list()
    assert len(ids) == told["n_quakes"]
    assert "hq20210416a" in ids


def test_a_replay_is_kept_once_and_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, db = str(tmp_path / "spring.parquet"), str(tmp_path / "spring.db")
    span = ("--since", "2021-01-10", "--until", "2021-05-10")
    _json(capsys, "export", "--out", table, *span, "--db", "bundled")
    _json(capsys, "ingest", "block_table", "--path", table, "--db", db)
    # Ingesting forms the opinions; a replay tells the same and adds nothing.
    formed = _json(capsys, "quakes", "list", "--db", db)
    first = _json(capsys, "replay", "--write", "--db", db)
    assert [one["id"] for one in formed] == [one["id"] for one in first]
    assert "hq20210416a" in [one["id"] for one in first]
    listed = _json(capsys, "quakes", "list", "--db", db)
    assert [one["id"] for one in listed] == [one["id"] for one in first]
    again = _json(capsys, "replay", "--write", "--db", db)
    assert again == first
    revisions = _json(capsys, "quakes", "show", "hq20210416a", "--db", db)["revisions"]
    assert len({one["revision"] for one in revisions}) == len(revisions)
    assert _json(capsys, "quakes", "list", "--db", db) == listed
    then = _json(capsys, "replay", "--until", "2021-04-16T12:00", "--db", db)
    assert "hq20210416a" not in [one["id"] for one in then]


def test_the_bundled_record_keeps_no_replay(capsys: pytest.CaptureFixture[str]) -> None:
    error = _json(capsys, "replay", "--until", "2021-03-01", "--write", "--db", "bundled", status=2)
    assert error["error"]["code"] == "record-read-only"


def test_the_forecast_of_january_2022(capsys: pytest.CaptureFixture[str]) -> None:
    made = _json(capsys, "forecast", "--at", "2022-01-07", "--db", "bundled")
    assert made["height"] < 717_696
    assert 0.9 < made["epoch_share_elapsed"] < 1
    # What came: 717,695 on 8 January at 07:40 UTC, and difficulty up by 0.41 %.
    ratio, when = made["next_difficulty_ratio"], made["retarget_s"]
    assert ratio["low"] < 1.0041 < ratio["high"]
    assert when["low"] < parse_time("2022-01-08T07:40") < when["high"]
    assert run(["forecast", "--at", "2022-01-07", "--db", "bundled"]) == 0
    assert "next difficulty" in capsys.readouterr().out


def test_a_forecast_outside_the_record_is_no_coverage(capsys: pytest.CaptureFixture[str]) -> None:
    error = _json(capsys, "forecast", "--at", "2030-01-01", "--db", "bundled", status=2)
    assert error["error"]["code"] == "no-coverage"


@pytest.mark.parametrize("method", ["filter", "smoother"])
def test_rates_at_an_instant(method: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--at", "2022-01-06", "--subject", "network", "--db", "bundled")
    (row,) = _json(capsys, "rate", *arguments, "--method", method)
    rate = row["hashrate_hps"]
    assert row["method"] == method
    assert 1.5e20 < rate["low"] < rate["median"] < rate["high"] < 2.1e20
    assert (rate["high"] - rate["low"]) / rate["median"] < 0.16


def test_power_tells_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = _json(capsys, "power", "--drop", "25%", "--per-year", "1")
    assert row["drop_share"] == 0.25
    assert row["bound_blocks"] < row["delay_blocks"]
    assert row["delay_s"]["low"] < row["delay_s"]["median"] < row["delay_s"]["high"]
    (small,) = _json(capsys, "power", "--drop", "0.08", "--per-year", "1")
    assert small["delay_s"] is None
    assert small["not_within_days"] == 30
    (reverse,) = _json(capsys, "power", "--within", "48h")
    assert 0.18 < reverse["drop_share"] < 0.3
    table = _json(capsys, "power", "--table")
    bounds = [one["bound_blocks"] for one in table]
    assert bounds == sorted(bounds, reverse=True)
    assert run(["power", "--drop", "8%"]) == 0
    assert "not within 30 days" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["power"], "usage"),
        (["power", "--drop", "lots"], "drop-syntax"),
        (["power", "--drop", "120%"], "drop-range"),
        (["power", "--drop", "12%", "--per-year", "1000"], "false-alarms-range"),
        (["replay", "--false-alarms", "1000", "--db", "bundled"], "false-alarms-range"),
        (["rate", "--method", "filtre"], "method-unknown"),
        (["backtest", "peeers"], "backtest-unknown"),
        (["quakes", "export", "--out", "x.txt", "--db", "bundled"], "export-format"),
    ],
)
def test_faults_have_codes(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.rstrip().endswith(f"[{code}]")
    assert captured.out == ""


def test_the_peers_are_told_with_their_seed(capsys: pytest.CaptureFixture[str]) -> None:
    rows = _json(capsys, "backtest", "peers")
    assert {"mean_24h", "mean_3d", "page_hinkley", "adwin", "pelt_daily"} <= {
        row["name"] for row in rows
    }
    assert all(row["seed"] for row in rows)
