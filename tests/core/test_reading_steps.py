"""Readings as values of equal steps: each counts where it lies, and a gap is not zero."""

import numpy as np
import pytest

from hashquake.core.reading import Reading
from hashquake.core.reading_steps import step_means
from hashquake.core.window import Window

WINDOW = Window(start_s=1000.0, end_s=1400.0)


def reading(start_s: float, end_s: float) -> Reading:
    window = Window(start_s=start_s, end_s=end_s)
    return Reading(subject="country:KZ", quantity="x", window=window, value=0.0, source="s")


@pytest.mark.parametrize(
    ("spans", "values", "means"),
    [
        ([(1000, 1100), (1200, 1300)], [1.0, 3.0], [1.0, np.nan, 3.0, np.nan]),
        ([(1000, 1400)], [2.0], [2.0, 2.0, 2.0, 2.0]),  # longer than a step
        ([(1010, 1020), (1080, 1090), (1350, 1351)], [1.0, 3.0, 5.0], [2.0, np.nan, np.nan, 5.0]),
        ([(900, 1060), (1390, 1500)], [7.0, 9.0], [7.0, np.nan, np.nan, np.nan]),  # over the edges
        ([(0, 900), (1400, 1500)], [7.0, 9.0], [np.nan] * 4),  # outside
        ([(1000, 1200), (1100, 1200)], [1.0, 3.0], [1.0, 2.0, np.nan, np.nan]),  # overlapping
    ],
)
def test_means(spans: list[tuple[float, float]], values: list[float], means: list[float]) -> None:
    found = step_means([reading(*span) for span in spans], values, WINDOW, 100.0)
    np.testing.assert_allclose(found, means)
