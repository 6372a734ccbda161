from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.hashrate_unit import thousands_off
from hashquake.core.interval import Interval
from hashquake.core.reading import Reading
from hashquake.core.reported_rate import frozen, moving, reported_state
from hashquake.core.window import Window


def said(*values: float, every_s: float = 300.0, span_s: float = 300.0) -> tuple[Reading, ...]:
    return tuple(
        Reading(
            subject="pool:p",
            quantity="hashrate_hps",
            window=Window(start_s=at * every_s, end_s=at * every_s + span_s),
            value=value,
            source="pool_p",
        )
        for at, value in enumerate(values)
    )


def test_a_value_that_does_not_move_is_frozen_from_when_it_has_lasted() -> None:
    stuck = said(1.23456789, *[2.3456789] * 6, 2.345678)
    assert frozen(stuck) == (*[False] * 5, True, True, False)
    assert [one.value for one in moving(stuck)] == [1.23456789, *[2.3456789] * 4, 2.345678]


def test_a_value_of_few_digits_repeats_by_chance() -> None:
    coarse = said(*[1.46e15] * 14)
    assert frozen(coarse) == (*[False] * 13, True)


def test_an_hour_apart_two_equal_values_are_enough() -> None:
    assert frozen(said(2.3456789, 2.3456789, every_s=3600)) == (False, True)


@given(st.lists(st.sampled_from([1.0, 2.345678, 3.4567891]), max_size=30), st.integers(0, 30))
def test_what_comes_later_changes_nothing(values: list[float], cut: int) -> None:
    assert frozen(said(*values))[:cut] == frozen(said(*values[:cut]))


def test_states_at_an_instant() -> None:
    readings = said(*[2.3456789] * 6)
    assert reported_state((), 0.0) == "none"
    assert reported_state(readings[:2], 600.0) == "ok"
    assert reported_state(readings, 1800.0) == "frozen"
    assert reported_state(readings, 1800.0 + 3600.0) == "frozen"
    assert reported_state(readings, 1801.0 + 3600.0) == "silent"


def test_only_a_power_of_a_thousand_is_implausible() -> None:
    none = Interval(median=1e17, low=0.0, high=1e18, level=0.95)
    assert [thousands_off(value, none) for value in (1.0, 30e18, 40e18, 1e24)] == [0, 0, 1, 2]
    known = Interval(median=1e18, low=0.9e18, high=1.1e18, level=0.95)
    assert [thousands_off(value, known) for value in (1e12, 1e15, 0.03e18)] == [-2, -1, 0]
