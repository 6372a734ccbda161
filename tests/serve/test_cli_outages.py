"""Outages on the command line: the contract's shape, what was watched, what is refused."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.made_levels import levels

from hashquake.core.outage import OUTAGE_CLASSES
from hashquake.core.times import parse_time
from hashquake.observatory import open_observatory
from hashquake.serve.cli.app import run

CONTRACT = {
    "id",
    "country",
    "onset",
    "end_s",
    "dark_windows",
    "restorations",
    "depth_share",
    "seen_by",
    "not_seen_by",
    "classes",
}
ROUTES = [("2022-01-05T08:00Z", "2022-01-06T12:00Z", 0.995)]


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("HASHQUAKE_DB", raising=False)
    path = str(tmp_path / "r.db")
    with open_observatory(path, create=True) as observatory:
        observatory.record.append(levels(), source="events")
        observatory.record.append(levels(ROUTES, quantity="bgp_share"), source="events")
    return path


def _json(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    assert run([*arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_an_outage_has_the_shape_of_the_contract(
    db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (one,) = _json(capsys, "outages", "list", "--country", "kz", "--db", db)
    assert set(one) > CONTRACT | {"witnesses", "revision", "subject", "coverage", "made_by"}
    assert (one["id"], one["country"], one["evidence"]) == ("ou20220105kza", "KZ", "transcribed")
    assert (one["seen_by"], one["not_seen_by"]) == (["probing"], ["bgp"])
    depth = one["depth_share"]
    assert set(depth) == {"median", "low", "high", "level"}
    assert depth["low"] <= depth["median"] <= depth["high"]
    assert [window["start_s"] for window in one["dark_windows"]] == [
        parse_time("2022-01-05T10:45Z"),
        parse_time("2022-01-05T22:00Z"),
    ]
    assert {each["name"] for each in one["classes"]} == set(OUTAGE_CLASSES)
    assert sum(each["probability"] for each in one["classes"]) == pytest.approx(1, abs=1e-3)
    assert all(each["because"] for each in one["classes"])
    shares = {row["signal"]: (row["covered_share"], row["because"]) for row in one["coverage"]}
    assert shares["probing"] == (1.0, "")
    assert shares["telescope"] == (0.0, "no source of it is in the record")
    assert all(witness["evidence"] == "transcribed" for witness in one["witnesses"])
    assert _json(capsys, "outages", "--country", "KZ", "--db", db) == [one]


def test_detecting_keeps_opinions_only_when_told_to(
    db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = _json(capsys, "outages", "detect", "--db", db)
    _json(capsys, "outages", "detect", "--write", "--db", db)
    known_by = ["--known-by", "2022-01-05T18:00Z"]
    (early,) = _json(capsys, "outages", "detect", *known_by, "--write", "--db", db)
    assert early["end_s"] is None
    shown = _json(capsys, "outages", "show", found["id"], "--db", db)
    assert [one["revision"] for one in shown["revisions"]] == [1, 2]
    assert found == {
        **shown["revisions"][0],
        "false_alarms_per_year": found["false_alarms_per_year"],
    }
    assert found["false_alarms_per_year"]["high"] < 1.0
    assert _json(capsys, "quakes", "list", "--db", db) == []


@pytest.mark.parametrize("ending", ["json", "csv", "parquet"])
def test_an_export_holds_a_row_for_each_outage(
    db: str, tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"outages.{ending}"
    told = _json(capsys, "outages", "export", "--out", str(out), "--db", db)
    assert told == {"path": str(out), "n_outages": 1}
    if ending == "json":
        assert json.loads(out.read_text())[0]["id"] == "ou20220105kza"
        return
    frame = pl.read_csv(out) if ending == "csv" else pl.read_parquet(out)
    assert frame["id"].to_list() == ["ou20220105kza"]
    assert frame["dark_s"].item() > 18 * 3600
    assert frame["evidence"].item() == "transcribed"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["list", "--country", "QQ"], "country-unknown"),
        (["list", "--country", "KAX"], "country-unknown"),
        (["list", "--country", "EU"], "country-unknown"),
        (["list", "--country", "IR"], "no-coverage"),
        (["list", "--since", "2022-01-06", "--until", "2022-01-05"], "window-reversed"),
        (["list", "--since", "2023-01-01"], "no-coverage"),
        (["show", "ou20220105kzb"], "outage-unknown"),
        (["show", "ou20220105kza", "--out", "x.pdf"], "export-format"),
        (["export", "--out", "x.xls"], "export-format"),
        (["detect", "--networks", "missing.csv"], "file-missing"),
        (["detect", "--networks", "a", "--delegated", "b"], "option-conflict"),
    ],
)
def test_what_cannot_be_answered_says_why(
    db: str, arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    error = _json(capsys, "outages", *arguments, "--db", db, status=2)["error"]
    assert error["code"] == code
    assert error["hint"] or code == "file-missing"


def test_no_outage_found_says_what_was_watched(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    calm = ["--since", "2022-01-05T08:00Z", "--until", "2022-01-05T09:00Z"]
    assert run(["outages", "list", *calm, "--db", db]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert (
        "country:KZ: active probing, routes from transcribed: a report of January 2022" in told.err
    )
    assert "not watched: traffic, telescope" in told.err
    assert "absence of readings proves nothing" in told.err


def test_an_empty_record_is_no_quiet_world(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "empty.db")
    open_observatory(path, create=True).close()
    for command in ("list", "detect"):
        error = _json(capsys, "outages", command, "--db", path, status=2)["error"]
        assert error["code"] == "no-coverage"


def test_a_person_is_told_that_nothing_was_measured(
    db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["outages", "list", "--db", db]) == 0
    assert "transcribed" in capsys.readouterr().out
    assert run(["outages", "show", "ou20220105kza", "--db", db]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "copied from reports, not measured here" in shown
    assert "routes (transcribed: a report of January 2022): did not fall" in shown
    assert "traffic: no source of it is in the record" in shown


def test_networks_are_read_from_a_table(
    db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_observatory(db) as observatory:
        for asn in (64500, 64501):
            observatory.record.append(levels(subject=f"asn:{asn}"), source="events")
    table = tmp_path / "networks.csv"
    table.write_text("asn,country,weight_share,access\n64500,KZ,0.7,fixed\nAS64501,kz,0.3,mobile\n")
    (one,) = _json(capsys, "outages", "detect", "--networks", str(table), "--db", db)
    because = " ".join(each["because"] for each in one["classes"])
    assert "100 % of the networks fell within 15 minutes" in because
    table.write_text("asn,country,weight_share\n64500,KZ,7\n")
    error = _json(capsys, "outages", "detect", "--networks", str(table), "--db", db, status=2)
    assert error["error"]["code"] == "networks-malformed"
