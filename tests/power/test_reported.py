"""Pools' reports: false alarms and delays as advertised, and the fused estimate's coverage."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.power.reported_worlds import DAY_S, T0_S, Telemetry, make

from hashquake.core.interval import Interval
from hashquake.core.subject import POOLS
from hashquake.core.times import HOUR_S
from hashquake.core.window import Window
from hashquake.detect import reported_drop
from hashquake.detect.thresholds import threshold_for
from hashquake.estimate.fitted import FITTED
from hashquake.estimate.fused import fused_change
from hashquake.estimate.reported_change import reported_change
from hashquake.judge.reported_calibration import (
    HELD_OUT_REPORTS,
    MIXED_REPORTS,
    count_reported_alarms,
    reported_delays_s,
)

pytestmark = pytest.mark.slow

STEADY = Telemetry(share_walk=0.004, recounts_per_year=0.0)
MODEL = replace(FITTED.network, drift_log_per_sqrt_day=0.009, growth_log_per_day=0.001)
BEFORE = Window(start_s=T0_S + 12.0 * DAY_S, end_s=T0_S + 22.0 * DAY_S)
DURING = Window(start_s=T0_S + 22.0 * DAY_S, end_s=T0_S + 26.8 * DAY_S)


@pytest.mark.parametrize(("per_year", "years"), [(12.0, 60.0), (1.0, 300.0)])
def test_false_alarms_are_as_advertised_on_years_held_out(per_year: float, years: float) -> None:
    threshold = threshold_for(reported_drop.CARD, false_alarms_per_year=per_year)
    counted = count_reported_alarms(HELD_OUT_REPORTS, threshold=threshold, years=years, seed=777)
    assert counted.total.per_year.median == pytest.approx(per_year, rel=0.25)


def test_another_generator_raises_no_more_than_advertised() -> None:
    alarms, years = 0, 0.0
    for seed in range(12):
        world = make(Telemetry(), seed, days=395.0)
        state = reported_drop.with_pools(
            reported_drop.start(false_alarms_per_year=12.0), [f"p{k:02d}" for k in range(6)]
        )
        picks = reported_drop.follow(
            state, pool=world.pool, end_s=world.end_s, span_s=world.span_s, value=world.value
        )
        counted = [p for p in picks if p.subject == POOLS and p.detected_s > T0_S + 30.0 * DAY_S]
        alarms += len(counted)
        years += 1.0
    assert alarms / years == pytest.approx(12.0, rel=0.4)


@pytest.mark.parametrize(("fall", "minutes"), [(0.12, 60.0), (0.18, 30.0)])
def test_falls_are_called_as_fast_as_promised(fall: float, minutes: float) -> None:
    threshold = threshold_for(reported_drop.CARD, false_alarms_per_year=1.0)
    delays = reported_delays_s(
        MIXED_REPORTS[0], fall_share=fall, threshold=threshold, runs=200, seed=778
    )
    assert delays.mean() < minutes * 60.0
    assert np.quantile(delays, 0.9) < HOUR_S


@pytest.mark.parametrize(
    "world",
    [
        Telemetry(),
        Telemetry(fall=(22.0 * DAY_S, 0.15)),
        Telemetry(lies=((0, 1.6, 0.0), (1, 0.7, 22.0 * DAY_S))),
    ],
    ids=["usual", "a fall", "two that lie"],
)
def test_the_fused_change_covers_what_it_says(world: Telemetry) -> None:
    covered = [_fused(world, seed)[0] for seed in range(200)]
    assert 0.84 <= np.mean(covered) <= 0.97


def test_the_fused_change_is_narrow_where_pools_are_steady() -> None:
    # That the pools that do not report are as steady cannot be seen, so coverage is high here.
    found = [_fused(STEADY, seed) for seed in range(200)]
    assert np.mean([covered for covered, _ in found]) >= 0.87
    assert np.mean([width for _, width in found]) < 0.038


@pytest.mark.parametrize(
    ("world", "width"),
    [
        (Telemetry(), 0.022),
        (STEADY, 0.022),
        (Telemetry(fall=(22.0 * DAY_S, 0.15)), 0.022),
        (Telemetry(recounts_per_year=5.0), 0.03),
        (Telemetry(lies=((0, 1.6, 0.0), (1, 0.7, 22.0 * DAY_S))), 0.2),
    ],
    ids=["usual", "steady pools", "a fall", "changes of counting", "two that lie"],
)
def test_the_change_of_the_pools_that_report_covers_what_it_says(
    world: Telemetry, width: float
) -> None:
    found = [_reported(world, seed) for seed in range(1000, 1040)]
    assert np.mean([covered for covered, _ in found]) >= 0.87
    assert np.mean([wide for _, wide in found]) < width


def _fused(model: Telemetry, seed: int) -> tuple[bool, float]:
    world = make(model, seed, days=26.8)
    found = fused_change(MODEL, world.blocks, world.readings(), before=BEFORE, during=DURING)
    return _covers(found.change_share, world.rate_hps)


def _reported(model: Telemetry, seed: int) -> tuple[bool, float]:
    world = make(model, seed, days=26.8)
    found = reported_change(world.readings(), before=BEFORE, during=DURING)
    spoke = [int(pool[1:]) for pool in found.pools]
    return _covers(found.change_share, world.pool_rates_hps[:, spoke].sum(axis=1))


def _covers(found: Interval, rate_hps: NDArray[np.float64]) -> tuple[bool, float]:
    """Return whether the interval has the true change, and how wide it is."""
    first, last = 12 * 288, 22 * 288
    true = rate_hps[last:].mean() / rate_hps[first:last].mean() - 1.0
    return bool(found.low <= true <= found.high), found.high - found.low
