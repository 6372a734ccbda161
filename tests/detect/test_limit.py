"""The exact limits: against the literature's table, against simulation, and at their edges."""

import numpy as np
import pytest

from hashquake.core.errors import UsageError
from hashquake.core.times import HOUR_S
from hashquake.detect.limit import (
    BLOCKS_PER_YEAR,
    cusum_limit,
    mixture_delays_blocks,
    sizing_blocks,
)


def cusum_time(
    *, drop: float, intensity: float, threshold: float, runs: int, seed: int
) -> tuple[float, float]:
    """Run CUSUM for real and give the mean time to alarm and its standard error."""
    rng = np.random.default_rng(seed)
    jump = -np.log1p(-drop)
    times = np.empty(runs)
    for run in range(runs):
        level = time = 0.0
        while True:
            gap = rng.exponential(1.0 / intensity)
            if level + drop * gap >= threshold:
                times[run] = time + (threshold - level) / drop
                break
            level = max(level + drop * gap - jump, 0.0)
            time += gap
    return float(times.mean()), float(times.std() / np.sqrt(runs))


def test_the_recursion_agrees_with_running_cusum() -> None:
    limit = cusum_limit(drop_share=0.5, false_alarms_per_year=BLOCKS_PER_YEAR / 400.0)
    arl, arl_error = cusum_time(
        drop=0.5, intensity=1.0, threshold=limit.threshold, runs=3000, seed=1
    )
    delay, delay_error = cusum_time(
        drop=0.5, intensity=0.5, threshold=limit.threshold, runs=3000, seed=2
    )
    assert arl == pytest.approx(400.0, abs=4 * arl_error)
    assert delay == pytest.approx(limit.delay_blocks, abs=4 * delay_error)


def test_the_mixture_costs_little_over_the_known_size() -> None:
    rng = np.random.default_rng(3)
    drops = np.array([0.12, 0.17, 0.24, 0.34, 0.50])
    delays = mixture_delays_blocks(
        drop_share=0.35,
        drops_share=drops,
        weights=np.array([0.30, 0.25, 0.20, 0.15, 0.10]),
        false_alarms_per_year=1.0,
        runs=600,
        rng=rng,
    )
    assert delays.mean() / 6.0 == pytest.approx(17.7, abs=1.2)


def test_rarer_alarms_and_smaller_drops_take_longer() -> None:
    hours = [
        [
            cusum_limit(drop_share=d, false_alarms_per_year=r).delay_s / HOUR_S
            for r in (12.0, 1.0, 0.1)
        ]
        for d in (0.5, 0.25, 0.1)
    ]
    assert all(row == sorted(row) for row in hours)
    assert all(a < b for a, b in zip(hours[0], hours[2], strict=True))


def test_sizing_needs_a_baseline_long_enough() -> None:
    assert sizing_blocks(drop_share=0.05) == float("inf")
    assert sizing_blocks(drop_share=0.12, baseline_blocks=1e12) == pytest.approx(
        sizing_blocks(drop_share=0.12, baseline_blocks=None), rel=1e-6
    )


@pytest.mark.parametrize("drop", [0.0, 1.0, -0.1, float("nan")])
def test_a_drop_lies_between_nothing_and_all(drop: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1, got"):
        cusum_limit(drop_share=drop, false_alarms_per_year=1.0)


def test_never_a_false_alarm_is_never_an_alarm() -> None:
    with pytest.raises(UsageError, match=r"above 0, got 0\.0"):
        cusum_limit(drop_share=0.3, false_alarms_per_year=0.0)
