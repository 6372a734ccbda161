"""Times and windows as people write them, wherever the Python API takes one."""

import inspect
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hashquake as hq
from hashquake.core.errors import UsageError
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.observatory.asked import moment_s, window_asked

DAY = Window(start_s=1_641_340_800.0, end_s=1_641_427_200.0)


@pytest.mark.parametrize(
    "moment",
    [
        "2022-01-05",
        "2022-01-05T06:00+06:00",
        1_641_340_800,
        np.int64(1_641_340_800),
        np.float64(1_641_340_800.0),
        date(2022, 1, 5),
        datetime(2022, 1, 5),  # noqa: DTZ001  what has no zone is UTC, as in text
        datetime(2022, 1, 5, tzinfo=UTC),
        datetime(2022, 1, 5, 6, tzinfo=timezone(timedelta(hours=6))),
    ],
)
def test_a_moment_in_any_form_is_the_same_second(moment: Any) -> None:
    assert moment_s(moment) == DAY.start_s


@pytest.mark.parametrize(
    "moment", ["yesterday", "", float("nan"), float("inf"), None, [], {}, "\x1b[31m", 10**400]
)
def test_what_is_no_moment_is_refused_with_a_code(moment: Any) -> None:
    with pytest.raises(UsageError) as caught:
        moment_s(moment)
    assert caught.value.code == "time-syntax"
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize(
    "stretch",
    [DAY, "2022-01-05", date(2022, 1, 5), ("2022-01-05", "2022-01-06"), (DAY.start_s, DAY.end_s)],
)
def test_a_window_in_any_form_is_the_same_window(stretch: Any) -> None:
    assert window_asked(stretch) == DAY


@pytest.mark.parametrize("ends", [(), ("2022-01-05",), ("2022-01-05", "2022-01-06", "2022-01-07")])
def test_a_window_has_two_ends(ends: Any) -> None:
    with pytest.raises(UsageError):
        window_asked(ends)


def test_every_time_and_window_of_an_observatory_takes_text() -> None:
    """A parameter that is a moment or a window says so by its type, in every public method."""
    checked = 0
    for name, method in inspect.getmembers(Observatory, inspect.isfunction):
        if name.startswith("_"):
            continue
        for parameter in inspect.signature(method).parameters.values():
            if parameter.name in {"at_s", "as_of_s", "until_s", "until"}:
                assert "str" in str(parameter.annotation), (name, parameter)
                checked += 1
            if parameter.name in {"window", "since", "baseline", "event"}:
                assert "tuple" in str(parameter.annotation) or "Stretch" in str(
                    parameter.annotation
                ), (name, parameter)
                checked += 1
    assert checked >= 15


def test_answers_are_the_same_by_text_and_by_number() -> None:
    with hq.open("bundled") as observatory:
        by_text = observatory.energy(at_s="2022-01-05", as_of_s="2022-01-06")
        by_number = observatory.energy(at_s=DAY.start_s, as_of_s=DAY.end_s)
        assert by_text.power_mw == by_number.power_mw
        assert len(observatory.blocks("2022-01-05")) == len(observatory.blocks(DAY))
        assert observatory.rate(DAY, subjects=("network",)) == observatory.rate(
            ("2022-01-05", "2022-01-06"), subjects=("network",)
        )


def test_a_record_is_named_by_a_path_or_by_text(tmp_path: Path) -> None:
    with hq.open(tmp_path / "own.db", create=True) as observatory:
        assert observatory.backup(str(tmp_path / "copy.db")) == 0
    with hq.open(str(tmp_path / "copy.db")) as copy:
        assert copy.counts()["blocks"] == 0
