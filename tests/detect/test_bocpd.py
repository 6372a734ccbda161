"""Bayesian online change point: its arithmetic against the long way, its law, and bad input."""

from itertools import pairwise
from math import exp, log
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import lomax, norm
from tests.simulated_falls import fall

if TYPE_CHECKING:
    from hashquake.core.pick import Pick

from hashquake.core.columns import BlockColumns
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.detect import _bocpd_kernel as kernel
from hashquake.detect import bocpd as detector

THRESHOLD = 1.0


def twin(blocks: BlockColumns) -> list[tuple[float, float, float]]:
    """Weight, shape and rate of every run after some blocks, none forgotten: the long way."""
    tuning = detector.DEFAULT
    clock = np.maximum.accumulate(blocks.header_s.astype(float))
    work = blocks.work_hashes
    runs = [(1.0, 1.0, 600.0 / work[0])]
    for k in range(1, len(blocks)):
        gap = (clock[k] - clock[k - 1]) / work[k]
        keep = exp(-(clock[k] - clock[k - 1]) / tuning.memory_s)
        likely = [w * float(lomax.pdf(gap, shape, scale=rate)) for w, shape, rate in runs]
        total = sum(likely)
        weights = [w / total for w in likely]
        runs = [
            (w * (1 - tuning.changes_per_block), s * keep + 1.0, r * keep + gap)
            for w, (_, s, r) in zip(weights, runs, strict=True)
        ]
        told = [(w, log(s / r)) for w, (_, s, r) in zip(weights, runs, strict=True) if w > 1e-4]
        level = sum(w * x for w, x in told) / sum(w for w, _ in told)
        new = (tuning.changes_per_block, tuning.new_shape, tuning.new_shape / exp(level))
        runs.append(new)
    return runs


def test_the_kernel_is_its_definition() -> None:
    blocks, _ = fall()
    few = blocks.take(slice(0, 60))
    state, _ = detector.step(detector.start(threshold=99.0), few)
    expected = np.array(twin(few)).T
    count = int(state.now[kernel.COUNT])
    assert count == 60
    held = state.table[: kernel.BORN, :count]
    assert held == pytest.approx(expected, rel=1e-9)


def test_forgetting_keeps_the_weight() -> None:
    blocks, _ = fall()
    state, _ = detector.step(detector.start(threshold=99.0), blocks.take(slice(0, 2000)))
    assert int(state.now[kernel.COUNT]) == detector.DEFAULT.hypotheses
    assert state.table[kernel.WEIGHT].sum() == pytest.approx(1.0, abs=1e-3)
    assert (np.diff(state.table[kernel.BORN]) >= 0).all()


def test_the_chance_of_a_fall_is_the_normal_law_of_logs() -> None:
    found = kernel.fallen(50.0, 100.0, log(0.7), 0.004, 0.1)
    assert found == pytest.approx(
        float(norm.cdf((log(0.7) - 0.1 - log(0.5)) / np.sqrt(0.004 + 1 / 50)))
    )


@pytest.mark.parametrize("drop_share", [0.35, 0.5])
def test_a_fall_is_picked_soon_and_once(drop_share: float) -> None:
    blocks, onset_s = fall(drop_share=drop_share, lasts_d=10.0)
    _, picks = detector.step(detector.start(threshold=THRESHOLD), blocks)
    (pick,) = [p for p in picks if p.detected_s < onset_s + 10 * DAY_S]
    assert onset_s < pick.detected_s < onset_s + 3 * DAY_S
    assert pick.onset.start_s - 12 * HOUR_S < onset_s < pick.onset.end_s
    assert pick.remaining_share.low < 1 - drop_share < pick.remaining_share.high


def test_a_silence_alarms_before_the_block_that_ends_it() -> None:
    blocks, onset_s = fall()
    quiet = blocks.take(blocks.header_s < onset_s)
    state, _ = detector.step(detector.start(threshold=THRESHOLD), quiet)
    last_s = float(quiet.header_s.max())
    _, none = detector.step(state, BlockColumns.empty(), last_s + HOUR_S)
    _, picks = detector.step(state, BlockColumns.empty(), last_s + 5.9 * HOUR_S)
    assert not none
    assert len(picks) == 1


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 5000), max_size=8))
def test_any_split_gives_the_same_state(at: list[int]) -> None:
    blocks, _ = fall()
    whole, all_at_once = detector.step(detector.start(threshold=THRESHOLD), blocks)
    state = detector.start(threshold=THRESHOLD)
    picks: list[Pick] = []
    edges = [0, *sorted(min(a, len(blocks)) for a in at), len(blocks)]
    for a, b in pairwise(edges):
        state, new = detector.step(state, blocks.take(slice(a, b)))
        picks += new
    assert tuple(picks) == all_at_once
    assert np.array_equal(state.table, whole.table)
    assert np.array_equal(state.now, whole.now)


def test_skipped_blocks_count_and_repeats_do_not() -> None:
    blocks, _ = fall()
    state, _ = detector.step(detector.start(threshold=99.0), blocks.take(slice(0, 1500)))
    again, _ = detector.step(state, blocks.take(slice(1400, 1500)))
    assert np.array_equal(again.table, state.table)
    skipped, picks = detector.step(state, blocks.take(slice(1530, 1600)))
    assert not picks
    assert skipped.height == int(blocks.height[1599])
    rate = skipped.table[kernel.SHAPE, 0] / skipped.table[kernel.RATE, 0]
    before = state.table[kernel.SHAPE, 0] / state.table[kernel.RATE, 0]
    assert rate == pytest.approx(before, rel=0.05)
