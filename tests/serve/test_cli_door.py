"""The commands of the front door: series, backups, deep checks, and what a report is written as."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hashquake.core.contracts import Batch
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import open_observatory
from hashquake.serve.cli.app import run


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("HASHQUAKE_DB", raising=False)


@pytest.fixture
def db(tmp_path: Path) -> str:
    with open_observatory(str(tmp_path / "my.db"), create=True) as observatory:
        observatory.feed(Batch(blocks=bundled_blocks().take(slice(0, 3_000))), source="test")
    return str(tmp_path / "my.db")


def _json(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    assert run([*arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_series_is_a_document_and_a_file(
    tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"series.{ending}"
    window = ["--since", "2022-01-01", "--until", "2022-01-04", "--step", "12h"]
    document = _json(capsys, "rate", *window, "--out", str(out), "--db", "bundled")
    assert (document["subject"], document["step_s"], document["level"]) == ("network", 43_200, 0.9)
    assert len(document["median_hps"]) == len(document["low_hps"]) == 6
    assert [one["days"] for one in document["means"]] == [7, 30, 90]
    read = pl.read_csv if ending == "csv" else pl.read_parquet
    assert read(out)["median_hps"].to_list() == pytest.approx(document["median_hps"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["rate", "--step", "1d"], "usage"),
        (["rate", "--since", "2022-01-01", "--out", "x.csv"], "usage"),
        (["rate", "--since", "2022-01-01", "--step", "1d", "--out", "x.pdf"], "export-format"),
        (["rate", "--since", "2022-01-01", "--step", "1s", "--until", "2022-01-02"], "step-range"),
        (["report", "kazakhstan-2022", "--out", "x.pdf"], "format-unknown"),
        (["report", "--since", "2022-01-01"], "usage"),
        (["update", "--db", "bundled"], "record-read-only"),
        (["update", "--source", "pricey", "--plan"], "plugin-unknown"),
        (["backup", "x.db", "--db", "bundled"], "backup-unsupported"),
    ],
)
def test_what_cannot_be_is_asked_for_or_refused(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert capsys.readouterr().err.rstrip().endswith(f"[{code}]")


def test_the_plan_of_an_update_is_said_and_nothing_is_asked(
    db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["update", "--plan", "--json", "--db", db]) == 0
    captured = capsys.readouterr()
    assert [one["source"] for one in json.loads(captured.out)["sources"]] == [
        "mempool_rest",
        "price",
        "ioda",
    ]
    assert "667,063" in captured.err


def test_doctor_goes_deep_and_finds_a_changed_block(
    db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = {one["name"]: one for one in _json(capsys, "doctor", "--deep", "--db", db)["checks"]}
    assert {checks[name]["status"] for name in ("file", "links", "retargets")} == {"ok"}
    assert checks["compiled code"]["status"] in ("ok", "warning")
    with sqlite3.connect(db) as connection:
        connection.execute(
            "UPDATE blocks SET header_s = header_s + 5000 WHERE height = 664063 + 900"
        )
        connection.execute("UPDATE blocks SET bits = bits + 1 WHERE height = 664063 + 2000")
    document = _json(capsys, "doctor", "--deep", "--db", db, status=2)
    assert document["healthy"] is False
    assert "error" in {one["status"] for one in document["checks"] if one["name"] == "links"}
