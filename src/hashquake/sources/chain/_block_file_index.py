"""Find the blocks in Bitcoin Core's block files, reading only headers and coinbases.

A file is a run of records: the network's four magic bytes, a length, a block. Core sets files
aside in pieces of 16 MiB, so the tail of the file it is writing is zeros (as they lie in the
file: decoded, they are the XOR key over and over).

Source: Bitcoin Core ``node/blockstorage.cpp``, key ``bitcoin-core`` in ``docs/refs.bib``.
"""

import logging
from array import array
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hashquake.core.contracts import Progress
from hashquake.core.difficulty import target_of_bits
from hashquake.core.errors import FormatError, InputError
from hashquake.core.header import HEADER_BYTES, Header, hash_text, parse_header
from hashquake.core.network import NETWORKS, Network
from hashquake.sources.chain._block_coinbase import PEEK_BYTES, coinbase_at, script_height
from hashquake.sources.chain._block_directory import BlockDirectory

MAX_BLOCK_BYTES = 4_000_000
_FRAME_BYTES = 8
_UNWRITTEN_BYTES = 64  # more zeros than any whole block ends in
_CHUNK_BYTES = 1 << 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockIndex:
    """Where blocks lie and what their headers say, in the order of the files.

    Parameters
    ----------
    file_number : array of int32, shape (n,)
        The number in the file's name.
    offset_bytes, size_bytes : array of int64 and int32, shape (n,)
        Where the header begins in the file; the block's length.
    hash, prev : array of uint8, shape (n, 32)
        In hashing order.
    header_s : array of int64, shape (n,)
        The miner's clock, UTC Unix seconds.
    bits : array of uint32, shape (n,)
        Compact difficulty bits.
    script_height : array of int64, shape (n,)
        The number the coinbase script begins with, which BIP 34 makes the height; -1 for none.
    """

    file_number: NDArray[np.int32]
    offset_bytes: NDArray[np.int64]
    size_bytes: NDArray[np.int32]
    hash: NDArray[np.uint8]
    prev: NDArray[np.uint8]
    header_s: NDArray[np.int64]
    bits: NDArray[np.uint32]
    script_height: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the blocks."""
        return len(self.file_number)

    def take(self, rows: NDArray[np.intp]) -> "BlockIndex":
        """Give the blocks at some rows."""
        return replace(self, **{name: getattr(self, name)[rows] for name in self.__slots__})


def index_blocks(
    directory: BlockDirectory, network: Network, progress: Callable[[Progress], None]
) -> BlockIndex:
    """Walk the records of every block file and check each block's proof of work.

    Parameters
    ----------
    directory : BlockDirectory
        The files.
    network : Network
        Whose blocks they should be.
    progress : callable
        Told of the bytes walked, file by file.

    Raises
    ------
    FormatError
        With file and offset: ``network-magic``, ``block-file-cut`` (unless the block is the last
        of the last file, which a node may be writing), ``block-file-garbage``, ``pow-failed``,
        ``coinbase-malformed``; ``blocks-none`` when no file holds a whole block.
    InputError
        ``file-missing`` or ``file-unreadable``.
    """
    walk = _Walk(directory, network)
    total, done = sum(directory.sizes_bytes.values()), 0
    for number, size_bytes in directory.sizes_bytes.items():
        walk.file(number, size_bytes)
        done += size_bytes
        progress(Progress(done=done, total=total, unit="bytes"))
    return walk.index()


class _Walk:
    """Walk records and gather what the index keeps."""

    def __init__(self, directory: BlockDirectory, network: Network) -> None:
        self._directory = directory
        self._network = network
        self._number, self._offset, self._size = array("i"), array("q"), array("i")
        self._header_s, self._bits, self._script_height = array("q"), array("I"), array("q")
        self._hash, self._prev = bytearray(), bytearray()

    def index(self) -> BlockIndex:
        if not self._number:
            raise FormatError(
                f"no file in {self._directory.path} holds a whole block", code="blocks-none"
            )
        return BlockIndex(
            file_number=np.frombuffer(self._number, np.int32),
            offset_bytes=np.frombuffer(self._offset, np.int64),
            size_bytes=np.frombuffer(self._size, np.int32),
            hash=np.frombuffer(self._hash, np.uint8).reshape(-1, 32),
            prev=np.frombuffer(self._prev, np.uint8).reshape(-1, 32),
            header_s=np.frombuffer(self._header_s, np.int64),
            bits=np.frombuffer(self._bits, np.uint32),
            script_height=np.frombuffer(self._script_height, np.int64),
        )

    def file(self, number: int, size_bytes: int) -> None:
        """Walk one file; its size is fixed now, so a block appended meanwhile waits."""
        at, directory, magic = 0, self._directory, self._network.magic
        while at < size_bytes:
            raw = directory.raw(number, at, min(PEEK_BYTES, size_bytes - at))
            start = directory.decoded(raw, at)
            if len(raw) >= _FRAME_BYTES and start.startswith(magic):
                length = int.from_bytes(start[4:_FRAME_BYTES], "little")
                end = at + _FRAME_BYTES + length
                if not HEADER_BYTES < length <= MAX_BLOCK_BYTES:
                    self._stop_unless_unwritten(
                        number,
                        at,
                        self._fault(
                            number, at, f"claims a block of {length} bytes", "block-file-garbage"
                        ),
                    )
                    return
                if end > size_bytes:
                    self._refuse_block_inside(number, at, length)
                    self._cut(number, at)
                    return
                if self._unwritten_from(number, end - _UNWRITTEN_BYTES):
                    self._report_tail(number, at)
                    return
                self._keep(number, at + _FRAME_BYTES, length, start[_FRAME_BYTES:])
                at = end
            elif not any(raw[:_FRAME_BYTES]):
                if not self._zeros_from(number, at):
                    raise self._fault(
                        number, at, "has zeros with more bytes after them", "block-file-garbage"
                    )
                return
            elif len(raw) < _FRAME_BYTES:
                self._cut(number, at)
                return
            else:
                self._stop_unless_unwritten(number, at, self._foreign(number, at, raw, start))
                return

    def _keep(self, number: int, offset: int, length: int, start: bytes) -> None:
        header = parse_header(start[:HEADER_BYTES])
        if not self._proven(header):
            raise self._fault(
                number,
                offset - _FRAME_BYTES,
                f"holds a block with hash {hash_text(header.hash)}, which does not meet its "
                f"target (bits {header.bits:#010x})",
                "pow-failed",
            )
        try:
            coinbase = coinbase_at(
                self._directory,
                self._network,
                number=number,
                offset_bytes=offset,
                size_bytes=length,
                start=start[:length],
            )
        except FormatError as error:
            raise self._fault(
                number, offset - _FRAME_BYTES, f"holds a bad block: {error.message}", error.code
            ) from None
        self._number.append(number)
        self._offset.append(offset)
        self._size.append(length)
        self._hash += header.hash
        self._prev += header.prev
        self._header_s.append(header.header_s)
        self._bits.append(header.bits)
        self._script_height.append(script_height(coinbase.script))

    def _proven(self, header: Header) -> bool:
        try:
            return header.meets_target and target_of_bits(header.bits) <= self._network.pow_limit
        except InputError:  # bits that are no target at all
            return False

    def _cut(self, number: int, at: int) -> None:
        if number != self._directory.last_number:
            raise self._fault(number, at, "ends in the middle of a block", "block-file-cut")
        self._report_tail(number, at)

    def _stop_unless_unwritten(self, number: int, at: int, fault: FormatError) -> None:
        """Accept a frame that makes no sense because a running node has yet to write it."""
        if not self._unwritten_from(number, at + _FRAME_BYTES):
            raise fault
        self._report_tail(number, at)

    def _unwritten_from(self, number: int, at: int) -> bool:
        """Tell whether a running node has yet to write everything from here on."""
        return (
            number == self._directory.last_number
            and not any(self._directory.raw(number, at, _UNWRITTEN_BYTES))
            and self._zeros_from(number, at)
        )

    def _refuse_block_inside(self, number: int, at: int, length: int) -> None:
        """Tell a wrong length from a cut: behind a wrong length another block begins."""
        rest = self._directory.read(number, at + _FRAME_BYTES, length)
        found = rest.find(self._network.magic)
        while found >= 0:
            header = rest[found + _FRAME_BYTES : found + _FRAME_BYTES + HEADER_BYTES]
            if len(header) == HEADER_BYTES and self._proven(parse_header(header)):
                inside = at + _FRAME_BYTES + found
                raise self._fault(
                    number,
                    at,
                    f"claims a block of {length} bytes although another begins at byte {inside}",
                    "block-file-garbage",
                )
            found = rest.find(self._network.magic, found + 1)

    def _report_tail(self, number: int, at: int) -> None:
        _log.warning(
            "%s ends in an unfinished block at byte %d: the blocks before it are used",
            self._directory.name(number),
            at,
        )

    def _zeros_from(self, number: int, at: int) -> bool:
        while chunk := self._directory.raw(number, at, _CHUNK_BYTES):
            if chunk.count(0) != len(chunk):
                return False
            at += len(chunk)
        return True

    def _foreign(self, number: int, at: int, raw: bytes, start: bytes) -> FormatError:
        for network in NETWORKS.values():
            if network.magic == start[:4]:
                return self._fault(
                    number,
                    at,
                    f"holds blocks of {network.name}, not of {self._network.name}",
                    "network-magic",
                    hint=f"make a record for it: hashquake init --network {network.name} "
                    f"--db {network.name}.db",
                )
            if network.magic == raw[:4]:
                return self._fault(
                    number,
                    at,
                    f"holds plain blocks of {network.name} beside an XOR key",
                    "network-magic",
                    hint="the key does not belong to these files: --xor-key 0000000000000000",
                )
        if at == 0:
            return self._fault(
                number,
                at,
                f"begins with {start[:4].hex()}, the magic of no known network",
                "network-magic",
                hint="xor.dat must be the one these files were written with",
            )
        return self._fault(
            number, at, f"has {start[:4].hex()} where a block should begin", "block-file-garbage"
        )

    def _fault(self, number: int, at: int, found: str, code: str, *, hint: str = "") -> FormatError:
        return FormatError(
            f"{self._directory.name(number)} {found}, at byte {at}",
            code=code,
            hint=hint or "copy the file again, or let the node rebuild it with -reindex",
        )
