"""Blocks and reports together: narrower than blocks, and not to be moved by one that lies."""

from dataclasses import replace

import numpy as np
import pytest
from tests.power.reported_worlds import DAY_S, T0_S, Telemetry, make

from hashquake.core.errors import NoCoverage
from hashquake.core.window import Window
from hashquake.estimate.fitted import FITTED
from hashquake.estimate.fused import fused_change, fused_rate

MODEL = replace(FITTED.network, drift_log_per_sqrt_day=0.009, growth_log_per_day=0.001)
DAYS, FALL_S = 18.0, 14.0 * DAY_S
BEFORE = Window(start_s=T0_S + 6.0 * DAY_S, end_s=T0_S + FALL_S)
DURING = Window(start_s=T0_S + FALL_S, end_s=T0_S + DAYS * DAY_S)
STEADY = Telemetry(share_walk=0.004, recounts_per_year=0.0)


def width(model: Telemetry, seed: int, *, pools: int = 6) -> tuple[float, float]:
    world = make(model, seed, days=DAYS)
    readings = tuple(one for one in world.readings() if int(one.subject[-2:]) < pools)
    if not pools:
        readings = world.readings()[:1]
    found = fused_change(MODEL, world.blocks, readings, before=BEFORE, during=DURING).change_share
    return found.median, found.high - found.low


def test_reports_narrow_the_change() -> None:
    assert width(STEADY, 1)[1] < 0.75 * width(STEADY, 1, pools=0)[1]


def test_a_fall_that_all_report_is_found_with_its_size() -> None:
    median, wide = width(replace(STEADY, fall=(FALL_S, 0.2)), 2)
    assert median == pytest.approx(-0.2, abs=0.04)
    assert wide < 0.06


def test_pools_that_are_nearly_the_whole_network_cannot_walk_against_the_rest() -> None:
    half = replace(STEADY, share_walk=0.02, shares=(0.16, 0.12, 0.09, 0.06, 0.04, 0.03))
    whole = replace(half, shares=tuple(1.9 * share for share in half.shares))
    assert width(whole, 6)[1] < 0.6 * width(half, 6)[1]


def test_blocks_without_names_of_pools_take_the_usual_walk() -> None:
    world = make(STEADY, 7, days=DAYS)
    nameless = replace(world.blocks, pool_code=np.full(len(world.blocks), -1, np.int32))
    found = [
        fused_change(MODEL, blocks, world.readings(), before=BEFORE, during=DURING).change_share
        for blocks in (world.blocks, nameless)
    ]
    assert found[1].median == pytest.approx(found[0].median, abs=0.01)
    assert found[1].high - found[1].low > found[0].high - found[0].low


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.5])
def test_a_pool_that_begins_to_lie_moves_the_total_little(factor: float) -> None:
    honest, wide = width(STEADY, 3)
    lied, _ = width(replace(STEADY, lies=((0, factor, FALL_S),)), 3)
    assert abs(lied - honest) < 0.35 * wide


def test_a_pool_that_lies_by_a_constant_factor_moves_nothing() -> None:
    honest, wide = width(STEADY, 4)
    lied, same = width(replace(STEADY, lies=((1, 3.0, 0.0),)), 4)
    assert lied == pytest.approx(honest, abs=0.02 * wide)
    assert same == pytest.approx(wide, rel=0.02)


def test_one_pool_alone_that_begins_to_lie_is_not_believed() -> None:
    honest, wide = width(STEADY, 5, pools=1)
    lied, _ = width(replace(STEADY, lies=((0, 0.5, FALL_S),)), 5, pools=1)
    assert abs(lied - honest) < 0.5 * wide


def test_the_rate_at_an_instant_uses_nothing_from_after_it() -> None:
    world = make(STEADY, 6, days=DAYS)
    at_s = T0_S + 12.0 * DAY_S
    known = world.blocks.take(world.blocks.header_s <= at_s)
    early = tuple(one for one in world.readings() if one.window.end_s <= at_s)
    all_reports = fused_rate(MODEL, known, world.readings(), at_s=at_s)
    assert all_reports == fused_rate(MODEL, known, early, at_s=at_s)
    true = world.rate_hps[12 * 288]
    found = all_reports.interval(0.95)
    assert found.low < true < found.high


def test_without_blocks_or_reports_it_says_so() -> None:
    world = make(STEADY, 7, days=2.0)
    with pytest.raises(NoCoverage) as caught:
        fused_rate(MODEL, world.blocks, (), at_s=T0_S + DAY_S)
    assert caught.value.code == "no-reports"
    nothing = world.blocks.take(np.zeros(len(world.blocks), bool))
    with pytest.raises(NoCoverage) as caught:
        fused_rate(MODEL, nothing, world.readings(), at_s=T0_S + DAY_S)
    assert caught.value.code == "no-blocks"


def test_of_a_window_that_reaches_beyond_what_is_known_the_known_part_counts() -> None:
    world = make(replace(STEADY, fall=(FALL_S, 0.2)), 2, days=DAYS)
    known = fused_change(MODEL, world.blocks, world.readings(), before=BEFORE, during=DURING)
    wider = fused_change(
        MODEL,
        world.blocks,
        world.readings(),
        before=Window(start_s=T0_S - 5.0 * DAY_S, end_s=BEFORE.end_s),
        during=Window(start_s=DURING.start_s, end_s=DURING.end_s + DAY_S),
        until_s=DURING.end_s,
    )
    assert wider.change_share.median == pytest.approx(known.change_share.median, abs=0.03)
    with pytest.raises(NoCoverage):
        fused_change(
            MODEL,
            world.blocks,
            world.readings(),
            before=Window(start_s=T0_S - 5.0 * DAY_S, end_s=T0_S - 2.0 * DAY_S),
            during=DURING,
        )
