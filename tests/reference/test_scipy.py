"""The same questions put to scipy's own answers and to closed forms."""

import pytest
from scipy import stats

from hashquake.core.poisson import (
    arrival_quantiles,
    rate_quantiles,
    ratio_p_value,
    share_quantiles,
)
from hashquake.estimate.drop import holm


@pytest.mark.parametrize(("n", "total"), [(0, 7), (1, 30), (4, 9), (3, 2000), (30, 33)])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95])
def test_few_blocks_take_the_interval_of_clopper_and_pearson(
    n: int, total: int, level: float
) -> None:
    expected = stats.binomtest(n, total).proportion_ci(level, method="exact")
    ours = share_quantiles(n, total).interval(level)
    assert (ours.low, ours.high) == pytest.approx((expected.low, expected.high), rel=1e-6)


@pytest.mark.parametrize("n", range(5))
def test_few_blocks_take_the_interval_of_garwood(n: int) -> None:
    ours = rate_quantiles(n, 1.0).interval(0.95)
    low = stats.chi2.ppf(0.025, 2 * n) / 2 if n else 0.0
    assert (ours.low, ours.high) == pytest.approx((low, stats.chi2.ppf(0.975, 2 * n + 2) / 2))


def test_garwoods_own_table() -> None:
    # Garwood 1936, table for a probability of 0.95.
    assert rate_quantiles(0, 1.0).interval(0.95).high == pytest.approx(3.69, abs=0.005)
    one = rate_quantiles(1, 1.0).interval(0.95)
    assert (one.low, one.high) == pytest.approx((0.0253, 5.57), abs=0.005)


@pytest.mark.parametrize(("n", "m"), [(0, 12), (3, 9), (137, 4), (2, 2056)])
@pytest.mark.parametrize("exposures", [(1.0, 14.0), (3.0, 2.0)])
def test_with_few_blocks_the_p_value_is_twice_the_smaller_tail(
    n: int, m: int, exposures: tuple[float, float]
) -> None:
    p = exposures[0] / sum(exposures)
    tails = [stats.binomtest(n, n + m, p, alternative=side).pvalue for side in ("less", "greater")]
    ours = ratio_p_value(
        n_events=n, exposure=exposures[0], baseline_n_events=m, baseline_exposure=exposures[1]
    )
    assert ours == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-9)
    interval = stats.binomtest(n, n + m, p).proportion_ci(0.95, method="exact")
    assert (ours < 0.05) == (not interval.low <= p <= interval.high)


@pytest.mark.parametrize(("n", "m"), [(7, 9), (137, 2056), (60, 20), (5, 5), (663, 1901)])
@pytest.mark.parametrize("exposures", [(1.0, 14.0), (3.0, 2.0), (5.0, 14.0)])
def test_with_more_blocks_the_p_value_counts_a_third_of_a_block_more(
    n: int, m: int, exposures: tuple[float, float]
) -> None:
    p = exposures[0] / sum(exposures)
    law = stats.beta(n + 1 / 3, m + 1 / 3)
    ours = ratio_p_value(
        n_events=n, exposure=exposures[0], baseline_n_events=m, baseline_exposure=exposures[1]
    )
    assert ours == pytest.approx(min(1.0, 2 * min(law.cdf(p), law.sf(p))), rel=1e-9)
    # Between the tails of the exact test with and without the count that was seen.
    tails = (stats.binom.cdf(n, n + m, p), stats.binom.sf(n - 1, n + m, p))
    exact, without = min(tails), min(tails) - stats.binom.pmf(n, n + m, p)
    assert 2 * without <= ours <= min(1.0, 2 * exact)


@pytest.mark.parametrize("n", [1, 2, 10, 2015])
def test_between_blocks_the_rate_has_a_gamma_law(n: int) -> None:
    ours = arrival_quantiles(n, 3.0).values
    assert ours == pytest.approx(
        stats.gamma.ppf((0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975), n) / 3
    )


def test_holm_by_hand_and_never_above_bonferroni() -> None:
    p_values = [0.004, 0.02, 0.011, 0.8, 0.011]
    assert holm(p_values) == pytest.approx([0.02, 0.044, 0.044, 0.8, 0.044])
    assert holm([]) == ()
    bonferroni = [min(1.0, 5 * p) for p in p_values]
    # Benjamini-Yekutieli controls less than Holm does, but scipy has no other to bound it below.
    benjamini_hochberg = stats.false_discovery_control(p_values, method="bh")
    assert all(
        low <= ours <= high
        for low, ours, high in zip(benjamini_hochberg, holm(p_values), bonferroni, strict=True)
    )
