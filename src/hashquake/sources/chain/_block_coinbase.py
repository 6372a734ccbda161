"""Read a block's coinbase where it lies in a block file, and the height it begins with."""

from hashquake.core.coinbase import Coinbase, parse_coinbase
from hashquake.core.errors import FormatError
from hashquake.core.header import HEADER_BYTES
from hashquake.core.network import Network
from hashquake.sources.chain._block_directory import BlockDirectory

PEEK_BYTES = 1024
"""Enough for header and coinbase of nearly every block: one read each."""


def coinbase_at(
    directory: BlockDirectory,
    network: Network,
    *,
    number: int,
    offset_bytes: int,
    size_bytes: int,
    start: bytes = b"",
) -> Coinbase:
    """Read and parse the coinbase of the block whose header begins at an offset.

    Parameters
    ----------
    directory, network : BlockDirectory, Network
        Where the block lies; whose addresses to write.
    number, offset_bytes, size_bytes : int
        The file, the header's place in it, the block's length.
    start : bytes
        The first decoded bytes of the block, where they were read already.

    Raises
    ------
    FormatError
        ``coinbase-malformed``.
    """
    block = start or directory.read(number, offset_bytes, min(PEEK_BYTES, size_bytes))
    try:
        return parse_coinbase(block[_first_transaction(block) :], network)
    except FormatError:
        if len(block) >= size_bytes:
            raise
    # A rare long coinbase, or a malformed one: look at the whole block.
    block = directory.read(number, offset_bytes, size_bytes)
    return parse_coinbase(block[_first_transaction(block) :], network)


def script_height(script: bytes) -> int:
    """Read the number a coinbase script begins with, -1 when it begins with none.

    Source: BIP 34.

    >>> script_height(bytes.fromhex("03a0f30a"))
    717728
    """
    if not script:
        return -1
    first = script[0]
    if first == 0:
        return 0
    if 0x51 <= first <= 0x60:  # OP_1 to OP_16
        return first - 0x50
    if first > 4 or len(script) <= first or script[first] & 0x80:
        return -1
    return int.from_bytes(script[1 : first + 1], "little")


def _first_transaction(block: bytes) -> int:
    """Give where the coinbase begins: behind the header and the count of transactions."""
    count = block[HEADER_BYTES : HEADER_BYTES + 1]
    return HEADER_BYTES + {b"\xfd": 3, b"\xfe": 5, b"\xff": 9}.get(count, 1)
