"""The records of a database in MaxMind's format, decoded as data that may be hostile.

The format is public (MaxMind DB file format 2.0). The library that reads it is written in C, and a
damaged file ended the process with it. Here every offset is checked, and what stands at an offset
is decoded once: values that point at each other, over and over, cost no more than the file is long.
"""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hashquake.core.regular_file import open_regular

_MARKER = b"\xab\xcd\xefMaxMind.com"
_METADATA_BYTES = 128 * 1024
_POINTER, _TEXT, _DOUBLE, _BYTES, _MAP = 1, 2, 3, 4, 7
_INT32, _ARRAY, _BOOLEAN, _FLOAT = 8, 11, 14, 15
_UNSIGNED = {5: 2, 6: 4, 9: 8, 10: 16}  # the most bytes of each
_FLOATS = {(_DOUBLE, 8): ">d", (_FLOAT, 4): ">f"}
_POINTER_BASE = (0, 2048, 526_336, 0)
_SIZE_BASE = {29: 29, 30: 285, 31: 65_821}
_DEEPEST = 64


class Metadata(NamedTuple):
    """What a database says of itself.

    Parameters
    ----------
    node_count : int
        Nodes of the search tree.
    record_size : int
        Bits of one of a node's two records.
    ip_version : int
        4 or 6.
    database_type : str
        Such as ``GeoLite2-Country``.
    """

    node_count: int
    record_size: int
    ip_version: int
    database_type: str


class DataSection:
    """Values by their offset in a section of the file.

    Parameters
    ----------
    data : bytes
        The section.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._known: dict[int, tuple[Any, int]] = {}
        self._open: set[int] = set()

    def value(self, offset: int) -> Any:
        """Decode the value at an offset.

        Parameters
        ----------
        offset : int
            Bytes from the start of the section.

        Raises
        ------
        ValueError
            When the data there is damaged.
        """
        return self._decode(offset)[0]

    def _decode(self, offset: int) -> tuple[Any, int]:
        """Return the value at an offset, and the offset behind it."""
        if offset in self._known:
            return self._known[offset]
        if offset in self._open or len(self._open) > _DEEPEST:
            raise ValueError("its values are nested in each other")
        self._open.add(offset)
        try:
            found = self._decode_new(offset)
        finally:
            self._open.discard(offset)
        self._known[offset] = found
        return found

    def _decode_new(self, offset: int) -> tuple[Any, int]:
        control = self._number(offset, 1)
        kind, at = control >> 5, offset + 1
        if kind == _POINTER:
            count = (control >> 3) & 3
            high = 0 if count == 3 else (control & 7) << (8 * (count + 1))
            target = high + self._number(at, count + 1) + _POINTER_BASE[count]
            return self.value(target), at + count + 1
        if kind == 0:
            kind, at = 7 + self._number(at, 1), at + 1
        size = control & 31
        if size in _SIZE_BASE:
            n_bytes = size - 28
            size, at = _SIZE_BASE[size] + self._number(at, n_bytes), at + n_bytes
        return self._sized(kind, size, at)

    def _sized(self, kind: int, size: int, at: int) -> tuple[Any, int]:
        if kind == _MAP:
            return self._map(size, at)
        if kind == _ARRAY:
            return self._array(size, at)
        if kind == _BOOLEAN:
            return bool(size), at
        return _scalar(kind, self._bytes(at, size)), at + size

    def _map(self, size: int, at: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        for _ in range(size):
            key, at = self._decode(at)
            if not isinstance(key, str):
                raise ValueError("a key of its maps is not text")  # noqa: TRY004  damage, not misuse
            found[key], at = self._decode(at)
        return found, at

    def _array(self, size: int, at: int) -> tuple[list[Any], int]:
        found = []
        for _ in range(size):
            value, at = self._decode(at)
            found.append(value)
        return found, at

    def _number(self, at: int, count: int) -> int:
        return int.from_bytes(self._bytes(at, count), "big")

    def _bytes(self, at: int, count: int) -> bytes:
        raw = self._data[at : at + count]
        if at < 0 or len(raw) < count:
            raise ValueError("a value extends beyond its end")
        return raw


def _scalar(kind: int, raw: bytes) -> Any:
    if kind == _TEXT:
        return raw.decode("utf-8")
    if (kind, len(raw)) in _FLOATS:
        return struct.unpack(_FLOATS[kind, len(raw)], raw)[0]
    if kind == _INT32 and len(raw) <= 4:
        return int.from_bytes(raw, "big", signed=len(raw) == 4)
    if len(raw) <= _UNSIGNED.get(kind, -1):
        return int.from_bytes(raw, "big")
    if kind == _BYTES:
        return raw
    raise ValueError(f"a value of type {kind} and {len(raw)} bytes")


def read_metadata(path: Path) -> Metadata:
    """Read what a database says of itself, at its end.

    Parameters
    ----------
    path : Path
        An ``.mmdb`` database.

    Raises
    ------
    ValueError
        When it says nothing, or nothing that can be.
    """
    with open_regular(path) as file:
        size_bytes = file.seek(0, 2)
        file.seek(max(0, size_bytes - _METADATA_BYTES))
        end = file.read()
    at = end.rfind(_MARKER)
    if at < 0:
        raise ValueError("it holds no metadata")
    fields = DataSection(end[at + len(_MARKER) :]).value(0)
    if not isinstance(fields, Mapping):
        raise ValueError("its metadata must be a map")  # noqa: TRY004  damage, not misuse
    return Metadata(
        node_count=_whole(fields, "node_count"),
        record_size=_whole(fields, "record_size"),
        ip_version=_whole(fields, "ip_version"),
        database_type=str(fields.get("database_type", ""))[:200],
    )


def _whole(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if type(value) is not int:
        raise ValueError(f"its metadata lacks {name}")
    return value


def data_section(path: Path, metadata: Metadata) -> DataSection:
    """Read the section of records; their offsets are counted from its start.

    Parameters
    ----------
    path : Path
        An ``.mmdb`` database.
    metadata : Metadata
        Its own.
    """
    with open_regular(path) as file:
        file.seek(metadata.node_count * metadata.record_size // 4 + 16)
        return DataSection(file.read())
