"""The change of the pools that report, together: sharp, and wide where one pool alone moved it."""

from dataclasses import replace

import pytest
from tests.power.reported_worlds import DAY_S, T0_S, Telemetry, make

from hashquake.core.errors import NoCoverage
from hashquake.core.reading import Reading
from hashquake.core.reported_change import ReportedChange
from hashquake.core.window import Window
from hashquake.estimate.reported_change import reported_change

DAYS, FALL_S = 18.0, 14.0 * DAY_S
BEFORE = Window(start_s=T0_S + 6.0 * DAY_S, end_s=T0_S + FALL_S)
DURING = Window(start_s=T0_S + FALL_S, end_s=T0_S + DAYS * DAY_S)
CLEAN = Telemetry(
    walk=0.0,
    wobble=0.0,
    growth_per_day=0.0,
    share_walk=0.004,
    recounts_per_year=0.0,
    wrong_per_year=0.0,
    stuck_per_year=0.0,
    quiet_per_year=0.0,
)


def readings(model: Telemetry, seed: int) -> tuple[Reading, ...]:
    return make(model, seed, days=DAYS).readings()


def found(reports: tuple[Reading, ...]) -> ReportedChange:
    return reported_change(reports, before=BEFORE, during=DURING)


def width(change: ReportedChange) -> float:
    return change.change_share.high - change.change_share.low


def altered(
    reports: tuple[Reading, ...], pool: str, start_s: float, hours: float, factor: float
) -> tuple[Reading, ...]:
    inside = Window(start_s=T0_S + start_s, end_s=T0_S + start_s + hours * 3600.0)
    return tuple(
        replace(one, value=one.value * factor)
        if one.subject == pool and one.window.overlap(inside)
        else one
        for one in reports
    )


def test_a_fall_that_all_report_is_known_to_a_point_or_two() -> None:
    change = found(readings(replace(CLEAN, fall=(FALL_S, 0.2)), 1))
    assert change.change_share.median == pytest.approx(-0.2, abs=0.01)
    assert change.change_share.low < -0.2 < change.change_share.high
    assert width(change) < 0.025
    assert change.during_hps / change.before_hps - 1.0 == pytest.approx(change.change_share.median)
    assert change.pools == ("p00", "p01", "p02", "p03", "p04", "p05")
    assert change.covered_share == pytest.approx(1.0)


def test_a_fall_shorter_than_a_day_counts_by_its_time() -> None:
    reports = readings(CLEAN, 2)
    for pool in range(6):
        reports = altered(reports, f"pool:p{pool:02d}", FALL_S + DAY_S, 19.2, 0.5)
    assert found(reports).change_share.median == pytest.approx(-0.1, abs=0.01)


@pytest.mark.parametrize("factor", [0.7, 0.9, 1.3])
def test_a_pool_that_begins_to_count_otherwise_widens_the_interval(factor: float) -> None:
    honest = found(readings(CLEAN, 3))
    lied = found(readings(replace(CLEAN, lies=((0, factor, FALL_S),)), 3))
    assert lied.change_share.low < honest.change_share.median < lied.change_share.high
    assert width(lied) > 1.5 * width(honest)


def test_a_pool_that_counts_wrongly_all_the_time_moves_nothing() -> None:
    honest = found(readings(CLEAN, 4))
    lied = found(readings(replace(CLEAN, lies=((1, 3.0, 0.0),)), 4))
    assert lied.change_share.median == pytest.approx(honest.change_share.median, abs=0.01)
    assert width(lied) < 2.0 * width(honest)


@pytest.mark.parametrize("factor", [0.1, 1000.0])
def test_a_fault_of_some_hours_is_bridged(factor: float) -> None:
    reports = readings(CLEAN, 5)
    faulty = found(altered(reports, "pool:p00", FALL_S + DAY_S, 10.0, factor))
    assert faulty.change_share.median == pytest.approx(found(reports).change_share.median, abs=2e-3)


def test_hours_that_one_pool_alone_is_down_may_be_either() -> None:
    reports = readings(CLEAN, 6)
    honest = found(reports).change_share
    down = found(altered(reports, "pool:p00", FALL_S + DAY_S, 10.0, 0.6)).change_share
    assert down.median < honest.median
    assert down.low < down.median < honest.median < down.high


def test_a_pool_that_is_silent_for_most_of_a_window_does_not_count() -> None:
    reports = readings(CLEAN, 7)
    late_s = DURING.end_s - DURING.duration_s * 0.4
    some = tuple(
        one for one in reports if one.subject != "pool:p03" or not _inside(one, DURING, late_s)
    )
    assert "p03" not in found(some).pools
    none = tuple(one for one in reports if not _inside(one, DURING, late_s))
    with pytest.raises(NoCoverage) as caught:
        found(none)
    assert caught.value.code == "no-reports"


def _inside(one: Reading, window: Window, until_s: float) -> bool:
    return window.start_s <= one.window.start_s < until_s


def test_silence_widens_the_interval() -> None:
    reports = readings(CLEAN, 8)
    quiet = tuple(one for one in reports if not _inside(one, DURING, DURING.start_s + 1.5 * DAY_S))
    change = found(quiet)
    assert change.covered_share == pytest.approx(0.62, abs=0.02)
    assert width(change) > 1.1 * width(found(reports))
