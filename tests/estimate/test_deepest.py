"""The deepest day: found where it is, and with an interval that allows for the search."""

import numpy as np
import pytest
from tests.small_chains import BITS, chain, covered, window

from hashquake.core.coverage import Coverage
from hashquake.core.incident import DeepestDay
from hashquake.core.network import MAIN
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.estimate.block_count import block_count
from hashquake.estimate.deepest import days_of, deepest_day, search_reach

START_S = 1_600_000_000.0


def poisson_day_counts(rng: np.random.Generator, days: float, dark: slice | None) -> list[float]:
    """Blocks every 600 s on average; a third of the rate in hours `dark`."""
    rate = np.full(int(days * 24), 6.0)
    if dark is not None:
        rate[dark] /= 3.0
    times: list[float] = []
    for hour, mean in enumerate(rate):
        n = rng.poisson(mean)
        times += sorted((START_S + hour * HOUR_S + rng.uniform(0, HOUR_S, n)).tolist())
    return times


def deepest(times: list[float], days: float) -> DeepestDay | None:
    blocks = chain([int(one) for one in times], bits=BITS)
    before = block_count(
        blocks, window(START_S, START_S + 14 * DAY_S), NETWORK, covered(), network=MAIN
    )
    event = window(START_S + 14 * DAY_S, START_S + (14 + days) * DAY_S)
    return deepest_day(blocks, event, before, covered())


def test_a_dark_day_is_found_at_its_hour() -> None:
    dark = slice(18 * 24 + 7, 19 * 24 + 7)
    found = deepest(poisson_day_counts(np.random.default_rng(1), 24, dark), 10)
    assert found is not None
    assert abs(found.window.start_s - (START_S + 18 * DAY_S + 7 * HOUR_S)) <= 3 * HOUR_S
    assert found.window.duration_s == DAY_S
    assert 0.5 < found.drop_share.median < 0.8
    assert found.drop_share.low > 0.3


def test_a_day_late_in_a_decline_is_set_beside_the_days_right_before_it() -> None:
    # Hash rate halves five days into the window; the 21st day after that is darker by two thirds.
    rng = np.random.default_rng(4)
    times = poisson_day_counts(rng, 19, None)
    later = poisson_day_counts(rng, 22, slice(20 * 24, 21 * 24))
    times += [one + 19 * DAY_S for one in later if rng.random() < 0.5]
    found = deepest(times, 26)
    assert found is not None
    assert found.recent_drop_share is not None
    assert found.drop_share.median > found.recent_drop_share.median + 0.05
    assert 0.5 < found.recent_drop_share.median < 0.8


def test_without_two_weeks_of_coverage_before_the_day_nothing_is_set_beside_it() -> None:
    blocks = chain([START_S + 600 * n for n in range(15 * 144)], bits=BITS)
    seen = Coverage((window(START_S + 2 * DAY_S, START_S + 15 * DAY_S),))
    before = block_count(
        blocks, window(START_S + 2 * DAY_S, START_S + 9 * DAY_S), NETWORK, seen, network=MAIN
    )
    found = deepest_day(
        blocks, window(START_S + 9 * DAY_S, START_S + 14 * DAY_S), before, seen, network=MAIN
    )
    assert found is not None
    assert found.recent_drop_share is None


def test_a_window_shorter_than_a_day_has_none_and_a_day_is_itself() -> None:
    times = poisson_day_counts(np.random.default_rng(2), 16, None)
    assert deepest(times, 0.5) is None
    found = deepest(times, 1.0)
    assert found is not None
    assert found.window.start_s == START_S + 14 * DAY_S
    assert len(days_of(window(0, DAY_S))) == 1
    assert len(days_of(window(0, 3 * DAY_S))) == 49


def test_the_reach_is_that_of_one_test_for_one_day_and_grows_with_the_search() -> None:
    assert search_reach(0.0, level=0.9) == pytest.approx(1.6449, abs=1e-3)
    reaches = [search_reach(others, level=0.9) for others in (0.0, 1.0, 4.0, 29.0)]
    assert reaches == sorted(reaches)
    assert reaches[-1] > 3.3


def test_the_reach_agrees_with_simulated_moving_means() -> None:
    rng = np.random.default_rng(3)
    per_day, days = 96, 6
    noise = rng.normal(size=(4000, per_day * days)).cumsum(axis=1)
    moving = (noise[:, per_day:] - noise[:, :-per_day]) / per_day**0.5
    largest = np.abs(moving).max(axis=1)
    covered_share = float((largest < search_reach(days - 1.0, level=0.9)).mean())
    assert 0.88 < covered_share < 0.95


def test_with_nothing_in_it_the_interval_of_the_worst_day_holds_no_change() -> None:
    # A day chosen beforehand has a 90 % interval of plus and minus 14 %; the worst of twenty days
    # lies outside that one most of the time.
    held = naive = 0
    for seed in range(60):
        found = deepest(poisson_day_counts(np.random.default_rng(seed), 34, None), 20)
        assert found is not None
        held += found.drop_share.low <= 0.0
        naive += found.n_blocks >= found.expected_blocks - 1.6449 * found.expected_blocks**0.5
    assert held >= 51
    assert naive < 30


def test_a_day_without_any_block_is_a_fall_of_all() -> None:
    times = [one for one in poisson_day_counts(np.random.default_rng(5), 17, None)
             if not START_S + 15 * DAY_S <= one < START_S + 16 * DAY_S]  # fmt: skip
    found = deepest(times, 3.0)
    assert found is not None
    assert found.n_blocks == 0
    assert found.drop_share.high <= 1.0
    assert found.drop_share.low > 0.9
