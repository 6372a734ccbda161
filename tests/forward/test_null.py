"""The null simulator: its moments, its consensus rules, and that its luck is an argument."""

import numpy as np
import pytest
from tests.simulated_networks import null_years, with_drop

from hashquake.core.chain import check_chain
from hashquake.core.columns import concatenate
from hashquake.core.times import DAY_S, YEAR_S
from hashquake.forward.null import (
    BLOCKS_PER_YEAR,
    RECORD_CLOCKS,
    NullModel,
    SimulatedDrop,
    advance,
    start,
)

STILL = NullModel(walk_share=0.0, transient_share=0.0, growth_share_per_day=0.0)


def test_the_same_seed_gives_the_same_blocks() -> None:
    a, b = (
        concatenate(null_years(NullModel(), np.random.default_rng(4), years=0.1)) for _ in range(2)
    )
    assert np.array_equal(a.header_s, b.header_s)
    assert np.array_equal(a.bits, b.bits)


def test_a_state_can_be_gone_on_from_twice() -> None:
    state = start(NullModel(), np.random.default_rng(1))
    kept = state
    one, _ = advance(NullModel(), state, np.random.default_rng(2), n_blocks=500)
    two, _ = advance(NullModel(), state, np.random.default_rng(2), n_blocks=500)
    assert state == kept
    assert np.array_equal(one.seen_s, two.seen_s)


def test_the_bits_keep_the_retarget_rule() -> None:
    blocks = concatenate(null_years(RECORD_CLOCKS, np.random.default_rng(5), years=0.5))
    assert len(np.unique(blocks.bits)) > 8
    check_chain(blocks)


def test_without_drift_blocks_are_poisson() -> None:
    blocks = concatenate(null_years(STILL, np.random.default_rng(6), years=8.0))
    work = blocks.work_hashes
    gaps = np.diff(blocks.seen_s) / work[1:]
    rate = 1.0 / gaps.mean()
    assert gaps.std() * rate == pytest.approx(1.0, abs=0.01)
    # Memoryless: the chance of a gap over twice the mean.
    assert (gaps * rate > 2.0).mean() == pytest.approx(np.exp(-2.0), abs=0.002)


def test_growth_and_walk_are_as_asked() -> None:
    model = NullModel(transient_share=0.0)
    ends = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        state = first = start(model, rng)
        _, state = advance(model, state, rng, n_blocks=14_400)
        days = (state.clock_s - first.clock_s) / DAY_S
        ends.append((state.log_rate - first.log_rate - 0.001 * days) / np.sqrt(days))
    assert np.mean(ends) == pytest.approx(0.0, abs=4 * 0.009 / np.sqrt(60))
    assert np.std(ends) == pytest.approx(0.009, rel=0.35)


def test_header_clocks_run_backwards_about_as_often_as_real_ones() -> None:
    blocks = concatenate(null_years(RECORD_CLOCKS, np.random.default_rng(7), years=1.0))
    backwards = (np.diff(blocks.header_s) < 0).mean()
    assert 0.01 < backwards < 0.03
    assert np.median(blocks.header_s - blocks.seen_s) == pytest.approx(-20.5, abs=1.0)


def test_a_drop_starts_and_ends_at_its_instants_inside_a_gap() -> None:
    rng = np.random.default_rng(8)
    before, network = advance(STILL, start(STILL, rng), rng, n_blocks=2000)
    drop = SimulatedDrop(share=1.0, start_s=network.clock_s + 50.0, end_s=network.clock_s + 7250.0)
    counts = []
    for seed in range(200):
        blocks, _ = advance(STILL, network, np.random.default_rng(seed), n_blocks=60, drop=drop)
        inside = (blocks.seen_s > drop.start_s) & (blocks.seen_s < drop.end_s)
        assert not inside.any()
        counts.append((blocks.seen_s < drop.end_s + 6000.0).sum())
    expected = 6050.0 / np.diff(before.seen_s).mean()
    assert np.mean(counts) == pytest.approx(expected, abs=1.2)


def test_a_lasting_drop_slows_blocks_by_its_share() -> None:
    blocks, onset_s = with_drop(
        STILL, np.random.default_rng(9), drop_share=0.4, before_s=30 * DAY_S, after_s=30 * DAY_S
    )
    work, gap = blocks.work_hashes[1:], np.diff(blocks.seen_s)
    after = blocks.seen_s[:-1] > onset_s
    ratio = (gap[~after] / work[~after]).mean() / (gap[after] / work[after]).mean()
    assert ratio == pytest.approx(0.6, abs=0.05)


def test_a_century_of_growth_does_not_run_out_of_targets() -> None:
    years = 60.0
    pieces = null_years(NullModel(), np.random.default_rng(10), years=years)
    assert sum(map(len, pieces)) == round(years * BLOCKS_PER_YEAR)
    length_s = pieces[-1].seen_s[-1] - pieces[0].seen_s[0]
    assert length_s / YEAR_S == pytest.approx(years, rel=0.03)
