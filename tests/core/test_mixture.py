"""Quantiles of mixtures of normals, against scipy's normal and against draws."""

import numpy as np
import pytest
from scipy.stats import norm

from hashquake.core.mixture import mixture_quantile


@pytest.mark.parametrize("level", [0.01, 0.05, 0.5, 0.95])
def test_one_part_is_the_normal(level: float) -> None:
    found = mixture_quantile(np.array([2.0]), np.array([0.5]), np.array([3.0]), level)
    assert found == pytest.approx(float(norm(2.0, 0.5).ppf(level)), abs=1e-9)


def test_a_mixture_is_as_its_draws() -> None:
    rng = np.random.default_rng(11)
    mean, sd, chance = np.array([-1.0, 0.2, 3.0]), np.array([0.3, 1.0, 0.1]), np.array([2.0, 5, 1])
    part = rng.choice(3, size=400_000, p=chance / chance.sum())
    draws = rng.normal(mean[part], sd[part])
    for level in (0.05, 0.4, 0.9):
        assert mixture_quantile(mean, sd, chance, level) == pytest.approx(
            float(np.quantile(draws, level)), abs=0.01
        )


def test_a_part_of_no_weight_moves_nothing() -> None:
    one = mixture_quantile(np.array([0.0]), np.array([1.0]), np.array([1.0]), 0.3)
    far = mixture_quantile(np.array([0.0, 1e6]), np.array([1.0, 1.0]), np.array([1.0, 0.0]), 0.3)
    assert far == pytest.approx(one, abs=1e-9)
