"""Bytes out of Bitcoin Core's ``blocks`` directory, decoded as they are read.

Core numbers its files ``blk00000.dat`` on, writes them through an eight-byte XOR key that it
keeps in ``xor.dat`` in the same directory (since version 28; older directories have none), and
finds the key's byte for a position by the position in the file modulo eight.

Source: Bitcoin Core ``node/blockstorage.cpp`` and ``streams.h``, key ``bitcoin-core`` in
``docs/refs.bib``.
"""

import os
import re
from collections import OrderedDict
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from hashquake.core.errors import FormatError, InputError, UsageError
from hashquake.core.regular_file import read_regular, refuse_special

KEY_BYTES = 8
_FILE_NAME = re.compile(r"blk(\d{5,})\.dat")
_OPEN_FILES = 16
_LARGE_BYTES = 4096
"""From here on arrays are faster than whole numbers at taking the key off."""


class BlockDirectory:
    """A ``blocks`` directory open for reading; use it as a context manager.

    Files are read by position rather than mapped into memory: a node that runs cuts the
    preallocated tail of a file it finishes, and touching a mapped page behind the cut would end
    this process without an error anybody could catch.

    Parameters
    ----------
    path : Path
        The directory.
    xor_key : str
        Sixteen hexadecimal digits in place of ``xor.dat``; empty to use ``xor.dat`` if there.

    Raises
    ------
    InputError
        ``file-missing`` when there is no such directory or no block file in it;
        ``file-unreadable`` when the system refuses it.
    FormatError
        ``xor-key-malformed`` when ``xor.dat`` is not eight bytes.
    UsageError
        ``xor-key-malformed`` when the option is not sixteen hexadecimal digits.
    """

    def __init__(self, path: Path, *, xor_key: str = "") -> None:
        self.path = path
        self.sizes_bytes = _file_sizes(path)
        self.key = _key_given(xor_key) if xor_key else _key_found(path)
        self._masks = tuple(self.key[turn:] + self.key[:turn] for turn in range(KEY_BYTES))
        self._plain = not any(self.key)
        self._open: OrderedDict[int, int] = OrderedDict()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every file."""
        while self._open:
            os.close(self._open.popitem()[1])

    @property
    def last_number(self) -> int:
        """The number of the file that the node appends to."""
        return max(self.sizes_bytes)

    def name(self, number: int) -> str:
        """Return a file's name.

        Parameters
        ----------
        number : int
            Of the file, from 0.
        """
        return f"blk{number:05d}.dat"

    def raw(self, number: int, offset_bytes: int, length_bytes: int) -> bytes:
        """Read bytes as they lie in the file; fewer at its end.

        Parameters
        ----------
        number : int
            Of the file, from 0.
        offset_bytes : int
            From the start of the file.
        length_bytes : int
            How many to read.
        """
        try:
            return os.pread(self._descriptor(number), length_bytes, offset_bytes)
        except OSError as error:
            raise _refused(self.path / self.name(number), error) from None

    def decoded(self, raw: bytes, offset_bytes: int) -> bytes:
        """Take the XOR key off bytes that were read at an offset of a file.

        Parameters
        ----------
        raw : bytes
            As read.
        offset_bytes : int
            Of the first of them in the file.
        """
        if self._plain:
            return raw
        n = len(raw)
        mask = (self._masks[offset_bytes % KEY_BYTES] * (n // KEY_BYTES + 1))[:n]
        if n > _LARGE_BYTES:
            return (np.frombuffer(raw, np.uint8) ^ np.frombuffer(mask, np.uint8)).tobytes()
        return (int.from_bytes(raw, "little") ^ int.from_bytes(mask, "little")).to_bytes(
            n, "little"
        )

    def read(self, number: int, offset_bytes: int, length_bytes: int) -> bytes:
        """Read and decode bytes; fewer at the end of the file.

        Parameters
        ----------
        number : int
            Of the file, from 0.
        offset_bytes : int
            From the start of the file.
        length_bytes : int
            How many to read.
        """
        return self.decoded(self.raw(number, offset_bytes, length_bytes), offset_bytes)

    def _descriptor(self, number: int) -> int:
        if number in self._open:
            self._open.move_to_end(number)
            return self._open[number]
        if len(self._open) >= _OPEN_FILES:
            os.close(self._open.popitem(last=False)[1])
        self._open[number] = os.open(self.path / self.name(number), os.O_RDONLY)
        return self._open[number]


def _file_sizes(path: Path) -> dict[int, int]:
    """Return the size of each block file by its number, in number order."""
    try:
        entries = {entry.name: entry.stat().st_size for entry in path.iterdir() if entry.is_file()}
    except FileNotFoundError:
        raise InputError(
            f"there is no directory {path}",
            code="file-missing",
            hint="name the node's blocks directory, such as ~/.bitcoin/blocks",
        ) from None
    except NotADirectoryError:
        raise InputError(
            f"{path} is a file, not a directory of block files",
            code="file-missing",
            hint=f"name the directory: {path.parent}",
        ) from None
    except OSError as error:
        raise _refused(path, error) from None
    sizes = {
        int(match[1]): size
        for name, size in sorted(entries.items())
        if (match := _FILE_NAME.fullmatch(name))
    }
    if not sizes:
        inside = (path / "blocks").is_dir()
        raise InputError(
            f"there are no blk*.dat files in {path}",
            code="file-missing",
            hint=f"did you mean {path / 'blocks'}?"
            if inside
            else "name the node's blocks directory, such as ~/.bitcoin/blocks",
        )
    return dict(sorted(sizes.items()))


def _key_found(path: Path) -> bytes:
    file = path / "xor.dat"
    refuse_special(file)
    try:
        key = read_regular(file)
    except FileNotFoundError:
        return bytes(KEY_BYTES)
    except OSError as error:
        raise _refused(file, error) from None
    if len(key) != KEY_BYTES:
        raise FormatError(
            f"{file} has {len(key)} bytes, a key has {KEY_BYTES}", code="xor-key-malformed"
        )
    return key


def _key_given(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise UsageError(
            f"{text!r} is not an XOR key",
            code="xor-key-malformed",
            hint="write sixteen hexadecimal digits; leave it out to use xor.dat",
        )
    return key


def _refused(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path} cannot be read: {error.strerror}",
        code="file-missing" if isinstance(error, FileNotFoundError) else "file-unreadable",
    )
