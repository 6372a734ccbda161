"""Addresses: the vectors of the specifications, and an encoder read back by another's rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.address_oracle import script_of_address

from hashquake.core.address import address_of_script
from hashquake.core.network import MAIN, NETWORKS

# BIP 350, "Test vectors for v0-v16 native segregated witness addresses" (those in lower case).
BIP_350 = [
    (
        "main",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "0014751e76e8199196d454941c45d1b3a323f1433bd6",
    ),
    (
        "testnet4",
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
    ),
    (
        "main",
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
    ),
    ("main", "bc1sw50qgdz25j", "6002751e"),
    ("main", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323"),
    (
        "signet",
        "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
        "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        "testnet3",
        "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
        "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        "main",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    ),
]
# Widely published: the genesis block's key hash, BIP 16's kind of script, a testnet key hash.
BASE58 = [
    (
        "main",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac",
    ),
    ("main", "1111111111111111111114oLvT2", "76a914" + "00" * 20 + "88ac"),
    (
        "main",
        "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
        "a914e9c3dd0c07aac76179ebc76a6c78d4d67c6c160a87",
    ),
    (
        "regtest",
        "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
        "76a914243f1394f44554f4ce3fd68649c19adc483ce92488ac",
    ),
]


@pytest.mark.parametrize(("network", "address", "script"), BIP_350 + BASE58)
def test_published_vectors(network: str, address: str, script: str) -> None:
    assert address_of_script(bytes.fromhex(script), NETWORKS[network]) == address


@given(st.binary(min_size=20, max_size=32), st.sampled_from(sorted(NETWORKS)), st.integers(0, 16))
def test_every_address_reads_back(program: bytes, network: str, version: int) -> None:
    witness = bytes([0x50 + version if version else 0])
    scripts = [
        b"\x76\xa9\x14" + program[:20] + b"\x88\xac",
        b"\xa9\x14" + program[:20] + b"\x87",
        witness + b"\x14" + program[:20],
        witness + bytes([len(program)]) + program,
    ]
    for script in scripts:
        address = address_of_script(script, NETWORKS[network])
        if address is None:
            assert version == 0
            assert len(program) not in (20, 32)
        else:
            assert script_of_address(address) == script


@pytest.mark.parametrize(
    "script",
    ["", "6a", "21" + "02" * 33 + "ac", "0014", "0015" + "00" * 21, "51", "5101aa", "76a914" * 9],
)
def test_other_scripts_have_no_address(script: str) -> None:
    assert address_of_script(bytes.fromhex(script), MAIN) is None


@given(st.binary(max_size=60))
def test_any_script_is_an_address_or_none(script: bytes) -> None:
    address = address_of_script(script)
    assert address is None or script_of_address(address) == script
