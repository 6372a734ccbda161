"""The part of a fall an event may claim: exact where nothing drifts, honest where it does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashquake.core.poisson import ratio_p_value, ratio_quantiles
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.estimate.drift import drift_sd
from hashquake.estimate.drop import holm
from hashquake.estimate.drop_prediction import Counts, detectable_fall, predict_drop
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
    inside_limits = small = 0
    for _ in range(600):
        moved = np.exp(rng.normal(0.0, spread))
        counts = Counts(
            n_blocks=int(rng.poisson(720 * moved)),
            baseline_n_blocks=int(rng.poisson(2016)),
            exposures=5 / 14,
        )
        found = predict_drop(counts, WINDOW, BASELINE, drift(walk))
        inside = found.drop_share.interval(0.9)
        inside_limits += inside.low <= 0.0 <= inside.high
        small += found.p_value < 0.05
    assert 0.865 < inside_limits / 600 < 0.935
    assert 0.025 < small / 600 < 0.08


@settings(deadline=None, max_examples=60)
@given(
    n=st.integers(0, 900),
    m=st.integers(0, 2500),
    exposures=st.floats(0.05, 2.0),
    walk=st.floats(0.002, 0.05),
    growth=st.floats(-0.005, 0.005),
)
def test_the_p_value_is_small_exactly_when_the_interval_leaves_out_no_event(
    n: int, m: int, exposures: float, walk: float, growth: float
) -> None:
    if n + m == 0:
        return
    counts = Counts(n_blocks=n, baseline_n_blocks=m, exposures=exposures)
    found = predict_drop(counts, WINDOW, BASELINE, drift(walk, growth))
    for level in (0.9, 0.95):
        interval = found.drop_share.interval(level)
        assert (found.p_value < 1.0 - level) == (not interval.low <= 0.0 <= interval.high)


@settings(deadline=None, max_examples=60)
@given(n=st.lists(st.integers(0, 120), min_size=2, max_size=8), walk=st.floats(0.005, 0.03))
def test_what_is_beyond_chance_after_holm_has_an_interval_without_no_event(
    n: list[int], walk: float
) -> None:
    found = [
        predict_drop(
            Counts(n_blocks=one, baseline_n_blocks=200, exposures=5 / 14),
            WINDOW,
            BASELINE,
            drift(walk),
        )
        for one in n
    ]
    for one, adjusted in zip(found, holm([one.p_value for one in found]), strict=True):
        interval = one.drop_share.interval(0.95)
        if adjusted < 0.05:
            assert not interval.low <= 0.0 <= interval.high


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


@pytest.mark.parametrize(("walk", "days"), [(0.004, 5), (0.009, 5), (0.02, 30)])
def test_a_detectable_fall_is_shown_in_four_of_five_cases(walk: float, days: int) -> None:
    rng = np.random.default_rng(11)
    window = Window(start_s=14 * DAY_S, end_s=(14 + days) * DAY_S)
    spread = drift_sd(window, BASELINE, walk=walk)
    fall_share = detectable_fall(
        expected_blocks=144.0 * days,
        baseline_blocks=2016,
        window=window,
        baseline=BASELINE,
        drift=drift(walk),
    )
    shown = 0
    for _ in range(400):
        left = (1.0 - fall_share) * np.exp(rng.normal(0.0, spread))
        counts = Counts(
            n_blocks=int(rng.poisson(144 * days * left)),
            baseline_n_blocks=int(rng.poisson(2016)),
            exposures=days / 14,
        )
        found = predict_drop(counts, window, BASELINE, drift(walk))
        shown += found.drop_share.interval(0.9).low > 0.0
    assert shown / 400 == pytest.approx(0.8, abs=0.06)


def test_drift_hides_falls_and_too_few_blocks_hide_all() -> None:
    falls = [
        detectable_fall(
            expected_blocks=expected,
            baseline_blocks=2016,
            window=WINDOW,
            baseline=BASELINE,
            drift=drift(walk),
        )
        for expected, walk in ((720.0, 0.0), (720.0, 0.009), (720.0, 0.03), (0.5, 0.009))
    ]
    assert falls == sorted(falls)
    assert falls[-1] == 1.0
