"""The rules of the chain, on the real record and on the real block that broke one."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.chain import check_chain
from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.core.errors import ChainError
from hashquake.datasets.bundled import bundled_blocks

# The header at height 717696 that kept the old epoch's bits, was relayed on 8 January 2022 and
# refused by every node; source: stale and invalid headers of deadmanoz/merge-mining-research.
INVALID_717696 = (1641628567, 0x170B98AB)


def _part(first: int, last: int) -> BlockColumns:
    blocks = bundled_blocks()
    origin = int(blocks.height[0])
    return blocks.take(slice(first - origin, last + 1 - origin))


def test_the_bundled_record_keeps_every_rule_in_139_epochs() -> None:
    state = check_chain(bundled_blocks())
    assert state.height == 946236
    first, last = bundled_blocks().height[[0, -1]]
    assert (last + 1) // EPOCH_BLOCKS + -first // EPOCH_BLOCKS == 139


def test_the_real_invalid_block_at_717696_is_refused() -> None:
    good = _part(715680, 717695)
    header_s, bits = INVALID_717696
    bad = BlockColumns.build(height=[717696], header_s=[header_s], bits=[bits])
    with pytest.raises(ChainError) as caught:
        check_chain(bad, check_chain(good))
    assert (caught.value.code, caught.value.height) == ("bits-retarget", 717696)
    assert "0x170b8c8b" in caught.value.message


@given(cuts=st.lists(st.integers(0, 5000), max_size=5).map(sorted))
def test_checking_a_whole_equals_checking_any_split(cuts: list[int]) -> None:
    blocks = _part(717000, 722000)
    state = None
    for start, stop in zip([0, *cuts], [*cuts, len(blocks)], strict=True):
        state = check_chain(blocks.take(slice(start, stop)), state)
    assert state == check_chain(blocks)


def _moved(column: str, at: int, by: int) -> Callable[[BlockColumns], BlockColumns]:
    def move(blocks: BlockColumns) -> BlockColumns:
        values = getattr(blocks, column).copy()
        values[at] += by
        return replace(blocks, **{column: values})

    return move


@pytest.mark.parametrize(
    ("damage", "code", "height"),
    [
        (lambda b: b.take(np.delete(np.arange(len(b)), 50)), "height-gap", 715730),
        (lambda b: b.take(np.insert(np.arange(len(b)), 50, 50)), "height-duplicate", 715730),
        (lambda b: b.take(np.arange(len(b))[::-1]), "height-order", 717695 - 1),
        (_moved("header_s", 60, -30_000), "time-too-old", 715740),
        (_moved("bits", 60, 1), "bits-retarget", 715740),
    ],
)
def test_damage_is_an_error_with_its_height(
    damage: Callable[[BlockColumns], BlockColumns], code: str, height: int
) -> None:
    with pytest.raises(ChainError) as caught:
        check_chain(damage(_part(715680, 717695)))
    assert (caught.value.code, caught.value.height) == (code, height)


def test_a_time_that_moves_an_epoch_end_breaks_the_next_bits() -> None:
    blocks = _moved("header_s", 2015, 60)(_part(715680, 717700))
    with pytest.raises(ChainError) as caught:
        check_chain(blocks)
    assert (caught.value.code, caught.value.height) == ("bits-retarget", 717696)


def test_a_header_from_the_future_is_refused() -> None:
    block = BlockColumns.build(
        height=[1], header_s=[1_641_379_500], bits=[0x170B8C8B], seen_s=[1_641_379_500 - 7201]
    )
    with pytest.raises(ChainError) as caught:
        check_chain(block)
    assert caught.value.code == "time-too-new"


def test_a_block_on_another_parent_is_refused() -> None:
    one = BlockColumns.build(height=[10], header_s=[1000], bits=[0x170B8C8B], hash=[b"a" * 32])
    two = BlockColumns.build(height=[11], header_s=[1600], bits=[0x170B8C8B], prev=[b"b" * 32])
    with pytest.raises(ChainError) as caught:
        check_chain(concatenate([one, two]))
    assert (caught.value.code, caught.value.height) == ("prev-mismatch", 11)
