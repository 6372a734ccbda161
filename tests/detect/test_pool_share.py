"""The pool-share detector: its arithmetic against the long way, its law, and bad input."""

from dataclasses import replace
from itertools import pairwise
from math import exp, lgamma

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom
from tests.simulated_falls import fall

from hashquake.core.columns import BlockColumns
from hashquake.core.pick import Pick
from hashquake.core.times import DAY_S
from hashquake.detect import _pool_share_kernel as kernel
from hashquake.detect import _pool_share_layout as layout
from hashquake.detect import pool_share as detector
from hashquake.detect._beta_binomial import log_gamma, log_marginal, moved

THRESHOLD = 13.6


def run(blocks: BlockColumns, threshold: float = THRESHOLD) -> tuple[Pick, ...]:
    return detector.step(detector.start(threshold=threshold), blocks)[1]


@pytest.mark.parametrize("x", [1e-3, 0.4, 1.0, 3.7, 7.0, 120.0, 1e5])
def test_the_gamma_function_is_the_librarys(x: float) -> None:
    assert log_gamma(x) == pytest.approx(lgamma(x), abs=1e-8, rel=1e-8)


def test_the_marginal_is_the_beta_binomial_of_one_order() -> None:
    a, b, hits, others = 7.5, 60.0, 3.0, 40.0
    law = betabinom(43, a, b)
    orders = lgamma(44) - lgamma(4) - lgamma(41)
    assert log_marginal(a, b, hits, others) == pytest.approx(
        float(law.logpmf(3)) - orders, abs=1e-7
    )


def test_moving_keeps_the_odds_and_adds_the_variance() -> None:
    a, b = moved(20.0, 80.0, 0.5, 0.01)
    assert a / b == pytest.approx(0.5 * 20.0 / 80.0)
    assert 1 / a + 1 / b == pytest.approx(1 / 20 + 1 / 80 + 0.01)


def twin(blocks: BlockColumns, slug: str) -> tuple[float, float]:
    """The statistics of one pool at the end of some blocks, straight from their definition."""
    tuning = detector.DEFAULT
    keep = exp(-1.0 / tuning.memory_blocks)
    own = blocks.is_pool(slug)
    first = int(np.flatnonzero(own)[0])
    clock = np.maximum.accumulate(blocks.header_s.astype(float))
    n = len(blocks)
    drop = rise = 0.0
    tables = detector._tables(tuning)
    for lag, spacing in zip(tables.lag, tables.spacing, strict=True):
        end = (n // layout.STRIDE - int(lag)) * layout.STRIDE
        if end < 0:
            break
        ages = np.arange(end)[::-1]
        seen = np.arange(end) >= first
        hits = float((keep**ages * own[:end]).sum())
        total = float((keep**ages * seen).sum())
        if total < tuning.least_blocks or hits < tuning.least_rise_hits:
            continue
        new, since = float(own[end:].sum()), float(n - end)
        rising = new > since * hits / total
        if not rising and hits < tuning.least_hits:
            continue
        days = (clock[-1] - clock[end - 1]) / DAY_S
        drift = tuning.drift_log_per_sqrt_day**2 * (days / 3.0 + 5.0)
        share = hits / total
        spread = since * share * (1 - share)
        known = 1 / hits + 1 / (total - hits) + drift
        if (new - since * share) ** 2 < layout.WORTH_SD2 * spread * (1 + spread * known):
            continue
        size = 1 / known
        odds = hits / (total - hits)
        null = _marginal(odds, size, new, since)
        for factor, weight in zip(tuning.odds, tuning.weights, strict=True):
            if (factor > 1.0) == rising:
                part = spacing * weight * exp(_marginal(factor * odds, size, new, since) - null)
                rise, drop = (rise + part, drop) if rising else (rise, drop + part)
    return drop, rise


def _marginal(odds: float, size: float, new: float, since: float) -> float:
    b = size * (1 + 1 / odds)
    a = odds * b
    law = betabinom(int(since), a, b)
    orders = lgamma(since + 1) - lgamma(new + 1) - lgamma(since - new + 1)
    return float(law.logpmf(int(new))) - orders


def test_the_kernel_is_its_definition() -> None:
    blocks, onset_s = fall(drop_share=0.0, pool_factors=((2, 0.3), (5, 2.0)))
    part = blocks.take(blocks.header_s < onset_s + 1.6 * DAY_S)
    part = part.take(slice(0, len(part) // layout.STRIDE * layout.STRIDE))
    state, picks = detector.step(detector.start(threshold=40.0), part)
    assert not picks
    seen = 0
    for number, slug in enumerate(state.pools):
        if state.memory.now[layout.SLOT, number] < 0:
            assert twin(part, slug) == (0.0, 0.0)
            continue
        found = kernel.statistics(
            number, state.memory, detector._tables(state.tuning), detector._limits(state)
        )
        assert found == pytest.approx(twin(part, slug), rel=1e-5, abs=1e-12)
        seen += sum(value > 0 for value in found)
    assert seen >= 2


def test_a_fall_of_the_whole_network_raises_no_pool() -> None:
    for seed in (11, 12, 13):
        blocks, _ = fall(seed=seed, drop_share=0.6)
        assert not run(blocks)


@pytest.mark.parametrize(("factor", "falls"), [(0.1, True), (3.0, False)])
def test_a_pool_that_moves_is_picked_with_its_direction(factor: float, *, falls: bool) -> None:
    blocks, onset_s = fall(drop_share=0.0, pool_factors=((4, factor),))
    picks = [pick for pick in run(blocks) if pick.subject == "pool:p04"]
    first = picks[0]
    assert (first.remaining_share.median < 1.0) == falls
    assert onset_s < first.detected_s < onset_s + 5 * DAY_S
    assert first.onset.start_s - DAY_S < onset_s < first.onset.end_s + DAY_S
    assert first.statistic >= first.threshold == THRESHOLD
    assert len(picks) == 1


def test_a_second_change_within_a_week_is_found() -> None:
    """A pool loses most of its machines, and four days later they are back and more."""
    blocks, onset_s = fall(drop_share=0.0, pool_factors=((1, 0.1),))
    rng = np.random.default_rng(5)
    back_s = onset_s + 4 * DAY_S
    names = [
        "p01" if at_s >= back_s and rng.random() < 0.35 else blocks.pool_of(row)
        for row, at_s in enumerate(blocks.header_s)
    ]
    picks = [one for one in run(blocks.with_pools(names)) if one.subject == "pool:p01"]
    first, second = picks[:2]
    assert first.remaining_share.median < 1.0 < second.remaining_share.median
    assert first.detected_s < back_s < second.detected_s < first.detected_s + 7 * DAY_S


def test_blocks_never_labelled_are_no_evidence() -> None:
    blocks, onset_s = fall(drop_share=0.0)
    code = np.where(blocks.header_s > onset_s, -1, blocks.pool_code).astype(np.int32)
    assert not run(replace(blocks, pool_code=code))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 5000), max_size=8))
