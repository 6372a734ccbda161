"""``hashquake backtest outages``: the bundled table, fresh trials, and refusals."""

import json
from typing import Any

import pytest

from hashquake.core.outage import OUTAGE_CLASSES
from hashquake.serve.cli.app import run


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert run(["backtest", "outages", "--json", *arguments]) == 0
    told: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return told


def test_every_score_has_its_interval_and_seed(capsys: pytest.CaptureFixture[str]) -> None:
    told = rows(capsys)
    assert all(row["seed"] == told[0]["seed"] and row["country_years"] for row in told)
    scores = {row["score"]: row for row in told if "target" in row}
    assert {name for name, row in scores.items() if row["target"] is not None} == {
        "recall",
        "false_alarms_per_year",
        "onset_within_one_step",
        "restorations_found",
        "class_accuracy",
        "calibration_error",
    }
    for row in scores.values():
        assert row["value"]["low"] <= row["value"]["median"] <= row["value"]["high"]
    confusion = [row for row in told if row["score"] == "confusion"]
    assert {row["class"] for row in confusion} == set(OUTAGE_CLASSES) - {"unknown"}
    assert sum(row["n"] for row in confusion) == scores["class_accuracy"]["n"]


def test_the_table_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["backtest", "outages"]) == 0
    out = capsys.readouterr().out
    assert "false alarms a country and year" in out
    assert "Brackets hold 90 % intervals" in " ".join(out.split())
    assert "curfew" in out


def test_fresh_trials_are_those_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    told = rows(capsys, "--country-years", "1", "--seed", "4")
    assert {(row["country_years"], row["seed"]) for row in told} == {(1, 4)}
    assert told == rows(capsys, "--country-years", "1", "--seed", "4")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["outages", "--country-years", "0"], "country-years"),
        (["outages", "--seed", "-1"], "country-years"),
        (["peers", "--seed", "3"], "backtest-options"),
        (["outage"], "backtest-unknown"),
    ],
)
def test_faults_have_codes(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["backtest", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.err.rstrip().endswith(f"[{code}]")
    assert captured.out == ""
