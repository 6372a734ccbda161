"""The 80-byte block header."""

import struct
from dataclasses import dataclass
from hashlib import sha256

from hashquake.core.difficulty import target_of_bits
from hashquake.core.errors import FormatError

HEADER_BYTES = 80
_LAYOUT = struct.Struct("<i32s32sIII")


def double_sha256(data: bytes) -> bytes:
    """Hash twice, as Bitcoin does for headers and transactions.

    Parameters
    ----------
    data : bytes
        Any number of bytes.
    """
    return sha256(sha256(data).digest()).digest()


def hash_text(digest: bytes) -> str:
    """Write a block hash as people do: reversed, in hexadecimal.

    Parameters
    ----------
    digest : bytes
        32 bytes in the order in which they are hashed.
    """
    return digest[::-1].hex()


def hash_bytes(text: str) -> bytes:
    """Read a block hash written as people do.

    Parameters
    ----------
    text : str
        64 hexadecimal digits.

    Raises
    ------
    FormatError
        ``hash-malformed`` when it is not 64 hexadecimal digits.
    """
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise FormatError(f"{text[:80]!r} is not a block hash", code="hash-malformed")
    return digest[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A block header taken apart.

    Parameters
    ----------
    hash, prev, merkle_root : bytes
        32 bytes each, in the order they are hashed (people write them reversed).
    header_s : int
        The miner's clock, UTC Unix seconds.
    bits, nonce, version : int
        As in the header.
    """

    version: int
    hash: bytes
    prev: bytes
    merkle_root: bytes
    header_s: int
    bits: int
    nonce: int

    @property
    def meets_target(self) -> bool:
        """Whether the hash is small enough for the bits claimed."""
        return int.from_bytes(self.hash, "little") <= target_of_bits(self.bits)


def parse_header(raw: bytes) -> Header:
    """Take a header apart and hash it.

    Parameters
    ----------
    raw : bytes
        80 bytes.

    Raises
    ------
    FormatError
        ``header-length`` when it is not 80 bytes.
    """
    if len(raw) != HEADER_BYTES:
        raise FormatError(
            f"a block header has {HEADER_BYTES} bytes, not {len(raw)}", code="header-length"
        )
    version, prev, merkle_root, header_s, bits, nonce = _LAYOUT.unpack(raw)
    return Header(
        version=version,
        hash=double_sha256(raw),
        prev=prev,
        merkle_root=merkle_root,
        header_s=header_s,
        bits=bits,
        nonce=nonce,
    )
