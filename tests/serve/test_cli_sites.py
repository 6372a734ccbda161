"""`hashquake sites`: the contract's keys, the night of 5 January 2022, tokens, errors."""

import json
from pathlib import Path
from typing import Any

import pytest

from hashquake.core.opinion import Change
from hashquake.core.secret_token import hash_of
from hashquake.serve.cli.app import run
from hashquake.serve.wording.changes import change_words

FILE = """
[[site]]
id = "ekibastuz"
name = "Ekibastuz 1"
country = "KZ"
asns = [9198]
megawatts = 24
ths = 750_000
tariff_usd_per_kwh = 0.045

[[site]]
id = "texas1"
country = "US"
ths = 1_500_000
"""
CONTRACT = {
    *("site", "country", "asns", "status", "since_s"),
    *("hashrate_hps", "usd_per_day", "because"),
}


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "sites.toml"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


def asked(file: str, *more: str) -> list[str]:
    return ["sites", "--sites", file, "--db", "bundled", *more]


def test_the_document(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(asked(file, "--at", "2022-01-05T14:00", "--json")) == 0
    one, two = json.loads(capsys.readouterr().out)
    assert set(one) >= CONTRACT
    assert one["status"] == "network dark"
    assert one["outage"] == "ou20220105kza"
    assert one["hashrate_hps"] == 750_000e12
    # About 31 cents a terahash and day that week, by the miners' index of the time.
    assert 0.22 < one["usd_per_day"] / 750_000 < 0.36
    limits = one["usd_per_day_interval"]
    assert limits["low"] < one["usd_per_day"] < limits["high"]
    assert one["power_usd_per_day"] == pytest.approx(24_000 * 24 * 0.045)
    assert "95\u00a0%" in one["because"]
    assert (two["status"], two["since_s"]) == ("unknown", None)
    assert two["dark_probability"] is None


def test_without_blocks_and_price_dollars_are_not_stated(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(asked(file, "--json")) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert [one["usd_per_day"] for one in found] == [None, None]
    assert [one["status"] for one in found] == ["unknown", "unknown"]


@pytest.mark.parametrize("width", ["80", "120"])
def test_the_table(
    file: str, width: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert run(asked(file, "--at", "2022-01-05T14:00")) == 0
    shown = capsys.readouterr().out
    assert all(len(line) <= int(width) for line in shown.splitlines())
    assert "network dark" in shown
    assert "191,000" in shown


def test_a_token_is_shown_once_with_its_hash(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sites", "token", "texas1", "--sites", file, "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["hash"] == hash_of(made["token"])
    assert made["token"] not in Path(file).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["sites"], "sites-none", "sites.toml"),
        (["sites", "--sites", "missing.toml"], "cannot-read", "missing.toml"),
        (["sites", "token", "texsa1"], "site-unknown", "did you mean texas1?"),
        (["sites", "--price-usd", "-1"], "option-invalid", "--price-usd"),
        (["sites", "--at", "yesterday"], "time-syntax", "yesterday"),
    ],
)
def test_errors(
    file: str, arguments: list[str], code: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = arguments if code in ("sites-none", "cannot-read") else [*arguments, "--sites", file]
    assert run(given) == 2
    line = capsys.readouterr().err
    assert f"[{code}]" in line
    assert said in line


def test_the_settings_name_the_file_beside_them(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hashquake.toml").write_text("", encoding="utf-8")
    assert run(["sites", "--db", "bundled", "--json"]) == 0  # sites.toml lies next to it
    Path(file).rename(tmp_path / "farms.toml")
    (tmp_path / "hashquake.toml").write_text('sites = "farms.toml"', encoding="utf-8")
    assert run(["sites", "--db", "bundled", "--json"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert [one["site"] for one in json.loads(first)] == [one["site"] for one in json.loads(second)]


@pytest.mark.parametrize(
    ("status", "probability", "said"),
    [
        ("network dark", 0.97, "network dark since 5 January 2022, 10:45 UTC, 97 % sure"),
        ("up", 0.0, "up since 5 January 2022, 10:45 UTC"),
        ("unknown", None, "unknown, last seen 5 January 2022, 10:45 UTC"),
    ],
)
def test_a_change_of_a_site_is_one_line(status: str, probability: float | None, said: str) -> None:
    document = {
        "name": "Ekibastuz 1",
        "status": status,
        "since_s": 1_641_379_500.0,
        "dark_probability": probability,
    }
    change = Change(kind="site", subject="site:ekibastuz", document=document)
    assert change_words(change) == f"site Ekibastuz 1: {said}"
