"""Earnings of a terahash a second, and growth after halvings, against arithmetic by hand."""

from collections.abc import Iterator

import numpy as np
import pytest
from scipy.stats import f as f_distribution

import hashquake as hq
from hashquake.core.errors import HashquakeError
from hashquake.core.times import DAY_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.price_daily import prices_before
from hashquake.datasets.prices import bundled_candles
from hashquake.observatory import open_observatory


@pytest.fixture(scope="module")
def observatory() -> Iterator[hq.Observatory]:
    with open_observatory("bundled") as opened:
        yield opened


def test_hashprice_is_difficulty_subsidy_and_price_with_usual_fees(
    observatory: hq.Observatory,
) -> None:
    # Difficulty was 24,272,331,179,979 from 25 December 2021 to 8 January 2022.
    found = observatory.earnings("2022-01-02", "2022-01-05")
    # The record has hours of these days; their mean stands for the day.
    day = Window(start_s=parse_time("2022-01-03"), end_s=parse_time("2022-01-04"))
    price = bundled_candles().between(day).close_usd.mean()
    by_hand = 6.25 * price * 1e12 * DAY_S / (24_272_331_179_979 * 2**32)
    assert found.subsidy_usd[1] == pytest.approx(by_hand, rel=1e-4)
    assert found.hashprice_median_usd[1] == pytest.approx(1.06 * by_hand, rel=1e-4)
    assert found.hashprice_low_usd[1] == pytest.approx(1.01 * by_hand, rel=1e-4)
    assert found.hashprice_high_usd[1] == pytest.approx(1.12 * by_hand, rel=1e-4)


def test_a_day_without_prices_of_the_record_has_that_of_its_midnight(
    observatory: hq.Observatory,
) -> None:
    found = observatory.earnings("2023-08-01", "2023-08-03")
    price, _ = prices_before(parse_time("2023-08-02T12:00"), days=2)
    assert found.price_usd.tolist() == price.tolist()


def test_revenue_is_what_blocks_paid_over_the_hash_rate(observatory: hq.Observatory) -> None:
    found = observatory.earnings("2022-01-02", "2022-01-05")
    rate = observatory.rates("2022-01-02", "2022-01-05").steps
    header_s = observatory.columns().header_s
    start_s = parse_time("2022-01-03")
    n_blocks = ((header_s >= start_s) & (header_s < start_s + DAY_S)).sum()
    paid_usd = n_blocks * 6.25 * found.price_usd[1] * 1e12
    assert found.revenue_median_usd[1] == pytest.approx(paid_usd / rate.median_hps[1])
    assert found.revenue_low_usd[1] == pytest.approx(paid_usd / rate.high_hps[1])
    assert found.revenue_high_usd[1] == pytest.approx(paid_usd / rate.low_hps[1])
    assert found.to_polars().height == len(found) == 3


def test_a_day_without_a_price_is_a_gap_and_only_whole_days_count(
    observatory: hq.Observatory,
) -> None:
    found = observatory.earnings("2025-11-08T06:00", "2025-11-14T06:00")
    known = ~np.isnan(found.price_usd)
    assert found.start_s == parse_time("2025-11-09")
    assert len(found) == 5
    assert known.tolist() == [True, True, False, False, False]
    assert all((~np.isnan(values) == known).all() for values in found.lines().values())


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        ("2022-01-05T01:00", "2022-01-05T23:00", "step-range"),
        ("2026-04-01", "2026-04-03", "price-missing"),
        ("2019-01-01", "2019-01-03", "no-coverage"),
    ],
)
def test_what_cannot_be_determined_says_why(
    observatory: hq.Observatory, since: str, until: str, code: str
) -> None:
    with pytest.raises(HashquakeError) as caught:
        observatory.earnings(since, until)
    assert caught.value.code == code


def test_growth_after_a_halving_is_the_ratio_of_two_rates(observatory: hq.Observatory) -> None:
    (growth,) = observatory.halvings()
    assert growth.height == 840_000
    at_s = growth.at_s
    before = observatory.rate(at_s - 30 * DAY_S, at_s, subjects=("network",))[0].hashrate
    week = observatory.rate(at_s + 7 * DAY_S, at_s + 14 * DAY_S, subjects=("network",))[0].hashrate
    ratio = week.interval(0.9).median / before.interval(0.9).median
    assert growth.ratio[1] == pytest.approx(ratio)
    # Two independent counts: the ratio of their rates follows an F distribution.
    header_s = observatory.columns().header_s
    n_before = ((header_s >= at_s - 30 * DAY_S) & (header_s < at_s)).sum()
    n_week = ((header_s >= at_s + 7 * DAY_S) & (header_s < at_s + 14 * DAY_S)).sum()
    law = f_distribution(2 * n_week, 2 * n_before)
    assert growth.ratio_low[1] == pytest.approx(ratio * law.ppf(0.05), rel=0.003)
    assert growth.ratio_high[1] == pytest.approx(ratio * law.ppf(0.95), rel=0.003)
    assert observatory.halvings().to_polars().height == len(growth.ratio)
