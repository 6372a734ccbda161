"""Quantiles of counts: what they cover, summed exactly, and the laws they must keep."""

import itertools
from collections.abc import Callable
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betainc, gammainc

from hashquake.core.errors import UsageError
from hashquake.core.poisson import (
    FEW_BLOCKS,
    arrival_quantiles,
    rate_limits,
    rate_quantiles,
    ratio_p_value,
    ratio_quantiles,
    share_quantiles,
)

LEVELS = {0.9: (1, 5), 0.95: (0, 6)}
PRIORS = (0.0, 1 / 3, 0.5, 1.0)
"""Of the scale priors ``rate ** (p - 1)``: from even in the logarithm to even in the rate."""
COUNTS = st.integers(0, 3000)


def _coverage_of_rate(n: int, level: float, prior: float) -> float:
    """Probability that the interval for n blocks holds the rate, over rates given n."""
    low, high = (rate_quantiles(n, 1.0).values[at] for at in LEVELS[level])
    return float(gammainc(n + prior, high) - gammainc(n + prior, low))


def _coverage_of_share(n: int, m: int, level: float, a: float, b: float) -> float:
    low, high = (share_quantiles(n, n + m).values[at] for at in LEVELS[level])
    return float(betainc(n + a, m + b, high) - betainc(n + a, m + b, low))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("n", [5, 6, 7, 8, 10, 15, 20, 50, 144, 1008, 50_000])
def test_from_five_blocks_on_a_rate_is_covered_within_a_point(
    n: int, prior: float, level: float
) -> None:
    assert abs(_coverage_of_rate(n, level, prior) - level) < 0.01


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("n", "prior"),
    [(n, p) for n, p in itertools.product(range(FEW_BLOCKS), PRIORS) if n + p > 0],
)
def test_with_fewer_blocks_a_rate_is_never_covered_less_than_promised(
    n: int, prior: float, level: float
) -> None:
    assert _coverage_of_rate(n, level, prior) >= level - 1e-12


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("m", [20, 50, 288, 2016])
@pytest.mark.parametrize("n", [5, 8, 20, 144])
def test_a_share_or_ratio_is_covered_within_a_point(n: int, m: int, level: float) -> None:
    worst = max(
        abs(_coverage_of_share(n, m, level, a, b) - level)
        for a, b in itertools.product(PRIORS, PRIORS)
    )
    assert worst < 0.01


@pytest.mark.parametrize("level", LEVELS)
def test_a_share_or_ratio_of_few_blocks_is_never_covered_less_than_promised(level: float) -> None:
    for n, m, a, b in itertools.product(range(FEW_BLOCKS), (0, 1, 4, 20, 2016), PRIORS, PRIORS):
        if n + m and n + a > 0 and m + b > 0:
            assert _coverage_of_share(n, m, level, a, b) >= level - 1e-9
            assert _coverage_of_share(m, n, level, b, a) >= level - 1e-9


@settings(deadline=None)
@given(n=COUNTS, exposure=st.floats(1e-30, 1e30), scale=st.floats(1e-6, 1e6))
def test_a_rate_scales_with_its_exposure(n: int, exposure: float, scale: float) -> None:
    one = rate_quantiles(n, exposure).values
    other = rate_quantiles(n, exposure * scale).values
    assert [v / scale for v in one] == pytest.approx(other, rel=1e-9)


@settings(deadline=None)
@given(n=COUNTS)
def test_more_blocks_never_mean_a_lower_rate(n: int) -> None:
    pairs = zip(rate_quantiles(n, 1.0).values, rate_quantiles(n + 1, 1.0).values, strict=True)
    assert all(a <= b for a, b in pairs)


@settings(deadline=None)
@given(n=st.integers(FEW_BLOCKS, 5000))
def test_the_median_is_the_plain_estimate(n: int) -> None:
    assert rate_quantiles(n, 2.0).median == pytest.approx(n / 2.0, rel=0.02 / n)


@settings(deadline=None)
@given(n=COUNTS, m=COUNTS)
def test_swapping_window_and_baseline_inverts_the_ratio(n: int, m: int) -> None:
    if n + m == 0:
        return
    one = ratio_quantiles(n_events=n, exposure=3.0, baseline_n_events=m, baseline_exposure=2.0)
    other = ratio_quantiles(n_events=m, exposure=2.0, baseline_n_events=n, baseline_exposure=3.0)
    for ratio, inverse in zip(one.values, reversed(other.values), strict=True):
        assert ratio == pytest.approx(inf if inverse == 0 else 1 / inverse, rel=1e-6)


@settings(deadline=None, max_examples=300)
@given(
    n=st.integers(0, 400),
    m=st.integers(0, 400),
    exposure=st.floats(0.05, 20.0),
)
def test_the_p_value_is_small_exactly_when_the_interval_leaves_out_equal_rates(
    n: int, m: int, exposure: float
) -> None:
    if n + m == 0:
        return
    ratio = ratio_quantiles(
        n_events=n, exposure=exposure, baseline_n_events=m, baseline_exposure=1.0
    )
    p_value = ratio_p_value(
        n_events=n, exposure=exposure, baseline_n_events=m, baseline_exposure=1.0
    )
    for level in LEVELS:
        interval = ratio.interval(level)
        assert (p_value < 1.0 - level) == (not interval.low <= 1.0 <= interval.high)


def test_a_baseline_without_blocks_leaves_the_ratio_open_above() -> None:
    ratio = ratio_quantiles(n_events=7, exposure=1.0, baseline_n_events=0, baseline_exposure=1.0)
    assert ratio.values[6] == inf
    assert 0 < ratio.values[0] < 7


def _p_value_of_negative_counts() -> float:
    return ratio_p_value(n_events=1, exposure=1.0, baseline_n_events=-1, baseline_exposure=1.0)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: rate_quantiles(-1, 1.0), "count-negative"),
        (lambda: rate_quantiles(3, 0.0), "exposure-empty"),
        (lambda: rate_quantiles(3, float("nan")), "exposure-empty"),
        (lambda: arrival_quantiles(0, 1.0), "count-negative"),
        (lambda: share_quantiles(3, 2), "count-negative"),
        (lambda: share_quantiles(0, 0), "exposure-empty"),
        (_p_value_of_negative_counts, "count-negative"),
    ],
)
def test_impossible_counts_are_refused(call: Callable[[], object], code: str) -> None:
    with pytest.raises(UsageError) as caught:
        call()
    assert caught.value.code == code


@given(
    n_events=st.lists(st.integers(0, 5_000), min_size=1, max_size=40),
    exposure=st.floats(1e-25, 1e25),
    level=st.sampled_from([0.5, 0.9, 0.95]),
)
def test_limits_of_many_rates_are_those_of_each(
    n_events: list[int], exposure: float, level: float
) -> None:
    exposures = np.array([exposure * (1.0 + at) for at in range(len(n_events))])
    limits = rate_limits(np.array(n_events), exposures, level=level)
    for at, (n, each) in enumerate(zip(n_events, exposures.tolist(), strict=True)):
        one = rate_quantiles(n, each).interval(level)
        assert limits[:, at].tolist() == [one.median, one.low, one.high]


def test_limits_of_no_rates_and_of_what_cannot_be() -> None:
    assert rate_limits(np.array([], int), np.array([]), level=0.9).shape == (3, 0)
    with pytest.raises(UsageError):
        rate_limits(np.array([1, -1]), np.array([1.0, 1.0]), level=0.9)
    with pytest.raises(UsageError):
        rate_limits(np.array([1, 1]), np.array([1.0, 0.0]), level=0.9)
