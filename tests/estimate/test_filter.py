"""The filter: its law, its open end, and what it makes of bad input."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.difficulty import EPOCH_BLOCKS, work_of_bits_hashes
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.datasets.bundled import bundled_blocks
from hashquake.estimate.filter import (
    FilterState,
    follow,
    look,
    next_work_hashes,
    start,
    start_tracks,
    step,
)
from hashquake.estimate.fitted import FITTED

BITS = 0x170B8C8B
WORK = work_of_bits_hashes(BITS)
RATE_HPS = WORK / 600
HOUR_S = 3600
POOLS = ("a", "b")


def chain(gaps_s: list[float], *, first_height: int = 700_000) -> BlockColumns:
    rng = np.random.default_rng(0)
    header_s = 1_600_000_000 + np.cumsum(np.array(gaps_s)).astype(np.int64)
    pool = rng.choice(["a", "b", "c"], len(gaps_s)).tolist()
    return BlockColumns.build(
        height=first_height + np.arange(len(gaps_s)),
        header_s=header_s,
        bits=np.full(len(gaps_s), BITS),
        pool=pool,
    )


def steady(n: int) -> BlockColumns:
    """Exponential gaps without luck: every 50 blocks take 50 times 600 s, in any order."""
    gaps = -np.log1p(-(np.arange(50) + 0.5) / 50)
    gaps *= 600 / gaps.mean()
    rng = np.random.default_rng(5)
    return chain(np.concatenate([rng.permutation(gaps) for _ in range(-(-n // 50))])[:n].tolist())


def same(a: FilterState, b: FilterState) -> bool:
    return (
        (a.clock_s, a.height, a.bits, a.header_s, a.epoch_start_s)
        == (b.clock_s, b.height, b.bits, b.header_s, b.epoch_start_s)
        and np.array_equal(a.n_blocks, b.n_blocks)
        and len(a.tracks) == len(b.tracks)
        and all(
            np.array_equal(x.mass, y.mass)
            and np.array_equal(x.origin, y.origin)
            and np.array_equal(x.evidence, y.evidence)
            and np.array_equal(x.open_bin.blocks, y.open_bin.blocks)
            and x.open_bin.index == y.open_bin.index
            and x.open_bin.exposure == y.open_bin.exposure
            for x, y in zip(a.tracks, b.tracks, strict=True)
        )
    )


@settings(max_examples=40, deadline=None)
@given(
    gaps=st.lists(st.floats(-3000, 9000), min_size=1, max_size=40),
    cuts=st.lists(st.integers(0, 40), max_size=5),
    looks=st.lists(st.floats(0, 90_000), min_size=6, max_size=6),
)
def test_a_step_over_the_whole_equals_steps_over_any_split(
    gaps: list[float], cuts: list[int], looks: list[float]
) -> None:
    blocks = chain(gaps, first_height=EPOCH_BLOCKS * 347 - 11)
    whole, _ = step(start(FITTED, pools=POOLS), blocks, 0.0)
    split = start(FITTED, pools=POOLS)
    edges = [0, *sorted(min(cut, len(blocks)) for cut in cuts), len(blocks)]
    for begin, end, later_s in zip(edges, edges[1:], looks, strict=False):
        split, _ = step(split, blocks.take(slice(begin, end)), 1_600_000_000 + later_s)
    assert same(whole, split)


def test_a_step_leaves_the_state_before_it_untouched() -> None:
    blocks = steady(400)
    before = follow(start(FITTED, pools=POOLS), blocks.take(slice(0, 200)))
    mass = [track.mass.copy() for track in before.tracks]
    step(before, blocks.take(slice(200, 400)), before.clock_s + 1e6)
    assert all(np.array_equal(a, b.mass) for a, b in zip(mass, before.tracks, strict=True))


def test_a_steady_rate_is_found() -> None:
    state = follow(start(FITTED), steady(4000))
    interval = look(state, state.clock_s).estimate().interval(0.9)
    assert interval.holds(RATE_HPS)
    assert 0.05 < interval.high / interval.low - 1 < 0.25


def test_silence_moves_the_posterior_without_a_block() -> None:
    state = follow(start(FITTED, pools=POOLS), steady(3000))
    medians = [
        look(state, state.clock_s + hours * HOUR_S).quantiles_hps[:, 3] for hours in (0, 1, 3, 9)
    ]
    assert all((a > b).all() for a, b in pairwise(medians))


def test_a_day_at_half_the_rate_is_noticed() -> None:
    fallen = chain([*np.diff(steady(3001).header_s).tolist(), *[1200.0] * 72])
    state = follow(start(FITTED), fallen)
    assert look(state, state.clock_s).estimate().interval(0.9).high < 0.8 * RATE_HPS


def test_pools_are_followed_beside_the_network() -> None:
    state, posterior = step(start(FITTED, pools=POOLS), steady(4000), 0.0)
    assert posterior is not None
    assert posterior.subjects == ("network", "pool:a", "pool:b")
    for pool in ("pool:a", "pool:b"):
        estimate = posterior.estimate(pool)
        assert estimate.interval(0.95).holds(RATE_HPS / 3)
        assert estimate.made_by == "filter/2"
    assert posterior.n_blocks[0] == state.n_blocks[0] == 4000
    with pytest.raises(NoCoverage) as caught:
        posterior.estimate("pool:c")
    assert caught.value.code == "subject-not-followed"


def test_a_pool_that_stops_goes_to_nothing_while_the_network_stays() -> None:
    blocks = steady(4000)
    pool = [blocks.pool_of(at) for at in range(4000)]
    gone = blocks.with_pools(["c" if at > 3500 and p == "a" else p for at, p in enumerate(pool)])
    state = follow(start(FITTED, pools=POOLS), gone)
    posterior = look(state, state.clock_s)
    assert posterior.estimate("pool:a").interval(0.9).high < 0.05 * RATE_HPS
    assert posterior.estimate().interval(0.95).holds(RATE_HPS)


def test_blocks_repeated_or_stale_are_passed_over() -> None:
    blocks = steady(300)
    once = follow(start(FITTED, pools=POOLS), blocks)
    again = follow(
        follow(start(FITTED, pools=POOLS), blocks.take(slice(0, 200))),
        blocks.take(slice(100, 300)),
    )
    assert same(once, again)
    rival = BlockColumns.build(
        height=[int(blocks.height[150])],
        header_s=[int(blocks.header_s[150])],
        bits=[BITS],
        pool=["a"],
        stale=[True],
    )
    mixed = concatenate([blocks.take(slice(0, 151)), rival, blocks.take(slice(151, 300))])
    assert same(once, follow(start(FITTED, pools=POOLS), mixed))


def test_a_hole_in_the_record_is_not_silence() -> None:
    blocks = steady(3000)
    kept = np.r_[0:2000, 2500:3000]
    with_hole = follow(start(FITTED), blocks.take(kept))
    assert look(with_hole, 0.0).estimate().interval(0.95).holds(RATE_HPS)
    just_after = follow(start(FITTED), blocks.take(np.r_[0:2000, 2500:2501]))
    before = follow(start(FITTED), blocks.take(slice(0, 2000)))
    narrow, wide = (look(s, 0.0).estimate().interval(0.9) for s in (before, just_after))
    assert wide.high / wide.low > narrow.high / narrow.low
    assert wide.median == pytest.approx(narrow.median, rel=0.03)


def test_a_header_two_hours_ahead_is_forgotten_within_hours() -> None:
    blocks = steady(3000)
    header_s = blocks.header_s.copy()
    header_s[2900] += 7000
    skewed = BlockColumns.build(
        height=blocks.height, header_s=header_s, bits=blocks.bits, pool=["a"] * 3000
    )
    state, wrong = follow(start(FITTED), blocks), follow(start(FITTED), skewed)
    medians = [look(s, s.clock_s).estimate().quantiles.median for s in (state, wrong)]
    assert medians[1] == pytest.approx(medians[0], rel=0.01)
    # On the spot, too, the rate stays sane: blocks crowd into no time, and count for little.
    at = follow(start(FITTED), skewed.take(slice(0, 2905)))
    assert look(at, 0.0).estimate().interval(0.95).holds(RATE_HPS)


def test_the_next_difficulty_is_exact_at_every_retarget_of_the_record() -> None:
    blocks = bundled_blocks()
    ends = np.flatnonzero(blocks.height % EPOCH_BLOCKS == EPOCH_BLOCKS - 1)[1:-1:12]
    for end in ends.tolist():
        state = follow(start(FITTED), blocks.take(slice(end - 2100, end + 1)))
        assert next_work_hashes(state) == blocks.work_hashes[end + 1]


def test_an_epoch_whose_start_was_not_seen_keeps_the_last_difficulty() -> None:
    blocks = bundled_blocks()
    end = int(np.flatnonzero(blocks.height % EPOCH_BLOCKS == EPOCH_BLOCKS - 1)[3])
    state = follow(start(FITTED), blocks.take(slice(end - 100, end + 1)))
    assert state.epoch_start_s is None
    assert next_work_hashes(state) == blocks.work_hashes[end]


def test_before_any_block_nothing_is_said() -> None:
    empty = start(FITTED)
    assert step(empty, BlockColumns.empty(), 5.0) == (empty, None)
    with pytest.raises(NoCoverage):
        look(empty, 5.0)
    assert len(start_tracks(FITTED, steady(2), pools=POOLS)) == 2


def test_a_pool_named_twice_is_refused() -> None:
    with pytest.raises(UsageError):
        start(FITTED, pools=("a", "a"))
