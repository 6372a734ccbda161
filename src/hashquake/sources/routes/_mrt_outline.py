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
from hashquake.core.regular_file import open_regular
from hashquake.sources.routes._update_outline import NO_ROUTES, RouteCount, routes_of_message

_HEADER = struct.Struct(">IHHI")
_TABLE_DUMP, _TABLE_DUMP_V2, _BGP4MP, _BGP4MP_ET = 12, 13, 16, 17
_ANCIENT = frozenset(range(11))  # RFC 6396 lists types 0 to 10 as deprecated
_RIB_SUBTYPES = {2, 4, 8, 10}  # unicast routes, without and with path identifiers
_RIBS_UNREAD = {6: "RIB_GENERIC", 12: "RIB_GENERIC_ADDPATH"}
_MESSAGES_UNREAD = {2: "BGP4MP_SNAPSHOT", 3: "BGP4MP_ENTRY"}
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
        The first record's time, UTC Unix seconds; 0 for an empty file.
    counted : RouteCount
        How many unicast routes its headers announce and withdraw: a reading that lacks some of
        one kind is not whole, however many it has of the other.
    is_empty : bool
        Whether it holds no record, as when a collector wrote nothing.
    """

    is_rib: bool
    first_s: int
    counted: RouteCount = NO_ROUTES
    is_empty: bool = False


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
        ``mrt-malformed`` when it is not an MRT file, ``mrt-ancient`` for record types given up
        before 2001, ``mrt-unsupported`` for tables in records that cannot be read,
        ``mrt-truncated`` when it ends inside a record or cannot be unpacked.
    """
    is_rib, first_s = None, 0
    n_announced = n_withdrawn = n_unclear = 0
    try:
        with _opened(path) as stream:
            for time_s, kind, subtype, body in _records(stream, path):
                if is_rib is None:
                    is_rib, first_s = kind in {_TABLE_DUMP, _TABLE_DUMP_V2}, time_s
                _refuse_unread(path, kind, subtype, body)
                if not whole:
                    break
                found = _routes_of(kind, subtype, body)
                n_announced += found.announced
                n_withdrawn += found.withdrawn
                n_unclear += found.unclear
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
        return MrtOutline(is_rib=False, first_s=0, is_empty=True)
    counted = RouteCount(announced=n_announced, withdrawn=n_withdrawn, unclear=n_unclear)
    return MrtOutline(is_rib=is_rib, first_s=first_s, counted=counted)


def _opened(path: Path) -> IO[bytes]:
    with open_regular(path) as file:
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


def _refuse_unread(path: Path, kind: int, subtype: int, body: bytes) -> None:
    """Refuse records with unicast routes that the parser passes over in silence."""
    unread = ""
    if kind == _TABLE_DUMP_V2 and body[6:7] == b"\1":  # the kind of routes stands in the record
        unread = _RIBS_UNREAD.get(subtype, "")
    elif kind in {_BGP4MP, _BGP4MP_ET}:
        unread = _MESSAGES_UNREAD.get(subtype, "")
    if unread:
        raise FormatError(
            f"{path} holds a table in records of type {unread}, which cannot be read",
            code="mrt-unsupported",
            hint="take a table dump (TABLE_DUMP or TABLE_DUMP_V2) of that collector",
        )


def _routes_of(kind: int, subtype: int, body: bytes) -> RouteCount:
    if kind == _TABLE_DUMP:
        return RouteCount(announced=1)
    if kind == _TABLE_DUMP_V2:
        return RouteCount(announced=_routes_of_rib(body) if subtype in _RIB_SUBTYPES else 0)
    return routes_of_message(subtype, body[4:] if kind == _BGP4MP_ET else body)


def _routes_of_rib(body: bytes) -> int:
    at = 5 + (body[4] + 7) // 8 if len(body) > 4 else len(body)
    whole = at + 2 <= len(body)
    return int.from_bytes(body[at : at + 2], "big") if whole else 1


def _malformed(path: Path, found: str) -> FormatError:
    return FormatError(
        f"{path} is not an MRT file: it holds {found}",
        code="mrt-malformed",
        hint="give files of a route collector: a RIB (bview, rib) or updates",
    )


def _truncated(path: Path, reason: str) -> FormatError:
    return FormatError(
        f"{path} is not whole: {reason[:120]}",
        code="mrt-truncated",
        hint="download it again",
    )
