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
    machine.ahead_s -= 3600.0
    assert not found.steady()


def test_a_clock_that_leaps_again_waits_anew() -> None:
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
