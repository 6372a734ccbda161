"""Whether a block is whole: its transactions hash to the Merkle root in its header.

Reading a block to its end is slow, so it is done only where a block file gives reason to doubt.

Source: Bitcoin Core ``consensus/merkle.cpp`` and ``primitives/transaction.h``, key
``bitcoin-core`` in ``docs/refs.bib``.
"""

from hashquake.core.header import HEADER_BYTES, double_sha256

_ROOT = slice(36, 68)


def is_whole(block: bytes) -> bool:
    """Return whether a block's bytes hold every transaction its header commits to.

    Parameters
    ----------
    block : bytes
        The block from its header on; bytes after its last transaction are ignored, as a node does.
    """
    try:
        count, at = _varint(block, HEADER_BYTES)
        hashes: list[bytes] = []
        for _ in range(count):
            digest, at = _transaction(block, at)
            hashes.append(digest)
    except IndexError:
        return False
    return bool(hashes) and _merkle_root(hashes) == block[_ROOT]


def _transaction(block: bytes, start: int) -> tuple[bytes, int]:
    """Return a transaction's hash, witness left out, and where the next one begins."""
    at = start + 4
    has_witness = block[at] == 0
    if has_witness:
        at += 2
    inputs_at = at
    inputs, at = _varint(block, at)
    for _ in range(inputs):
        length, at = _varint(block, at + 36)
        at += length + 4
    outputs, at = _varint(block, at)
    for _ in range(outputs):
        length, at = _varint(block, at + 8)
        at += length
    outputs_end = at
    if has_witness:
        for _ in range(inputs):
            items, at = _varint(block, at)
            for _ in range(items):
                length, at = _varint(block, at)
                at += length
    end = at + 4
    if end > len(block):
        raise IndexError
    if not has_witness:
        return double_sha256(block[start:end]), end
    stripped = block[start : start + 4] + block[inputs_at:outputs_end] + block[at:end]
    return double_sha256(stripped), end


def _merkle_root(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        if len(hashes) % 2:
            hashes.append(hashes[-1])
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [double_sha256(left + right) for left, right in pairs]
    return hashes[0]


def _varint(block: bytes, at: int) -> tuple[int, int]:
    first = block[at]
    if first < 0xFD:
        return first, at + 1
    end = at + 1 + (2 << (first - 0xFD))
    if end > len(block):
        raise IndexError
    return int.from_bytes(block[at + 1 : end], "little"), end
