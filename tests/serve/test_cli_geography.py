"""``map`` and ``energy`` from the command line: the contract, the text, the picture."""

import json
from pathlib import Path
from typing import Any

import pytest

from hashquake.serve.cli.app import run

MAP = ["map", "--db", "bundled", "--as-of", "2022-01-06"]
ENERGY = ["energy", "--db", "bundled", "--country", "KZ", "--at", "2021-11-05"]
INTERVAL = {"median", "low", "high", "level"}


def asked(
    arguments: list[str], capsys: pytest.CaptureFixture[str], *, status: int = 0
) -> dict[str, Any]:
    assert run([*arguments, "--json"]) == status
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_the_map_keeps_its_contract(capsys: pytest.CaptureFixture[str]) -> None:
    document = asked(MAP, capsys)
    assert (document["as_of"], document["vintage"]) == ("2022-01-06", "2021-10-13")
    assert [row["rank"] for row in document["countries"]] == list(range(1, 10))
    kazakhstan = document["countries"][1]
    assert kazakhstan["country"] == "KZ"
    for key in ("share", "hashrate_hps", "power_mw", "rank_interval"):
        assert set(kazakhstan[key]) == INTERVAL
        assert kazakhstan[key]["low"] <= kazakhstan[key]["median"] <= kazakhstan[key]["high"]
    germany = next(row for row in document["countries"] if row["country"] == "DE")
    assert germany["flags"] == ["redirected-addresses"]
    assert document["rest"]["rank"] is None
    assert {one["publisher"] for one in document["published"]} == {"Foundry"}
    assert document["named_share"] == pytest.approx(0.911, abs=0.001)


def test_energy_keeps_its_contract(capsys: pytest.CaptureFixture[str]) -> None:
    document = asked(ENERGY, capsys)
    for key in ("power_mw", "unregistered_mw", "share_of_generation", "emissions_t_per_day"):
        assert set(document[key]) == INTERVAL
    assert document["registered_mw"] == 600
    assert document["because"] == {}
    assert document["claimed"]["implied_capacity_mw"] == pytest.approx(22_500)
    assert document["share_of_capacity"]["median"] == pytest.approx(0.08, abs=0.01)
    bounds = document["network_bounds_mw"]
    assert bounds["lower"] < bounds["best"] < bounds["upper"]


def test_what_is_not_known_is_null_with_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    document = asked([*ENERGY[:-1], "2023-05-01"], capsys)
    assert document["registered_mw"] is None
    assert document["unregistered_mw"] is None
    assert "registered_mw" in document["because"]
    given = asked([*ENERGY[:-1], "2023-05-01", "--registered-mw", "500"], capsys)
    assert given["registered_mw"] == 500
    assert set(given["unregistered_mw"]) == INTERVAL


def test_the_network_alone_has_no_country(capsys: pytest.CaptureFixture[str]) -> None:
    document = asked(["energy", "--db", "bundled", "--at", "2021-11-05"], capsys)
    assert document["country"] is None
    assert document["share"] is None
    assert document["registered_mw"] is None
    assert document["emissions_t_per_day"]["median"] > 1e5


def test_both_are_told_to_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    assert run(MAP) == 0
    said = capsys.readouterr().out.replace("\xa0", " ")
    assert "map of CCAF for August 2021" in said
    assert "Kazakhstan" in said
    assert "VPN" in said
    assert "\\x" not in said
    assert run(ENERGY) == 0
    said = capsys.readouterr().out.replace("\xa0", " ")
    assert "not registered" in said
    assert "600 MW" in said
    assert "https://interfax.com/newsroom/top-stories/81306/" in said


def test_no_interval_is_cut_in_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(MAP) == 0
    said = capsys.readouterr().out
    assert "\N{HORIZONTAL ELLIPSIS}" not in said
    assert "Kazakhstan" in said


def test_a_map_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "country,share,month,vintage\nKZ,25,2021-12,2022-01-02\nUS,55,2021-12,2022-01-02\n",
        encoding="utf-8",
    )
    asked_with = [*MAP, "--map", str(path)]
    assert asked(asked_with, capsys, status=2)["error"]["code"] == "map-sum"
    percent = [*asked_with, "--map-unit", "percent"]
    assert asked(percent, capsys, status=2)["error"]["code"] == "map-sum"
    document = asked([*percent, "--map-partial"], capsys)
    assert document["publisher"] == "own"
    assert [row["country"] for row in document["countries"]] == ["US", "KZ"]
    assert document["rest"]["published_share"] == pytest.approx(0.2)
    assert any("locates 80 % of the hash rate" in said for said in document["caveats"])


@pytest.mark.parametrize("name", ["map.html", "map.svg"])
def test_a_page_and_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = tmp_path / name
    assert run([*MAP, "--out", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    assert "Kazakhstan" in text
    assert "\N{BLACK DIAMOND} published for August 2021" in text
    assert "\\x" not in text
    assert text.count("<svg") == (2 if name.endswith("html") else 1)
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["map", "--db", "bundled", "--as-of", "2020-01-01"], "map-missing"),
        (["map", "--db", "bundled", "--as-of", "2199-01-01"], "time-ahead"),
        ([*MAP, "--at", "2022-02-01"], "time-ahead"),
        ([*MAP, "--out", "map.gif"], "format-unknown"),
        ([*MAP, "--map", "nowhere.csv"], "file-missing"),
        ([*MAP, "--map-unit", "permille"], "map-unit"),
        ([*MAP, "--within", "US"], "provinces-missing"),
        (["map", "--db", "bundled", "--within", "CN"], "provinces-missing"),
        ([*MAP, "--within", "CN", "--map", "own.csv"], "usage"),
        ([*MAP, "--price-usd", "0"], "price-range"),
        ([*ENERGY, "--electricity-usd-per-kwh", "-1"], "price-range"),
        ([*ENERGY, "--registered-mw", "-5"], "registered-range"),
        (["energy", "--db", "bundled", "--country", "Utopia"], "country-unknown"),
        (["energy", "--db", "bundled", "--at", "2019-06-01"], "no-coverage"),
    ],
)
def test_what_cannot_be_answered_says_why(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(arguments, capsys, status=2)["error"]["code"] == code


def test_a_publishers_name_cannot_write_to_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "[red]evil\x1b[31m.csv"
    path.write_text(
        "country,share,month,vintage\nKZ,0.4,2021-12,2022-01-02\nUS,0.6,2021-12,2022-01-02\n",
        encoding="utf-8",
    )
    assert run([*MAP, "--map", str(path)]) == 0
    said = capsys.readouterr().out
    assert "\x1b[31m" not in said
    assert "[red]evil" in said.replace("\n", "")
