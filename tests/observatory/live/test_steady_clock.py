"""A clock that leaps is noticed, and believed again once it is right or an hour has passed."""

from dataclasses import dataclass, field

import pytest

from hashquake.core import clock
from hashquake.observatory.live.steady_clock import SteadyClock


@dataclass
class Machine:
    counted_s: float = 500.0
    ahead_s: float = 1.7e9
    notes: list[str] = field(default_factory=list)

    def steady_clock(self) -> SteadyClock:
        return SteadyClock(
            lambda: self.counted_s + self.ahead_s,
            lambda: self.counted_s,
            on_note=self.notes.append,
        )


@pytest.mark.parametrize("leap_s", [-3600.0, 3600.0, -31.0, 86_400.0 * 365])
def test_a_leap_is_noticed_until_the_clock_is_right_again(leap_s: float) -> None:
    machine = Machine()
    found = machine.steady_clock()
    assert found.steady()
    machine.ahead_s += leap_s
    assert not found.steady()
    machine.counted_s += 1800.0
    assert not found.steady()
    machine.ahead_s -= leap_s
    assert found.steady()
    assert len(machine.notes) == 2
    assert ("ahead" if leap_s > 0 else "back") in machine.notes[0]


def test_a_time_that_stands_for_an_hour_is_believed() -> None:
    machine = Machine()
    found = machine.steady_clock()
    machine.ahead_s += 3600.0
    for _ in range(6):
        assert not found.steady()
        machine.counted_s += 600.0
    assert found.steady()
    machine.ahead_s += 3600.0
    assert not found.steady()


@pytest.mark.parametrize("leap_s", [-3600.0, 3600.0])
def test_a_return_to_the_time_that_stood_longer_is_believed_at_once(leap_s: float) -> None:
    machine = Machine()
    found = machine.steady_clock()
    machine.counted_s += 86_400.0
    for _ in range(2):
        assert found.steady()
        machine.ahead_s += leap_s
        assert not found.steady()
        machine.counted_s += 4000.0
        assert found.steady()
        machine.counted_s += 7200.0
        assert found.steady()
        machine.ahead_s -= leap_s
    assert found.steady()
    assert len(machine.notes) == 4


def test_a_return_to_a_time_that_stood_for_less_waits() -> None:
    machine = Machine()
    found = machine.steady_clock()
    machine.counted_s += 600.0
    assert found.steady()
    machine.ahead_s += 3600.0
    assert not found.steady()
    machine.counted_s += 4000.0
    assert found.steady()
    machine.ahead_s -= 3600.0
    assert not found.steady()
    machine.counted_s += 3000.0
    assert not found.steady()
    machine.counted_s += 600.0
    assert found.steady()


def test_only_the_time_believed_counts_as_having_stood() -> None:
    machine = Machine()
    found = machine.steady_clock()
    machine.counted_s += 4500.0
    assert found.steady()
    for _ in range(4):  # four times, none of which stands for an hour
        machine.ahead_s += 600.0
        assert not found.steady()
        machine.counted_s += 3000.0
    machine.counted_s += 700.0
    assert found.steady()  # the last of them after all
    machine.counted_s += 6000.0  # it stands for longer than the first did
    assert found.steady()
    machine.ahead_s -= 2400.0
    assert not found.steady()


@pytest.mark.parametrize(
    ("stands", "is_usual"),
    [
        ([(0.0, 24.0), (1.0, 2.0), (2.0, 4.0)], True),
        ([(0.0, 3.0), (1.0, 2.0), (0.0, 3.0), (2.0, 4.5)], True),  # six hours in two parts
        ([(0.0, 3.0), (1.0, 2.0), (0.0, 1.0), (2.0, 4.5)], False),
    ],
)
def test_of_several_times_the_one_that_stood_longest_is_the_usual_one(
    stands: list[tuple[float, float]], *, is_usual: bool
) -> None:
    machine = Machine()
    found, right_s = machine.steady_clock(), machine.ahead_s
    for ahead_hours, hours in stands:
        machine.ahead_s = right_s + ahead_hours * 3600.0
        found.steady()
        machine.counted_s += hours * 3600.0
        assert found.steady()
    machine.ahead_s = right_s
    assert found.steady() == is_usual


def test_a_clock_that_leaps_again_waits_again() -> None:
    machine = Machine()
    found = machine.steady_clock()
    machine.ahead_s += 3600.0
    assert not found.steady()
    machine.counted_s += 3000.0
    machine.ahead_s += 600.0
    assert not found.steady()
    machine.counted_s += 3000.0
    assert not found.steady()


def test_a_clock_that_is_set_little_by_little_is_followed() -> None:
    machine = Machine()
    found = machine.steady_clock()
    for _ in range(100):
        machine.counted_s += 10.0
        machine.ahead_s += 5.0
        assert found.steady()
    assert machine.notes == []


def test_the_machines_own_clocks_are_steady() -> None:
    assert SteadyClock(clock.now_s, clock.counted_s).steady()
