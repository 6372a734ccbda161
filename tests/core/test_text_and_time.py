"""Times, durations, windows, intervals, subjects and hostile text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.coverage import Coverage
from hashquake.core.errors import ChainError, NoCoverage, UsageError
from hashquake.core.hostile_text import csv_safe, visible_text
from hashquake.core.interval import Interval, Quantiles
from hashquake.core.subject import parse_subject
from hashquake.core.times import format_time, parse_duration, parse_time
from hashquake.core.window import Window


@pytest.mark.parametrize(
    ("text", "time_s"),
    [
        ("2022-01-05T10:45Z", 1641379500),
        ("2022-01-05 10:45", 1641379500),
        ("2022-01-05T16:45+06:00", 1641379500),
        ("2022-01-05", 1641340800),
    ],
)
def test_times_are_utc_unless_they_say_otherwise(text: str, time_s: int) -> None:
    assert parse_time(text) == time_s


@given(st.integers(0, 4_000_000_000))
def test_times_round_trip(time_s: int) -> None:
    assert parse_time(format_time(time_s)) == time_s


@pytest.mark.parametrize("text", ["", "yesterday", "2022-13-01", "1641379500"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_time(text)
    assert caught.value.code == "time-syntax"


@pytest.mark.parametrize(
    ("text", "duration_s"), [("90m", 5400), ("6h", 21600), ("1d12h", 129600), ("45", 45)]
)
def test_durations(text: str, duration_s: float) -> None:
    assert parse_duration(text) == duration_s


@pytest.mark.parametrize("text", ["", "h", "5 parsecs", "-6h", "6h!"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_duration(text)


def test_windows_are_half_open_and_never_empty() -> None:
    window = Window(start_s=10, end_s=20)
    assert window.holds(10)
    assert not window.holds(20)
    with pytest.raises(UsageError):
        Window(start_s=20, end_s=20)


WINDOWS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 10)).map(
        lambda pair: Window(start_s=pair[0], end_s=pair[0] + pair[1])
    ),
    max_size=8,
)


@given(WINDOWS, st.integers(0, 59))
def test_coverage_holds_just_the_times_its_windows_hold(windows: list[Window], second: int) -> None:
    seen = any(window.holds(second) for window in windows)
    gaps = Coverage(tuple(windows)).gaps(Window(start_s=second, end_s=second + 1))
    assert (not gaps) == seen


@given(WINDOWS)
def test_coverage_is_the_same_value_in_any_order(windows: list[Window]) -> None:
    assert Coverage(tuple(windows)) == Coverage(tuple(reversed(windows)))


def test_a_gap_is_said_and_never_a_zero() -> None:
    coverage = Coverage((Window(start_s=0, end_s=100),))
    with pytest.raises(NoCoverage) as caught:
        coverage.require(Window(start_s=50, end_s=150), what="the network")
    assert "1970-01-01T00:01:40Z" in caught.value.message


def test_an_interval_cannot_be_built_out_of_order() -> None:
    with pytest.raises(UsageError):
        Interval(median=1.0, low=2.0, high=3.0, level=0.9)
    with pytest.raises(UsageError):
        Quantiles(values=(1, 2, 3, 4, 5, 6, float("nan")))


def test_a_negative_scale_turns_the_quantiles() -> None:
    turned = Quantiles(values=(1, 2, 3, 4, 5, 6, 7)).mapped(scale=-1, offset=1)
    assert list(turned.values) == [-6, -5, -4, -3, -2, -1, 0]
    assert turned.interval(0.9) == Interval(median=-3, low=-5, high=-1, level=0.9)


@pytest.mark.parametrize("text", ["region:KZ-ALA", "region:KZ-75", "region:KZ-IODA4416"])
def test_a_region_begins_with_its_country(text: str) -> None:
    subject = parse_subject(text)
    assert subject.kind == "region"
    assert subject.name.startswith("KZ-")


@pytest.mark.parametrize("text", ["region:KZ", "region:ALA", "region:KZ-", "region:kz-ala"])
def test_malformed_regions_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_subject(text)


@pytest.mark.parametrize("text", ["pool:", "pool:A B", "country:kz", "asn:0", "planet:mars", ""])
def test_malformed_subjects_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_subject(text)


@given(st.binary(max_size=80))
def test_hostile_bytes_become_one_printable_line(raw: bytes) -> None:
    shown = visible_text(raw)
    assert shown.isprintable()
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_names_in_other_scripts_stay_readable() -> None:
    assert visible_text("七彩神仙鱼 🐠".encode()) == "七彩神仙鱼 🐠"
    assert visible_text("abc\u202edef") == "abc\\u202edef"


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@SUM(A1)"])
def test_cells_are_never_formulas(text: str) -> None:
    assert csv_safe(text)[0] == "'"


def test_an_error_keeps_its_code_across_processes() -> None:
    import pickle

    error = ChainError("text", code="height-gap", height=7, hint="try")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  our own bytes
    assert (copy.message, copy.code, copy.hint, copy.height) == ("text", "height-gap", "try", 7)
