"""Luck of pools: intervals that cover, p-values that are uniform, reports that are no samples."""

import numpy as np
import pytest
from scipy import stats

from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.estimate.pool_luck import luck_p_value, pool_luck
from hashquake.estimate.reported_mean import LONE_NOISE, ReportedMean, reported_mean

DAY = Window(start_s=864_000.0, end_s=950_400.0)
RATE_HPS = 14e18
EXPOSURE = 20.0 / RATE_HPS


def said(start_s: float, value: float, span_s: float = 300.0) -> Reading:
    return Reading(
        subject="pool:p",
        quantity="hashrate_hps",
        window=Window(start_s=start_s, end_s=start_s + span_s),
        value=value,
        source="pool_p",
    )


def exact(mean_hps: float = RATE_HPS) -> ReportedMean:
    return ReportedMean(mean_hps=mean_hps, error=1e-9, freedom=30, covered_share=1.0, n_reports=288)


@pytest.mark.parametrize("n_blocks", [0, 1, 4, 5, 12, 20, 45])
def test_with_an_exact_report_luck_is_the_poisson_law(n_blocks: int) -> None:
    found = pool_luck(n_blocks, EXPOSURE, exact())
    assert found is not None
    tails = (stats.poisson.cdf(n_blocks, 20.0), stats.poisson.sf(n_blocks - 1, 20.0))
    assert found.p_value == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-6)
    assert found.expected_blocks.median == pytest.approx(20.0)
    low, high = (n_blocks, n_blocks + 1) if n_blocks < 5 else (n_blocks + 1 / 3, n_blocks + 1 / 3)
    wanted_low = stats.gamma.ppf(0.05, low) / 20 if low else 0.0
    assert found.luck_share.low == pytest.approx(wanted_low, rel=1e-6)
    assert found.luck_share.high == pytest.approx(stats.gamma.ppf(0.95, high) / 20, rel=1e-6)


def test_an_uncertain_report_widens_luck_and_softens_surprise() -> None:
    sure = pool_luck(35, EXPOSURE, exact())
    loose = ReportedMean(mean_hps=RATE_HPS, error=0.2, freedom=4.0, covered_share=0.1, n_reports=3)
    unsure = pool_luck(35, EXPOSURE, loose)
    assert sure is not None
    assert unsure is not None
    assert unsure.luck_share.low < sure.luck_share.low < sure.luck_share.high
    assert sure.luck_share.high < unsure.luck_share.high
    assert sure.p_value < unsure.p_value


def test_a_pool_that_reports_nothing_mined_has_no_luck() -> None:
    assert pool_luck(3, EXPOSURE, exact(0.0)) is None


def test_p_values_are_no_smaller_than_they_say() -> None:
    rng = np.random.default_rng(7)
    expected = np.array([12.0])
    p_values = np.array([luck_p_value(float(n), expected) for n in rng.poisson(12.0, 4000)])
    for level in (0.01, 0.05, 0.2):
        error = (level * (1 - level) / 4000) ** 0.5
        assert (p_values <= level).mean() <= level + 3 * error


def reports(
    rng: np.random.Generator, *, kept_share: float, silent_s: float = 0.0
) -> tuple[list[Reading], float]:
    """Draw a day of reports and its true mean, as real pools are known to move.

    A wobble of 2 % with a time constant of 0.7 days, a walk of 2 % per square root of a day,
    errors of 1 % with heavy tails; silent at the day's end for a while.
    """
    steps = 288
    kept_part = float(np.exp(-1 / (0.7 * steps)))
    wobble, walk = np.empty(steps), 0.02 / steps**0.5 * rng.standard_normal(steps)
    wobble[0] = 0.02 * rng.standard_normal()
    for at in range(1, steps):
        pushed = 0.02 * (1 - kept_part**2) ** 0.5 * rng.standard_normal()
        wobble[at] = kept_part * wobble[at - 1] + pushed
    truth = RATE_HPS * np.exp(wobble + np.cumsum(walk))
    seen = truth * np.exp(0.01 * rng.standard_t(4, steps))
    kept = rng.random(steps) < kept_share
    kept[steps - int(silent_s / 300) :] = False
    kept[rng.integers(steps // 2)] = True
    readings = [said(DAY.start_s + 300 * at, float(seen[at])) for at in np.flatnonzero(kept)]
    return readings, float(truth.mean())


@pytest.mark.parametrize(
    ("kept_share", "silent_s"), [(1.0, 0.0), (0.3, 0.0), (0.01, 0.0), (1.0, 40_000.0)]
)
def test_the_interval_of_a_reported_mean_covers_what_it_says(
    kept_share: float, silent_s: float
) -> None:
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(400):
        readings, truth = reports(rng, kept_share=kept_share, silent_s=silent_s)
        mean = reported_mean(readings, DAY)
        assert mean is not None
        hits += mean.interval(0.9).holds(truth)
    # Four standard errors below 90 %; docs/theory/pool_luck.md has what was measured with more.
    assert hits / 400 >= 0.84


def test_time_that_was_reported_twice_counts_once() -> None:
    once = [said(DAY.start_s + 300 * at, 1e18 * (1 + 0.001 * at)) for at in range(100)]
    often = sorted(
        [*once, *(said(one.window.start_s + 60, one.value * 1.0001) for one in once)],
        key=lambda one: one.window,
    )
    a, b = reported_mean(once, DAY), reported_mean(often, DAY)
    assert a is not None
    assert b is not None
    assert b.n_reports == a.n_reports
    assert b.covered_share == pytest.approx(a.covered_share)
    assert b.mean_hps == pytest.approx(a.mean_hps)


def test_frozen_reports_and_those_outside_are_left_out() -> None:
    stuck = [said(DAY.start_s - 3600 + 300 * at, 9.87654321e18) for at in range(100)]
    assert reported_mean(stuck, DAY) is None
    moved = said(DAY.start_s + 40_000, 1.23456789e18)
    found = reported_mean([*stuck, moved], DAY)
    assert found is not None
    assert (found.mean_hps, found.n_reports) == (1.23456789e18, 1)
    assert found.error > LONE_NOISE
    assert reported_mean([said(DAY.end_s, 1.0), said(0.0, 1.0)], DAY) is None
