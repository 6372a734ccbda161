"""The coinbase transaction: the script a miner signs his block with, and whom it pays."""

from dataclasses import dataclass

from hashquake.core.address import address_of_script
from hashquake.core.errors import FormatError
from hashquake.core.header import HEADER_BYTES
from hashquake.core.network import MAIN, Network

_NO_OUTPUT = bytes(32)
"""The transaction a coinbase spends from: none."""
_MAX_SCRIPT_BYTES = 10_000
_MAX_OUTPUTS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Coinbase:
    """The parts of a coinbase transaction that show who mined.

    Parameters
    ----------
    script : bytes
        The input's script: height, tag, extra nonce; hostile.
    payouts : tuple of str
        Addresses of the outputs that have one, in their order.
    """

    script: bytes
    payouts: tuple[str, ...]


def parse_coinbase(raw: bytes, network: Network = MAIN, *, start: int = 0) -> Coinbase:
    """Read a coinbase transaction; bytes after it (the rest of a block) are ignored.

    Parameters
    ----------
    raw : bytes
        The transaction from its version on, with or without a witness.
    network : Network
        Whose addresses to write.
    start : int
        Where in `raw` the transaction begins, bytes.

    Raises
    ------
    FormatError
        ``coinbase-malformed`` when it is cut short or is not a coinbase.
    """
    try:
        at = start + 4
        if raw[at] == 0:  # segregated witness: marker 0, flag
            at += 2
        if raw[at] != 1 or raw[at + 1 : at + 33] != _NO_OUTPUT:
            if at + 33 > len(raw):
                raise IndexError  # noqa: TRY301  one place words what is cut short
            raise FormatError("the first transaction is not a coinbase", code="coinbase-malformed")
        length, at = _varint(raw, at + 37)
        if length > _MAX_SCRIPT_BYTES:
            raise FormatError("the coinbase script is too long", code="coinbase-malformed")
        script = raw[at : at + length]
        payouts = _payouts(raw, at + length + 4, network)
    except IndexError:
        raise FormatError("the coinbase transaction is cut short", code="coinbase-malformed") from (
            None
        )
    return Coinbase(script=script, payouts=payouts)


def _payouts(raw: bytes, at: int, network: Network) -> tuple[str, ...]:
    outputs, at = _varint(raw, at)
    if outputs > _MAX_OUTPUTS:
        raise FormatError("the coinbase has too many outputs", code="coinbase-malformed")
    payouts = []
    for _ in range(outputs):
        at += 8
        length = raw[at]
        at += 1
        if length >= 0xFD:
            length, at = _varint(raw, at - 1)
        address = address_of_script(raw[at : at + length], network)
        at += length
        if address is not None:
            payouts.append(address)
    if at > len(raw):
        raise IndexError
    return tuple(payouts)


def coinbase_of_block(block: bytes, network: Network = MAIN) -> Coinbase:
    """Read the coinbase of a block, or of enough of a block's first bytes.

    Parameters
    ----------
    block : bytes
        The block from its header on.
    network : Network
        Whose addresses to write.

    Raises
    ------
    FormatError
        ``coinbase-malformed``.
    """
    count = block[HEADER_BYTES] if len(block) > HEADER_BYTES else 0
    # The number of transactions lies between: 1 byte, or as many more as its first byte says.
    start = HEADER_BYTES + (
        1 if count < 0xFD else 3 if count == 0xFD else 5 if count == 0xFE else 9
    )
    return parse_coinbase(block, network, start=start)


def script_height(script: bytes) -> int:
    """Return the number a coinbase script begins with, -1 when it does not begin with a number.

    Source: BIP 34.

    >>> script_height(bytes.fromhex("03a0f30a"))
    717728

    Parameters
    ----------
    script : bytes
        The coinbase's input script.
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


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    first = raw[at]
    if first < 0xFD:
        return first, at + 1
    end = at + 1 + (2 << (first - 0xFD))
    if end > len(raw):
        raise IndexError
    return int.from_bytes(raw[at + 1 : end], "little"), end
