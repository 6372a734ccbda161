"""A pool's share against the rest: no fall of the whole network, and drift counted."""

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import binom

from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.estimate.share_change import SHARE_WALK, share_drift_sd, share_fall_p_value


def test_with_a_baseline_without_end_and_no_drift_it_is_the_binomial_tail() -> None:
    found = share_fall_p_value(
        hits=30, total=500, hits_before=10**7, total_before=10**8, drift_sd=0.0
    )
    assert found == pytest.approx(float(binom.cdf(30, 500, 0.1)), rel=0.01)


def test_five_percent_fall_so_far_when_no_pool_breaks() -> None:
    rng = np.random.default_rng(3)
    small, n = 0, 2000
    for _ in range(n):
        share = expit(logit(0.12) + rng.normal(0.0, 0.1))
        found = share_fall_p_value(
            hits=int(rng.binomial(700, share)),
            total=700,
            hits_before=int(rng.binomial(2016, 0.12)),
            total_before=2016,
            drift_sd=0.1,
        )
        small += found < 0.05
    assert 0.03 < small / n < 0.065


def test_drift_grows_with_the_time_between() -> None:
    before = Window(start_s=0.0, end_s=14 * DAY_S)
    near = share_drift_sd(Window(start_s=14 * DAY_S, end_s=18 * DAY_S), before)
    far = share_drift_sd(Window(start_s=40 * DAY_S, end_s=44 * DAY_S), before)
    assert near == pytest.approx(SHARE_WALK * 6.0**0.5)
    assert far > near
