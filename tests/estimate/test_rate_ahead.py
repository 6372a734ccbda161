"""The mean rate ahead against simulated paths."""

import numpy as np
import pytest
from scipy.stats import poisson

from hashquake.estimate.rate_ahead import RateAhead, rate_ahead
from hashquake.estimate.rate_model import RateModel

DAY_S = 86_400
MODEL = RateModel(
    drift_log_per_sqrt_day=0.012,
    growth_log_per_day=0.002,
    jumps_per_year=60.0,
    jump_log=0.06,
    jump_up_share=0.3,
    restarts_per_year=0.0,
    transient_log=0.03,
    transient_s=40_000.0,
    cell_log=0.005,
    n_levels=161,
    n_transients=25,
    bin_s=3600,
    start_log=0.0,
    start_sd_log=0.3,
)


def simulated_means(model: RateModel, days: float, transient: float, paths: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    n = 400
    step = days / n
    growth = model.growth_log_per_day
    level, swing = np.zeros(paths), np.full(paths, transient)
    kept = np.exp(-step * DAY_S / model.transient_s)
    total = np.zeros(paths)
    for _ in range(n):
        jumps = rng.random(paths) < model.jumps_per_year * step / 365.25
        sign = np.where(rng.random(paths) < model.jump_up_share, 1, -1)
        level += growth * step + model.drift_log_per_sqrt_day * step**0.5 * rng.normal(size=paths)
        level += jumps * sign * rng.exponential(model.jump_log, paths)
        swing = kept * swing + model.transient_log * (1 - kept**2) ** 0.5 * rng.normal(size=paths)
        total += (level + swing) / n
    return total


@pytest.mark.parametrize("days", [0.3, 7.0])
def test_the_distribution_is_that_of_simulated_paths(days: float) -> None:
    mass = np.zeros((161, 25))
    mass[80, 12 + 6] = 1.0  # level 0, transient +0.03
    ahead = rate_ahead(mass, -80, MODEL, days * DAY_S)
    means = simulated_means(MODEL, days, 0.03, 20_000)
    at = np.quantile(means, [0.05, 0.25, 0.5, 0.75, 0.95])
    right = ahead.log_rate_hps + MODEL.cell_log / 2
    read = np.interp(at, right, np.cumsum(ahead.probability))
    np.testing.assert_allclose(read, [0.05, 0.25, 0.5, 0.75, 0.95], atol=0.015)


def test_counts_are_a_mixture_of_poissons() -> None:
    ahead = RateAhead(log_rate_hps=np.log([2.0, 3.0]), probability=np.array([0.25, 0.75]))
    mixed = 0.25 * poisson.pmf(7, 8.0) + 0.75 * poisson.pmf(7, 12.0)
    assert np.exp(ahead.count_log_probability(7, 4.0)) == pytest.approx(mixed)
    below = 0.25 * poisson.cdf(6, 8.0) + 0.75 * poisson.cdf(6, 12.0)
    assert ahead.count_cdf(6, 4.0) == pytest.approx(below)
    assert ahead.reached(7, 4.0) == pytest.approx(1 - below)
    assert ahead.count_cdf(-1, 4.0) == 0.0


def test_a_restart_leaves_part_of_the_mass_anywhere() -> None:
    flat = {name: getattr(MODEL, name) for name in MODEL.__slots__}
    flat |= {
        "transient_log": 0.0,
        "transient_s": 0.0,
        "n_transients": 1,
        "restarts_per_year": 36.525,
    }
    mass = np.zeros((161, 1))
    mass[80] = 1.0
    ahead = rate_ahead(mass, -80, RateModel(**flat), 2 * DAY_S)
    far = ahead.probability[np.abs(ahead.log_rate_hps) > 0.35].sum()
    assert far == pytest.approx((1 - np.exp(-0.1)) * 20 / 161, rel=0.25)
