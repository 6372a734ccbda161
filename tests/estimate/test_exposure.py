"""The difficulty in force and the chance it leaves to find blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.small_chains import BITS, EPOCH, HALF_BITS, WORK_HASHES, chain

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import EPOCH_BLOCKS, next_bits, work_of_bits_hashes
from hashquake.core.errors import NoCoverage
from hashquake.core.network import NETWORKS
from hashquake.datasets.bundled import bundled_blocks
from hashquake.estimate.exposure import work_in_force

TIMES = st.floats(1.61e9, 1.77e9)


def _across_a_retarget(late_s: int = 3000) -> BlockColumns:
    """Three blocks under each difficulty; the first epoch ends with the block at `late_s`."""
    return chain(
        [1000, 2000, late_s, 3300, 4000, 5000],
        bits=[BITS] * 3 + [HALF_BITS] * 3,
        first_height=EPOCH - 3,
    )


def test_under_one_difficulty_exposure_is_time_over_work() -> None:
    force = work_in_force(chain([1000, 2000]))
    assert force.exposure_s_per_hash(0, 10_000)[0] == pytest.approx(10_000 / WORK_HASHES)


def test_difficulty_changes_at_the_last_header_of_the_old_epoch() -> None:
    force = work_in_force(_across_a_retarget())
    half = work_of_bits_hashes(HALF_BITS)
    assert force.change_s.tolist() == [3000.0]
    assert force.exposure_s_per_hash(2500, 3500)[0] == pytest.approx(500 / WORK_HASHES + 500 / half)


def test_a_header_dated_after_its_successor_moves_no_other_piece() -> None:
    # The epoch's last block is dated after two blocks that follow it: the change is there, once.
    force = work_in_force(_across_a_retarget(late_s=4500))
    half = work_of_bits_hashes(HALF_BITS)
    assert force.exposure_s_per_hash(0, 6000)[0] == pytest.approx(4500 / WORK_HASHES + 1500 / half)


def test_after_a_full_epoch_the_difficulty_to_come_is_in_force() -> None:
    header_s = np.arange(EPOCH_BLOCKS) * 500 + 1_000_000
    force = work_in_force(chain(header_s.tolist(), first_height=EPOCH))
    coming = next_bits(BITS, timespan_s=500 * (EPOCH_BLOCKS - 1))
    tail = force.exposure_s_per_hash(header_s[-1], header_s[-1] + 7200)[0]
    assert tail == pytest.approx(7200 / work_of_bits_hashes(coming))
    assert tail < 7200 / WORK_HASHES


def test_without_the_start_of_the_epoch_the_last_difficulty_is_kept() -> None:
    part = chain([1000, 2000], first_height=EPOCH + EPOCH_BLOCKS - 2)
    assert work_in_force(part).work_hashes.tolist() == [WORK_HASHES]


def test_a_network_without_retargets_keeps_its_difficulty() -> None:
    header_s = (np.arange(EPOCH_BLOCKS) * 500 + 1_000_000).tolist()
    force = work_in_force(chain(header_s, first_height=EPOCH), network=NETWORKS["regtest"])
    assert force.work_hashes.tolist() == [WORK_HASHES]


def test_the_bundled_record_computes_each_next_difficulty_from_the_epoch_before() -> None:
    blocks = bundled_blocks()
    starts = np.flatnonzero(blocks.height % EPOCH_BLOCKS == 0)[1:20]
    for at in starts.tolist():
        force = work_in_force(blocks.take(slice(at - EPOCH_BLOCKS, at)))
        assert force.work_hashes[-1] == work_of_bits_hashes(int(blocks.bits[at]))


@settings(deadline=None)
@given(times=st.lists(TIMES, min_size=3, max_size=3))
def test_exposure_adds_up_over_any_split(times: list[float]) -> None:
    force = work_in_force(bundled_blocks())
    a, b, c = sorted(times)
    parts = force.exposure_s_per_hash(a, b)[0] + force.exposure_s_per_hash(b, c)[0]
    assert parts == pytest.approx(force.exposure_s_per_hash(a, c)[0], rel=1e-9, abs=1e-25)


def test_no_block_no_difficulty() -> None:
    with pytest.raises(NoCoverage) as caught:
        work_in_force(BlockColumns.empty())
    assert caught.value.code == "no-difficulty"
