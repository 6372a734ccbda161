"""``hashquake simulate`` as scripts see it: one document, statuses, files, errors."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hashquake.forward import run as engine
from hashquake.serve.cli.app import run
from hashquake.serve.format_times import duration

SETTINGS = ("country:KZ.share=0.18", "country:KZ.depth=1", "onset=2d", "duration=5d", "failover=0")
PLAIN = [word for setting in SETTINGS for word in ("--set", setting)]


STORM_AND_PRICE = """
pools = { foundryusa = 0.3 }
epochs = 2
[[outages]]
subject = "country:US"
depth = 0.5
onset = "2d"
duration = "3d"
[countries]
US = 0.4
[economy]
hashrate_hps = 9e20
price_usd = 50000
price_path = [["10d", 1.0], ["12d", 0.5]]
power_price_usd_per_kwh = 0.02
fleet = [[17.5, 0.4], [25.0, 0.3], [38.0, 0.3]]
"""


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
    assert "Foundry USA" in page
    assert "<script" not in page


def test_a_sweep_runs_once_a_value_with_the_same_luck(capsys: pytest.CaptureFixture[str]) -> None:
    made = _json(
        capsys, "kazakhstan-2022", "--paths", "400", "--sweep", "country:KZ.share=0.1,0.2,0.3"
    )
    means = [one["retargets"][0]["ratio"]["mean"] for one in made["runs"]]
    assert made["sweep"]["values"] == ["0.1", "0.2", "0.3"]
    assert means == sorted(means, reverse=True)


def test_text_for_people_fits_eighty_columns_and_names_what_matters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["simulate", "kazakhstan-2022", "--paths", "300"]) == 0
    said = capsys.readouterr().out
    for wanted in ("blocks lost", "wait for 6 confirmations", "without it", "Kazakhstan"):
        assert wanted in said
    lines = said.splitlines()
    assert max(map(len, lines)) <= 80
    # Each outcome and each retarget keeps to one line: nothing is wrapped in the middle.
    heads = [line.split("  ")[0] for line in lines if line and not line.startswith(" ")]
    assert all(head.strip() for head in heads)
    for number in range(1, 5):
        (line,) = [one for one in lines if one.startswith(f"{number} ")]
        assert line.rstrip().endswith(" h")


def test_pools_and_countries_are_two_tables_and_their_changes_are_points(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["simulate", "kazakhstan-2022", "--paths", "300"]) == 0
    blocks = capsys.readouterr().out.split("\n\n")
    (pools,) = [block for block in blocks if block.startswith("pool")]
    (countries,) = [block for block in blocks if block.startswith("country")]
    assert "Foundry USA" in pools
    assert "Kazakhstan" in countries
    assert "Kazakhstan" not in pools
    for table in (pools, countries):
        assert all(line.rstrip().endswith("points") for line in table.splitlines()[1:])


def test_a_sweep_says_of_a_value_what_a_single_run_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ["simulate", "iran-blackout", "--paths", "2000"]
    single = _json(capsys, *asked[1:], "--set", "onset=3d")
    swept = _json(capsys, *asked[1:], "--sweep", "onset=1d,3d")["runs"][1]
    assert {key: value for key, value in swept.items() if key != "value"} == single
    assert run([*asked, "--sweep", "onset=1d,3d"]) == 0
    (line,) = [one for one in capsys.readouterr().out.splitlines() if one.startswith("3d")]
    gap = duration(single["longest_gap_in_window_s"]["quantiles"]["0.5"])
    assert gap in line
    assert f"{single['blocks_lost']['quantiles']['0.5']:,.0f}" in line


def test_the_same_world_without_the_outage_stands_beside(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = _json(capsys, "kazakhstan-2022", "--paths", "3000", *PLAIN)
    calm = made["without_outage"]
    # Five days hold 720 blocks at the pace of the difficulty, and 18 % fewer in the dark.
    assert calm["blocks_in_window"]["mean"] == pytest.approx(720, abs=2)
    assert made["blocks_in_window"]["mean"] == pytest.approx(590.4, abs=2)
    assert calm["retargets"][0]["ratio"]["mean"] == pytest.approx(2016 / 2014, abs=1.5e-3)
    effect = made["retargets"][0]["effects"]["outage"]
    assert effect["high"] < 0
    assert effect["median"] == pytest.approx(0.94044 - 2016 / 2014, abs=1.5e-3)
    assert made["steady_hashrate"] is None
    assert made["retargets"][0]["effects"]["growth_price_and_fleet"] is None


def test_what_price_and_fleet_do_is_told_apart_from_the_outage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "storm.toml"
    file.write_text(STORM_AND_PRICE, encoding="utf-8")
    made = _json(capsys, str(file), "--paths", "2000")
    second = made["retargets"][1]["effects"]
    assert second["growth_price_and_fleet"]["high"] < -0.02
    first = made["retargets"][0]["effects"]["outage"]
    assert first["high"] < -0.01
    # The delay is the outage's alone: where the price falls only later, both differ.
    calm = made["without_outage"]["retargets"]
    for row, other in zip(made["retargets"], calm, strict=True):
        assert row["delay_s"]["mean"] == pytest.approx(
            row["time_s"]["mean"] - other["time_s"]["mean"], abs=60
        )


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
