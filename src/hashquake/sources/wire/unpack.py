"""Unpack the body of an answer piece by piece, so that its size is known before it is in memory.

An unpacked body can be a thousand times the size of what was sent, and a million times where it is
packed twice. Each layer hands on at most 64 KiB at a time, and each is checked against the limit.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpx

from hashquake.core.errors import SourceError
from hashquake.core.hostile_text import visible_text

ACCEPTED = "gzip, deflate"
"""What requests ask for in ``Accept-Encoding``."""
_PIECE_BYTES = 1 << 16
_MOST_LAYERS = 2
_AUTOMATIC = 32 + zlib.MAX_WBITS  # a zlib or a gzip header, whichever stands there
_GZIP_START = 0x1F
_KNOWN = {"gzip", "x-gzip", "deflate"}


def unpacked(
    parts: Iterable[bytes], encodings: str, *, limit_bytes: int, too_long: Callable[[], SourceError]
) -> Iterator[bytes]:
    """Yield the body's bytes as they were before packing.

    Parameters
    ----------
    parts : iterable of bytes
        The body as sent.
    encodings : str
        The header ``Content-Encoding``, the layer applied first standing first.
    limit_bytes : int
        The most bytes that the body, or a layer of it, may have.
    too_long : callable
        Returns the error to raise beyond that.

    Raises
    ------
    SourceError
        From `too_long`; ``answer-encoding`` for an encoding that was not asked for.
    httpx.DecodingError
        When the body is damaged or not whole.
    """
    layers = [one.strip() for one in encodings.lower().split(",")]
    layers = [one for one in layers if one not in {"", "identity"}]
    if len(layers) > _MOST_LAYERS or not _KNOWN.issuperset(layers):
        shown = visible_text(encodings, limit=60)
        raise SourceError(
            f"the answer is packed as {shown!r}, which was not asked for",
            code="answer-encoding",
            hint="a proxy between may change answers",
        )
    found: Iterator[bytes] = _limited(parts, limit_bytes, too_long)
    for _ in layers:
        found = _limited(_inflated(found), limit_bytes, too_long)
    return found


def _limited(
    parts: Iterable[bytes], limit_bytes: int, too_long: Callable[[], SourceError]
) -> Iterator[bytes]:
    size_bytes = 0
    for part in parts:
        size_bytes += len(part)
        if size_bytes > limit_bytes:
            raise too_long()
        yield part


def _inflated(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack gzip (of one member or several), zlib, or the bare deflate that some servers send."""
    stream: Any = None
    members = 0
    for part in parts:
        waiting = part
        while waiting:
            if stream is None:
                if members and waiting[0] != _GZIP_START:
                    break  # padding behind the last member
                stream, members = zlib.decompressobj(_format_of(waiting)), members + 1
            try:
                piece = stream.decompress(waiting, _PIECE_BYTES)
                while piece:
                    yield piece
                    piece = stream.decompress(stream.unconsumed_tail, _PIECE_BYTES)
            except zlib.error as error:
                raise httpx.DecodingError(str(error)) from error
            waiting, stream = stream.unused_data, None if stream.eof else stream
    if stream is not None:
        raise httpx.DecodingError("the packed body breaks off")


def _format_of(start: bytes) -> int:
    """Return what `zlib` calls the format: a header of gzip or zlib, or else bare deflate."""
    is_zlib = start[0] & 15 == 8 and (len(start) < 2 or (start[0] << 8 | start[1]) % 31 == 0)
    return _AUTOMATIC if start[0] == _GZIP_START or is_zlib else -zlib.MAX_WBITS
