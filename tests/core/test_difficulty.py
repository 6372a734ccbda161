"""Compact bits, targets and the retarget rule, against real headers and consensus corner cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.difficulty import (
    DIFFICULTY_1_TARGET,
    EPOCH_TARGET_S,
    bits_of_target,
    column_work_hashes,
    difficulty_of_bits,
    next_bits,
    target_of_bits,
    work_of_bits_hashes,
)
from hashquake.core.errors import InputError

FULL_MANTISSAS = st.integers(0x008000, 0x7FFFFF)


def test_difficulty_of_known_epochs() -> None:
    assert difficulty_of_bits(0x1D00FFFF) == 1.0
    assert difficulty_of_bits(0x170B8C8B) == pytest.approx(24_371_874_614_345.62, abs=0.005)
    assert difficulty_of_bits(0x170D8457) == pytest.approx(20_823_531_150_111.52, abs=0.005)


def test_work_is_difficulty_times_two_to_48_over_65535() -> None:
    assert work_of_bits_hashes(0x1D00FFFF) == 2**48 / 65535


@given(exponent=st.integers(4, 32), mantissa=FULL_MANTISSAS)
def test_compact_form_round_trips(exponent: int, mantissa: int) -> None:
    bits = exponent << 24 | mantissa
    assert bits_of_target(target_of_bits(bits)) == bits


@pytest.mark.parametrize("bits", [0, 0x01000000, 0x04923456, 0xFF123456, -1, 1 << 32])
def test_malformed_bits_are_refused(bits: int) -> None:
    with pytest.raises(InputError) as caught:
        target_of_bits(bits)
    assert caught.value.code == "bits-malformed"


@given(bits=st.integers(0x17008000, 0x1A7FFFFF).filter(lambda b: 0x8000 <= b & 0xFFFFFF < 0x800000))
def test_an_epoch_on_time_keeps_its_bits(bits: int) -> None:
    assert next_bits(bits, timespan_s=EPOCH_TARGET_S) == bits


@pytest.mark.parametrize(("timespan_s", "ratio"), [(1, 4), (10 * EPOCH_TARGET_S, 0.25)])
def test_a_retarget_is_clamped_to_a_factor_of_four(timespan_s: int, ratio: float) -> None:
    bits = 0x170B8C8B
    moved = next_bits(bits, timespan_s=timespan_s)
    # The compact form keeps 15 to 23 bits of a target and cuts the rest.
    assert difficulty_of_bits(moved) / difficulty_of_bits(bits) == pytest.approx(ratio, rel=2**-15)


def test_difficulty_never_falls_under_one() -> None:
    slow = next_bits(0x1D00FFFF, timespan_s=4 * EPOCH_TARGET_S)
    assert target_of_bits(slow) == DIFFICULTY_1_TARGET


def test_columns_agree_with_single_blocks() -> None:
    bits = np.array([0x170B8C8B, 0x1D00FFFF, 0x170B8C8B], np.uint32)
    assert column_work_hashes(bits).tolist() == [work_of_bits_hashes(int(b)) for b in bits]


@pytest.mark.parametrize("bits", [2**56 + 1, 1 << 32, -1, 0, 10**4999, 1 << 40_000], ids=range(6))
def test_numbers_that_are_no_bits_cost_nothing(bits: int) -> None:
    with pytest.raises(InputError) as caught:
        target_of_bits(bits)
    assert caught.value.code == "bits-malformed"
    assert len(caught.value.message) < 120
