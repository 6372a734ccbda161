"""``hashquake map-logs``: the rows of a map, what was not located, and a table to keep."""

import json
from pathlib import Path

import polars as pl
import pytest
from tests.sources.log_forge import HOSTS, country_database, share_log

from hashquake.serve.cli.app import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("map")
    country_database(folder / "countries.mmdb")
    (folder / "hosts.txt").write_text("\n".join(HOSTS))
    share_log(folder / "a.parquet")
    share_log(folder / "b.csv", 500, seed=2)
    return folder


def arguments(folder: Path, *more: str) -> list[str]:
    files = [str(folder / name) for name in ("a.parquet", "b.csv")]
    bases = ["--geoip", str(folder / "countries.mmdb"), "--hosting", str(folder / "hosts.txt")]
    return ["map-logs", *files, *bases, *more]


def test_the_document_holds_rows_of_a_map_and_what_became_of_the_work(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments(folder, "--json")) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == 3_500
    assert sum(found["coverage"].values()) == pytest.approx(1.0)
    assert all(share > 0 for name, share in found["coverage"].items() if name[:3] in "loc hos unk")
    for row in found["countries"]:
        assert {"country", "share", "hashrate_hps", "power_mw", "rank", "flags"} <= set(row)
        assert row["share"]["low"] <= row["share"]["median"] <= row["share"]["high"]
    assert [row["rank"] for row in found["countries"]] == [1, 2]
    assert sum(row["share"]["median"] for row in found["countries"]) == pytest.approx(1.0)
    assert [row["pools"] for row in found["by_pool"]] == [["antpool"], ["f2pool"], ["viabtc"]]
    assert [row["month"] for row in found["by_month"]] == ["2022-01", "2022-02"]


def test_people_read_what_was_not_located(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments(folder, "--since", "2022-01-05")) == 0
    text = " ".join(capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ").split())
    assert "hosts and VPNs" in text
    assert "no country known" in text
    assert "rows lie outside the time asked for" in text


def test_the_table_has_a_row_for_each_country_and_month(folder: Path) -> None:
    out = folder / "map.csv"
    assert run(arguments(folder, "--out", str(out), "--json")) == 0
    table = pl.read_csv(out)
    assert len(table) == 4
    by_month = table.group_by("month").agg(pl.col("share").sum())
    assert by_month["share"].to_list() == pytest.approx([1.0, 1.0], abs=1e-8)
    assert (table["share_low"] <= table["share"]).all()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--unit", "farm"), "option-malformed"),
        (("--until", "1999-01-01"), "no-coverage"),
        (("--map", "ip=nonesuch"), "columns-missing"),
    ],
)
def test_what_cannot_be_is_said_with_a_code(
    folder: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], code: str
) -> None:
    assert run(arguments(folder, *more, "--json")) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code
