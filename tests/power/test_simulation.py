"""The engine against mining block by block, at the size the engine promises: a million paths."""

import numpy as np
import pytest
from scipy import stats
from tests.small_worlds import dark

from hashquake.forward.batch import draw_ratios
from hashquake.forward.block_by_block import mine_paths
from hashquake.forward.run import run_scenario
from hashquake.forward.scenario_course import lay_out

N = 1_000_000
CRITICAL = 1.63 * np.sqrt(2 / N)
"""Of the two-sample Kolmogorov-Smirnov distance, one in a hundred."""


@pytest.mark.slow
def test_a_million_paths_agree_with_a_million_mined() -> None:
    course = lay_out(dark(0.18, onset_d=2, days=5, epochs=1))
    window = np.array([course.window_start_s, course.window_end_s])
    drawn, mined = np.empty((N, 2)), np.empty((N, 4))
    draw_ratios(31, 0, N, course, drawn)
    mine_paths(32, 0, N, course.plan.pieces, window, mined)
    for column in range(2):
        assert stats.ks_2samp(drawn[:, column], mined[:, column]).statistic < CRITICAL
    full = run_scenario(dark(0.18, onset_d=2, days=5, epochs=1), paths=N, seed=33, keep_paths=N)
    for name, column in (("longest_gap_s", 2), ("blocks_in_window", 3)):
        assert stats.ks_2samp(full.column(name), mined[:, column]).statistic < CRITICAL, name
