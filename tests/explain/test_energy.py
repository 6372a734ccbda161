"""Megawatts, tonnes, and what is left besides the registered miners."""

import numpy as np
import pytest

from hashquake.core.errors import UsageError
from hashquake.core.times import parse_time
from hashquake.datasets.electricity import capacity_of, registered_power
from hashquake.explain.energy import (
    dark_power,
    emissions_t_per_day,
    power_bounds,
    power_mw,
    share_of,
    unregistered_power,
    world_emissions_t_per_day,
)
from hashquake.explain.fleet import Efficiency

RNG_SEED = 11


def test_power_is_hashes_times_joules() -> None:
    """175 EH/s at 60 J/TH are 10.5 GW; in Cambridge's units e * H / 1e6 * PUE, GW."""
    assert power_mw(np.array([175e18]), np.array([60.0]))[0] == pytest.approx(10_500)
    efficiency = Efficiency(
        lower_j_per_th=29.5,
        best_j_per_th=60.0,
        upper_j_per_th=160.0,
        threshold_j_per_th=200.0,
        n_machines=9,
    )
    bounds = power_bounds(175e18, efficiency)
    rate_thps = 175e6
    assert bounds.best_mw == pytest.approx(0.060 * rate_thps / 1e6 * 1.10 * 1000)
    assert bounds.lower_mw == pytest.approx(0.0295 * rate_thps / 1e6 * 1.01 * 1000)
    assert bounds.upper_mw == pytest.approx(0.160 * rate_thps / 1e6 * 1.20 * 1000)


def test_emissions_are_kilowatt_hours_times_grams() -> None:
    mw = np.full(20_000, 1700.0)
    drawn = emissions_t_per_day(mw, 834.0, np.random.default_rng(RNG_SEED))
    assert np.median(drawn) == pytest.approx(1700 * 1000 * 24 * 834 / 1e6, rel=0.01)
    assert np.log(drawn).std() == pytest.approx(0.1, rel=0.05)


def test_the_worlds_emissions_put_each_country_on_its_grid() -> None:
    mw = np.full(20_000, 1000.0)
    shares = np.tile([0.6, 0.6], (20_000, 1))  # sums to 1.2: made to sum to one
    drawn = world_emissions_t_per_day(
        mw, shares, ("KZ", "NO"), {"KZ": 800.0, "NO": 0.0}, np.random.default_rng(RNG_SEED)
    )
    assert np.median(drawn) == pytest.approx(500 * 24 * 0.8, rel=0.01)


def test_the_ministrys_arithmetic() -> None:
    """0.6 GW registered and up to 1.2 GW grey, said to be about 8 % of the capacity."""
    claim = registered_power("KZ", parse_time("2021-11-05"))
    plants = capacity_of("KZ", parse_time("2021-11-05"))
    assert claim is not None
    assert plants is not None
    assert claim.implied_capacity_mw == pytest.approx(22_500)
    # Between what was fit to run and what was installed.
    assert plants.available_mw < claim.implied_capacity_mw < plants.installed_mw
    # By the implied 1.8 GW over the 27.3 EH/s of October 2021 (18.31 % of 149.13 EH/s): 66 J/TH.
    j_per_th = 1800e6 / (0.1831 * 149.13e6)
    assert j_per_th == pytest.approx(66, abs=0.2)


def test_the_rest_is_what_is_not_registered_and_never_below_nothing() -> None:
    drawn = np.linspace(1400, 2200, 2001)
    rest = unregistered_power(drawn, 600.0, generation_mw=13_000.0, capacity_mw=23_900.0)
    assert rest.unregistered_mw.median == pytest.approx(1200)
    assert rest.probability == 1
    assert rest.share_of_generation is not None
    assert rest.share_of_generation.median == pytest.approx(1200 / 13_000)
    assert rest.share_of_capacity is not None
    assert rest.share_of_capacity.median == pytest.approx(1200 / 23_900)
    most = unregistered_power(drawn, 2000.0)
    assert most.unregistered_mw.values[0] == 0
    assert most.probability == pytest.approx(0.25, abs=0.001)
    assert most.share_of_generation is None
    assert most.share_of_capacity is None


@pytest.mark.parametrize("registered_mw", [-1.0, float("nan"), float("inf")])
def test_registered_power_must_be_one(registered_mw: float) -> None:
    with pytest.raises(UsageError) as caught:
        unregistered_power(np.ones(10), registered_mw)
    assert caught.value.code == "registered-range"


def test_a_whole_that_is_not_known_gives_none_and_no_zero() -> None:
    assert share_of(np.ones(10), None) is None


def test_lost_hash_rate_becomes_megawatts_and_a_part_of_a_country() -> None:
    rng = np.random.default_rng(RNG_SEED)
    lost = rng.normal(10e18, 5e18, 20_000)
    efficiency = np.full(20_000, 65.0)
    country = np.full(20_000, 1300.0)
    found = dark_power(lost, efficiency, country)
    assert found.power_mw.median == pytest.approx(650, rel=0.02)
    assert found.power_mw.values[0] >= 0
    assert found.share_of_country is not None
    assert found.share_of_country.median == pytest.approx(0.5, rel=0.02)
    assert dark_power(lost, efficiency).share_of_country is None
