"""The engine against mining block by block, and the retarget rule against consensus."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tests.small_worlds import dark

from hashquake.core.times import DAY_S
from hashquake.forward.block_by_block import mine_paths
from hashquake.forward.run import run_scenario
from hashquake.forward.scenario_course import lay_out
from hashquake.forward.time_change import time_at, work_at

N = 8_000


def test_the_engine_and_the_miner_agree() -> None:
    scenario = dark(0.4, onset_d=3, days=6, epochs=2)
    course = lay_out(scenario)
    mined = np.empty((N, 6))
    window = np.array([course.window_start_s, course.window_end_s])
    mine_paths(21, 0, N, course.plan.pieces, window, mined)
    run = run_scenario(scenario, paths=N, seed=22, keep_paths=N)
    names = ("ratio_1", "ratio_2", "time_s_1", "time_s_2", "longest_gap_s", "blocks_in_window")
    for at, name in enumerate(names):
        distance = stats.ks_2samp(mined[:, at], run.column(name)).statistic
        assert distance < 1.63 * np.sqrt(2 / N), name


@given(
    rates=st.lists(st.floats(0.01, 3.0), min_size=2, max_size=8),
    work=st.floats(0.0, 5e6),
)
def test_work_and_time_are_each_others_inverse(rates: list[float], work: float) -> None:
    start_s = DAY_S * np.arange(len(rates), dtype=float) * 1.5
    begin, end = np.array(rates), np.array([*rates[1:], rates[-1]])
    steps = np.diff(start_s) * (begin + end)[:-1] / 2
    pieces = np.stack([start_s, begin, end, np.concatenate([[0.0], np.cumsum(steps)])])
    _, when_s = time_at(pieces, len(rates), 0, work)
    _, back = work_at(pieces, len(rates), 0, when_s)
    assert back == pytest.approx(work, abs=1e-3)


def test_a_stretch_without_hash_rate_is_passed_over() -> None:
    pieces = np.array([[0.0, 100.0, 200.0], [1.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0.0, 100.0, 100.0]])
    assert time_at(pieces, 3, 0, 100.0)[1] == 200.0
    assert time_at(pieces, 3, 0, 150.0)[1] == 250.0
