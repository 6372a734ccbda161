"""Advertised against measured, on years and drops that played no part in the calibration."""

import pytest

from hashquake.core.times import HOUR_S
from hashquake.detect import shiryaev_roberts as detector
from hashquake.detect.thresholds import threshold_for
from hashquake.forward.null import RECORD_CLOCKS
from hashquake.judge.calibration import count_false_alarms
from hashquake.judge.delays import measure_delays

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("per_year", "years"), [(12.0, 60.0), (1.0, 300.0), (0.1, 1500.0)])
def test_false_alarms_are_as_advertised(per_year: float, years: float) -> None:
    threshold = threshold_for(detector.CARD, false_alarms_per_year=per_year)
    counted = count_false_alarms(detector, threshold=threshold, years=years, seed=777)
    assert counted.per_year.median == pytest.approx(per_year, rel=0.25)


def test_the_miners_clocks_do_not_raise_more() -> None:
    threshold = threshold_for(detector.CARD, false_alarms_per_year=1.0)
    counted = count_false_alarms(
        detector, threshold=threshold, years=300.0, seed=778, model=RECORD_CLOCKS
    )
    assert counted.per_year.median == pytest.approx(1.0, rel=0.25)


@pytest.mark.parametrize(("drop", "hours"), [(0.50, 11), (0.35, 22), (0.25, 40), (0.18, 91)])
def test_delays_are_as_promised(drop: float, hours: float) -> None:
    threshold = threshold_for(detector.CARD, false_alarms_per_year=1.0)
    delays = measure_delays(detector, drop_share=drop, threshold=threshold, runs=1000, seed=779)
    # Two standard errors: at 18 % the true mean lies close to what is promised.
    assert (delays.mean_s - 2 * delays.mean_error_s) / HOUR_S <= hours
