"""What decides a path is the same wherever it is drawn, and follows its laws."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from tests.small_worlds import POOLS, dark

from hashquake.core.times import DAY_S
from hashquake.forward.amount import Amount, exactly
from hashquake.forward.scenario import Scenario, Shock
from hashquake.forward.scenario_course import lay_out
from hashquake.forward.variates import CHUNK, Drawn, drawn_chunks

N = 40 * CHUNK
CRITICAL = 1.63 / np.sqrt(N)
"""Of the Kolmogorov-Smirnov distance, one in a hundred."""


def _doubtful(*, correlation: float = 0.0) -> Scenario:
    amounts = {
        "US": Amount(value=0.3, low=0.2, high=0.4),
        "RU": Amount(value=0.3, low=0.1, high=0.5),
    }
    return Scenario(
        name="two",
        outages=tuple(
            Shock(subject=f"country:{code}", onset_s=DAY_S, duration_s=DAY_S, depth=exactly(0.5))
            for code in amounts
        ),
        countries=(*amounts.items(), ("KZ", exactly(0.2))),
        correlation=correlation,
    )


def _all(scenario: Scenario, first: int, count: int, seed: int = 4) -> Drawn:
    parts = [drawn for _, drawn in drawn_chunks(seed, first, count, lay_out(scenario))]
    return Drawn(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def test_a_path_is_the_same_however_paths_are_split() -> None:
    scenario = replace(_doubtful(), walk_share=0.01, header_sd_s=20.0, pools=POOLS, pool_blocks=2e3)
    whole = _all(scenario, 0, 3 * CHUNK)
    for first, count in ((0, 5), (CHUNK - 2, 4), (700, 2 * CHUNK), (3 * CHUNK - 1, 1)):
        part = _all(scenario, first, count)
        for ours, theirs in zip(part, whole, strict=True):
            assert (ours == theirs[first : first + count]).all()
    other = _all(scenario, 0, CHUNK, seed=5)
    assert not (other.variates[:, 0] == whole.variates[:CHUNK, 0]).any()


def test_variates_do_not_depend_on_what_goes_dark() -> None:
    one, other = (_all(dark(share, days=3), 0, CHUNK).variates for share in (0.1, 0.4))
    assert (one == other).all()


@pytest.mark.parametrize(("row", "law"), [(0, stats.expon()), (2, stats.gamma(2015))])
def test_variates_follow_their_law(row: int, law: stats.rv_continuous) -> None:
    variates = _all(dark(0.1, epochs=1), 0, N).variates
    assert stats.kstest(variates[:, row, 0], law.cdf).statistic < CRITICAL


def test_the_gaps_of_a_halving_add_up() -> None:
    scenario = dark(0.1, epochs=2)
    halved = replace(scenario, economy=replace(scenario.economy, halving_after_blocks=806))
    variates = _all(halved, 0, N).variates
    assert stats.kstest(variates[:, 1, 0], stats.gamma(805).cdf).statistic < CRITICAL
    assert stats.kstest(variates[:, 1:3, 0].sum(axis=1), stats.gamma(2015).cdf).statistic < CRITICAL
    assert (variates[:, 1, 1] == 0).all()


def test_shares_drawn_of_several_countries_all_stand_and_the_rest_makes_room_once() -> None:
    drawn = _all(_doubtful(), 0, N)
    us, ru, kz = drawn.country_share[:, 0], drawn.country_share[:, 1], drawn.country_share[:, 2]
    assert drawn.country_share.sum(axis=1) == pytest.approx(np.ones(N))
    # The part struck is half of the share that the country has: they are one number.
    assert drawn.weights == pytest.approx(drawn.country_share[:, :2] / 2)
    assert us.mean() == pytest.approx(0.3, abs=0.002)
    assert ru.mean() == pytest.approx(0.3, abs=0.003)
    assert kz == pytest.approx((1 - us - ru) * 0.2 / 0.4)


def test_shares_drawn_beyond_everything_are_everything() -> None:
    wide = Amount(value=0.49, low=0.1, high=0.9)
    scenario = replace(_doubtful(), countries=(("US", wide), ("RU", wide)))
    drawn = _all(scenario, 0, N)
    assert (drawn.country_share >= 0).all()
    assert drawn.country_share.sum(axis=1) == pytest.approx(np.ones(N))
    assert drawn.weights.sum(axis=1).max() <= 0.5 + 1e-12
