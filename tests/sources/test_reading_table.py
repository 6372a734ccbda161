"""Tables of readings: gaps stay gaps, and time within a series runs one way."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.record_stub import Told, world

from hashquake.core.errors import FormatError, HashquakeError, UsageError
from hashquake.core.reading import Reading
from hashquake.core.times import format_time
from hashquake.core.window import Window
from hashquake.observatory import open_observatory
from hashquake.sources.tables import reading_table
from hashquake.store.export import export_readings
from hashquake.testing import check_source

TIMES_S = [1_641_379_200, 1_641_379_800, 1_641_380_400]
WHOLE: dict[str, Any] = {
    "country": ["KZ"] * 3,
    "time": TIMES_S,
    "value": [0.97, 0.95, 0.02],
}
OPTIONS = {"quantity": "connectivity_share", "step": "10m"}


def read(path: Path, **options: Any) -> list[Reading]:
    batches = reading_table.read(reading_table.Options(path=path, **options), world())
    return [reading for batch in batches for reading in batch.readings]


def error_of(path: Path, **options: Any) -> HashquakeError:
    with pytest.raises(HashquakeError) as caught:
        read(path, **options)
    return caught.value


def parquet(folder: Path, **columns: Any) -> Path:
    path = folder / "probes.parquet"
    pl.DataFrame(columns, strict=False).write_parquet(path)
    return path


def csv_file(folder: Path, *lines: str) -> Path:
    path = folder / "probes.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_table_keeps_the_contract_and_closes_no_time_of_the_chain(tmp_path: Path) -> None:
    path = parquet(tmp_path, **WHOLE)
    options: dict[str, Any] = {"path": path, **OPTIONS}
    assert len(check_source(reading_table, options, world())) == 0
    batches = list(reading_table.read(reading_table.Options(**options), world()))
    assert [batch.observed for batch in batches] == [()]
    assert read(**options) == [
        Reading(
            subject="country:KZ",
            quantity="connectivity_share",
            window=Window(start_s=time_s, end_s=time_s + 600),
            value=value,
            source="reading_table",
        )
        for time_s, value in zip(TIMES_S, WHOLE["value"], strict=True)
    ]


@pytest.mark.parametrize(
    "times",
    [
        TIMES_S,
        [time_s * 1000 for time_s in TIMES_S],
        [format_time(time_s) for time_s in TIMES_S],
        [datetime.fromtimestamp(time_s, tz=UTC) for time_s in TIMES_S],
    ],
    ids=["seconds", "milliseconds", "ISO", "datetimes"],
)
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_times_are_written_as_in_any_table(tmp_path: Path, times: list[Any], kind: str) -> None:
    table = pl.DataFrame(WHOLE | {"time": times})
    path = tmp_path / f"probes.{kind}"
    if kind == "parquet":
        table.write_parquet(path)
    else:
        table.write_csv(path, datetime_format="%FT%T")
    assert [reading.window.start_s for reading in read(path, **OPTIONS)] == TIMES_S


def test_empty_values_are_gaps_and_no_zeros(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "asn;start;end;quantity;value;normal",
        "AS9198;2022-01-05T10:40Z;2022-01-05T10:50Z;answers_count;812;830",
        "9198;2022-01-05T10:50Z;2022-01-05T11:00Z;answers_count;;830",
        "9198;2022-01-05T11:00Z;2022-01-05T11:10Z;answers_count;NaN;830",
        "9198;2022-01-05T11:10Z;2022-01-05T11:20Z;answers_count;0;",
    )
    found = read(path, source="our probes")
    assert [(one.value, one.normal) for one in found] == [(812, 830), (0, None)]
    assert {(one.subject, one.source) for one in found} == {("asn:9198", "our probes")}
    assert found[0].window == Window(start_s=1_641_379_200, end_s=1_641_379_800)


def test_a_table_of_gaps_gives_nothing(tmp_path: Path) -> None:
    assert read(parquet(tmp_path, **WHOLE | {"value": [None, float("nan"), None]}), **OPTIONS) == []


def test_the_finer_subject_counts(tmp_path: Path) -> None:
    path = parquet(
        tmp_path,
        subject=["country:kz", None, None],
        asn=[1, 9198, None],
        cc=["RU", "RU", "kz"],
        time=TIMES_S,
        value=[1.0, 2.0, 3.0],
    )
    found = read(path, quantity="answers_count", step="10m")
    assert [one.subject for one in found] == ["country:KZ", "asn:9198", "country:KZ"]


def test_regions_are_named_by_their_codes(tmp_path: Path) -> None:
    """A column that is called `region` may hold names: it is read where the map says so."""
    codes = ["kz-ala", None, "KZ-75"]
    table = {"region_code": codes, "cc": ["KZ"] * 3, "time": TIMES_S, "value": [1.0, 2.0, 3.0]}
    options = {"quantity": "answers_count", "step": "10m"}
    found = [one.subject for one in read(parquet(tmp_path, **table), **options)]
    assert found == ["region:KZ-ALA", "country:KZ", "region:KZ-75"]
    table["region"] = table.pop("region_code")
    path = parquet(tmp_path, **table)
    assert {one.subject for one in read(path, **options)} == {"country:KZ"}
    mapped = read(path, **options, map="region=region,country=cc,time=time,value=value")
    assert [one.subject for one in mapped] == found
    table["region"] = ["Almaty"] * 3
    assert error_of(parquet(tmp_path, **table), map="region=region", **options).code == (
        "subject-malformed"
    )


def test_a_map_names_columns(tmp_path: Path) -> None:
    path = parquet(tmp_path, where=["KZ"], when=[TIMES_S[0]], up=[0.5], long=[300])
    found = read(path, map="country=where,time=when,value=up,step=long", quantity="up_share")
    assert found[0].window.duration_s == 300
    assert error_of(path, map="contry=where").code == "map-syntax"


def test_series_may_stand_one_after_the_other_or_mixed(tmp_path: Path) -> None:
    long = parquet(
        tmp_path,
        country=["KZ"] * 3 + ["IR"] * 3,
        time=TIMES_S * 2,
        value=[1.0] * 6,
    )
    assert len(read(long, **OPTIONS)) == 6
    mixed = parquet(
        tmp_path,
        country=["KZ", "IR"] * 3,
        time=[time_s for time_s in TIMES_S for _ in range(2)],
        value=[1.0] * 6,
    )
    assert len(read(mixed, **OPTIONS)) == 6


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"time": [TIMES_S[0], TIMES_S[0], TIMES_S[2]]}, "reading-twice"),
        ({"time": [TIMES_S[0], TIMES_S[0] + 300, TIMES_S[2]]}, "readings-overlap"),
        ({"time": [TIMES_S[1], TIMES_S[0], TIMES_S[2]]}, "time-backwards"),
        ({"end": TIMES_S}, "window-reversed"),
        ({"end": [1 << 60] * 3}, "time-malformed"),
        ({"step": [0.0] * 3}, "window-reversed"),
        ({"step": ["nan ", "60", "60"]}, "time-malformed"),
        ({"step": [1e300] * 3}, "time-malformed"),
        ({"time": [datetime(2600, 1, 1, tzinfo=UTC)] * 3}, "time-malformed"),
        ({"time": [None, *TIMES_S[1:]]}, "column-nulls"),
        ({"time": [TIMES_S[0], TIMES_S[1] * 1000, TIMES_S[2]]}, "time-units-mixed"),
        ({"country": ["KZ", None, "KZ"]}, "column-nulls"),
        ({"country": ["Kazahkstan"] * 3}, "subject-malformed"),
        ({"country": [["KZ"]] * 3}, "cells-nested"),
        ({"asn": [0] * 3}, "subject-malformed"),
        ({"asn": ["AS99999999999"] * 3}, "subject-malformed"),
        ({"subject": ["planet:earth"] * 3}, "subject-malformed"),
        ({"quantity": ["Up Share"] * 3}, "quantity-malformed"),
        ({"quantity": [None] * 3}, "column-nulls"),
        ({"value": [0.5, -1.0, 0.5]}, "value-negative"),
        ({"value": [0.5, 97.0, 0.5]}, "share-too-large"),
        ({"value": [0.5, float("inf"), 0.5]}, "value-malformed"),
        ({"value": ["a", "b", "c"]}, "value-malformed"),
        ({"value": [True] * 3}, "value-malformed"),
        ({"normal": [-1.0] * 3}, "value-negative"),
    ],
    ids=str,
)
def test_a_wrong_row_is_named(tmp_path: Path, columns: dict[str, Any], code: str) -> None:
    options = dict(OPTIONS)
    for name in ("quantity", "step"):
        if name in columns or (name == "step" and "end" in columns):
            del options[name]
    error = error_of(parquet(tmp_path, **(WHOLE | columns)), **options)
    assert (error.code, isinstance(error, FormatError)) == (code, True)
    assert "probes.parquet" in error.message


def test_a_change_may_be_negative(tmp_path: Path) -> None:
    path = parquet(tmp_path, **WHOLE | {"value": [-0.9, 0.1, 0.2]})
    assert read(path, quantity="connectivity_change_share", step="10m")[0].value == -0.9


def test_time_may_not_run_backwards_from_batch_to_batch(tmp_path: Path) -> None:
    n = 20_001
    times = [TIMES_S[0] + 60 * at for at in range(n - 1)] + [TIMES_S[0]]
    path = parquet(tmp_path, country=["KZ"] * n, time=times, value=[1.0] * n)
    options = reading_table.Options(path=path, quantity="up_share", step="60")
    told = Told()
    with pytest.raises(FormatError) as caught:
        next(reading_table.read(options, world(told=told)))
    assert caught.value.code == "time-backwards"
    assert f"rows {n - 1} and {n} of" in caught.value.message
    assert told.progress == []


def test_batches_are_small_and_progress_is_told(tmp_path: Path) -> None:
    n = 45_000
    times = [TIMES_S[0] + 60 * at for at in range(n)]
    path = parquet(tmp_path, country=["KZ"] * n, time=times, value=[1.0] * n)
    options = reading_table.Options(path=path, quantity="up_share", step="60")
    told = Told()
    sizes = [len(batch.readings) for batch in reading_table.read(options, world(told=told))]
    assert (sum(sizes), max(sizes) <= 20_000) == (n, True)
    assert (told.progress[-1].done, told.progress[-1].total) == (n, n)


def test_what_is_not_said_is_asked_for(tmp_path: Path) -> None:
    path = parquet(tmp_path, **WHOLE)
    assert "--step" in error_of(path, quantity="up_share").hint
    assert "--quantity" in error_of(path, step="10m").hint
    nowhere = parquet(tmp_path, time=TIMES_S, value=[1.0] * 3)
    assert "country" in error_of(nowhere, **OPTIONS).hint
    both = parquet(tmp_path, **WHOLE, step_s=[600] * 3)
    error = error_of(both, **OPTIONS)
    assert (error.code, isinstance(error, UsageError)) == ("option-conflict", True)
    assert error_of(csv_file(tmp_path, "country,time,value"), **OPTIONS).code == "table-empty"
    assert error_of(path, quantity="up_share", step="soon").code == "duration-syntax"


def test_what_export_writes_comes_back(tmp_path: Path) -> None:
    path = parquet(tmp_path, **WHOLE | {"normal": [1.0, None, 1.0]})
    observatory = open_observatory(str(tmp_path / "record.db"), create=True)
    try:
        options = reading_table.Options(path=path, **OPTIONS)
        for batch in reading_table.read(options, world()):
            observatory.feed(batch, source="reading_table")
        exported = tmp_path / "exported.csv"
        export_readings(observatory.record, exported, subjects=["country:KZ"])
    finally:
        observatory.close()
    assert read(exported) == read(path, **OPTIONS)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_damaged_table_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    path = parquet(folder, **WHOLE)
    if data.draw(st.booleans()):
        path = folder / "probes.csv"
        pl.DataFrame(WHOLE).write_csv(path)
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    try:
        read(path, **OPTIONS)
    except HashquakeError:
        return


def test_a_table_about_one_subject_says_it_by_an_option(tmp_path: Path) -> None:
    path = parquet(tmp_path, time=TIMES_S, value=[0.97, 0.95, 0.02])
    assert error_of(path, **OPTIONS).code == "columns-missing"
    found = read(path, **OPTIONS, subject="country:Kazakhstan")
    assert {one.subject for one in found} == {"country:KZ"}
    assert [one.value for one in found] == [0.97, 0.95, 0.02]
    whole = parquet(tmp_path, **WHOLE)
    assert error_of(whole, **OPTIONS, subject="country:KZ").code == "option-conflict"
    assert error_of(path, **OPTIONS, subject="country:EU").code == "subject-malformed"


def test_rows_whose_time_is_not_over_are_left_out_and_said(tmp_path: Path) -> None:
    path = parquet(tmp_path, **WHOLE)
    told = Told()
    now_s = TIMES_S[1] + 300.0  # within the second of three windows

    def batches(at_s: float) -> list[Reading]:
        options = reading_table.Options(path=path, **OPTIONS)
        context = world(told=told, now_s=at_s)
        return [one for batch in reading_table.read(options, context) for one in batch.readings]

    assert [one.window.end_s for one in batches(now_s)] == [TIMES_S[1]]
    assert len(told.notes) == 1
    assert "left out 2 of 3 rows" in told.notes[0]
    assert f"row 2, of {format_time(TIMES_S[1])}" in told.notes[0]
    assert len(batches(TIMES_S[2] + 600.0)) == 3
    with pytest.raises(FormatError) as caught:
        batches(float(TIMES_S[0]))
    assert caught.value.code == "rows-ahead"
