"""The hash rate of a window: counts, open ends, coverage, pools, clocks that run backwards."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.small_chains import BITS, EPOCH, HALF_BITS, WORK_HASHES, chain, covered, window

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.datasets.bundled import BundledRecord, bundled_blocks
from hashquake.estimate.block_count import block_count, block_counts, pool_block_counts
from hashquake.estimate.window import (
    consecutive_windows,
    rate_between_blocks,
    rate_of,
    rate_series,
    window_rate,
)

COVERED = covered()
HEADERS = st.lists(st.integers(0, 100_000), min_size=1, max_size=40)


def _labelled() -> BlockColumns:
    pools = ["a", "b", "a", "unknown", None, "a", None, "b"]
    return chain(list(range(600, 600 * 9, 600)), pool=pools)


def test_with_fixed_ends_the_rate_is_work_over_duration() -> None:
    blocks = chain(list(range(600, 600 * 30, 600)))
    estimate = window_rate(blocks, window(0, 18_000), "network", COVERED)
    plain_hps = blocks.work_hashes.sum() / 18_000
    assert estimate.n_blocks == 29
    assert estimate.quantiles.median == pytest.approx(plain_hps, rel=1e-3)
    assert estimate.quantity == "hashrate_hps"


def test_over_a_retarget_count_over_exposure_is_unbiased_like_work_over_duration() -> None:
    # One steady hash rate over two difficulties: expected counts give it back exactly.
    blocks = chain([1000, 3000, 5000], bits=[BITS, BITS, HALF_BITS], first_height=EPOCH - 2)
    counted = block_count(blocks, window(1000, 7000), "network", COVERED)
    half = WORK_HASHES / 2
    assert counted.exposure_s_per_hash == pytest.approx(2000 / WORK_HASHES + 4000 / half, rel=1e-6)


def test_the_open_end_is_evidence() -> None:
    blocks = chain(list(range(600, 6001, 600)))
    at_block = window_rate(blocks, window(0, 6001), "network", COVERED)
    hours_later = window_rate(blocks, window(0, 6001 + 4 * 3600), "network", COVERED)
    assert hours_later.n_blocks == at_block.n_blocks == 10
    assert hours_later.quantiles.median == pytest.approx(
        at_block.quantiles.median * 6001 / (6001 + 4 * 3600)
    )


def test_an_empty_window_has_an_upper_limit_and_no_lower() -> None:
    blocks = chain([600, 1200])
    estimate = window_rate(blocks, window(2000, 8000), "network", COVERED)
    assert estimate.n_blocks == 0
    assert estimate.interval(0.9).low == 0
    assert estimate.interval(0.9).high == pytest.approx(WORK_HASHES / 6000 * 2.9957, rel=1e-4)


def test_a_window_holds_its_start_and_not_its_end() -> None:
    blocks = chain([1000, 2000, 3000])
    assert block_count(blocks, window(1000, 3000), "network", COVERED).n_blocks == 2


def test_stale_blocks_are_not_counted() -> None:
    blocks = chain([1000, 2000, 3000])
    stale = BlockColumns.build(
        height=blocks.height, header_s=blocks.header_s, bits=blocks.bits, stale=[0, 1, 0]
    )
    assert block_count(stale, window(0, 4000), "network", COVERED).n_blocks == 2


@pytest.mark.parametrize("span", [(0, 500), (900, 2000), (400, 1200)])
def test_a_window_that_was_not_observed_is_refused(span: tuple[float, float]) -> None:
    with pytest.raises(NoCoverage):
        window_rate(chain([600]), window(*span), "network", covered(450, 1000))


@pytest.mark.parametrize("subject", ["country:KZ", "asn:9198", "asset:btc"])
def test_blocks_do_not_name_countries(subject: str) -> None:
    with pytest.raises(UsageError) as caught:
        window_rate(chain([600]), window(0, 1000), subject, COVERED)
    assert caught.value.code == "subject-not-mined"


def test_pools_share_the_exposure_of_the_blocks_that_are_labelled() -> None:
    blocks = _labelled()
    whole = block_count(blocks, window(0, 6000), "network", COVERED)
    one = block_count(blocks, window(0, 6000), "pool:a", COVERED)
    assert (whole.n_blocks, one.n_blocks) == (8, 3)
    assert one.exposure_s_per_hash == pytest.approx(whole.exposure_s_per_hash * 6 / 8)


def test_all_pools_at_once_are_the_pools_one_by_one() -> None:
    blocks = _labelled()
    counted = pool_block_counts(blocks, window(0, 6000), COVERED)
    at_once = {one.subject: rate_of(one) for one in counted.pools}
    assert list(at_once) == ["pool:a", "pool:b", "pool:unknown"]
    for subject, estimate in at_once.items():
        assert estimate == window_rate(blocks, window(0, 6000), subject, COVERED)
    assert (counted.n_labelled, counted.n_unlabelled) == (6, 2)


def test_a_pool_cannot_be_told_where_no_block_was_looked_up() -> None:
    with pytest.raises(NoCoverage) as caught:
        window_rate(chain([600, 1200]), window(0, 6000), "pool:a", COVERED)
    assert caught.value.code == "no-labels"
    with pytest.raises(NoCoverage):
        pool_block_counts(chain([600, 1200]), window(0, 6000), COVERED)


def test_a_pool_that_found_nothing_is_a_finding_and_not_an_error() -> None:
    assert window_rate(_labelled(), window(0, 6000), "pool:gone", COVERED).n_blocks == 0


@settings(deadline=None)
@given(header_s=HEADERS, edges=st.lists(st.integers(0, 100_001), min_size=3, max_size=3))
def test_windows_add_up_whatever_the_order_of_header_times(
    header_s: list[int], edges: list[int]
) -> None:
    a, b, c = sorted(edges)
    if not a < b < c:
        return
    blocks = chain(header_s)
    whole, first, second = block_counts(
        blocks, [window(a, c), window(a, b), window(b, c)], "network", COVERED
    )
    assert whole.n_blocks == first.n_blocks + second.n_blocks
    assert whole.exposure_s_per_hash == pytest.approx(
        first.exposure_s_per_hash + second.exposure_s_per_hash
    )
    assert whole.n_blocks == sum(a <= time_s < c for time_s in header_s)


@settings(deadline=None)
@given(header_s=HEADERS, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_header_times_inside_an_epoch_does_not_matter(
    header_s: list[int], seed: int
) -> None:
    shuffled = np.random.default_rng(seed).permutation(header_s).tolist()
    one = window_rate(chain(header_s), window(0, 50_000), "network", COVERED)
    assert one == window_rate(chain(shuffled), window(0, 50_000), "network", COVERED)


@settings(deadline=None)
@given(header_s=HEADERS, stretch=st.integers(2, 50))
def test_slower_time_is_a_lower_rate(header_s: list[int], stretch: int) -> None:
    one = window_rate(chain(header_s), window(0, 100_001), "network", COVERED)
    slow = chain([time_s * stretch for time_s in header_s])
    other = window_rate(slow, window(0, 100_001 * stretch), "network", COVERED)
    for value, slower in zip(one.quantiles.values, other.quantiles.values, strict=True):
        assert value == pytest.approx(slower * stretch)


def test_a_series_is_the_windows_one_by_one() -> None:
    blocks, coverage = bundled_blocks(), BundledRecord().coverage()
    span = window(1_641_000_000, 1_641_500_000)
    windows = consecutive_windows(span, 43_200, through_s=1_641_379_500)
    series = rate_series(blocks, windows, "pool:antpool", coverage)
    assert [one.window for one in series] == list(windows)
    for estimate in series:
        assert estimate == window_rate(blocks, estimate.window, "pool:antpool", coverage)


def test_consecutive_windows_meet_at_the_instant_asked_for() -> None:
    windows = consecutive_windows(window(0, 100), 30, through_s=50)
    assert [(one.start_s, one.end_s) for one in windows] == [(20, 50), (50, 80)]
    assert consecutive_windows(window(0, 10), 30, through_s=5) == ()
    with pytest.raises(UsageError):
        consecutive_windows(window(0, 10), 0, through_s=5)


def test_between_blocks_only_intervals_count_and_negative_ones_too() -> None:
    one = rate_between_blocks(chain([1000, 2000, 1900, 4000]))
    assert one.quantiles.median == pytest.approx(2.674 * WORK_HASHES / 3000, rel=1e-3)
    assert one == rate_between_blocks(chain([1000, 1500, 1700, 4000]))


def test_an_interval_was_mined_under_the_difficulty_of_the_block_that_ends_it() -> None:
    blocks = chain([0, 1000, 4000], bits=[BITS, BITS, HALF_BITS], first_height=EPOCH - 2)
    exposure = 1000 / WORK_HASHES + 3000 / float(blocks.work_hashes[2])
    assert rate_between_blocks(blocks).quantiles.median == pytest.approx(
        1.6783 / exposure, rel=1e-4
    )


@pytest.mark.parametrize("header_s", [[1000], [2000, 1000], []])
def test_a_rate_between_blocks_needs_time_between_them(header_s: list[int]) -> None:
    with pytest.raises(UsageError):
        rate_between_blocks(chain(header_s))


def test_a_rate_between_blocks_needs_all_the_blocks() -> None:
    gappy = chain([1000, 2000, 3000]).take(np.array([0, 2]))
    with pytest.raises(UsageError) as caught:
        rate_between_blocks(gappy)
    assert caught.value.code == "blocks-not-contiguous"
