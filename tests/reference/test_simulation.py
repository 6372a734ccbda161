"""Figures that others derived or computed, reproduced by the engine.

Stationary law: the ratio of two epochs' Gamma(2015) times is F(4030, 4030), and the next
difficulty is an inverse Gamma (both by elementary probability; scipy gives the numbers). Outages:
figures of an independent simulation of 10^7 paths, and closed forms of the exponential law.
"""

from math import exp, inf

import numpy as np
import pytest
from scipy import stats
from tests.small_worlds import dark, quiet

from hashquake.core.times import DAY_S
from hashquake.forward.run import run_scenario
from hashquake.forward.simulation import Simulation

PATHS = 100_000


@pytest.fixture(scope="module")
def still() -> Simulation:
    return run_scenario(quiet(), paths=PATHS, seed=5, keep_paths=PATHS)


@pytest.fixture(scope="module")
def outage() -> Simulation:
    return run_scenario(dark(0.18, onset_d=2, days=5), paths=PATHS, seed=6)


def test_a_still_network_retargets_by_the_f_law(still: Simulation) -> None:
    law = stats.f(4030, 4030)
    third = still.column("ratio_3")
    assert law.std() == pytest.approx(0.03153, abs=1e-5)
    assert stats.kstest(third, law.cdf).statistic < 1.63 / np.sqrt(PATHS)
    far = 1 - still.above("ratio_3", 0.95) + still.above("ratio_3", 1.05)
    assert far == pytest.approx(0.1125, abs=0.003)


def test_difficulty_and_mean_interval_of_a_still_network(still: Simulation) -> None:
    difficulty = still.spread("difficulty_3")
    assert difficulty.mean == pytest.approx(1.000993, abs=3e-4)
    assert difficulty.sd == pytest.approx(0.02231, rel=0.01)
    interval_s = (still.spread("time_s_4").mean - still.spread("time_s_1").mean) / (3 * 2016)
    assert interval_s == pytest.approx(600.596, abs=0.05)


def test_eighteen_percent_dark_from_day_two_to_day_seven(outage: Simulation) -> None:
    first = outage.spread("ratio_1")
    assert first.mean == pytest.approx(0.94044, abs=3e-4)
    assert first.sd == pytest.approx(0.01969, rel=0.01)
    wanted = (0.8958, 0.9085, 0.9402, 0.9733, 0.9874)
    assert [q for _, q in first.quantiles] == pytest.approx(wanted, abs=7e-4)
    blocks = outage.spread("blocks_in_window")
    assert (blocks.mean, blocks.sd) == pytest.approx((590.4, 24.3), abs=0.3)
    assert outage.spread("longest_gap_s").mean / 60 == pytest.approx(98.1, abs=0.3)


@pytest.mark.parametrize(
    ("share", "interval_s", "epoch_d", "over_an_hour", "six_s"),
    [(0.18, 732, 17.07, 0.0073, 73.2 * 60), (0.5, 1200, 28.0, 0.050, 7200)],
)
def test_a_lasting_drop(
    share: float, interval_s: float, epoch_d: float, over_an_hour: float, six_s: float
) -> None:
    run = run_scenario(dark(share, days=12, epochs=1), paths=60_000, seed=7)
    assert run.spread("confirmation_1_s").mean == pytest.approx(interval_s, rel=0.015)
    assert run.above("confirmation_1_s", 3600.0) == pytest.approx(over_an_hour, abs=0.002)
    assert exp(-6 * (1 - share)) == pytest.approx(over_an_hour, abs=3e-4)
    assert run.spread("confirmation_6_s").mean == pytest.approx(six_s, rel=0.01)
    lasting = run_scenario(dark(share, epochs=1), paths=5_000, seed=7)
    assert lasting.spread("time_s_1").mean / DAY_S == pytest.approx(epoch_d, abs=0.03)


def test_nine_tenths_gone_clamps_the_difficulty() -> None:
    run = run_scenario(dark(0.9, epochs=2), paths=2_000, seed=8)
    assert run.column("ratio_1") == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("block", "ratio"), [(0, 0.8200), (504, 0.8586), (1008, 0.9011), (1512, 0.9480)]
)
def test_when_in_the_epoch_a_drop_begins(block: int, ratio: float) -> None:
    run = run_scenario(
        dark(0.18, onset_d=block * 600 / DAY_S, days=inf, epochs=1), paths=20_000, seed=9
    )
    assert run.spread("ratio_1").quantiles[2][1] == pytest.approx(ratio, abs=1e-3)
