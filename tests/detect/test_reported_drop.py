"""The detector of falls in pools' reports: what raises it, what must not, and the split law."""

from dataclasses import replace

import numpy as np
import pytest
from tests.reported_records import REPORTS, START_S, readings_of, simulated_reports

from hashquake.core.pick import Pick
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.detect import reported_drop
from hashquake.detect.reported_drop import ReportedDropState

DAYS, FALL_S = 16.0, 13.0 * DAY_S
QUIET = replace(
    REPORTS,
    faults_per_year=0.0,
    blips_per_year=0.0,
    common_blips_per_year=0.0,
    freezes_per_year=0.0,
    moves_per_year=0.0,
    steps_per_year=0.0,
    silences_per_year=0.0,
    digits=(0, 0, 0, 0),
)


def detected(readings: tuple[Reading, ...]) -> tuple[Pick, ...]:
    _, picks = reported_drop.step(reported_drop.start(), readings)
    return picks


def quiet() -> tuple[Reading, ...]:
    return readings_of(simulated_reports(DAYS, seed=4, model=QUIET))


def changed(
    readings: tuple[Reading, ...],
    factors: dict[str, float],
    *,
    from_s: float = FALL_S,
    until_s: float = float("inf"),
) -> tuple[Reading, ...]:
    """Multiply what pools report within a time."""
    return tuple(
        replace(one, value=one.value * factors.get(one.subject.partition(":")[2], 1.0))
        if START_S + from_s <= one.window.start_s and one.window.end_s <= START_S + until_s
        else one
        for one in readings
    )


EVERY = ("p00", "p01", "p02", "p03")


def test_a_quiet_fortnight_raises_nothing() -> None:
    assert detected(quiet()) == ()


def test_a_fall_of_all_is_called_within_the_hour_with_its_size_and_onset() -> None:
    reports = readings_of(
        simulated_reports(DAYS, seed=4, fall_s=FALL_S, fall_share=0.15, model=QUIET)
    )
    (pick,) = detected(reports)
    assert pick.subject == "pools"
    assert 0.0 < pick.detected_s - START_S - FALL_S < HOUR_S
    assert pick.onset.holds(START_S + FALL_S)
    assert pick.remaining_share.low < 0.85 < pick.remaining_share.high
    assert pick.reported is not None
    assert set(pick.reported.pools) == set(EVERY)


def test_machines_that_change_pool_are_no_fall_of_the_sum() -> None:
    # A fifth of the reported hash rate moves from the largest pool to the second.
    reports = changed(quiet(), {"p00": 0.5, "p01": 1.0 + 0.5 * 20.0 / 15.0})
    subjects = {pick.subject for pick in detected(reports)}
    assert "pools" not in subjects
    assert subjects == {"pool:p00"}


def test_one_pool_alone_is_no_fall_of_the_sum() -> None:
    subjects = [pick.subject for pick in detected(changed(quiet(), {"p00": 0.3}))]
    assert subjects == ["pool:p00"]


def test_one_pool_that_is_nearly_all_that_reports_is_no_fall_of_the_sum() -> None:
    """A wrong value while the others are silent: nothing shows that more than one pool fell."""
    small = changed(quiet(), {"p03": 0.05}, from_s=0.0)
    spoke = tuple(
        one
        for one in small
        if one.window.end_s < START_S + FALL_S or one.subject in ("pool:p00", "pool:p03")
    )
    until_s = FALL_S + 0.5 * HOUR_S
    assert detected(changed(spoke, {"p00": 0.54}, until_s=until_s)) == ()


@pytest.mark.parametrize("factor", [0.0, 0.001, 1000.0, 1e-6])
def test_zeros_and_other_units_are_gaps_not_falls(factor: float) -> None:
    assert detected(changed(quiet(), dict.fromkeys(EVERY, factor))) == ()


def test_an_outage_of_five_minutes_is_no_fall() -> None:
    five = changed(quiet(), dict.fromkeys(EVERY, 0.4), until_s=FALL_S + 300.0)
    assert any(a.value != b.value for a, b in zip(five, quiet(), strict=True))
    assert detected(five) == ()


