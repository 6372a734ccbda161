"""Calibration and measurement, on detectors whose truth is known."""

import tomllib
from dataclasses import dataclass

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval
from hashquake.core.pick import Pick
from hashquake.core.times import DAY_S, YEAR_S
from hashquake.core.window import Window
from hashquake.detect import shiryaev_roberts
from hashquake.forward.null import NullModel
from hashquake.judge.calibration import (
    BURN_IN_S,
    calibrate,
    calibrate_rates,
    count_false_alarms,
    null_paths,
)
from hashquake.judge.delays import CAP_S, Delays, measure_delays
from hashquake.judge.threshold_curve import (
    Calibration,
    FalseAlarms,
    calibrated,
    thresholds_toml,
)


@dataclass(frozen=True)
class LongGap:
    """Alarms at every interval above a threshold in units of ten minutes: Poisson alarms."""

    def start(
        self, *, false_alarms_per_year: float, threshold: float | None
    ) -> tuple[float, float]:
        del false_alarms_per_year
        assert threshold is not None
        return threshold, float("nan")

    def step(
        self, state: tuple[float, float], blocks: BlockColumns, now_s: float | None = None
    ) -> tuple[tuple[float, float], tuple[Pick, ...]]:
        del now_s
        threshold, last_s = state
        times = np.concatenate([[last_s], blocks.seen_s])
        long = np.flatnonzero(np.diff(times) > threshold * 600.0)
        return (threshold, float(times[-1])), tuple(pick(float(times[i + 1])) for i in long)


@dataclass(frozen=True)
class Never:
    """A detector that sleeps."""

    def start(self, *, false_alarms_per_year: float, threshold: float | None) -> None:
        """Nothing to start."""

    def step(
        self, state: None, blocks: BlockColumns, now_s: float | None = None
    ) -> tuple[None, tuple[Pick, ...]]:
        del state, blocks, now_s
        return None, ()


def pick(at_s: float) -> Pick:
    return Pick(
        subject="network",
        onset=Window(start_s=at_s - 1.0, end_s=at_s),
        detected_s=at_s,
        remaining_share=Interval(median=1.0, low=0.5, high=1.5, level=0.9),
        statistic=0.0,
        threshold=0.0,
        false_alarms_per_year=1.0,
        made_by="test",
    )


def test_counts_agree_with_a_rate_known_in_closed_form() -> None:
    # 52,560 intervals a year, each above 8 means with chance e^-8: 17.6 a year; growth between
    # retargets shortens intervals by about 0.7 %, which costs five percent of them.
    counted = count_false_alarms(LongGap(), threshold=8.0, years=40.0, seed=1)
    assert counted.years == pytest.approx(40.0, rel=0.02)
    assert counted.per_year.median == pytest.approx(17.6 * 0.97, rel=0.15)


def test_calibration_finds_the_threshold_of_a_known_rate() -> None:
    found = calibrate(LongGap(), false_alarms_per_year=6.0, years=40.0, seed=2, rounds=4)
    assert found.threshold == pytest.approx(np.log(52_596 / 6.0), abs=0.2)
    fresh = count_false_alarms(LongGap(), threshold=found.threshold, years=60.0, seed=3)
    assert fresh.per_year.median == pytest.approx(6.0, rel=0.25)


def test_a_sleeping_detector_raises_nothing_and_finds_nothing() -> None:
    quiet = count_false_alarms(Never(), threshold=1.0, years=1.0, seed=4)
    assert quiet.alarms == 0
    assert quiet.per_year.low == 0.0
    assert quiet.per_year.high == pytest.approx(3.0 / quiet.years, rel=0.01)
    missed = measure_delays(Never(), drop_share=0.5, threshold=1.0, runs=3, seed=4)
    assert missed.mean_s == CAP_S
    assert missed.found_share == 0.0
    assert missed.quantile_s(0.5) == float("inf")


