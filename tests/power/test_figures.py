"""Standard errors must not be smaller than the trials allow."""

import numpy as np
import pytest
from tests.power.figures import mean, percent, rate, share


def test_trials_of_one_chain_that_hold_together_count_for_less() -> None:
    hits = [True] * 50 + [False] * 50
    alone, together = share(hits), share(hits, [at // 10 for at in range(100)])
    assert alone.value == together.value == 0.5
    assert alone.error == pytest.approx(0.05, rel=0.01)
    assert together.error == pytest.approx(0.5 / 9**0.5, rel=0.01)
    mixed = share(hits, [at % 10 for at in range(100)])
    assert mixed.error == alone.error


def test_no_error_is_zero() -> None:
    assert share([True] * 20).error > 0.0
    assert rate(0, 10.0).error > 0.0


def test_means_and_rates_have_the_usual_errors() -> None:
    values = np.random.default_rng(1).normal(5.0, 2.0, 400).tolist()
    assert mean(values).error == pytest.approx(0.1, rel=0.1)
    assert rate(100, 50.0).value == 2.0
    assert rate(100, 50.0).error == pytest.approx(0.2)
    assert percent(rate(100, 50.0)).value == 200.0
