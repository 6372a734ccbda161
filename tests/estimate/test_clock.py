"""The two clocks of a block, live and offline."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from hashquake.core.columns import BlockColumns
from hashquake.estimate.clock import (
    HeaderNoise,
    found_s,
    known_by,
    live_clock_s,
    offline_clock_s,
)

NOISE = HeaderNoise(lag_s=20.0, sd_s=23.0)


def test_a_block_fetched_late_keeps_its_header_time() -> None:
    found = found_s(np.array([1000]), np.array([90_000.0]), NOISE)
    assert found.tolist() == [1020.0]


def test_a_header_dated_into_the_future_is_cut_back_to_when_it_was_seen() -> None:
    found = found_s(np.array([8000]), np.array([1000.0]), NOISE)
    assert found.tolist() == [1000.0]


def test_a_block_nobody_saw_arrive_is_placed_by_its_header() -> None:
    assert found_s(np.array([1000]), np.array([np.nan]), NOISE).tolist() == [1020.0]


def test_the_live_clock_never_runs_backwards() -> None:
    clock = live_clock_s(np.array([5.0, 3.0, 9.0, 8.0]), after_s=4.0)
    assert clock.tolist() == [5.0, 5.0, 9.0, 9.0]
    assert live_clock_s(np.array([3.0]), after_s=4.0).tolist() == [4.0]


def test_blocks_known_by_an_instant_end_before_the_first_that_was_not() -> None:
    blocks = BlockColumns.build(
        height=[1, 2, 3, 4], header_s=[100, 300, 200, 400], bits=[0x170B8C8B] * 4
    )
    counts = [len(known_by(blocks, at_s, NOISE)) for at_s in (119, 120, 250, 320, 420)]
    assert counts == [0, 1, 1, 3, 4]


@settings(deadline=None)
@given(st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=60))
def test_the_offline_clock_is_isotonic_regression(times: list[int]) -> None:
    found = np.array(times, np.float64)
    expected = isotonic_regression(found).x
    np.testing.assert_allclose(offline_clock_s(found), expected, atol=1e-9)
