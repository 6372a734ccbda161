"""Shares of pools, falls between windows, and how small a fall can be found."""

from dataclasses import replace
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtr, ndtri
from tests.small_chains import chain, covered, window

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.incident import Drop
from hashquake.core.poisson import ratio_p_value
from hashquake.core.window import Window
from hashquake.estimate.block_count import block_count
from hashquake.estimate.detectability import blocks_to_detect
from hashquake.estimate.drop import ENOUGH_BLOCKS, drift_of, drop_of, holm, pool_drops
from hashquake.estimate.shares import pool_shares

COVERED = covered()
P_VALUES = st.lists(st.floats(0, 1), max_size=20)


def _two_stretches(before: dict[str | None, int], during: dict[str | None, int]) -> BlockColumns:
    """Blocks of pools spread evenly over [0, 100 000) and over [100 000, 200 000)."""
    header_s: list[int] = []
    pool: list[str | None] = []
    for start_s, counts in ((0, before), (100_000, during)):
        names = [name for name, n in counts.items() for _ in range(n)]
        times = start_s + np.linspace(0, 99_999, len(names))
        header_s += [int(time_s) for time_s in times]
        pool += names
    return chain(header_s, pool=pool)


BEFORE, DURING = window(0, 100_000), window(100_000, 200_000)


def test_shares_leave_out_blocks_never_looked_up_and_say_so() -> None:
    blocks = _two_stretches({"a": 30, "b": 10, "unknown": 10, None: 25}, {})
    shares = pool_shares(blocks, BEFORE, COVERED)
    assert (shares.n_labelled, shares.n_unlabelled) == (50, 25)
    assert [one.subject for one in shares.pools] == ["pool:a", "pool:b", "pool:unknown"]
    assert shares.pools[0].quantiles.median == pytest.approx(0.6, abs=0.005)
    assert shares.pools[0].interval(0.9).high < 0.75


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(NoCoverage) as caught:
        pool_shares(_two_stretches({"a": 3}, {}), DURING, COVERED)
    assert caught.value.code == "no-blocks"


def _drop(blocks: BlockColumns, during: Window, before: Window, subject: str) -> Drop:
    """Compare two windows as a report does."""
    return drop_of(
        block_count(blocks, during, subject, COVERED),
        block_count(blocks, before, subject, COVERED),
        drift=drift_of(blocks, subject, during, before),
    )


def test_a_drop_is_positive_when_the_rate_fell() -> None:
    blocks = _two_stretches({"a": 200}, {"a": 100})
    fell = _drop(blocks, DURING, BEFORE, "network")
    rose = _drop(blocks, BEFORE, DURING, "network")
    assert fell.drop_share.median == pytest.approx(0.5, abs=0.005)
    assert rose.drop_share.median == pytest.approx(-1.0, abs=0.02)
    assert (fell.n_blocks, fell.baseline_n_blocks) == (100, 200)
    assert fell.expected_blocks == pytest.approx(200)
    assert fell.p_value == pytest.approx(rose.p_value, rel=1e-6)
    assert fell.p_value < 1e-7


def test_windows_that_overlap_are_not_compared() -> None:
    blocks = _two_stretches({"a": 200}, {"a": 100})
    with pytest.raises(UsageError) as caught:
        _drop(blocks, DURING, window(0, 100_001), "network")
    assert caught.value.code == "windows-overlap"


def test_no_blocks_on_either_side_is_no_finding() -> None:
    blocks = _two_stretches({"a": 9}, {"a": 9})
    with pytest.raises(NoCoverage):
        _drop(blocks, DURING, BEFORE, "pool:b")


def test_only_pools_with_enough_blocks_before_are_looked_at() -> None:
    blocks = _two_stretches(
        {"a": 300, "b": ENOUGH_BLOCKS, "c": ENOUGH_BLOCKS - 1}, {"a": 300, "c": 90}
    )
    drops = pool_drops(blocks, DURING, BEFORE, COVERED)
    assert [one.pool for one in drops] == ["a", "b"]
    gone = drops[1].drop
    assert (gone.n_blocks, gone.drop_share.values[6]) == (0, 1.0)
    assert drops[1].p_value_adjusted == pytest.approx(2 * (gone.predictive_p_value or 0.0))
    assert drops[1].share_before.quantiles.median == pytest.approx(0.059, abs=0.002)


