"""Probabilities of causes against simulated years whose causes are known."""

import pytest

from hashquake.catalog.cause_calibration import cases, score

pytestmark = pytest.mark.slow


def test_probabilities_of_causes_are_calibrated() -> None:
    scores = score(cases(202, worlds=40))
    assert scores.quakes > 300
    assert scores.calibration_error < 0.07
    assert scores.top_calibration_error < 0.07
    assert scores.right_share > 0.7
