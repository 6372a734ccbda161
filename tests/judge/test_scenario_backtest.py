"""Scenarios of past events against the bundled record, and against records made to order."""

from dataclasses import replace

import numpy as np
import pytest
from tests.small_worlds import dark

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage
from hashquake.core.times import DAY_S
from hashquake.datasets.bundled import bundled_blocks
from hashquake.forward.scenario import Scenario
from hashquake.judge.scenario_backtest import backtest_scenarios
from hashquake.plugins import load_plugin


def _steady(*, dark_share: float, seed: int) -> BlockColumns:
    """Mine three epochs of one difficulty, of which days 2 to 7 are partly dark."""
    rng = np.random.default_rng(seed)
    at_s, times = 1_600_000_000.0, []
    begin_s = at_s
    for block in range(1, 2016 * 3 + 1):
        inside = 2 * DAY_S <= at_s - begin_s < 7 * DAY_S
        at_s += rng.exponential(600 / (1 - dark_share if inside else 1))
        times.append(int(at_s))
        del block
    height = np.arange(2016 * 400 - 1, 2016 * 400 - 1 + len(times))
    return BlockColumns.build(height=height, header_s=times, bits=np.full(len(times), 0x170B8C8B))


def _scenario(share: float, start_s: float) -> Scenario:
    return replace(dark(share, onset_d=2, days=5, epochs=1), start_s=start_s)


def test_a_scenario_that_comes_true_is_inside_and_one_that_does_not_is_out() -> None:
    blocks = _steady(dark_share=0.4, seed=1)
    start_s = float(blocks.header_s[0])
    (true, *_) = backtest_scenarios(blocks, [_scenario(0.4, start_s)], paths=2_000, seed=1)
    (false, *_) = backtest_scenarios(blocks, [_scenario(0.02, start_s)], paths=2_000, seed=1)
    assert true.quantity == "blocks"
    assert true.inside
    assert 0.02 < true.rank < 0.98
    assert not false.inside
    assert false.rank < 0.01
    assert true.quiet.low > true.happened


def test_past_events_are_retold() -> None:
    scenario = load_plugin("forward.scenarios", "xinjiang_2021").build()
    found = backtest_scenarios(bundled_blocks(), [scenario], paths=3_000, seed=1)
    assert [one.quantity for one in found] == ["blocks", "retarget_1"]
    assert found[0].happened == 644
    assert found[1].happened == pytest.approx(0.8739, abs=1e-4)
    assert all(one.inside for one in found)
    assert found[0].quiet.low > 700


def test_a_scenario_outside_the_record_is_refused() -> None:
    scenario = _scenario(0.1, 1_000_000_000.0)
    with pytest.raises(NoCoverage, match="no epoch"):
        backtest_scenarios(bundled_blocks(), [scenario], paths=10, seed=1)
