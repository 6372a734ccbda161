"""What one walk over Bitcoin Core's block files keeps of each block."""

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.coinbase import Coinbase, script_height
from hashquake.core.header import HEADER_BYTES

_HEADER = np.dtype(
    [
        ("version", "<i4"),
        ("prev", "u1", 32),
        ("merkle_root", "u1", 32),
        ("header_s", "<u4"),
        ("bits", "<u4"),
        ("nonce", "<u4"),
    ]
)
assert _HEADER.itemsize == HEADER_BYTES  # noqa: S101  a constant of this file, checked once


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockIndex:
    """Headers and coinbases in the order of the files.

    Parameters
    ----------
    file_number : array of int32, shape (n,)
        The number in the file's name.
    offset_bytes : array of int64, shape (n,)
        Where the header begins in the file.
    hash, prev : array of uint8, shape (n, 32)
        In hashing order.
    header_s : array of int64, shape (n,)
        The miner's clock, UTC Unix seconds.
    bits : array of uint32, shape (n,)
        Compact difficulty bits.
    version : array of int32, shape (n,)
        Of the header; BIP 34 applies from version 2 on.
    script_height : array of int64, shape (n,)
        The number the coinbase script begins with, which BIP 34 makes the height; -1 for none.
    script_end : array of int64, shape (n + 1,)
        Where each coinbase script ends in `scripts`, after a leading 0.
    scripts : bytes
        All coinbase scripts, end to end.
    payouts_at : array of int64, shape (n,)
        Index into `payouts`.
    payouts : list of tuple of str
        The distinct lists of addresses that coinbases pay.
    """

    file_number: NDArray[np.int32]
    offset_bytes: NDArray[np.int64]
    hash: NDArray[np.uint8]
    prev: NDArray[np.uint8]
    header_s: NDArray[np.int64]
    bits: NDArray[np.uint32]
    version: NDArray[np.int32]
    script_height: NDArray[np.int64]
    script_end: NDArray[np.int64]
    scripts: bytes
    payouts_at: NDArray[np.int64]
    payouts: list[tuple[str, ...]]

    def __len__(self) -> int:
        """Count the blocks."""
        return len(self.file_number)

    def coinbase_scripts(self, rows: NDArray[np.intp]) -> list[bytes]:
        """Return the coinbase scripts of some rows.

        Parameters
        ----------
        rows : array of intp, shape (n,)
            Of the index.
        """
        ends = self.script_end
        return [
            self.scripts[start:end]
            for start, end in zip(ends[rows].tolist(), ends[rows + 1].tolist(), strict=True)
        ]

    def payout_lists(self, rows: NDArray[np.intp]) -> list[tuple[str, ...]]:
        """Return the addresses that the coinbases of some rows pay.

        Parameters
        ----------
        rows : array of intp, shape (n,)
            Of the index.
        """
        return [self.payouts[at] for at in self.payouts_at[rows].tolist()]


class IndexBuilder:
    """Gather blocks one by one into a `BlockIndex`; about 300 bytes a block."""

    def __init__(self) -> None:
        self._number, self._offset = array("i"), array("q")
        self._script_height, self._script_end, self._payouts_at = array("q"), array("q"), array("q")
        self._header, self._hash, self._scripts = bytearray(), bytearray(), bytearray()
        self._payouts: dict[tuple[str, ...], int] = {}

    def __len__(self) -> int:
        """Count the blocks kept."""
        return len(self._number)

    def add(
        self, number: int, offset: int, header: bytes, digest: bytes, coinbase: Coinbase
    ) -> None:
        """Keep a block whose header begins at an offset of a file.

        Parameters
        ----------
        number, offset : int
            The file's number; bytes from its start.
        header, digest : bytes
            The header, 80 bytes, and its hash.
        coinbase : Coinbase
            The first transaction.
        """
        self._number.append(number)
        self._offset.append(offset)
        self._header += header
        self._hash += digest
        self._script_height.append(script_height(coinbase.script))
        self._scripts += coinbase.script
        self._script_end.append(len(self._scripts))
        self._payouts_at.append(self._payouts.setdefault(coinbase.payouts, len(self._payouts)))

    def index(self) -> BlockIndex:
        """Return what was gathered."""
        headers = np.frombuffer(self._header, _HEADER)
        return BlockIndex(
            file_number=np.frombuffer(self._number, np.int32),
            offset_bytes=np.frombuffer(self._offset, np.int64),
            hash=np.frombuffer(self._hash, np.uint8).reshape(-1, 32),
            prev=np.ascontiguousarray(headers["prev"]),
            header_s=headers["header_s"].astype(np.int64),
            bits=headers["bits"].astype(np.uint32),
            version=headers["version"].astype(np.int32),
            script_height=np.frombuffer(self._script_height, np.int64),
            script_end=np.concatenate([[0], np.frombuffer(self._script_end, np.int64)]),
            scripts=bytes(self._scripts),
            payouts_at=np.frombuffer(self._payouts_at, np.int64),
            payouts=list(self._payouts),
        )
