"""``hashquake simulate`` as scripts see it: one document, statuses, files, errors."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hashquake.forward import run as engine
from hashquake.serve.cli.app import run

SETTINGS = ("country:KZ.share=0.18", "country:KZ.depth=1", "onset=2d", "duration=5d", "failover=0")
PLAIN = [word for setting in SETTINGS for word in ("--set", setting)]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("HASHQUAKE_DB", raising=False)


def _json(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    assert run(["simulate", *arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_the_document_has_the_keys_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    made = _json(capsys, "kazakhstan-2022", "--paths", "5000", "--seed", "1", *PLAIN)
    assert (made["scenario"], made["paths"], made["seed"]) == ("kazakhstan-2022", 5000, 1)
    assert made["partial"] is False
    assert [row["index"] for row in made["retargets"]] == [1, 2, 3, 4]
    first = made["retargets"][0]
    assert set(first["ratio"]) == {"mean", "sd", "quantiles"}
    assert set(first["ratio"]["quantiles"]) == {"0.01", "0.05", "0.5", "0.95", "0.99"}
    assert first["ratio"]["mean"] == pytest.approx(0.94044, abs=1.5e-3)
    assert made["blocks_in_window"]["mean"] == pytest.approx(590.4, abs=2)
    assert made["longest_gap_s"]["mean"] == pytest.approx(98.1 * 60, rel=0.02)
    assert set(made["confirmation_s"]) == {"1", "3", "6"}
    assert {row["subject"] for row in made["revenue_share"]} >= {"pool:f2pool", "country:US"}
    for phase in ("before", "during", "after"):
        assert made["concentration"][phase]["hhi"]["low"] <= 0.2
    assert made["energy_not_used"]["power_mw"]["low"] > 0
    assert made["stale_share"]["during"]["median"] < made["stale_share"]["before"]["high"]
    assert made["backlog"]["backlog_peak_blocks"]["median"] > 1


def test_files_are_written_in_three_forms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outs = [tmp_path / f"made.{ending}" for ending in ("json", "parquet", "html")]
    given = [word for out in outs for word in ("--out", str(out))]
    made = _json(capsys, "top-pool-offline", "--paths", "300", *given)
    assert json.loads(outs[0].read_text(encoding="utf-8")) == made
    assert pl.read_parquet(outs[1]).height == 300
    page = outs[2].read_text(encoding="utf-8")
    HTMLParser().feed(page)
    assert page.count("<svg") == 6
    assert "pool:foundryusa" in page
    assert "<script" not in page


def test_a_sweep_runs_once_a_value_with_the_same_luck(capsys: pytest.CaptureFixture[str]) -> None:
    made = _json(
        capsys, "kazakhstan-2022", "--paths", "400", "--sweep", "country:KZ.share=0.1,0.2,0.3"
    )
    means = [one["retargets"][0]["ratio"]["mean"] for one in made["runs"]]
    assert made["sweep"]["values"] == ["0.1", "0.2", "0.3"]
    assert means == sorted(means, reverse=True)


def test_text_for_people_names_what_matters(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulate", "iran-blackout", "--paths", "300"]) == 0
    said = capsys.readouterr().out
    for wanted in ("blocks lost", "six confirmations", "retarget", "country:IR"):
        assert wanted in said
    assert run(["simulate", "iran-blackout", "--paths", "200", "--sweep", "onset=1d,3d"]) == 0
    assert "3d" in capsys.readouterr().out


def test_hostile_text_of_a_file_is_made_harmless(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, page = tmp_path / "mine.toml", tmp_path / "mine.html"
    file.write_text('title = "<script>x</script>"\nsources = ["<b>"]', encoding="utf-8")
    assert run(["simulate", str(file), "--paths", "200", "--out", str(page), "--json"]) == 0
    capsys.readouterr()
    text = page.read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "<b>" not in text.split("Where the numbers come from")[1]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "usage"),
        (["kazakstan-2022"], "scenario-unknown"),
        (["halving", "--paths", "0"], "paths-range"),
        (["halving", "--seed", "-1"], "seed-range"),
        (["halving", "--set", "onset=2d"], "setting-unknown"),
        (["halving", "--set", "price_usd=nan"], "economy-malformed"),
        (["iran-blackout", "--set", "country:IR.share=1.5"], "share-range"),
        (["iran-blackout", "--out", "x.txt"], "usage"),
        (["iran-blackout", "--sweep", "onset"], "setting-malformed"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _json(capsys, *arguments, status=2)["error"]["code"] == code


def test_an_interrupt_prints_what_it_has_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = engine.draw_batch

    def stop(setup: engine.Setup, number: int) -> Any:
        if number == 2:
            raise KeyboardInterrupt
        return whole(setup, number)

    monkeypatch.setattr(engine, "BATCH", 512)
    monkeypatch.setattr(engine, "draw_batch", stop)
    made = _json(capsys, "iran-blackout", "--paths", "10000", status=3)
    assert made["partial"] is True
    assert (made["paths"], made["paths_asked"]) == (1024, 10000)
