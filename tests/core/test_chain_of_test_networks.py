"""Bits of the networks that do not follow the plain retarget rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.chain import ChainState, check_chain
from hashquake.core.columns import BlockColumns
from hashquake.core.errors import ChainError, InputError
from hashquake.core.network import NETWORKS

TESTNETS = [NETWORKS["testnet3"], NETWORKS["testnet4"]]
REGTEST = NETWORKS["regtest"]
EASIEST, OWN, OTHER = 0x1D00FFFF, 0x1902F07E, 0x1902F07D
FIRST = 2016 * 100 + 5


def blocks(rows: list[tuple[int, int]], first: int = FIRST) -> BlockColumns:
    """Build blocks of ``(seconds after the one before, bits)``."""
    steps, bits = zip(*rows, strict=True)
    return BlockColumns.build(
        height=np.arange(first, first + len(rows)),
        header_s=1_790_000_000 + np.cumsum(steps),
        bits=bits,
    )


def checked(whole: BlockColumns, cut: int) -> ChainState:
    """Check a run part by part."""
    state = ChainState()
    for start in range(0, len(whole), cut):
        state = check_chain(whole.take(slice(start, start + cut)), state, network=TESTNETS[1])
    return state


@pytest.mark.parametrize("network", TESTNETS, ids=lambda network: network.name)
def test_an_easy_block_may_follow_twenty_minutes(network: object) -> None:
    rows = [(600, OWN), (1201, EASIEST), (300, OWN), (5000, EASIEST), (1201, EASIEST), (1, OWN)]
    state = check_chain(blocks(rows), network=network)  # type: ignore[arg-type]
    assert state.epoch_bits == OWN


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([(600, OWN), (1200, EASIEST)], 1),
        ([(600, OWN), (600, OTHER)], 1),
        ([(600, OWN), (1300, EASIEST), (600, OTHER)], 2),
    ],
)
@pytest.mark.parametrize("cut", [1, 2, 9])
def test_other_changes_of_bits_inside_an_epoch_are_refused(
    rows: list[tuple[int, int]], at: int, cut: int
) -> None:
    with pytest.raises(ChainError) as caught:
        checked(blocks(rows), cut)
    assert (caught.value.code, caught.value.height) == ("bits-retarget", FIRST + at)


def test_a_new_epoch_may_have_other_bits() -> None:
    rows = [(600, OWN), (600, OTHER), (600, OTHER)]
    state = check_chain(blocks(rows, first=2016 * 100 - 1), network=TESTNETS[0])
    assert state.epoch_bits == OTHER


@given(
    st.lists(
        st.sampled_from([(600, OWN), (1201, EASIEST), (1300, OWN), (1, OWN)]),
        min_size=2,
        max_size=40,
    ),
    st.integers(1, 7),
)
def test_a_whole_run_equals_its_parts(rows: list[tuple[int, int]], cut: int) -> None:
    whole = blocks(rows, first=2016 * 100 - 8)
    assert checked(whole, cut) == check_chain(whole, network=TESTNETS[1])


def test_regtest_keeps_the_bits_of_the_block_before() -> None:
    check_chain(blocks([(600, 0x207FFFFF)] * 5), network=REGTEST)
    with pytest.raises(ChainError) as caught:
        check_chain(blocks([(600, 0x207FFFFF), (600, 0x1F7FFFFF)]), network=REGTEST)
    assert (caught.value.code, caught.value.height) == ("bits-retarget", FIRST + 1)


@pytest.mark.parametrize("bits", [1 << 32, 2**56 + 1, -1, 10**4999], ids=range(4))
def test_bits_out_of_range_are_refused_before_any_arithmetic(bits: int) -> None:
    with pytest.raises(InputError) as caught:
        BlockColumns.build(height=[1], header_s=[1], bits=[bits])
    assert caught.value.code == "bits-malformed"
