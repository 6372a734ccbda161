"""Rates where an epoch holds blocks of unequal work: the sum of work over time."""

from itertools import pairwise

import numpy as np
import pytest
from tests.small_chains import BITS, HALF_BITS, WORK_HASHES, chain, covered, window

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import column_work_hashes
from hashquake.core.errors import NoCoverage
from hashquake.core.network import MAIN, NETWORKS
from hashquake.estimate.block_count import pool_block_counts
from hashquake.estimate.shares import pool_shares
from hashquake.estimate.window import rate_of, rate_series, window_rate

TESTNET4 = NETWORKS["testnet4"]
EASIEST = 0x1D00FFFF


def mixed(*, pool: list[str] | None = None) -> BlockColumns:
    """Six blocks at the epoch's target, and ten of the easiest between them."""
    bits = [BITS, EASIEST, EASIEST, BITS, BITS, EASIEST, *[EASIEST] * 7, BITS, BITS, BITS]
    return chain([600 * at for at in range(16)], bits=bits, pool=pool)


def test_the_rate_is_the_sum_of_work_over_time() -> None:
    found = window_rate(mixed(), window(0, 9600), "network", covered(), network=TESTNET4)
    assert found.n_blocks == 16
    assert found.quantiles.median == pytest.approx(6 * WORK_HASHES / 9600, rel=1e-3)
    # Ten blocks of next to no work tell next to nothing: the interval is that of six blocks.
    six = chain([1600 * at for at in range(6)])
    plain = window_rate(six, window(0, 9600), "network", covered(), network=MAIN)
    assert found.quantiles.values == pytest.approx(plain.quantiles.values, rel=1e-3)


def test_under_one_difficulty_nothing_changes() -> None:
    blocks = chain([100, 700, 900, 2000, 2500, 2600, 3000])
    by_work = window_rate(blocks, window(0, 3600), "network", covered(), network=TESTNET4)
    by_count = window_rate(blocks, window(0, 3600), "network", covered(), network=MAIN)
    assert by_work.quantiles.values == pytest.approx(by_count.quantiles.values)


def test_an_empty_window_has_the_upper_limit_of_the_epochs_target() -> None:
    found = window_rate(mixed(), window(20_000, 23_600), "network", covered(), network=TESTNET4)
    plain = window_rate(chain([600]), window(20_000, 23_600), "network", covered(), network=MAIN)
    assert found.quantiles.values == pytest.approx(plain.quantiles.values)
    with pytest.raises(NoCoverage):
        window_rate(BlockColumns.empty(), window(0, 1), "network", covered(), network=TESTNET4)


def test_pools_are_weighed_by_their_work() -> None:
    pool = ["a"] + ["b"] * 2 + ["a", "a", "b"] + ["b"] * 7 + ["c", "c", "c"]
    blocks, span = mixed(pool=pool), window(0, 9600)
    shares = pool_shares(blocks, span, covered(), network=TESTNET4)
    found = {one.subject: one.quantiles.median for one in shares.pools}
    assert found["pool:b"] < 0.06  # ten of sixteen blocks, and next to no work
    assert found["pool:a"] == pytest.approx(0.5, abs=0.01)
    counts = pool_block_counts(blocks, span, covered(), network=TESTNET4)
    rates = {one.subject: rate_of(one) for one in counts.pools}
    assert rates["pool:b"].n_blocks == 10
    assert rates["pool:a"].quantiles.median == pytest.approx(3 * WORK_HASHES / 9600, rel=0.03)


def test_blocks_never_looked_up_count_as_a_sample_of_the_work() -> None:
    pool: list[str | None] = ["a", *[None] * 12, "a", "a", None]
    found = window_rate(
        mixed(pool=pool),  # type: ignore[arg-type]
        window(0, 9600),
        "pool:a",
        covered(),
        network=TESTNET4,
    )
    assert found.quantiles.median == pytest.approx(6 * WORK_HASHES / 9600, rel=0.02)


def test_the_interval_covers_what_it_promises() -> None:
    """Half the blocks at the target, half of half its work: both processes of one hash rate."""
    rng = np.random.default_rng(4)
    work = column_work_hashes(np.array([BITS, HALF_BITS], np.uint32))
    rate_hps, span_s, hits, trials = WORK_HASHES / 600, 40 * 600.0 * 2, 0, 400
    for _ in range(trials):
        # Stretches of random difficulty: what is found in each is Poisson at that difficulty.
        edges = np.linspace(0, span_s, 41)
        times: list[float] = []
        bits: list[int] = []
        for start, end in pairwise(edges):
            at = int(rng.integers(2))
            n = int(rng.poisson(rate_hps * (end - start) / work[at]))
            times += sorted(rng.uniform(start, end, n).tolist())
            bits += [(BITS, HALF_BITS)[at]] * n
        blocks = chain(times, bits=bits)
        [found] = rate_series(blocks, [window(0, span_s)], "network", covered(), network=TESTNET4)
        interval = found.quantiles.interval(0.9)
        hits += interval.low <= rate_hps <= interval.high
    assert hits / trials == pytest.approx(0.9, abs=0.045)
