"""The part of a fall an event may claim: exact where nothing drifts, honest where it does."""

import numpy as np
import pytest

from hashquake.core.poisson import ratio_p_value, ratio_quantiles
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.estimate.drift import drift_sd
from hashquake.estimate.drop_prediction import Counts, predict_drop
from hashquake.estimate.volatility import Drift

BASELINE = Window(start_s=0.0, end_s=14 * DAY_S)
WINDOW = Window(start_s=14 * DAY_S, end_s=19 * DAY_S)


def drift(walk: float, growth: float = 0.0) -> Drift:
    return Drift(
        walk_log_per_sqrt_day=np.array([walk]),
        growth_log_per_day=np.array([growth]),
        chance=np.ones(1),
    )


def test_long_windows_without_drift_give_the_exact_answers() -> None:
    # The transient's mean over centuries is nothing.
    far = Window(start_s=14e6 * DAY_S, end_s=19e6 * DAY_S)
    long = Window(start_s=0.0, end_s=14e6 * DAY_S)
    counts = Counts(n_blocks=650, baseline_n_blocks=2016, exposures=5 / 14)
    found = predict_drop(counts, far, long, drift(0.0))
    exact = ratio_quantiles(
        n_events=650, exposure=5.0, baseline_n_events=2016, baseline_exposure=14.0
    )
    assert found.drop_share.values == pytest.approx(
        [1.0 - ratio for ratio in reversed(exact.values)], abs=1e-4
    )
    p_value = ratio_p_value(
        n_events=650, exposure=5.0, baseline_n_events=2016, baseline_exposure=14.0
    )
    assert found.p_value == pytest.approx(p_value, rel=0.01)


@pytest.mark.parametrize("walk", [0.009, 0.02])
def test_ninety_percent_hold_no_event_when_there_is_none(walk: float) -> None:
    rng = np.random.default_rng(7)
    spread = drift_sd(WINDOW, BASELINE, walk=walk)
    held = small = 0
    for _ in range(600):
        moved = np.exp(rng.normal(0.0, spread))
        counts = Counts(
            n_blocks=int(rng.poisson(720 * moved)),
            baseline_n_blocks=int(rng.poisson(2016)),
            exposures=5 / 14,
        )
        found = predict_drop(counts, WINDOW, BASELINE, drift(walk))
        inside = found.drop_share.interval(0.9)
        held += inside.low <= 0.0 <= inside.high
        small += found.p_value < 0.05
    assert 0.865 < held / 600 < 0.935
    assert 0.025 < small / 600 < 0.08


def test_growth_between_the_windows_hides_part_of_a_fall() -> None:
    counts = Counts(n_blocks=720, baseline_n_blocks=2016, exposures=5 / 14)
    steady = predict_drop(counts, WINDOW, BASELINE, drift(0.009))
    growing = predict_drop(counts, WINDOW, BASELINE, drift(0.009, growth=0.005))
    assert steady.drop_share.median == pytest.approx(0.0, abs=0.005)
    assert growing.drop_share.median == pytest.approx(0.005 * 9.5, abs=0.01)


def test_counts_of_nothing_are_a_whole_fall_or_no_bound() -> None:
    gone = predict_drop(
        Counts(n_blocks=0, baseline_n_blocks=30, exposures=0.5), WINDOW, BASELINE, drift(0.02)
    )
    assert gone.drop_share.values[6] == 1.0
    assert gone.drop_share.values[0] > 0.5
    new = predict_drop(
        Counts(n_blocks=30, baseline_n_blocks=0, exposures=0.5), WINDOW, BASELINE, drift(0.02)
    )
    assert new.drop_share.values[0] == float("-inf")
    assert new.p_value < 0.01
