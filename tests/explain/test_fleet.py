"""Which machines earn their electricity: Cambridge's arithmetic, and ours on draws."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.errors import UsageError
from hashquake.core.machine import Machine
from hashquake.core.times import parse_time
from hashquake.datasets.hardware import bundled_machines
from hashquake.explain.fleet import (
    PUE_BEST,
    _weighed,
    draw_efficiency,
    efficiency_at,
    threshold_j_per_th,
    usd_per_hash,
)

AT_S = parse_time("2022-01-06")


def machine(released: str, efficiency: float, chip_class: str = "") -> Machine:
    return Machine(
        maker="x",
        model=f"{released}-{efficiency}",
        released_s=parse_time(released),
        efficiency_j_per_th=efficiency,
        chip_class=chip_class,
    )


MARKET = (
    machine("2016-06-01", 100.0, "S9"),
    machine("2018-01-01", 90.0, "S9"),
    machine("2019-06-01", 50.0),
    machine("2021-06-01", 30.0),
    machine("2022-06-01", 20.0),
)


def test_the_threshold_is_cambridges_formula() -> None:
    """theta = (USD a day / (TH/s * 86400)) / (USD/kWh / 3.6e6) / 1000, in J/GH."""
    revenue_usd, rate_thps, usd_per_kwh = 40e6, 175e6, 0.05
    theta_j_per_gh = (revenue_usd / (rate_thps * 86_400)) / (usd_per_kwh / 3.6e6) / 1000
    hash_usd = revenue_usd / (rate_thps * 1e12 * 86_400)
    ours = threshold_j_per_th(hash_usd, electricity_usd_per_kwh=usd_per_kwh)
    assert ours == pytest.approx(theta_j_per_gh * 1000)
    assert threshold_j_per_th(hash_usd, electricity_usd_per_kwh=0.1) == pytest.approx(ours / 2)


def test_what_a_hash_earns_needs_no_hash_rate() -> None:
    height = np.array([717_000, 717_001])
    work = np.array([1e23, 2e23])
    price = np.array([40_000.0, 50_000.0])
    mean = (6.25 * 40_000 / 1e23 + 6.25 * 50_000 / 2e23) / 2
    assert usd_per_hash(height, work, price, fee_share=0.02) == pytest.approx(1.02 * mean)


@pytest.mark.parametrize("price", [0.0, -1.0, float("nan")])
def test_prices_must_be_over_nothing(price: float) -> None:
    with pytest.raises(UsageError) as caught:
        threshold_j_per_th(1e-20, electricity_usd_per_kwh=price)
    assert caught.value.code == "price-range"


def test_models_weigh_the_same_machines_differently() -> None:
    """Released before the day, earning its electricity, and then as each model says."""
    best = {
        model: efficiency_at(MARKET, AT_S, 95.0, model=model).best_j_per_th
        for model in ("1.0", "1.3.1", "2023")
    }
    assert best["1.0"] == pytest.approx((90 + 50 + 30) / 3)
    assert best["1.3.1"] == pytest.approx((90 + 50 + 30) / 3)
    # 48 months old, 31 and 7: weights 0.2, 0.6 and 1.
    assert best["2023"] == pytest.approx((0.2 * 90 + 0.6 * 50 + 1.0 * 30) / 1.8)


def test_machines_over_five_years_old_are_out_since_model_1_3_1() -> None:
    assert efficiency_at(MARKET, AT_S, 200.0, model="1.0").upper_j_per_th == 100
    assert efficiency_at(MARKET, AT_S, 200.0, model="1.3.1").upper_j_per_th == 90


def test_model_1_1_takes_two_chips_out_and_back_in_by_their_shares() -> None:
    found = efficiency_at(MARKET, AT_S, 200.0, model="1.1", class_shares={"S9": 0.25})
    assert found.best_j_per_th == pytest.approx(0.75 * 40 + 0.25 * 95)
    assert found.upper_j_per_th == 50
    for model, shares in (("1.1", None), ("1.0", {"S9": 0.2}), ("9", None)):
        with pytest.raises(UsageError) as caught:
            efficiency_at(MARKET, AT_S, 200.0, model=model, class_shares=shares)
        assert caught.value.code == "energy-model"


def test_where_nobody_earns_the_best_machine_stands_in() -> None:
    found = efficiency_at(MARKET, AT_S, 10.0)
    assert (found.best_j_per_th, found.n_machines) == (30.0, 0)


def test_before_any_machine_there_is_no_fleet() -> None:
    with pytest.raises(UsageError) as caught:
        efficiency_at(MARKET, parse_time("2010-01-01"), 100.0)
    assert caught.value.code == "hardware-none"


@given(threshold=st.floats(5.0, 400.0), day=st.integers(0, 2500))
def test_many_thresholds_at_once_are_each_as_one(threshold: float, day: int) -> None:
    at_s = parse_time("2019-01-01") + day * 86_400.0
    together = _weighed(bundled_machines(), at_s, np.array([threshold, 50.0]))
    alone = efficiency_at(bundled_machines(), at_s, threshold)
    assert together[0] == pytest.approx(alone.best_j_per_th)


def test_ages_are_counted_in_calendar_months() -> None:
    released, at_s = "2020-01-31", parse_time("2021-01-01")
    young = efficiency_at((machine(released, 30.0), machine("2020-12-01", 60.0)), at_s, 100.0)
    assert datetime.fromtimestamp(at_s, tz=UTC).month == 1
    assert young.best_j_per_th == pytest.approx((0.8 * 30 + 1.0 * 60) / 1.8)


def test_draws_lie_around_the_best_guess_and_widen_with_an_old_price() -> None:
    hash_usd = 40e6 / (175e18 * 86_400)
    threshold = threshold_j_per_th(hash_usd, electricity_usd_per_kwh=0.05)
    best = efficiency_at(bundled_machines(), AT_S, threshold).best_j_per_th * PUE_BEST
    spread = []
    for days in (0.0, 360.0):
        rng = np.random.default_rng(3)
        drawn = draw_efficiency(
            bundled_machines(), AT_S, hash_usd, rng, 20_000, price_carried_days=days
        )
        spread.append(float(np.log(drawn).std()))
        if not days:
            assert np.median(drawn) == pytest.approx(best, rel=0.03)
    assert 0.13 < spread[0] < spread[1]
