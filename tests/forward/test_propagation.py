"""Stale rates: nobody loses without delay, small pools lose more, the kernel is its slow twin."""

import numpy as np
import pytest

from hashquake.core.errors import UsageError
from hashquake.forward.propagation import (
    _race,
    stale_rates,
)
from hashquake.forward.stale import stale_share_of_pools

SHARES = np.array([30, 29, 12, 11, 8, 5, 3, 1, 1]) / 100.0
AT_10_S = (1.0092, 1.0432, 1.6208, 1.6540, 1.7560, 1.8597, 1.9293, 1.9929, 1.9989)


def slow_race(gaps: np.ndarray, miners: np.ndarray, delays: np.ndarray) -> list[bool]:
    """Deliver every block to every pool as an event; tell which blocks end on the chain."""
    n_pools = len(delays)
    when = np.cumsum(gaps)
    events = [(float(t), 1, k, int(miners[k])) for k, t in enumerate(when)]
    events += [
        (float(t + delays[miners[k], i]), 0, k, i)
        for k, t in enumerate(when)
        for i in range(n_pools)
        if i != miners[k]
    ]
    tip = [-1] * n_pools
    height: dict[int, int] = {-1: 0}
    parent: dict[int, int] = {}
    for _, found, k, i in sorted(events):
        if found:
            parent[k] = tip[i]
            height[k] = height[tip[i]] + 1
            tip[i] = k
        elif height[k] > height[tip[i]]:
            tip[i] = k
    top = max(range(len(gaps)), key=lambda k: (height[k], -k))
    main = set()
    while top >= 0:
        main.add(top)
        top = parent[top]
    return [k in main for k in range(len(gaps))]


@pytest.mark.parametrize("seed", range(12))
def test_the_kernel_is_its_slow_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pools, n = int(rng.integers(2, 6)), 400
    delays = rng.uniform(0.0, 0.4, (pools, pools)) * float(rng.choice([0.05, 1.0]))
    np.fill_diagonal(delays, 0.0)
    gaps = rng.exponential(1.0, n)
    miners = rng.integers(0, pools, n)
    found = np.zeros(pools, np.int64)
    stale = np.zeros(pools, np.int64)
    _race(gaps, miners, delays, found, stale)
    kept = slow_race(gaps, miners, delays)
    expected = np.bincount(miners[~np.array(kept)], minlength=pools)
    assert found.tolist() == np.bincount(miners, minlength=pools).tolist()
    assert stale.tolist() == expected.tolist()


def test_without_delay_nobody_loses_a_block() -> None:
    rates = stale_rates(SHARES, 0.0, np.random.default_rng(1), n_blocks=50_000)
    assert sum(rates.stale) == 0
    assert rates.network().low == 0.0


def test_one_delay_for_all_gives_the_known_rates() -> None:
    # Figures of another event-driven program, whose own error is about one in a hundred.
    rates = stale_rates(SHARES, 10.0, np.random.default_rng(2), n_blocks=8_000_000)
    for pool, percent in enumerate(AT_10_S):
        error = percent / np.sqrt(rates.stale[pool])
        assert abs(rates.pool(pool).median * 100.0 - percent) < 0.01 * percent + 3.0 * error
    tenth = stale_rates(SHARES, 1.0, np.random.default_rng(3), n_blocks=8_000_000)
    assert tenth.pool(0).median == pytest.approx(0.001005, rel=0.06)
    assert tenth.network().median == pytest.approx(rates.network().median / 10.0, rel=0.03)


def test_first_order_is_near_for_short_delays() -> None:
    near = stale_share_of_pools(SHARES, delay_s=1.0, interval_s=600.0)
    assert near[0] == pytest.approx(0.001018, abs=1e-6)
    rates = stale_rates(SHARES, 1.0, np.random.default_rng(4), n_blocks=5_000_000)
    weighted = float(np.sum(near * SHARES))
    assert rates.network(level=0.95).low < weighted < rates.network(level=0.95).high


def test_a_far_region_loses_more() -> None:
    delays = np.full((3, 3), 1.0)
    delays[2, :] = delays[:, 2] = 20.0
    rates = stale_rates(np.full(3, 1 / 3), delays, np.random.default_rng(5), n_blocks=2_000_000)
    assert rates.pool(2).low > rates.pool(0).high


@pytest.mark.parametrize(
    ("shares", "delay_s", "code"),
    [
        ([0.5, 0.6], 1.0, "pool-shares"),
        ([-0.5, 1.5], 1.0, "pool-shares"),
        ([0.5, 0.5], -1.0, "delay-shape"),
        ([0.5, 0.5], float("nan"), "delay-shape"),
    ],
)
def test_what_cannot_be_is_refused(shares: list[float], delay_s: float, code: str) -> None:
    with pytest.raises(UsageError) as error:
        stale_rates(np.array(shares), delay_s, np.random.default_rng(1))
    assert error.value.code == code