def test_any_split_gives_the_same_state(at: list[int]) -> None:
    blocks, _ = fall(drop_share=0.0, pool_factors=((2, 0.2), (7, 4.0)))
    whole, all_at_once = detector.step(detector.start(threshold=THRESHOLD), blocks)
    state = detector.start(threshold=THRESHOLD)
    picks: list[Pick] = []
    edges = [0, *sorted(min(a, len(blocks)) for a in at), len(blocks)]
    for a, b in pairwise(edges):
        before = [array.copy() for array in state.memory]
        part = blocks.take(slice(a, b))
        # Other codes for the same names: live blocks come with names of their own.
        part = part.with_pools([part.pool_of(k) for k in range(len(part))])
        moved_state, new = detector.step(state, part)
        for array, copy in zip(state.memory, before, strict=True):
            assert np.array_equal(array, copy)
        state = moved_state
        picks += new
    assert tuple(picks) == all_at_once
    assert state.pools == whole.pools
    for array, other in zip(state.memory, whole.memory, strict=True):
        assert np.array_equal(array, other)


def test_repeats_are_passed_over() -> None:
    blocks, _ = fall(drop_share=0.0)
    state, _ = detector.step(detector.start(threshold=THRESHOLD), blocks)
    again, picks = detector.step(state, blocks.take(slice(-50, None)))
    assert not picks
    assert np.array_equal(again.memory.now, state.memory.now)


def crowd(names: int, *, blocks_each: int, seed: int = 5) -> tuple[BlockColumns, float]:
    """The ordinary pools, among whose blocks those of many small ones are strewn."""
    blocks, onset_s = fall(drop_share=0.0, pool_factors=((2, 0.2), (7, 4.0)))
    rng = np.random.default_rng(seed)
    at = rng.choice(len(blocks), size=names * blocks_each, replace=False)
    slugs = [blocks.pool_of(k) for k in range(len(blocks))]
    for number, place in enumerate(at):
        slugs[place] = f"small{number % names:04d}"
    return blocks.with_pools(slugs), onset_s


def test_small_pools_take_no_room_and_change_nothing_else() -> None:
    blocks, _ = crowd(400, blocks_each=3)
    state, picks = detector.step(detector.start(threshold=THRESHOLD), blocks)
    assert len(state.pools) > 400
    assert state.memory.scalars[layout.N_ACTIVE] < 40
    assert len(state.memory.ring) <= 64
    assert {pick.subject for pick in picks} >= {"pool:p02", "pool:p07"}


def test_a_slot_is_given_back_and_taken_again() -> None:
    """Pools that come and go in turns, more than there are slots: any split agrees."""
    blocks, _ = fall(drop_share=0.0)
    slugs = [f"turn{k // 240:03d}" if k % 6 == 0 else blocks.pool_of(k) for k in range(len(blocks))]
    turns = blocks.with_pools(slugs)
    whole, _ = detector.step(detector.start(threshold=60.0), turns)
    state = detector.start(threshold=60.0)
    for a in range(0, len(turns), 500):
        state, _ = detector.step(state, turns.take(slice(a, a + 500)))
    active = whole.memory.active[: int(whole.memory.scalars[layout.N_ACTIVE])]
    assert (np.diff(active) > 0).all()
    slots = whole.memory.now[layout.SLOT, active]
    assert len(set(slots)) == len(active)
    assert len(active) < len(whole.pools)
    for array, other in zip(state.memory, whole.memory, strict=True):
        assert np.array_equal(array, other)
    resting = 0
    for number, slug in enumerate(whole.pools):
        expected = twin(turns, slug)
        if number in active:
            found = kernel.statistics(
                number, whole.memory, detector._tables(whole.tuning), detector._limits(whole)
            )
            assert found == pytest.approx(expected, rel=1e-5, abs=1e-12)
            resting += whole.memory.now[layout.HITS, number] < whole.tuning.least_rise_hits
        else:
            assert expected == (0.0, 0.0)
    assert resting >= 1, "a pool that fell below what a baseline needs is followed for a while"
