"""Where a pool's hash rate went, on chains of which the truth is known."""

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.estimate.pool_moves import PoolMoves, pool_moves

START_S = 1_640_000_000.0
BASELINE = Window(start_s=START_S, end_s=START_S + 14 * DAY_S)
WINDOW = Window(start_s=BASELINE.end_s, end_s=BASELINE.end_s + 10 * DAY_S)
BITS = 0x170B3CE9
BLOCK_S = 600.0
SHARES = {"mine": 0.25, "big": 0.45, "small": 0.3}


def chain(rng: np.random.Generator, during: dict[str, float]) -> BlockColumns:
    """Make blocks of the baseline at SHARES and of the window at other hash rates."""
    times: list[float] = []
    pools: list[str] = []
    for window, rates in ((BASELINE, SHARES), (WINDOW, during)):
        for pool, rate in rates.items():
            n = rng.poisson(rate * window.duration_s / BLOCK_S)
            times += list(rng.uniform(window.start_s, window.end_s, n))
            pools += [pool] * n
    order = np.argsort(times)
    return BlockColumns.build(
        height=800_000 + np.arange(len(times)),
        header_s=np.asarray(times)[order].astype(int),
        bits=[BITS] * len(times),
        pool=[pools[at] for at in order],
    )


def moves(during: dict[str, float], *, seed: int = 1) -> PoolMoves:
    blocks = chain(np.random.default_rng(seed), during)
    return pool_moves(
        blocks,
        "mine",
        WINDOW,
        BASELINE,
        Coverage((Window(start_s=START_S, end_s=WINDOW.end_s),)),
    )


def test_machines_that_changed_the_pool_are_found_there() -> None:
    found = moves({"mine": 0.05, "big": 0.65, "small": 0.3})
    assert found.finding == "moved"
    assert found.moved_share is not None
    assert found.moved_share.holds(1.0)
    assert found.gainers[0].pool == "big"
    assert found.gainers[0].p_value_adjusted < 0.05
    assert found.loss_hps.low > 0.0


def test_machines_that_went_dark_are_found_nowhere() -> None:
    found = moves({"mine": 0.02, "big": 0.45, "small": 0.3}, seed=2)
    assert found.finding == "lost"
    assert found.moved_share is not None
    assert found.moved_share.holds(0.0)


def test_a_pool_that_lost_nothing_has_no_loss_to_explain() -> None:
    found = moves(SHARES)
    assert found.finding == "no loss"
    assert found.moved_share is None
    assert found.moved_probability is None


def test_a_pool_that_vanished_is_judged() -> None:
    found = moves({"big": 0.7, "small": 0.3})
    assert found.finding == "moved"
    assert found.own.n_blocks == 0


def test_a_tiny_pool_is_not_judged() -> None:
    with pytest.raises(NoCoverage) as caught:
        pool_moves(
            chain(np.random.default_rng(1), SHARES),
            "nobody",
            WINDOW,
            BASELINE,
            Coverage((Window(start_s=START_S, end_s=WINDOW.end_s),)),
        )
    assert caught.value.code == "too-few-blocks"


@pytest.mark.parametrize("moved", [0.0, 0.5, 1.0])
def test_the_interval_covers_the_part_that_moved(moved: float) -> None:
    """The made chains do not drift and the interval allows for it: it covers more than 90 %."""
    lost = 0.2
    truth = {"mine": 0.25 - lost, "big": 0.45 + lost * moved, "small": 0.3}
    found = [moves(truth, seed=seed).moved_share for seed in range(100, 124)]
    inside = [one is not None and one.holds(moved) for one in found]
    assert sum(inside) >= 21
