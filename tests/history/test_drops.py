"""Real falls and non-falls, as the blocks tell them."""

import pytest

from hashquake.core.times import DAY_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import BundledRecord, bundled_blocks
from hashquake.estimate.block_count import block_count
from hashquake.estimate.drop import drift_of, drop_of, pool_drops
from hashquake.estimate.window import window_rate


def _window(start: str, end: str) -> Window:
    return Window(start_s=parse_time(start), end_s=parse_time(end))


def _before(window: Window) -> Window:
    return Window(start_s=window.start_s - 14 * DAY_S, end_s=window.start_s)


COVERAGE = BundledRecord().coverage()
KAZAKHSTAN = _window("2022-01-05T10:45Z", "2022-01-10T02:00Z")
KAZAKHSTAN_DAY = _window("2022-01-05T10:45Z", "2022-01-06T10:45Z")
XINJIANG = _window("2021-04-16", "2021-04-22")


def _change(window: Window) -> tuple[float, float, float]:
    """Median, low and high of the network's change at 95 %."""
    blocks, before = bundled_blocks(), _before(window)
    drop = drop_of(
        block_count(blocks, window, "network", COVERAGE),
        block_count(blocks, before, "network", COVERAGE),
        drift=drift_of(blocks, "network", window, before),
    )
    found = drop.drop_share.interval(0.95)
    return -found.median, -found.high, -found.low


def test_kazakhstan_2022_cannot_be_told_from_luck_by_blocks_alone() -> None:
    assert _change(KAZAKHSTAN) == pytest.approx((-0.024, -0.11, 0.065), abs=0.006)


def test_the_first_day_in_kazakhstan_says_even_less() -> None:
    assert _change(KAZAKHSTAN_DAY) == pytest.approx((-0.066, -0.22, 0.107), abs=0.006)


def test_foundry_halved_that_day_and_it_was_luck() -> None:
    drops = pool_drops(bundled_blocks(), KAZAKHSTAN_DAY, _before(KAZAKHSTAN_DAY), COVERAGE)
    foundry = next(one for one in drops if one.pool == "foundryusa")
    assert foundry.drop.drop_share.median == pytest.approx(0.51, abs=0.02)
    assert foundry.drop.p_value < 0.05 < foundry.p_value_adjusted


def test_xinjiang_2021_took_a_quarter_of_the_network() -> None:
    median, low, high = _change(XINJIANG)
    assert -0.28 <= median <= -0.25
    assert low < -0.28
    assert high < -0.15


def test_the_halves_of_two_pools_in_xinjiang_were_more_than_luck() -> None:
    drops = pool_drops(bundled_blocks(), XINJIANG, _before(XINJIANG), COVERAGE)
    beyond = {one.pool for one in drops if one.p_value_adjusted < 0.05}
    assert beyond == {"poolin", "huobipool"}


def test_the_network_ran_at_about_175_exahashes_before_kazakhstan() -> None:
    rate = window_rate(bundled_blocks(), _before(KAZAKHSTAN), "network", COVERAGE)
    assert rate.interval(0.95).holds(175e18)
    assert rate.n_blocks == 2056
