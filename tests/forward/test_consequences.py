"""Stale blocks, the queue of payments, power and the price of an attack, against closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq
from tests.small_worlds import dark

from hashquake.forward.amount import Amount, exactly
from hashquake.forward.consequences import (
    attack_cost,
    dark_energy,
    payments_waiting,
    stale_shares,
)
from hashquake.forward.economy import Economy
from hashquake.forward.fans import fans
from hashquake.forward.run import run_scenario
from hashquake.forward.scenario import Scenario
from hashquake.forward.simulation import Simulation
from hashquake.forward.stale import stale_share, stale_share_of_pools

SHARES = np.array([0.30, 0.29, 0.12, 0.11, 0.08, 0.05, 0.03, 0.01, 0.01])
AT_ONE_SECOND = (0.1005, 0.1967)
"""Percent, of the largest and of the smallest pool, by an event-driven simulation."""


def _with(economy: Economy, scenario: Scenario) -> Simulation:
    return run_scenario(replace(scenario, economy=economy), paths=2_000, seed=2, keep_paths=2_000)


def test_stale_shares_are_near_those_of_an_event_driven_simulation() -> None:
    each = 100 * stale_share_of_pools(SHARES, delay_s=1.0, interval_s=600.0)
    assert (each[0], each[-1]) == pytest.approx(AT_ONE_SECOND, rel=0.03)
    assert (np.diff(each) >= 0).all()


def test_the_networks_stale_share_counts_the_unnamed_as_small() -> None:
    half = stale_share(np.array([0.5]), delay_s=6.0, interval_s=600.0)
    assert half == pytest.approx(0.01 * (0.5 * 0.25 + 0.5 * 1.25))


def test_the_queue_waits_as_theory_says() -> None:
    load = 0.8
    # Between blocks the backlog is a random walk with exponential steps up and one block down:
    # its law after a block is an atom at 0 and an exponential tail whose rate solves this.
    rate = brentq(lambda s: np.exp(-s) - (1 - load * s), 0.1, 1.2)
    after_block = (1 - load * rate) / rate
    wait_s = (after_block + load) / load * 600.0
    quiet = dark(0.0, days=50)
    paths, queue = payments_waiting(_with(Economy(load_share=load), quiet))
    assert paths == 500
    waited = queue["wait_mean_s"]
    assert waited is not None
    assert waited.median == pytest.approx(wait_s, rel=0.06)


def test_power_not_used_is_the_work_lost() -> None:
    economy = Economy(
        hashrate_hps=1e20,
        price_usd=50_000.0,
        energy_j_per_th=exactly(50.0),
        carbon_g_per_kwh=exactly(500.0),
        power_price_usd_per_kwh=exactly(0.04),
    )
    run = _with(economy, dark(0.2, onset_d=1, days=2))
    spared = dark_energy(run)
    assert spared is not None
    # A fifth of 10^20 hashes a second at 50 J a trillion is a gigawatt.
    assert spared.power_mw.median == pytest.approx(1_000, rel=1e-6)
    assert spared.energy_mwh.median == pytest.approx(48_000, rel=1e-6)
    assert spared.carbon_t.median == pytest.approx(24_000, rel=1e-6)
    before, during = (attack_cost(run, dark=flag) for flag in (False, True))
    assert before is not None
    assert during is not None
    assert before.power_usd_per_h.median == pytest.approx(5e6 * 0.04)
    assert during.hashrate_hps.median == pytest.approx(0.8e20)


def test_doubt_about_energy_widens_the_interval() -> None:
    economy = Economy(hashrate_hps=1e20, energy_j_per_th=Amount(value=50.0, low=25.0, high=100.0))
    spared = dark_energy(_with(economy, dark(0.2, onset_d=1, days=2)))
    assert spared is not None
    assert spared.power_mw.low == pytest.approx(500, rel=0.15)
    assert spared.power_mw.high == pytest.approx(2_000, rel=0.15)


def test_without_a_hash_rate_nothing_absolute_is_said() -> None:
    run = _with(Economy(), dark(0.2, onset_d=1, days=2))
    assert dark_energy(run) is None
    assert attack_cost(run, dark=True) is None


def test_slower_blocks_go_stale_less_often() -> None:
    found = stale_shares(_with(Economy(), dark(0.5, onset_d=1, days=5, pools=(("one", 0.3),))))
    assert found["during"].median == pytest.approx(found["before"].median / 2, rel=0.05)


def test_fans_follow_the_plan_and_the_retargets() -> None:
    run = _with(Economy(), dark(0.4, onset_d=2, days=3))
    made = fans(run)
    at_d = made["hashrate"].at_s / 86_400
    rate = made["hashrate"].bands[2]
    assert rate[at_d < 1.9] == pytest.approx(1.0)
    assert rate[(at_d > 2.1) & (at_d < 4.9)] == pytest.approx(0.6)
    late = made["difficulty"].bands[:, (at_d > 20) & (at_d < 25)].mean(axis=1)
    assert (np.diff(late) > 0).all()
    assert late[2] == pytest.approx(run.spread("difficulty_1").quantiles[2][1], rel=0.01)
