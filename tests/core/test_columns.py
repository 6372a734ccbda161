"""Columns and block values say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.block import Block
from hashquake.core.columns import NO_POOL, BlockColumns, concatenate
from hashquake.core.errors import InputError

POOLS = st.sampled_from([None, "antpool", "f2pool", "unknown", "viabtc"])
BLOCKS = st.builds(
    Block,
    height=st.integers(0, 10**6),
    header_s=st.integers(0, 2**32 - 1),
    bits=st.just(0x170B8C8B),
    hash=st.none() | st.binary(min_size=32, max_size=32),
    prev=st.none() | st.binary(min_size=32, max_size=32),
    seen_s=st.none() | st.floats(0, 2e9),
    coinbase=st.none() | st.binary(max_size=100),
    payouts=st.none() | st.lists(st.text(max_size=5), max_size=3).map(tuple),
    pool=POOLS,
    fate=st.sampled_from(["main", "stale"]),
)


@given(st.lists(BLOCKS, max_size=6))
def test_blocks_round_trip(rows: list[Block]) -> None:
    assert list(BlockColumns.from_blocks(rows).blocks()) == rows


@given(st.lists(BLOCKS, max_size=6), st.lists(BLOCKS, max_size=6))
def test_joining_keeps_every_pool(first: list[Block], second: list[Block]) -> None:
    joined = concatenate([BlockColumns.from_blocks(first), BlockColumns.from_blocks(second)])
    assert list(joined.blocks()) == first + second


def test_a_pool_never_looked_up_is_not_the_unknown_pool() -> None:
    columns = BlockColumns.build(
        height=[1, 2], header_s=[0, 0], bits=[1, 1], pool=[None, "unknown"]
    )
    assert columns.pool_code[0] == NO_POOL
    assert columns.is_pool("unknown").tolist() == [False, True]
    assert columns.is_pool("nobody").tolist() == [False, False]


def test_ragged_columns_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        BlockColumns.build(height=[1, 2], header_s=[0], bits=[1, 1])
    assert caught.value.code == "columns-length"