def test_silence_is_no_fall() -> None:
    spoke = tuple(
        one for one in quiet() if one.window.end_s < START_S + FALL_S or one.subject != "pool:p00"
    )
    assert detected(spoke) == ()


def test_repeated_values_are_no_report() -> None:
    """While three pools repeat old values, the fourth alone does not make a fall of the sum."""
    last: dict[str, float] = {}
    stuck = []
    for one in quiet():
        if one.window.end_s > START_S + FALL_S and one.subject != "pool:p03":
            stuck.append(replace(one, value=last[one.subject]))
        else:
            last[one.subject] = one.value
            stuck.append(one)
    assert detected(tuple(stuck)) == ()
    fallen = changed(tuple(stuck), {"p03": 0.4}, from_s=FALL_S + 2.0 * HOUR_S)
    assert [pick.subject for pick in detected(fallen)] == ["pool:p03"]


def test_a_pool_read_by_two_services_counts_once() -> None:
    twice = tuple(
        part for one in quiet() for part in (one, replace(one, source="other", value=3 * one.value))
    )
    assert detected(twice) == detected(quiet())
    state, _ = reported_drop.step(reported_drop.start(), twice)
    assert len(state.voices) == 4


def test_a_whole_is_any_split_of_it_and_steps_change_nothing_they_are_given() -> None:
    reports = readings_of(simulated_reports(DAYS, seed=7, fall_s=FALL_S, fall_share=0.2))
    whole, picks = reported_drop.step(reported_drop.start(), reports)
    assert picks
    rng = np.random.default_rng(1)
    for pieces in (2, 17, 400):
        state = reported_drop.start()
        found: list[Pick] = []
        cuts = np.sort(rng.integers(0, len(reports), pieces - 1)).tolist()
        for begin, end in zip([0, *cuts], [*cuts, len(reports)], strict=True):
            before = [array.copy() for array in state.memory]
            after, formed = reported_drop.step(state, reports[begin:end])
            assert _same(before, state)
            found.extend(formed)
            state = after
        assert tuple(found) == picks
        assert _same(list(whole.memory), state)
        assert state.voices == whole.voices


def test_order_within_the_grace_does_not_matter() -> None:
    reports = readings_of(simulated_reports(DAYS, seed=7, fall_s=FALL_S, fall_share=0.2))
    whole, picks = reported_drop.step(reported_drop.start(), reports)
    state = reported_drop.start()
    found: list[Pick] = []
    mixed = sorted(reports, key=lambda one: one.window.end_s + 299.0 * (one.subject == "pool:p01"))
    for begin in range(0, len(mixed), 3):
        state, formed = reported_drop.step(state, mixed[begin : begin + 3])
        found.extend(formed)
    assert tuple(found) == picks
    assert _same(list(whole.memory), state)


def test_levels_are_of_pools_that_spoke_in_both_windows() -> None:
    state, _ = reported_drop.step(
        reported_drop.start(), changed(quiet(), {"p01": 0.7}, from_s=10.0 * DAY_S)
    )
    day = START_S - START_S % DAY_S + 2.0 * DAY_S
    before = Window(start_s=day, end_s=day + 5.0 * DAY_S)
    after = Window(start_s=day + 9.0 * DAY_S, end_s=day + 12.0 * DAY_S)
    found = reported_drop.reported_levels(state, before, after)
    assert found is not None
    assert found.pools == EVERY
    assert found.after_hps / found.before_hps == pytest.approx(1.0 - 0.3 * 0.3, abs=0.05)
    assert reported_drop.reported_levels(state, Window(start_s=0.0, end_s=1e6), after) is None


def test_readings_of_anything_else_are_passed_over() -> None:
    other = Reading(
        subject="country:KZ",
        quantity="connectivity_share",
        window=Window(start_s=0.0, end_s=300.0),
        value=1.0,
        source="x",
    )
    state = reported_drop.start()
    assert reported_drop.step(state, (other,)) == (state, ())


def _same(arrays: list[np.ndarray], state: ReportedDropState) -> bool:
    return all(
        np.array_equal(a, b, equal_nan=True) for a, b in zip(arrays, state.memory, strict=True)
    )
