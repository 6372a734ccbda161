"""The coinbase transaction: the script a miner signs his block with, and whom it pays."""

from dataclasses import dataclass

from hashquake.core.address import address_of_script
from hashquake.core.errors import FormatError
from hashquake.core.network import MAIN, Network

_MAX_SCRIPT_BYTES = 10_000
_MAX_OUTPUTS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Coinbase:
    """The parts of a coinbase transaction that tell who mined.

    Parameters
    ----------
    script : bytes
        The input's script: height, tag, extra nonce; hostile.
    payouts : tuple of str
        Addresses of the outputs that have one, in order.
    """

    script: bytes
    payouts: tuple[str, ...]


def parse_coinbase(raw: bytes, network: Network = MAIN) -> Coinbase:
    """Read a coinbase transaction; bytes after it (the rest of a block) are ignored.

    Parameters
    ----------
    raw : bytes
        The transaction from its version on, with or without a witness.
    network : Network
        Whose addresses to write.

    Raises
    ------
    FormatError
        ``coinbase-malformed`` when it is cut short or is no coinbase.
    """
    try:
        at = 4
        if raw[at] == 0:  # segregated witness: marker 0, flag
            at += 2
        inputs, at = _varint(raw, at)
        if inputs != 1 or raw[at : at + 32] != bytes(32):
            raise FormatError("the first transaction is no coinbase", code="coinbase-malformed")
        length, at = _varint(raw, at + 36)
        if length > _MAX_SCRIPT_BYTES:
            raise FormatError("the coinbase script is too long", code="coinbase-malformed")
        script, at = _taken(raw, at, length)
        outputs, at = _varint(raw, at + 4)
        if outputs > _MAX_OUTPUTS:
            raise FormatError("the coinbase has too many outputs", code="coinbase-malformed")
        payouts = []
        for _ in range(outputs):
            length, at = _varint(raw, at + 8)
            output, at = _taken(raw, at, length)
            address = address_of_script(output, network)
            if address is not None:
                payouts.append(address)
    except IndexError:
        raise FormatError("the coinbase transaction is cut short", code="coinbase-malformed") from (
            None
        )
    return Coinbase(script=script, payouts=tuple(payouts))


def _taken(raw: bytes, at: int, length: int) -> tuple[bytes, int]:
    if at + length > len(raw):
        raise IndexError
    return bytes(raw[at : at + length]), at + length


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    first = raw[at]
    if first < 0xFD:
        return first, at + 1
    width = 2 << (first - 0xFD)
    digits, end = _taken(raw, at + 1, width)
    return int.from_bytes(digits, "little"), end
