"""Scores against their definitions."""

import numpy as np
import pytest
from scipy.stats import kstest, nbinom, norm

from hashquake.judge.scores import (
    crps_of_quantiles,
    negative_binomial_log_score,
    randomised_pit,
    uniformity,
)


def test_crps_of_a_normal_forecast_is_its_closed_form() -> None:
    z = 0.7
    exact = z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi)
    levels = (np.arange(4000) + 0.5) / 4000
    assert crps_of_quantiles(levels, norm.ppf(levels), z) == pytest.approx(exact, rel=1e-3)


def test_crps_of_a_certain_forecast_is_its_error() -> None:
    assert crps_of_quantiles(np.array([0.25, 0.75]), np.array([3.0, 3.0]), 5.0) == 2.0


def test_log_score_of_gamma_rates_is_negative_binomial() -> None:
    score = negative_binomial_log_score(
        np.array([4, 9]), np.array([3.5, 7.0]), np.array([2.0, 5.0]), np.array([1.0, 4.0])
    )
    expected = nbinom.logpmf([4, 9], [3.5, 7.0], [2 / 3, 5 / 9])
    np.testing.assert_allclose(score, expected, rtol=1e-12)


def test_pit_spreads_the_jump_of_a_count() -> None:
    pit = randomised_pit(np.array([0.2]), np.array([0.6]), np.array([0.25]))
    assert pit[0] == pytest.approx(0.3)


def test_uniformity_is_kolmogorov_and_smirnov() -> None:
    pit = np.random.default_rng(4).beta(1.3, 1.0, 500)
    found, reference = uniformity(pit), kstest(pit, "uniform", method="asymp")
    assert found.distance == pytest.approx(reference.statistic, rel=1e-12)
    assert found.p_value == pytest.approx(reference.pvalue, rel=1e-6)
    assert uniformity(pit, independent=50).p_value > found.p_value
    assert sum(found.tenths) == pytest.approx(1.0)
    assert found.tenths[0] < 0.1 < found.tenths[-1]
