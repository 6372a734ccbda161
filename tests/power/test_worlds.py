"""The networks that judge the program must themselves be what they say."""

import numpy as np
import pytest
from tests.power.worlds import (
    DAY_S,
    T0_S,
    Fall,
    World,
    make_chain,
    quiet_log_rate,
    with_pools,
)

from hashquake.core.difficulty import EPOCH_BLOCKS, next_bits

STEADY = World(walk=0.0, growth_log_per_day=0.0, wobble=0.0, clock_bias_s=0.0, clock_sd_s=0.0)


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_blocks_are_poisson_at_the_rate_they_say() -> None:
    chain = make_chain(STEADY, days=400, rng=rng())
    gaps = np.diff(chain.true_s) / chain.blocks.work_hashes[1:] * chain.rate_hps(T0_S)
    n = len(gaps)
    assert abs(gaps.mean() - 1.0) < 4 / n**0.5
    assert abs(gaps.std() - 1.0) < 6 / n**0.5


def test_difficulty_follows_the_headers() -> None:
    chain = make_chain(World(walk=0.03), days=100, rng=rng())
    header_s, bits = chain.blocks.header_s, chain.blocks.bits
    for first in range(0, len(bits) - EPOCH_BLOCKS, EPOCH_BLOCKS):
        timespan_s = int(header_s[first + EPOCH_BLOCKS - 1] - header_s[first])
        after = next_bits(int(bits[first]), timespan_s=timespan_s)
        assert int(bits[first + EPOCH_BLOCKS]) == after


def test_a_fall_takes_its_share_and_changes_nothing_before() -> None:
    fall = Fall(share=0.4, start_s=T0_S + 50.3 * DAY_S, end_s=T0_S + 60 * DAY_S)
    quiet, fallen = (
        make_chain(World(), days=80, rng=rng(), falls=falls) for falls in ((), (fall,))
    )
    before = quiet.true_s < fall.start_s
    assert fallen.true_s[: before.sum()] == pytest.approx(quiet.true_s[before], abs=1e-3)
    inside = (fall.start_s, fall.end_s)
    assert fallen.mean_hps(*inside) == pytest.approx(0.6 * quiet.mean_hps(*inside))
    assert fallen.rate_hps(fall.end_s + 1) == pytest.approx(quiet.rate_hps(fall.end_s + 1))


def test_a_fork_goes_on_where_the_chain_was() -> None:
    chain = make_chain(World(), days=100, rng=rng())
    fork = chain.fork(3)
    future = make_chain(World(), days=5, rng=rng(), beginning=fork)
    at = 3 * EPOCH_BLOCKS
    assert future.blocks.height[0] == chain.blocks.height[at]
    assert future.blocks.bits[0] == chain.blocks.bits[at]
    assert future.true_s[0] > chain.true_s[at - 1]
    assert future.rate_hps(fork.at_s) == pytest.approx(chain.rate_hps(fork.at_s), rel=0.05)


def test_walk_growth_jumps_and_patterns_are_as_large_as_they_say() -> None:
    hours = 40 * 8766
    walked = quiet_log_rate(World(growth_log_per_day=0.002, wobble=0.0), T0_S, hours, rng())
    daily = np.diff(walked[::24])
    assert daily.std() == pytest.approx(0.009, rel=0.03)
    assert daily.mean() == pytest.approx(0.002, abs=4 * 0.009 / len(daily) ** 0.5)
    bare = World(walk=0.0, growth_log_per_day=0.0, wobble=0.0)
    wobbling = World(walk=0.0, growth_log_per_day=0.0, wobble=0.02)
    assert quiet_log_rate(wobbling, T0_S, hours, rng()).std() == pytest.approx(0.02, rel=0.1)
    jumping = World(walk=0.0, growth_log_per_day=0.0, wobble=0.0, jumps_per_year=6.0)
    jumps = np.diff(quiet_log_rate(jumping, T0_S, hours, rng()))
    sizes = np.abs(jumps[jumps != 0.0])
    assert len(sizes) / 40 == pytest.approx(6.0, rel=0.2)
    assert sizes.mean() == pytest.approx(0.1, rel=0.2)
    summer = quiet_log_rate(
        World(walk=0.0, growth_log_per_day=0.0, wobble=0.0, summer_share=(0.03, 0.09)),
        T0_S,
        8784,
        rng(),
    )
    assert (summer != 0.0).sum() == 92 * 6
    assert not quiet_log_rate(bare, T0_S, 1000, rng()).any()


def test_liars_date_their_blocks_ahead_and_the_last_header_of_an_epoch_can_be() -> None:
    liars = World(clock_bias_s=0.0, clock_sd_s=0.0, liars_share=0.1, liars_s=3600.0)
    chain = make_chain(liars, days=100, rng=rng())
    ahead = chain.blocks.header_s - chain.true_s > 3000
    assert ahead.mean() == pytest.approx(0.1, abs=0.02)
    warped = make_chain(World(last_header_s=7100.0), days=100, rng=rng())
    late = np.flatnonzero(warped.blocks.header_s - warped.true_s > 5000)
    assert (late % EPOCH_BLOCKS == EPOCH_BLOCKS - 1).all()
    assert len(late) == len(warped.true_s) // EPOCH_BLOCKS


def test_pools_find_the_shares_they_have() -> None:
    chain = make_chain(STEADY, days=200, rng=rng())
    blocks = with_pools(chain, (0.6, 0.3, 0.1), rng(), walk=0.0)
    found = [np.mean(blocks.is_pool(name)) for name in ("p00", "p01", "p02")]
    assert found == pytest.approx([0.6, 0.3, 0.1], abs=0.015)
