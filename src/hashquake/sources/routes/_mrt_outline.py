"""Walk the headers of an MRT file: what it is, when it was written, and how much it must hold.

The parser that reads the routes passes over what it does not understand without a word. This
walk counts, by headers alone, what a whole reading must at least give, so that a damaged file is
an error and not a country that lost its routes.
"""

import bz2
import gzip
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO

from hashquake.core.errors import FormatError, InputError

_HEADER = struct.Struct(">IHHI")
_TABLE_DUMP, _TABLE_DUMP_V2, _BGP4MP, _BGP4MP_ET = 12, 13, 16, 17
_ANCIENT = frozenset(range(11))  # RFC 6396 lists types 0 to 10 as deprecated
_RIB_SUBTYPES = {2: 4, 4: 16}  # unicast only: the longest prefix, bytes
_ADDPATH_SUBTYPES = {8: 4, 10: 16}
_MESSAGES = {1: 2, 4: 4, 6: 2, 7: 4}  # subtype: bytes of an AS number
_ENDS_OF_RIB = 30  # an UPDATE of at most this length may carry no route
_MAX_RECORD_BYTES = 1 << 24
_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MrtOutline:
    """What an MRT file is.

    Parameters
    ----------
    is_rib : bool
        A table dump, or else updates.
    first_s : int
        The first record's time, UTC Unix seconds.
    least_routes : int
        How many routes a whole reading gives at least; exact for tables of unicast routes.
    """

    is_rib: bool
    first_s: int
    least_routes: int


def outline(path: Path, *, whole: bool = True) -> MrtOutline:
    """Walk a file.

    Parameters
    ----------
    path : Path
        As it is, or compressed with gzip or bzip2.
    whole : bool
        Whether to walk to the end; else only the first record is looked at.

    Raises
    ------
    InputError
        ``file-missing``, ``file-unreadable``.
    FormatError
        ``mrt-malformed`` when it is no MRT file, ``mrt-ancient`` for record types given up
        before 2001, ``mrt-truncated`` when it ends inside a record or cannot be unpacked.
    """
    is_rib, first_s, least = None, 0, 0
    try:
        with _opened(path) as stream:
            for time_s, kind, subtype, body in _records(stream, path):
                if is_rib is None:
                    is_rib, first_s = kind in {_TABLE_DUMP, _TABLE_DUMP_V2}, time_s
                least += _least_routes(kind, subtype, body)
                if not whole:
                    break
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", code="file-missing") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _truncated(path, str(error)) from None
    except OSError as error:
        if error.strerror is None:  # bzip2 says so of damaged data
            raise _truncated(path, str(error)) from None
        raise InputError(
            f"{path} cannot be read: {error.strerror}", code="file-unreadable"
        ) from None
    if is_rib is None:
        raise FormatError(f"{path} is empty", code="mrt-malformed")
    return MrtOutline(is_rib=is_rib, first_s=first_s, least_routes=least)


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        magic = file.read(3)
    if magic.startswith(b"\x1f\x8b"):
        return BufferedReader(gzip.open(path, "rb"), _BUFFER_BYTES)
    return bz2.open(path, "rb") if magic == b"BZh" else path.open("rb")


def _records(stream: IO[bytes], path: Path) -> Iterator[tuple[int, int, int, bytes]]:
    at = 0
    while header := stream.read(_HEADER.size):
        if len(header) < _HEADER.size:
            raise _truncated(path, f"it ends inside the header at byte {at}")
        time_s, kind, subtype, length = _HEADER.unpack(header)
        if kind in _ANCIENT and length <= _MAX_RECORD_BYTES:
            raise FormatError(
                f"{path} holds a record of type {kind} at byte {at}, given up before 2001",
                code="mrt-ancient",
                hint="take table dumps (types 12 and 13) or updates (types 16 and 17)",
            )
        if kind not in {_TABLE_DUMP, _TABLE_DUMP_V2, _BGP4MP, _BGP4MP_ET}:
            raise _malformed(path, f"a record of type {kind} at byte {at}")
        if length > _MAX_RECORD_BYTES:
            raise _malformed(path, f"a record of {length} bytes at byte {at}")
        body = stream.read(length)
        if len(body) < length:
            raise _truncated(path, f"it ends inside the record at byte {at}")
        yield time_s, kind, subtype, body
        at += _HEADER.size + length


def _least_routes(kind: int, subtype: int, body: bytes) -> int:
    if kind == _TABLE_DUMP:
        return 1
    if kind == _TABLE_DUMP_V2:
        if subtype not in _RIB_SUBTYPES and subtype not in _ADDPATH_SUBTYPES:
            return 0
        at = 5 + (body[4] + 7) // 8 if len(body) > 4 else len(body)
        whole = at + 2 <= len(body)
        return int.from_bytes(body[at : at + 2], "big") if whole else 1
    start = 4 if kind == _BGP4MP_ET else 0
    if subtype not in _MESSAGES:
        return 0
    at = start + 2 * _MESSAGES[subtype] + 2
    address_bytes = 16 if body[at : at + 2] == b"\0\2" else 4
    message = body[at + 2 + 2 * address_bytes :]
    is_update = len(message) > 18 and message[18] == 2
    return int(is_update and len(message) > _ENDS_OF_RIB)


def _malformed(path: Path, found: str) -> FormatError:
    return FormatError(
        f"{path} is no MRT file: it holds {found}",
        code="mrt-malformed",
        hint="give files of a route collector: a RIB (bview, rib) or updates",
    )


def _truncated(path: Path, reason: str) -> FormatError:
    return FormatError(
        f"{path} is not whole: {reason[:120]}",
        code="mrt-truncated",
        hint="download it again",
    )
