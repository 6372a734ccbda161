"""Measured coverage of intervals, from simulated chains through the public functions."""

import numpy as np
import pytest
from scipy import stats
from tests.small_chains import WORK_HASHES, chain, covered, window

from hashquake.core.interval import Quantiles
from hashquake.core.poisson import rate_quantiles, ratio_quantiles
from hashquake.estimate.window import rate_between_blocks, window_rate

LEVELS = (0.9, 0.95)
DURATION_S = 86_400.0


def test_a_windows_rate_is_covered_within_a_point_in_simulated_chains() -> None:
    """Rates even in the logarithm, exponential waits, whole seconds, fixed ends."""
    rng = np.random.default_rng(717_696)
    few: list[tuple[bool, bool]] = []
    many: list[tuple[bool, bool]] = []
    for mean in np.exp(rng.uniform(np.log(0.5), np.log(300.0), 12_000)):
        waits_s = rng.exponential(DURATION_S / mean, int(mean + 10 * mean**0.5 + 20))
        header_s = waits_s.cumsum()
        blocks = chain([0, *header_s[header_s < DURATION_S].astype(int).tolist()])
        estimate = window_rate(blocks, window(0.5, DURATION_S), "network", covered(0, DURATION_S))
        truth_hps = mean * WORK_HASHES / DURATION_S
        held = tuple(estimate.interval(level).holds(truth_hps) for level in LEVELS)
        (many if estimate.n_blocks >= 5 else few).append((held[0], held[1]))
    # Standard error of 8,000 draws: 0.0033 at 90 %.
    assert np.mean(many, axis=0) == pytest.approx(LEVELS, abs=0.01)
    assert (np.mean(few, axis=0) >= LEVELS).all()


def test_the_ratio_of_two_windows_is_covered_within_a_point() -> None:
    rng = np.random.default_rng(2022)
    hits = dict.fromkeys(LEVELS, 0)
    n_trials = 12_000
    for _ in range(n_trials):
        mean, ratio = np.exp(rng.uniform(np.log(20.0), np.log(400.0))), rng.uniform(0.5, 1.5)
        n, m = int(rng.poisson(mean * ratio)), int(rng.poisson(14 * mean))
        found = ratio_quantiles(
            n_events=n, exposure=1.0, baseline_n_events=m, baseline_exposure=14.0
        )
        for level in LEVELS:
            hits[level] += found.interval(level).holds(ratio)
    assert [hits[level] / n_trials for level in LEVELS] == pytest.approx(LEVELS, abs=0.01)


@pytest.mark.parametrize("n_intervals", [2, 5, 40])
def test_between_blocks_coverage_is_exact_at_any_number(n_intervals: int) -> None:
    rng = np.random.default_rng(n_intervals)
    hits = np.zeros(2)
    n_trials = 6000
    for waits_s in rng.exponential(600_000.0, (n_trials, n_intervals)):
        estimate = rate_between_blocks(chain([0, *waits_s.cumsum().astype(int).tolist()]))
        hits += [estimate.interval(level).holds(WORK_HASHES / 600_000.0) for level in LEVELS]
    assert hits / n_trials == pytest.approx(LEVELS, abs=0.012)


def _pointwise(mean: float, quantiles: list[Quantiles], level: float) -> float:
    """Sum the probability of every count whose interval holds the true mean."""
    n = np.array([at for at, one in enumerate(quantiles) if one.interval(level).holds(mean)])
    return float(stats.poisson.pmf(n, mean).sum())


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("low", "high"), [(20, 50), (50, 150), (150, 500)])
def test_at_any_one_true_rate_coverage_swings_about_the_nominal(
    low: float, high: float, level: float
) -> None:
    """Counts are whole numbers: no interval made of them is exact at every rate."""
    quantiles = [rate_quantiles(n, 1.0) for n in range(int(high + 9 * high**0.5))]
    means = np.exp(np.linspace(np.log(low), np.log(high), 300))
    covered_share = np.array([_pointwise(float(mean), quantiles, level) for mean in means])
    assert covered_share.mean() == pytest.approx(level, abs=0.0025)
    assert covered_share.min() > level - 0.025


@pytest.mark.parametrize("level", LEVELS)
def test_at_a_true_rate_of_few_blocks_coverage_is_hardly_ever_short(level: float) -> None:
    quantiles = [rate_quantiles(n, 1.0) for n in range(60)]
    means = np.linspace(0.02, 5.0, 500)
    covered_share = np.array([_pointwise(float(mean), quantiles, level) for mean in means])
    assert covered_share.min() > level - 0.01
    assert covered_share.mean() > level + 0.02
