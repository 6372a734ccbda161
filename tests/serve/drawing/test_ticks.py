"""Ticks are round, inside the axis, in order, and never more than there is room for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.times import DAY_S, HOUR_S, parse_time
from hashquake.serve.drawing.ticks import number_ticks, time_ticks

BEGIN_S = datetime(2009, 1, 3, tzinfo=UTC).timestamp()


@given(
    st.floats(-1e15, 1e15),
    st.floats(1e-6, 1e15),
    st.integers(2, 12),
)
def test_numbers(low: float, span: float, most: int) -> None:
    high = low + max(span, 1e-6 * abs(low))
    ticks = number_ticks(low, high, most=most)
    assert len(ticks) <= most
    assert ticks == sorted(set(ticks))
    slack = 1e-6 * (high - low)
    assert all(low - slack <= one <= high + slack for one in ticks)


@given(st.floats(BEGIN_S, BEGIN_S + 40 * 365 * DAY_S), st.floats(1.0, 1e10), st.integers(2, 14))
def test_times(start_s: float, span_s: float, most: int) -> None:
    ticks = time_ticks(start_s, start_s + span_s, most=most)
    times_s = [at_s for at_s, _ in ticks]
    assert len(ticks) <= most + 1
    assert times_s == sorted(set(times_s))
    assert all(start_s <= at_s <= start_s + span_s for at_s in times_s)
    assert all(at_s % HOUR_S == 0 for at_s in times_s)


@pytest.mark.parametrize(
    ("begin", "span_s", "labels"),
    [
        ("2022-01-04T20:00Z", 9 * HOUR_S, ["20:00", "22:00", "5\xa0Jan", "02:00", "04:00"]),
        ("2022-01-04", 5 * DAY_S, [f"{day}\xa0Jan" for day in range(4, 10)]),
        ("2021-11-20", 150 * DAY_S, ["Dec\xa02021", "Jan\xa02022", "Feb", "Mar", "Apr"]),
        ("2021-05-01", 1600 * DAY_S, ["2022", "2023", "2024", "2025"]),
    ],
)  # fmt: skip
def test_labels(begin: str, span_s: float, labels: list[str]) -> None:
    start_s = float(parse_time(begin))
    assert [name for _, name in time_ticks(start_s, start_s + span_s, most=6)] == labels
