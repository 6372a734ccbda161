"""Drift and growth learned from blocks: the truth is found, and a break does not count as drift."""

from dataclasses import replace

import numpy as np
import pytest
from tests.simulated_networks import null_years

from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.times import DAY_S
from hashquake.estimate.clock import vouched_s
from hashquake.estimate.volatility import (
    BATCH_BLOCKS,
    BELIEF_ROWS,
    LOG_WEIGHT,
    begin,
    hypotheses,
    learn,
    learned,
)
from hashquake.forward.null import NullModel, SimulatedDrop, advance
from hashquake.forward.null import start as start_null


def two_years(model: NullModel, seed: int = 4) -> BlockColumns:
    return concatenate(list(null_years(model, np.random.default_rng(seed), years=2.0)))


def test_before_any_block_the_prior_remains() -> None:
    drift = learned(BlockColumns.empty())
    assert drift.chance == pytest.approx(np.exp(hypotheses().log_prior))
    assert 0.008 < drift.walk < 0.016


def test_calm_and_wild_years_are_told_apart() -> None:
    calm, wild = (learned(two_years(NullModel(walk_share=walk))) for walk in (0.006, 0.03))
    assert calm.walk < 0.01
    assert 0.02 < wild.walk < 0.04


def test_a_sevenfold_growth_a_year_is_growth_and_not_drift() -> None:
    drift = learned(two_years(NullModel(growth_share_per_day=0.0053)))
    assert drift.growth > 0.004
    assert drift.walk < 0.014


def test_the_miners_clocks_are_no_drift() -> None:
    blocks = two_years(NullModel())
    rng = np.random.default_rng(1)
    lies = np.where(rng.random(len(blocks)) < 0.02, 7100, 0)
    honest, lied = learned(blocks), learned(replace(blocks, header_s=blocks.header_s + lies))
    assert lied.walk == pytest.approx(honest.walk, rel=0.05)


def test_one_break_is_far_less_evidence_than_years_of_drift() -> None:
    model, rng = NullModel(), np.random.default_rng(2)
    network = start_null(model, rng)
    before, network = advance(model, network, rng, n_blocks=80_000)
    drop = SimulatedDrop(share=0.3, start_s=network.clock_s)
    after, _ = advance(model, network, rng, n_blocks=4_000, drop=drop)
    drift = learned(concatenate([before, after]))
    assert drift.walk < 0.022


def test_blocks_after_the_instant_are_not_used_and_gaps_in_heights_teach_nothing() -> None:
    blocks = two_years(NullModel())
    half_s = float(blocks.header_s[len(blocks) // 2])
    early = blocks.take(blocks.header_s < half_s)
    assert learned(blocks, until_s=half_s).walk == pytest.approx(learned(early).walk, rel=0.01)
    kept = np.ones(len(blocks), np.bool_)
    kept[50_000:60_000] = False
    assert learned(blocks.take(kept)).walk == pytest.approx(learned(blocks).walk, rel=0.3)


def test_a_pool_that_walks_by_itself_walks_further() -> None:
    drift = learned(BlockColumns.empty())
    assert drift.with_walk(0.02).walk == pytest.approx(np.hypot(drift.walk, 0.02))


def test_what_is_learned_at_once_equals_what_detectors_learn_batch_by_batch() -> None:
    rng = np.random.default_rng(3)
    n = BATCH_BLOCKS * 200
    blocks = BlockColumns.build(
        height=np.arange(n),
        header_s=1_600_000_000 + np.cumsum(rng.exponential(600.0, n)).astype(np.int64),
        bits=np.full(n, 0x17034219, np.uint32),
        pool_code=np.full(n, -1),
        pool_names=(),
    )
    grid = hypotheses()
    belief = np.zeros((BELIEF_ROWS, len(grid.log_prior)))
    begin(belief, grid)
    clock_s = np.maximum.accumulate(vouched_s(blocks.header_s.astype(np.float64)))
    per_work = np.diff(clock_s) / blocks.work_hashes[1:]
    for first in range(0, n - BATCH_BLOCKS, BATCH_BLOCKS):
        after = np.empty_like(belief)
        exposure = float(per_work[first : first + BATCH_BLOCKS].sum())
        days = float(clock_s[first + BATCH_BLOCKS] - clock_s[first]) / DAY_S
        learn(belief, after, grid, float(BATCH_BLOCKS), exposure, days)
        belief = after
    np.testing.assert_allclose(learned(blocks).chance, np.exp(belief[LOG_WEIGHT]), rtol=1e-7)
