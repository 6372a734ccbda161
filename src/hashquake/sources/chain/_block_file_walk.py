"""Walk the records of Bitcoin Core's block files, reading only headers and coinbases.

A file is a run of records: the network's four magic bytes, a length, a block. Core sets files
aside in pieces of 16 MiB, so the tail of the file it is writing is zeros (as they lie in the
file: decoded, they are the XOR key over and over). A node that crashed leaves zeros, half blocks
or a magic twice between records, and reads over them when it starts again; so does this walk. It
goes on at the next record that proves its work and remembers what it skipped and why.

Source: Bitcoin Core ``node/blockstorage.cpp`` and ``LoadExternalBlockFile`` in
``validation.cpp``, key ``bitcoin-core`` in ``docs/refs.bib``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hashquake.core.coinbase import Coinbase, coinbase_of_block
from hashquake.core.contracts import Progress
from hashquake.core.difficulty import target_of_bits
from hashquake.core.errors import FormatError, InputError
from hashquake.core.header import HEADER_BYTES, double_sha256, hash_text
from hashquake.core.network import CHAINS, Network
from hashquake.sources.chain._block_body import is_whole
from hashquake.sources.chain._block_directory import BlockDirectory
from hashquake.sources.chain._block_file_index import BlockIndex, IndexBuilder

MAX_BLOCK_BYTES = 4_000_000
_FRAME_BYTES = 8
_PEEK_BYTES = 600
"""Enough for frame, header and coinbase of nearly every block: one read each."""
_AHEAD_BYTES = 1 << 16
"""Read at once where blocks are small."""
_CHUNK_BYTES = 1 << 20
_MOST_TARGETS = 10_000
_UNWRITTEN_BYTES = 64
"""This many zeros at a block's end: its node has not written it to the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A stretch of a file that holds no block.

    Parameters
    ----------
    file : str
        The file's name.
    start, end : int
        Bytes ``[start, end)`` of the file.
    fault : FormatError
        What was found at its start.
    zeros : bool
        Whether it begins with zeros as they lie in the file.
    unfinished : bool
        Whether it is a block that a running node has yet to write to its end.
    """

    file: str
    start: int
    end: int
    fault: FormatError
    zeros: bool
    unfinished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What a walk over all files found.

    Parameters
    ----------
    index : BlockIndex
        Blocks found.
    skipped : tuple of Skipped
        Stretches that hold no valid block.
    """

    index: BlockIndex
    skipped: tuple[Skipped, ...]


def walk_blocks(
    directory: BlockDirectory, network: Network, progress: Callable[[Progress], None]
) -> Walked:
    """Walk the records of every block file and check each block's proof of work.

    Parameters
    ----------
    directory : BlockDirectory
        The files.
    network : Network
        Whose blocks they should be.
    progress : callable
        Called with the bytes walked, file by file.

    Raises
    ------
    FormatError
        ``network-magic`` when a file holds blocks of another network or does not decode;
        ``blocks-none`` when no file holds a whole block, or the first fault met in that case
        (``block-file-cut``, ``block-file-garbage``, ``pow-failed``, ``coinbase-malformed``).
    InputError
        ``file-missing`` or ``file-unreadable``.
    """
    walk = _Walk(directory, network)
    total, done = sum(directory.sizes_bytes.values()), 0
    for number, size_bytes in directory.sizes_bytes.items():
        walk.file(number, size_bytes)
        done += size_bytes
        progress(Progress(done=done, total=total, unit="bytes"))
    if not len(walk.kept):
        faults = [one.fault for one in walk.skipped if not one.unfinished]
        raise next(iter(faults), None) or FormatError(
            f"no file in {directory.path} holds a whole block", code="blocks-none"
        )
    return Walked(index=walk.kept.index(), skipped=tuple(walk.skipped))


@dataclass(slots=True)
class _Record:
    """A record whose header and coinbase are in order."""

    at: int
    end: int
    header: bytes
    digest: bytes
    coinbase: Coinbase


