"""Where a pool's loss went: intervals and findings at a drift that few weeks do not tell."""

import numpy as np
import pytest
from tests.power.pool_move_coverage import MOVED_SHARES, move_trials


@pytest.mark.slow
def test_the_interval_contains_the_part_that_moved_where_the_drift_is_fast() -> None:
    trials = move_trials(walk=0.020, learn_days=365.0, falls=250, seed=907)
    for moved in MOVED_SHARES:
        own = [one for one in trials if one.moved_share == moved]
        # Three points of target and two standard errors of 250 falls, which are 1.9 points each.
        assert np.mean([one.holds for one in own]) >= 0.83
    said = {moved: [t.finding for t in trials if t.moved_share == moved] for moved in MOVED_SHARES}
    assert np.mean([one == "moved" for one in said[0.0]]) <= 0.12
    assert np.mean([one == "lost" for one in said[1.0]]) <= 0.12
