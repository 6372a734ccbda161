"""The table of calibration, measured row by row; `make test-slow` writes it into the docs."""

import json
from dataclasses import asdict

import pytest
from tests.power.all_rows import ROWS
from tests.power.row import Row
from tests.power.rows_table import FRESH, PAGE, fields_of, is_met, made_by, page_with, read_rows


def _parameter(row: Row) -> object:
    marks = [pytest.mark.xdist_group(row.group)]
    if row.missed:
        marks.append(pytest.mark.xfail(reason=row.missed, strict=True))
    return pytest.param(row, id=row.key, marks=marks)


@pytest.mark.slow
@pytest.mark.parametrize("row", [_parameter(row) for row in ROWS])
def test_the_figure_lies_within_its_bound(row: Row) -> None:
    figure = row.measure()
    FRESH.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**fields_of(row), **asdict(figure), "made_by": made_by()})
    (FRESH / f"{row.key}.json").write_text(text, encoding="utf-8")
    assert row.low <= figure.value <= row.high


def test_keys_are_distinct() -> None:
    assert len({row.key for row in ROWS}) == len(ROWS)


def test_the_table_has_every_row_as_it_is_defined() -> None:
    rows = read_rows()
    assert [row["key"] for row in rows] == [row.key for row in ROWS]
    for row, shown in zip(ROWS, rows, strict=True):
        for name in ("section", "situation", "unit", "before", "missed"):
            assert shown[name] == getattr(row, name), "run python -m tests.power.rows_table"


def test_a_row_outside_its_bound_says_why_and_no_other_does() -> None:
    for row in read_rows():
        assert bool(row["missed"]) == (row["value"] is not None and not is_met(row)), row["key"]


def test_the_page_shows_the_rows() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page_with(text, read_rows())
