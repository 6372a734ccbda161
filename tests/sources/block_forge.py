"""Make regtest blocks and write them as Bitcoin Core does: any order, any key, any tail."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle
from operator import xor
from pathlib import Path

from hashquake.core.header import double_sha256
from hashquake.core.network import NETWORKS, Network

REGTEST = NETWORKS["regtest"]
EASY_BITS = 0x207FFFFF
START_S = 1_600_000_000
PAYOUT_SCRIPT = bytes.fromhex("0014751e76e8199196d454941c45d1b3a323f1433bd6")
"""The script of BIP 173's own example, whose regtest address is widely published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgedBlock:
    """A block as bytes, with what a reader should find in it."""

    raw: bytes
    height: int
    hash: bytes
    prev: bytes
    header_s: int
    script: bytes


def script_number(height: int) -> bytes:
    """Push a height as BIP 34 wants it."""
    if height == 0:
        return b"\x00"
    if height <= 16:
        return bytes([0x50 + height])
    digits = height.to_bytes((height.bit_length() + 8) // 8, "little")
    return bytes([len(digits)]) + digits


def coinbase_transaction(
    script: bytes, *, witness: bool = False, value_sat: int = 50 * 10**8
) -> bytes:
    """Write a coinbase that pays one address."""
    return transaction(script, PAYOUT_SCRIPT, witness=witness, value_sat=value_sat)


def transaction(
    script: bytes, pays: bytes, *, witness: bool = False, value_sat: int = 50 * 10**8
) -> bytes:
    """Write a transaction of one input, which spends nothing, and one output."""
    marker, stack = (b"\0\1", b"\1\x20" + bytes(32)) if witness else (b"", b"")
    return (
        struct.pack("<i", 2)
        + marker
        + b"\1"
        + bytes(32)
        + b"\xff" * 4
        + bytes([len(script)])
        + script
        + b"\xff" * 4
        + b"\1"
        + struct.pack("<q", value_sat)
        + (bytes([len(pays)]) if len(pays) < 0xFD else b"\xfd" + struct.pack("<H", len(pays)))
        + pays
        + stack
        + bytes(4)
    )


def forge_block(
    height: int,
    prev: bytes,
    *,
    header_s: int | None = None,
    tag: bytes = b"/forge/",
    bits: int = EASY_BITS,
    proven: bool = True,
    script: bytes | None = None,
    padding: int = 0,
    witness: bool = False,
    version: int = 4,
    value_sat: int = 50 * 10**8,
) -> ForgedBlock:
    """Mine a block; with `proven` false, one whose hash misses its target.

    With `padding` a second transaction follows the coinbase, with as many bytes in its output.
    A node that checks blocks takes late ones that pay nothing: regtest halves each 150 blocks.
    """
    script = script_number(height) + tag if script is None else script
    header_s = START_S + 600 * height if header_s is None else header_s
    root = double_sha256(
        coinbase_transaction(script, value_sat=value_sat)
    )  # hashed without its witness
    body = coinbase_transaction(script, witness=witness, value_sat=value_sat)
    if padding:
        second = transaction(b"", b"\x5a" * padding)
        root = double_sha256(root + double_sha256(second))
        body += second
    exponent, mantissa = bits >> 24, bits & 0xFFFFFF
    target = mantissa << 8 * (exponent - 3)
    nonce = 0
    while True:
        header = struct.pack("<i32s32sIII", version, prev, root, header_s, bits, nonce)
        digest = double_sha256(header)
        if (int.from_bytes(digest, "little") <= target) == proven:
            break
        nonce += 1
    return ForgedBlock(
        raw=header + (b"\2" if padding else b"\1") + body,
        height=height,
        hash=digest,
        prev=prev,
        header_s=header_s,
        script=script,
    )


def forge_chain(
    count: int,
    *,
    first_height: int = 0,
    prev: bytes = bytes(32),
    tag: bytes = b"/forge/",
    padding: int = 0,
) -> list[ForgedBlock]:
    """Mine blocks on top of one another."""
    chain: list[ForgedBlock] = []
    for height in range(first_height, first_height + count):
        chain.append(forge_block(height, prev, tag=tag, padding=padding))
        prev = chain[-1].hash
    return chain


def record_bytes(block: ForgedBlock, network: Network = REGTEST) -> bytes:
    """Frame a block as in a block file."""
    return network.magic + struct.pack("<I", len(block.raw)) + block.raw


def encoded(plain: bytes, key: bytes) -> bytes:
    """Put the XOR key on, byte by byte: the slow twin of what the reader does."""
    return bytes(map(xor, plain, cycle(key)))


def write_files(
    folder: Path,
    files: Sequence[Iterable[ForgedBlock]],
    *,
    key: bytes | None = None,
    tails: Sequence[int] = (),
    first_number: int = 0,
    network: Network = REGTEST,
) -> Path:
    """Write block files (and ``xor.dat``); tails are zeros as Core sets files aside."""
    folder.mkdir(parents=True, exist_ok=True)
    if key is not None:
        (folder / "xor.dat").write_bytes(key)
    for at, blocks in enumerate(files):
        plain = b"".join(record_bytes(block, network) for block in blocks)
        tail = bytes(tails[at]) if at < len(tails) else b""
        name = f"blk{first_number + at:05d}.dat"
        (folder / name).write_bytes(encoded(plain, key or bytes(8)) + tail)
    return folder