class _Walk:
    """Walk records and gather what the index keeps."""

    def __init__(self, directory: BlockDirectory, network: Network) -> None:
        self.kept = IndexBuilder()
        self.skipped: list[Skipped] = []
        self._directory = directory
        self._network = network
        self._number, self._size = 0, 0
        self._ahead, self._ahead_at = b"", 0
        self._targets: dict[int, int] = {}

    def file(self, number: int, size_bytes: int) -> None:
        """Walk one file; its size is fixed now, so a block appended meanwhile waits."""
        self._number, self._size = number, size_bytes
        self._ahead, self._ahead_at = b"", 0
        n_before, n_skipped_before = len(self.kept), len(self.skipped)
        before: _Record | None = None
        at = 0
        while at < size_bytes:
            try:
                record = self._record(at)
            except FormatError as fault:
                if before is not None and not self._is_whole(before):
                    at = self._skip(before.at, self._half(before))
                else:
                    self._keep(before)
                    at = size_bytes if self._only_zeros_from(at) else self._skip(at, fault)
                before = None
            else:
                self._keep(before)
                before, at = record, record.end
        self._keep(before)
        if len(self.kept) == n_before:
            for one in self.skipped[n_skipped_before:]:
                if one.fault.code == "network-magic":
                    raise one.fault

    def _record(self, at: int) -> _Record:
        """Read the record at a place, or raise what is wrong with it."""
        start = self._bytes(at, _PEEK_BYTES)
        if len(start) < _FRAME_BYTES:
            raise self._fault(at, "ends in the middle of a block", "block-file-cut")
        if not start.startswith(self._network.magic):
            raise self._foreign(at, start)
        length = int.from_bytes(start[4:_FRAME_BYTES], "little")
        if not HEADER_BYTES < length <= MAX_BLOCK_BYTES:
            raise self._fault(at, f"claims a block of {length} bytes", "block-file-garbage")
        if at + _FRAME_BYTES + length > self._size:
            raise self._fault(at, "ends in the middle of a block", "block-file-cut")
        block = start[_FRAME_BYTES : _FRAME_BYTES + length]
        header = block[:HEADER_BYTES]
        digest, bits = double_sha256(header), int.from_bytes(header[72:76], "little")
        if int.from_bytes(digest, "little") > self._target(bits):
            raise self._fault(
                at,
                f"holds a block with hash {hash_text(digest)}, which does not meet its target "
                f"(bits {bits:#010x})",
                "pow-failed",
            )
        return _Record(
            at, at + _FRAME_BYTES + length, header, digest, self._coinbase(at, block, length)
        )

    def _coinbase(self, at: int, block: bytes, length: int) -> Coinbase:
        try:
            return coinbase_of_block(block, self._network)
        except FormatError as error:
            fault = error
        if len(block) < length:  # a rare long coinbase, or a malformed one
            block = self._directory.read(self._number, at + _FRAME_BYTES, length)
            try:
                return coinbase_of_block(block, self._network)
            except FormatError as error:
                fault = error
        raise self._fault(at, f"holds a bad block: {fault.message}", fault.code)

    def _target(self, bits: int) -> int:
        """Return the target of a header's bits, -1 where the network allows no such target."""
        if bits not in self._targets:
            try:
                target = target_of_bits(bits)
            except InputError:
                target = -1
            # Hostile bits may all differ: what is remembered stays small.
            if len(self._targets) > _MOST_TARGETS:
                self._targets.clear()
            self._targets[bits] = target if target <= self._network.pow_limit else -1
        return self._targets[bits]

    def _bytes(self, at: int, length: int) -> bytes:
        """Return decoded bytes from a place on, fewer at the end of the file."""
        start = at - self._ahead_at
        if start >= 0 and (
            start + length <= len(self._ahead) or self._ahead_at + len(self._ahead) >= self._size
        ):
            return self._ahead[start : start + length]
        # A record that begins near the end of what was read before is small: read many at once.
        near = 0 < start <= len(self._ahead) + _PEEK_BYTES
        self._ahead = self._directory.read(
            self._number, at, min(_AHEAD_BYTES if near else length, self._size - at)
        )
        self._ahead_at = at
        return self._ahead[:length]

    def _keep(self, record: _Record | None) -> None:
        if record is not None:
            at = record.at + _FRAME_BYTES
            self.kept.add(self._number, at, record.header, record.digest, record.coinbase)

    def _is_whole(self, record: _Record) -> bool:
        """Return whether another block follows, or all of its transactions are there."""
        after = self._bytes(record.end, len(self._network.magic))
        if self._network.magic.startswith(after):
            return True
        at = record.at + _FRAME_BYTES
        return is_whole(self._directory.read(self._number, at, record.end - at))

    def _half(self, record: _Record) -> FormatError:
        return self._fault(
            record.at, f"holds half of block {hash_text(record.digest)}", "block-file-cut"
        )

    def _only_zeros_from(self, at: int) -> bool:
        while at < self._size:
            chunk = self._directory.raw(self._number, at, min(_CHUNK_BYTES, self._size - at))
            if not chunk or chunk.count(0) != len(chunk):
                return not chunk
            at += len(chunk)
        return True

    def _skip(self, start: int, fault: FormatError) -> int:
        """Remember a stretch without a block; return where the next block begins."""
        end = self._next_record(start + 1)
        length = int.from_bytes(self._bytes(start + 4, 4), "little")
        claimed_end = start + _FRAME_BYTES + length
        if fault.code == "block-file-cut" and end < min(claimed_end, self._size):
            fault = self._fault(
                start,
                f"claims a block of {length} bytes although another begins at byte {end}",
                "block-file-garbage",
            )
        self.skipped.append(
            Skipped(
                file=self._directory.name(self._number),
                start=start,
                end=end,
                fault=fault,
                zeros=not any(self._directory.raw(self._number, start, _FRAME_BYTES)),
                unfinished=end == self._size and self._is_unfinished(start, claimed_end),
            )
        )
        return end

    def _is_unfinished(self, start: int, claimed_end: int) -> bool:
        """Return whether the end of a stretch that no block follows is yet to be written."""
        if self._number != self._directory.last_number:
            return False
        if claimed_end > self._size:
            return True
        at = max(claimed_end - _UNWRITTEN_BYTES, start + _FRAME_BYTES)
        return not any(self._directory.raw(self._number, at, _UNWRITTEN_BYTES))

    def _next_record(self, at: int) -> int:
        """Find the next place at which a record is in order; the file's size where none is."""
        magic = self._network.magic
        while at < self._size:
            chunk = self._directory.read(self._number, at, min(_CHUNK_BYTES, self._size - at))
            found = chunk.find(magic)
            while found >= 0:
                try:
                    self._record(at + found)
                except FormatError:
                    found = chunk.find(magic, found + 1)
                else:
                    return at + found
            at += max(len(chunk) - len(magic) + 1, 1)
        return self._size

    def _foreign(self, at: int, start: bytes) -> FormatError:
        raw = self._directory.raw(self._number, at, len(self._network.magic))
        for network in CHAINS:
            if network.magic == start[:4] and network != self._network:
                return self._fault(
                    at,
                    f"holds blocks of {network.name}, not of {self._network.name}",
                    "network-magic",
                    hint=f"make a record for it: hashquake init --network {network.name} "
                    f"--db {network.name}.db",
                )
            if network.magic == raw:
                return self._fault(
                    at,
                    f"holds blocks of {network.name} that no XOR key was used on",
                    "network-magic",
                    hint="the key does not belong to these files: --xor-key 0000000000000000",
                )
        if not any(raw):
            return self._fault(at, "has zeros where a block should begin", "block-file-garbage")
        if at == 0:
            return self._fault(
                at,
                f"begins with {start[:4].hex()}, the magic of no known network",
                "network-magic",
                hint="xor.dat must be the one these files were written with",
            )
        return self._fault(
            at, f"has {start[:4].hex()} where a block should begin", "block-file-garbage"
        )

    def _fault(self, at: int, found: str, code: str, *, hint: str = "") -> FormatError:
        return FormatError(
            f"{self._directory.name(self._number)} {found}, at byte {at}",
            code=code,
            hint=hint
            or "copy the file again while the node is stopped, or read the blocks from the node: "
            "hashquake ingest bitcoind_rpc",
        )
