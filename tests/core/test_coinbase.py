"""Headers and coinbase transactions, on real ones."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.coinbase import parse_coinbase
from hashquake.core.errors import FormatError
from hashquake.core.header import hash_bytes, hash_text, parse_header

# Height 717696 as mined on 8 January 2022 (OKEx pool); source: dcposch/btcmirror, MIT.
HEADER_717696 = bytes.fromhex(
    "000040209acaa5d26d392ace656c2428c991b0a3d3d773845a1300000000000000000000aa8e225b1f3ea6c4b7af"
    "d5aa1cecf691a8beaa7fa1e579ce240e4a62b5ac8ecc2141d9618b8c0b170d5c05bb"
)
# The genesis coinbase, from every implementation of Bitcoin.
GENESIS = bytes.fromhex(
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d"
    "0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66"
    "207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe55"
    "48271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba"
    "0b8d578a4c702b6bf11d5fac00000000"
)


def test_a_real_header_is_taken_apart() -> None:
    header = parse_header(HEADER_717696)
    assert hash_text(header.hash) == (
        "0000000000000000000335dd327bde445d83f1ce40af2736a7c279045b9a55bf"
    )
    assert (header.header_s, header.bits) == (1641627937, 0x170B8C8B)
    assert header.meets_target


def test_a_changed_header_fails_proof_of_work() -> None:
    assert not parse_header(HEADER_717696[:-1] + b"\0").meets_target


def test_hashes_round_trip_and_garbage_is_refused() -> None:
    digest = parse_header(HEADER_717696).hash
    assert hash_bytes(hash_text(digest)) == digest
    for text in ("", "zz" * 32, "00" * 31):
        with pytest.raises(FormatError):
            hash_bytes(text)


def test_the_genesis_coinbase_speaks() -> None:
    coinbase = parse_coinbase(GENESIS)
    assert b"Chancellor on brink" in coinbase.script


@given(st.integers(0, len(GENESIS) - 5))
def test_a_coinbase_cut_short_is_said_to_be(length: int) -> None:
    with pytest.raises(FormatError) as caught:
        parse_coinbase(GENESIS[:length])
    assert caught.value.code == "coinbase-malformed"


@given(st.binary(max_size=300))
def test_any_bytes_are_a_coinbase_or_a_clear_error(raw: bytes) -> None:
    with contextlib.suppress(FormatError):
        assert parse_coinbase(raw).script in raw
