"""What was asked of outage detection, on country-years that neither fit nor table has seen."""

import numpy as np
import pytest

from hashquake.core.interval import Interval
from hashquake.judge.outage_backtest import OutageScores, score
from hashquake.judge.outage_table import measured_scores
from hashquake.judge.outage_trials import run_country_year

pytestmark = pytest.mark.slow
SEED = 77


@pytest.fixture(scope="module")
def scores() -> OutageScores:
    trials = (run_country_year(SEED, index) for index in range(120))
    return score(trials, seed=SEED, rng=np.random.default_rng(SEED))


def test_fresh_country_years_meet_what_was_asked(scores: OutageScores) -> None:
    def high(share: Interval | None) -> float:
        assert share is not None
        return share.high

    assert scores.recall.trials > 150
    assert high(scores.recall.share) >= 0.99
    assert high(scores.onset.share) >= 0.95
    assert high(scores.restorations.share) >= 0.95
    assert high(scores.classes.right.share) >= 0.85
    assert scores.false_alarms_per_year.median <= 1.0
    assert scores.classes.calibration_error.median <= 0.05


def test_fresh_country_years_are_as_the_bundled_table_says(scores: OutageScores) -> None:
    """Two samples of one share: within three standard errors of the smaller one."""
    bundled = measured_scores()
    for ours, theirs in (
        (scores.onset, bundled.onset),
        (scores.classes.right, bundled.classes.right),
        (scores.bare_classes.right, bundled.bare_classes.right),
    ):
        share = theirs.hits / theirs.trials
        error = (share * (1.0 - share) / ours.trials) ** 0.5
        assert ours.hits / ours.trials == pytest.approx(share, abs=3.0 * error + 0.005)
