"""Maps of one's own: whole months, dated by their publication, refused where they cannot be."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.sources.record_stub import Told, world

from hashquake.core.contracts import SourceContext
from hashquake.core.errors import HashquakeError
from hashquake.core.reading import Reading
from hashquake.core.times import parse_time
from hashquake.core.window import Window
from hashquake.sources.tables import mining_map
from hashquake.testing import check_source

AUGUST = Window(start_s=parse_time("2021-08-01"), end_s=parse_time("2021-09-01"))
WHOLE = (
    "country,share,month,vintage",
    "US,0.5,2021-08,2021-10-13",
    "KAZ,0.2,2021-08-01,2021-10-13",
    "other,0.3,2021-08,2021-10-13",
)


def today() -> SourceContext:
    return replace(world(), now_s=lambda: float(parse_time("2022-01-06")))


def csv_file(folder: Path, *lines: str) -> Path:
    path = folder / "map.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(path: Path, **options: Any) -> list[Reading]:
    batches = mining_map.read(mining_map.Options(path=path, **options), today())
    return [reading for batch in batches for reading in batch.readings]


def code_of(path: Path, **options: Any) -> str:
    with pytest.raises(HashquakeError) as caught:
        read(path, **options)
    return caught.value.code


def changed(folder: Path, row: int, line: str) -> Path:
    lines = list(WHOLE)
    lines[row] = line
    return csv_file(folder, *lines)


def test_a_map_becomes_readings_of_its_month_with_its_vintage(tmp_path: Path) -> None:
    path = csv_file(tmp_path, *WHOLE)
    assert len(check_source(mining_map, {"path": path}, today())) == 0
    found = read(path, publisher="our pool")
    assert {one.subject: one.value for one in found} == pytest.approx(
        {"country:US": 0.5, "country:KZ": 0.2, "country:ZZ": 0.3}
    )
    assert {(one.quantity, one.window, one.source) for one in found} == {
        ("mining_share", AUGUST, "mining_map:our pool@2021-10-13")
    }


def test_parquet_with_days_percent_and_names_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "map.parquet"
    pl.DataFrame(
        {"where": ["US", "KZ"], "pct": [80.0, 20.0], "when": [date(2021, 8, 14)] * 2}
    ).write_parquet(path)
    found = read(
        path, map="country=where,share=pct,month=when", vintage="2021-10-13", unit="percent"
    )
    assert [one.value for one in found] == pytest.approx([0.2, 0.8])
    assert {one.window for one in found} == {AUGUST}


def test_months_come_oldest_first_a_batch_each(tmp_path: Path) -> None:
    path = csv_file(tmp_path, WHOLE[0], "US,1,2021-09,2021-10-13", "KZ,1,2021-08,2021-10-13")
    batches = list(mining_map.read(mining_map.Options(path=path), today()))
    assert [batch.readings[0].subject for batch in batches] == ["country:KZ", "country:US"]


def test_a_map_that_does_not_name_all_must_say_so(tmp_path: Path) -> None:
    path = csv_file(tmp_path, *WHOLE[:3])
    assert code_of(path) == "map-sum"
    found = {one.subject: one.value for one in read(path, partial=True)}
    assert found["country:ZZ"] == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("row", "line", "code"),
    [
        (1, "US,0.6,2021-08,2021-10-13", "map-sum"),
        (1, "US,50,2021-08,2021-10-13", "map-sum"),
        (1, "Utopia,0.5,2021-08,2021-10-13", "country-unknown"),
        (1, "US,-0.5,2021-08,2021-10-13", "share-negative"),
        (1, "US,nan,2021-08,2021-10-13", "column-nulls"),
        (1, "US,half,2021-08,2021-10-13", "value-malformed"),
        (1, "US,0.5,last summer,2021-10-13", "date-malformed"),
        (1, "US,0.5,9999-12,2021-10-13", "date-malformed"),
        (1, "US,0.5,0001-01,2021-10-13", "date-malformed"),
        (1, "US,0.5,2021-08,2021-11-13", "vintages-mixed"),
        (2, "USA,0.2,2021-08,2021-10-13", "country-twice"),
        (1, ",0.5,2021-08,2021-10-13", "column-nulls"),
        (0, "place,share,month,vintage", "columns-missing"),
    ],
)
def test_what_cannot_be_is_refused_with_its_code(
    tmp_path: Path, row: int, line: str, code: str
) -> None:
    assert code_of(changed(tmp_path, row, line)) == code


def test_a_fault_names_its_row(tmp_path: Path) -> None:
    with pytest.raises(HashquakeError, match="row 2 "):
        read(changed(tmp_path, 2, "XQ,0.2,2021-08,2021-10-13"))


def test_vintages_must_be_said_once_and_lie_in_the_past(tmp_path: Path) -> None:
    assert code_of(csv_file(tmp_path, *WHOLE), vintage="2021-10-13") == "option-conflict"
    bare = csv_file(tmp_path, "country,share,month", "US,1,2021-08")
    assert code_of(bare) == "option-missing"
    assert code_of(bare, vintage="2199-01-01") == "vintage-ahead"
    assert code_of(bare, vintage="2021-07-31") == "vintage-early"
    assert code_of(bare, vintage="soon") == "date-malformed"
    assert len(read(bare, vintage="2021-10-13")) == 1


def test_months_that_are_not_over_are_left_out_and_said(tmp_path: Path) -> None:
    rows = [f"US,1,{month},2022-01-05" for month in ("2021-12", "2022-01")]
    path = csv_file(tmp_path, WHOLE[0], *rows)
    told = Told()
    now_s = float(parse_time("2022-01-06"))
    batches = list(mining_map.read(mining_map.Options(path=path), world(told=told, now_s=now_s)))
    windows = [reading.window for batch in batches for reading in batch.readings]
    assert windows == [Window(start_s=parse_time("2021-12-01"), end_s=parse_time("2022-01-01"))]
    (sentence,) = told.notes
    assert "left out the months from 2022-01 on, which are not over" in sentence
    assert code_of(csv_file(tmp_path, WHOLE[0], *rows[1:])) == "rows-ahead"


def test_publishers_have_plain_names(tmp_path: Path) -> None:
    path = csv_file(tmp_path, *WHOLE)
    assert code_of(path, publisher="a@b") == "publisher-syntax"
    assert code_of(csv_file(tmp_path, WHOLE[0])) == "table-empty"


def test_countries_as_cambridge_writes_them_are_known(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "date,country,share",
        "2021-08-01,Mainland China,20.5",
        "2021-08-01,United States,35.4",
        '2021-08-01,"Iran, Islamic Rep.",3.1',
        "2021-08-01,UK,1.0",
        "2021-08-01,Other,40.0",
    )
    found = {one.subject: one.value for one in read(path, unit="percent", vintage="2021-10-13")}
    assert found == pytest.approx(
        {
            "country:CN": 0.205,
            "country:US": 0.354,
            "country:IR": 0.031,
            "country:GB": 0.01,
            "country:ZZ": 0.4,
        }
    )


@pytest.mark.parametrize(("code", "named"), [("XX", "unknown"), ("EU", "Union"), ("T1", "Tor")])
def test_a_special_code_in_a_map_is_named(tmp_path: Path, code: str, named: str) -> None:
    with pytest.raises(HashquakeError) as caught:
        read(changed(tmp_path, 2, f"{code},0.2,2021-08,2021-10-13"))
    assert caught.value.code == "country-unknown"
    assert "row 2" in caught.value.message
    assert named in caught.value.message