def test_the_same_seed_measures_the_same() -> None:
    one, two = (
        measure_delays(shiryaev_roberts, drop_share=0.5, threshold=9.0, runs=10, seed=5).delay_s
        for _ in range(2)
    )
    assert np.array_equal(one, two)


def test_a_larger_drop_is_found_sooner() -> None:
    half, quarter = (
        measure_delays(shiryaev_roberts, drop_share=drop, threshold=10.4, runs=40, seed=6).mean_s
        for drop in (0.5, 0.25)
    )
    assert half < quarter < 3 * DAY_S


def test_paths_are_independent_and_as_long_as_asked() -> None:
    firsts, length_s = [], 0.0
    for counted_from_s, pieces in null_paths(NullModel(), years=45.0, seed=7):
        blocks = list(pieces)
        firsts.append(int(blocks[0].header_s[1]))
        length_s += float(blocks[-1].seen_s[-1]) - counted_from_s
        assert counted_from_s - blocks[0].seen_s[0] < BURN_IN_S
    assert len(set(firsts)) == len(firsts) == 2
    assert length_s / YEAR_S == pytest.approx(45.0, rel=0.03)


def test_the_bundled_file_is_what_the_writer_writes() -> None:
    counts = (FalseAlarms(threshold=8.0, alarms=120, years=10.0),)
    rows = tuple(
        Calibration(false_alarms_per_year=rate, threshold=at, counts=counts, seed=9)
        for rate, at in ((1.0, 10.0), (12.0, 8.0))
    )
    text = thresholds_toml(name="x", version=3, seed=9, rows=rows)
    assert text.index("12.0") < text.index("threshold = 10.0000")
    table = tomllib.loads(text)
    assert table["version"] == 3
    assert table["counts"] == [{"threshold": 8.0, "alarms": 120, "simulated_years": 10.0}]


def test_many_rates_come_from_one_set_of_counts() -> None:
    plan = ((7.5, 20.0), (8.5, 40.0), (9.5, 60.0), (10.5, 80.0))
    rows = calibrate_rates(LongGap(), rates_per_year=(12.0, 4.0), plan=plan, seed=8)
    for row in rows:
        expected = np.log(52_596 / row.false_alarms_per_year)
        assert row.threshold == pytest.approx(expected, abs=0.2)


def test_the_error_of_a_rate_is_what_the_counts_leave() -> None:
    # Alarms at a rate of 1,000 exp(-threshold) a year, counted 300 times over.
    rng = np.random.default_rng(10)
    plan = ((5.0, 20.0), (6.0, 40.0), (7.0, 60.0), (8.0, 80.0), (9.0, 120.0))
    given, errors = [], []
    for _ in range(300):
        counts = tuple(
            FalseAlarms(
                threshold=at, alarms=int(rng.poisson(years * 1000.0 * np.exp(-at))), years=years
            )
            for at, years in plan
        )
        (row,) = calibrated(counts, rates_per_year=(0.5,), seed=10)
        assert row.rate_error_share is not None
        given.append(np.log(1000.0) - row.threshold - np.log(0.5))
        errors.append(row.rate_error_share)
    assert np.std(given) == pytest.approx(np.mean(errors), rel=0.15)


def test_a_rate_the_plan_does_not_reach_is_refused() -> None:
    with pytest.raises(UsageError, match="do not reach"):
        calibrate_rates(LongGap(), rates_per_year=(0.01,), plan=((7.0, 5.0), (8.0, 5.0)), seed=8)


def test_means_and_quantiles_count_undetected_drops_at_the_cap() -> None:
    delays = Delays(drop_share=0.2, delay_s=np.array([DAY_S, 2 * DAY_S, CAP_S, CAP_S]))
    assert delays.mean_s == (3 * DAY_S + 2 * CAP_S) / 4
    assert delays.found_share == 0.5
    assert delays.quantile_s(0.05) == 2 * DAY_S
    assert delays.quantile_s(0.95) == float("inf")
