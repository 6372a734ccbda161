"""Advertised against measured for pool shares, change points and reviews, on luck of its own."""

import numpy as np
import pytest
from tests.power.sizing_coverage import review_trials

from hashquake.detect import bocpd, pool_share
from hashquake.detect.thresholds import threshold_for
from hashquake.judge.calibration import Detector, count_false_alarms
from hashquake.judge.pool_calibration import PooledDetector

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("per_year", "years"), [(12.0, 40.0), (1.0, 250.0), (0.1, 1200.0)])
def test_false_alarms_of_the_change_point_are_as_advertised(per_year: float, years: float) -> None:
    threshold = threshold_for(bocpd.CARD, false_alarms_per_year=per_year)
    counted = count_false_alarms(bocpd, threshold=threshold, years=years, seed=2878)
    assert counted.per_year.median == pytest.approx(per_year, rel=0.25)


@pytest.mark.parametrize(("per_year", "years"), [(12.0, 40.0), (1.0, 250.0), (0.1, 1200.0)])
def test_false_alarms_of_pool_shares_are_as_advertised(per_year: float, years: float) -> None:
    detector: Detector = PooledDetector(detector=pool_share, seed=199)
    threshold = threshold_for(pool_share.CARD, false_alarms_per_year=per_year)
    counted = count_false_alarms(detector, threshold=threshold, years=years, seed=1878)
    assert counted.per_year.median == pytest.approx(per_year, rel=0.25)


@pytest.mark.parametrize("lasts_s", [float("inf"), 3 * 86400.0])
def test_reviews_hold_size_and_onset_as_often_as_they_say(lasts_s: float) -> None:
    trials = review_trials(trials=400, seed=880, lasts_s=lasts_s)
    size = float(np.mean([trial.holds_size for trial in trials]))
    onset = float(np.mean([trial.holds_onset for trial in trials]))
    # Three points of target and two standard errors of 400 trials.
    assert 0.84 <= size <= 0.96
    assert 0.84 <= onset <= 0.96
    bias = np.mean([trial.sized_share - trial.drop_share for trial in trials])
    assert abs(bias) < 0.02
