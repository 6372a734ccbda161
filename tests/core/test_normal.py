import numpy as np
import pytest
from scipy.stats import norm

from hashquake.core.normal import normal_density, normal_quantile, normal_survival


@pytest.mark.parametrize("at", [-9.0, -1.5, 0.0, 0.3, 4.0, 30.0])
def test_the_normal_law_is_scipys(at: float) -> None:
    assert normal_density(at, 0.5, 2.0) == pytest.approx(norm.pdf(at, 0.5, 2.0), rel=1e-13)
    assert normal_survival(at, 0.5, 2.0) == pytest.approx(norm.sf(at, 0.5, 2.0), rel=1e-12)
    probability = float(norm.cdf(at / 10 + 0.1))
    assert normal_quantile(probability) == pytest.approx(
        norm.ppf(probability), rel=1e-12, abs=1e-15
    )


def test_densities_of_many_at_once() -> None:
    at = np.linspace(-3, 3, 7)
    assert normal_density(0.2, at, 0.4) == pytest.approx(norm.pdf(0.2, at, 0.4), rel=1e-13)
