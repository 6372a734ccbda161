"""Difficulty exactly as consensus has it: compact bits, targets, work and the retarget rule.

Source: Bitcoin Core ``arith_uint256`` (compact form) and ``pow.cpp`` (retarget), key
``bitcoin-core`` in ``docs/refs.bib``.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import InputError
from hashquake.core.hostile_text import visible_repr

EPOCH_BLOCKS = 2016
BLOCK_TARGET_S = 600
EPOCH_TARGET_S = EPOCH_BLOCKS * BLOCK_TARGET_S
DIFFICULTY_1_TARGET = 0xFFFF << 208
WORK_PER_DIFFICULTY_HASHES = 2**48 / 65535
"""Hashes a block of difficulty 1 takes on average."""
_CLAMP = 4


@lru_cache(maxsize=4096)
def target_of_bits(bits: int) -> int:
    """Expand compact bits to the 256-bit target.

    Parameters
    ----------
    bits : int
        As in a header.

    Raises
    ------
    InputError
        ``bits-malformed`` for what is not a number of 32 bits, and for zero, negative or
        overflowing targets, which no block may have.

    Examples
    --------
    >>> f"{target_of_bits(0x1D00FFFF):064x}"
    '00000000ffff0000000000000000000000000000000000000000000000000000'
    """
    # Before any arithmetic: the exponent of a longer number would ask for gigabytes.
    if not 0 < bits < 1 << 32:
        raise InputError(
            f"bits must be a number of 32 bits over 0, got {visible_repr(bits, limit=30)}",
            code="bits-malformed",
        )
    exponent, mantissa = bits >> 24, bits & 0x007FFFFF
    target = mantissa << (8 * (exponent - 3)) if exponent > 3 else mantissa >> (8 * (3 - exponent))
    if bits & 0x00800000 or target == 0 or target >> 256:
        raise InputError(f"bits {bits:#010x} do not encode a target", code="bits-malformed")
    return target


def bits_of_target(target: int) -> int:
    """Compress a target to compact bits, cutting what does not fit as consensus does.

    Parameters
    ----------
    target : int
        Over 0, under 2^256.

    Examples
    --------
    >>> f"{bits_of_target(target_of_bits(0x170B8C8B)):#x}"
    '0x170b8c8b'
    """
    size = (target.bit_length() + 7) // 8
    mantissa = target << (8 * (3 - size)) if size <= 3 else target >> (8 * (size - 3))
    if mantissa & 0x00800000:  # the sign bit: shift one byte further
        mantissa >>= 8
        size += 1
    return size << 24 | mantissa


@lru_cache(maxsize=4096)
def difficulty_of_bits(bits: int) -> float:
    """Return the difficulty of compact bits, 1 being the easiest on mainnet.

    Parameters
    ----------
    bits : int
        As in a header.

    Raises
    ------
    InputError
        ``bits-malformed``.

    Examples
    --------
    >>> difficulty_of_bits(0x170B8C8B)
    24371874614345.62
    """
    return DIFFICULTY_1_TARGET / target_of_bits(bits)


@lru_cache(maxsize=4096)
def work_of_bits_hashes(bits: int) -> float:
    """Return the hashes a block with these bits takes on average.

    Parameters
    ----------
    bits : int
        As in a header.

    Raises
    ------
    InputError
        ``bits-malformed``.
    """
    return difficulty_of_bits(bits) * WORK_PER_DIFFICULTY_HASHES


def column_work_hashes(bits: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Return the mean work of each block.

    Parameters
    ----------
    bits : array of uint32, shape (n,)
        Compact bits.

    Returns
    -------
    array of float64, shape (n,)
        Hashes.
    """
    distinct, where = np.unique(bits, return_inverse=True)
    return np.array([work_of_bits_hashes(int(b)) for b in distinct], dtype=np.float64)[where]


def next_bits(bits: int, *, timespan_s: int, pow_limit: int = DIFFICULTY_1_TARGET) -> int:
    """Apply the retarget rule at the end of an epoch.

    Parameters
    ----------
    bits : int
        The epoch's compact bits.
    timespan_s : int
        Header time of the epoch's last block minus that of its first: 2,015 intervals.
    pow_limit : int
        The easiest target the network allows.

    Returns
    -------
    int
        The compact bits of the next epoch.

    Raises
    ------
    InputError
        ``bits-malformed``.

    Examples
    --------
    Height 717696, on 8 January 2022:

    >>> f"{next_bits(0x170B98AB, timespan_s=1_204_660):#x}"
    '0x170b8c8b'
    """
    clamped_s = min(max(timespan_s, EPOCH_TARGET_S // _CLAMP), EPOCH_TARGET_S * _CLAMP)
    return bits_of_target(min(target_of_bits(bits) * clamped_s // EPOCH_TARGET_S, pow_limit))
