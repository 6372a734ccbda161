"""The bundled facts of geography and energy: what was published, when, and what is not known."""

from collections import defaultdict

import numpy as np
import pytest

from hashquake.core.country import COUNTRIES, country_names
from hashquake.core.errors import FormatError, NoCoverage
from hashquake.core.times import DAY_S, parse_time
from hashquake.datasets.csv_rows import csv_rows
from hashquake.datasets.electricity import capacity_of, grid_of, registered_power
from hashquake.datasets.hardware import bundled_machines, read_machines
from hashquake.datasets.mining_map import (
    CAMBRIDGE,
    bundled_maps,
    province_maps,
    published_shares,
)
from hashquake.datasets.price_daily import bundled_prices, prices_before

CAMBRIDGE_MAPS = [one for one in bundled_maps() if one.publisher == CAMBRIDGE]


def test_cambridge_published_29_months_on_four_days() -> None:
    assert len(CAMBRIDGE_MAPS) == 29
    vintages = {one.vintage_s for one in CAMBRIDGE_MAPS}
    days = ("2020-05-06", "2021-07-15", "2021-10-13", "2022-05-17")
    assert vintages == {float(parse_time(day)) for day in days}
    assert all(one.vintage_s > one.window.end_s for one in CAMBRIDGE_MAPS)


def test_germany_and_ireland_are_flagged_in_every_month() -> None:
    assert all(one.flagged == {"DE", "IE"} for one in CAMBRIDGE_MAPS)


def test_provinces_sum_to_china_in_every_month_that_has_any() -> None:
    totals: defaultdict[str, float] = defaultdict(float)
    for row in csv_rows("ccaf/chinese_provinces.csv"):
        totals[row["month"]] += float(row["share_of_china"])
    assert all(min(abs(one), abs(one - 1)) < 0.001 for one in totals.values())
    april = [one for one in province_maps() if one.window.holds(parse_time("2021-04-15"))]
    assert april[0].shares["CN-XJ"] == pytest.approx(0.25, abs=0.002)


def test_shares_published_in_text_know_when_they_came_out() -> None:
    states = [one for one in published_shares() if one.place == "US-GA"]
    assert {(one.publisher, one.vintage_s) for one in states} == {
        ("Foundry", float(parse_time("2021-10-08"))),
        ("CCAF", float(parse_time("2022-05-17"))),
    }
    assert all(one.vintage_s >= one.as_of_s for one in published_shares())
    assert {one.publisher for one in bundled_maps()} == {CAMBRIDGE, "Hashrate Index"}


def test_every_country_has_a_name() -> None:
    assert set(country_names()) == COUNTRIES


def test_a_country_without_data_has_none_and_no_zero() -> None:
    nowhere = grid_of("AQ", parse_time("2022-01-01"))
    assert (nowhere.generation_mw, nowhere.carbon_g_per_kwh) == (None, None)
    assert grid_of("PA", parse_time("2022-01-01")).generation_mw is None


def test_a_later_year_takes_the_last_known_one_and_says_so() -> None:
    grid = grid_of("KZ", parse_time("2025-06-01"))
    assert (grid.generation_year, grid.carbon_year) == (2023, 2024)
    assert grid_of("KZ", parse_time("2018-06-01")).generation_mw is None


def test_kazakhstans_facts_hold_in_their_months_and_name_their_sources() -> None:
    fact = registered_power("KZ", parse_time("2021-11-05"))
    capacity = capacity_of("KZ", parse_time("2021-11-05"))
    assert fact is not None
    assert capacity is not None
    assert fact.registered_mw == 600
    assert fact.claimed_unregistered_mw == pytest.approx((340, 1200))
    assert capacity.installed_mw == 23_900
    assert capacity.available_mw == 19_000
    assert all(url.startswith("https://") for url in (*fact.sources, *capacity.sources))
    assert registered_power("KZ", parse_time("2023-01-01")) is None
    assert registered_power("US", parse_time("2021-11-05")) is None


def test_machines_are_dated_and_each_stands_once() -> None:
    machines = bundled_machines()
    assert len(machines) == 170
    assert len({(one.maker, one.model) for one in machines}) == 170
    pro = next(one for one in machines if one.model == "Antminer S19 Pro (110Th)")
    assert pro.efficiency_j_per_th == pytest.approx(29.55)
    assert {one.chip_class for one in machines} == {"", "S7", "S9"}


@pytest.mark.parametrize("cell", ["", "0", "-4"])
def test_hardware_without_efficiency_is_named(cell: str) -> None:
    table = f"maker,model,released,efficiency_j_per_th,class\nBee,B2S,2019-11-01,{cell},\n"
    with pytest.raises(FormatError, match="B2S") as caught:
        read_machines(table.encode())
    assert caught.value.code == "hardware-efficiency"


def test_prices_are_daily_and_the_last_is_carried_for_a_year_at_most() -> None:
    day_s, price_usd = bundled_prices()
    assert len(day_s) == 2537
    # Bitstamp's hour from midnight opened at 45,829 and 43,417 on these two days.
    first = int(np.searchsorted(day_s, parse_time("2022-01-05")))
    assert price_usd[first : first + 2] == pytest.approx([45_829, 43_417], rel=0.01)
    inside, carried_s = prices_before(parse_time("2022-01-05"), days=14)
    assert len(inside) == 14
    assert carried_s == 0
    later, carried_s = prices_before(float(day_s[-1]) + 30 * DAY_S, days=14)
    assert set(later.tolist()) == {float(price_usd[-1])}
    assert carried_s == 30 * DAY_S
    for day in ("2018-01-01", "2027-06-01"):
        with pytest.raises(NoCoverage) as caught:
            prices_before(parse_time(day), days=14)
        assert caught.value.code == "price-missing"
