"""Which windows were observed throughout, one at a time and all at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.coverage import Coverage
from hashquake.core.window import Window


@given(
    spans=st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30)), max_size=8),
    asked=st.lists(st.tuples(st.integers(-10, 120), st.integers(1, 40)), min_size=1, max_size=20),
)
def test_windows_without_a_gap_are_found_all_at_once(
    spans: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    coverage = Coverage(tuple(Window(start_s=a, end_s=a + n) for a, n in spans))
    windows = [Window(start_s=a, end_s=a + n) for a, n in asked]
    found = coverage.whole(
        np.array([one.start_s for one in windows], float),
        np.array([one.end_s for one in windows], float),
    )
    assert found.tolist() == [not coverage.gaps(one) for one in windows]