def test_without_intervals_the_rest_of_the_falls_is_the_same() -> None:
    blocks = _two_stretches({"a": 300, "b": 40}, {"a": 300, "b": 9})
    whole = pool_drops(blocks, DURING, BEFORE, COVERED)
    lean = pool_drops(blocks, DURING, BEFORE, COVERED, with_intervals=False)
    assert [one.drop.predictive_share for one in lean] == [None, None]
    without = [replace(one, drop=replace(one.drop, predictive_share=None)) for one in whole]
    assert list(lean) == without


@settings(deadline=None)
@given(p_values=P_VALUES)
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= a <= 1 for p, a in zip(p_values, adjusted, strict=True))
    ranked = [adjusted[at] for at in sorted(range(len(p_values)), key=lambda i: p_values[i])]
    assert ranked == sorted(ranked)


def test_twelve_percent_takes_four_to_five_hundred_blocks() -> None:
    assert blocks_to_detect(0.12) == pytest.approx(403, abs=0.5)
    assert blocks_to_detect(0.12, baseline_blocks=2016) == pytest.approx(504, abs=0.5)
    assert blocks_to_detect(0.12, power=0.95) == pytest.approx(706, abs=0.5)
    assert blocks_to_detect(0.12, power=0.95, baseline_blocks=2016) == pytest.approx(1086, abs=0.5)


def drop_power(drop_share: float, expected_blocks: float, baseline_blocks: float = inf) -> float:
    """Return the probability that a one-sided test at 5 % finds a fall."""
    distance = 2.0 * (1.0 - sqrt(1.0 - drop_share))
    spread = sqrt(1.0 / expected_blocks + 1.0 / baseline_blocks)
    return float(ndtr(distance / spread - ndtri(0.95)))


def test_the_first_day_finds_twelve_percent_less_than_every_second_time() -> None:
    assert drop_power(0.12, expected_blocks=144) == pytest.approx(0.43, abs=0.01)
    assert drop_power(0.12, expected_blocks=72) == pytest.approx(0.27, abs=0.01)


@settings(deadline=None)
@given(drop=st.floats(0.01, 0.9), baseline=st.floats(100, 1e6), power=st.floats(0.1, 0.99))
def test_blocks_to_detect_are_power_turned_round(
    drop: float, baseline: float, power: float
) -> None:
    expected = blocks_to_detect(drop, baseline_blocks=baseline, power=power)
    if expected < float("inf"):
        found = drop_power(drop, expected_blocks=expected, baseline_blocks=baseline)
        assert found == pytest.approx(power, abs=1e-6)


def test_what_no_window_could_find_is_said_plainly() -> None:
    assert blocks_to_detect(0.12, baseline_blocks=300) == float("inf")
    assert blocks_to_detect(-0.1) == float("inf")
    with pytest.raises(UsageError):
        blocks_to_detect(0.12, baseline_blocks=0)


@pytest.mark.parametrize(
    ("drop", "expected", "baseline"),
    [(0.12, 144, 2016), (0.12, 504, 2016), (0.2, 144, 2016), (0.3, 60, 500), (0.5, 72, 2016)],
)
def test_the_formula_is_within_four_points_of_the_exact_tests_exact_power(
    drop: float, expected: int, baseline: int
) -> None:
    formula = drop_power(drop, expected_blocks=expected, baseline_blocks=baseline)
    assert _exact_power(drop, expected, baseline) == pytest.approx(formula, abs=0.04)


def _exact_power(drop: float, expected: int, baseline: int) -> float:
    """Sum over both Poisson counts where the one-sided conditional test is under 5 %."""
    mean = expected * (1 - drop)
    spread = int(6 * baseline**0.5)
    before = np.arange(max(baseline - spread, 1), baseline + spread)
    share = expected / (expected + baseline)
    power = 0.0
    for m, weight in zip(before, stats.poisson.pmf(before, baseline), strict=True):
        n = np.arange(2 * expected)
        rejected = stats.binom.cdf(n, n + m, share) < 0.05
        power += float(weight * stats.poisson.pmf(n[rejected], mean).sum())
    return power


def test_equal_rates_have_a_p_value_of_one() -> None:
    p_value = ratio_p_value(n_events=100, exposure=1, baseline_n_events=100, baseline_exposure=1)
    assert p_value == pytest.approx(1.0, rel=1e-12)
