"""A question becomes a response: its format, its ETag, its bytes, made once an edition."""

import hashlib
import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hashquake import __version__
from hashquake.observatory import Observatory
from hashquake.serve.api.csv_table import csv_bytes
from hashquake.serve.api.parquet_table import parquet_bytes
from hashquake.serve.api.room import room_of
from hashquake.serve.cli.output import finite_document

JSON = "application/json"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
TABLE_ENDINGS = {".csv": CSV, ".parquet": PARQUET}
"""Endings of a path that ask for a table, and its media type."""
FLOAT32 = "application/octet-stream"
Encode = Callable[[Any], bytes]
Rows = Callable[[Any], Sequence[dict[str, Any]]]


def json_bytes(document: Any) -> bytes:
    """Return a document as ``--json`` prints it.

    Parameters
    ----------
    document : object
        Plain values.
    """
    return json.dumps(finite_document(document), ensure_ascii=False, allow_nan=False).encode()


def listed(document: Any) -> Sequence[dict[str, Any]]:
    """Return the rows of a list's document.

    Parameters
    ----------
    document : dict
        A page.
    """
    rows: Sequence[dict[str, Any]] = document["items"]
    return rows


def wanted_format(request: Request, offered: Sequence[str]) -> str:
    """Return the media type to answer with: by the ending of the path, else by ``Accept``.

    Parameters
    ----------
    request : Request
        With its path and headers.
    offered : sequence of str
        Media types, the usual one first; it is taken where none is wanted.
    """
    for ending, media in TABLE_ENDINGS.items():
        if request.url.path.endswith(ending) and media in offered:
            return media
    best, best_weight = offered[0], 0.0
    for part in request.headers.get("accept", "").split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        if media in offered and weight > best_weight:
            best, best_weight = media, weight
        elif media in ("*/*", "application/*") and weight > best_weight:
            best, best_weight = offered[0], weight
    return best


async def reply(
    request: Request,
    question: Callable[[Observatory], Any],
    *,
    rows: Rows | None = None,
    float32: Encode | None = None,
    lasting: bool = True,
) -> Response:
    """Answer a question about the record.

    Parameters
    ----------
    request : Request
        Its path and query are the question's name.
    question : callable
        Returns the document, from the record.
    rows : callable or None
        Returns the rows of a table of the document; None where it cannot be one.
    float32 : callable or None
        Returns the document as numbers of four bytes; None for all but series.
    lasting : bool
        Whether equal editions of the record give equal answers; False for those of the clock.
    """
    encoders: dict[str, Encode] = {JSON: json_bytes}
    if rows is not None:
        encoders[CSV] = lambda document: csv_bytes(rows(document))
        encoders[PARQUET] = lambda document: parquet_bytes(rows(document))
    if float32 is not None:
        encoders[FLOAT32] = float32
    media = wanted_format(request, list(encoders))

    more = {"Vary": "Accept"}
    for ending, table in TABLE_ENDINGS.items():
        if media == table:
            more["Content-Disposition"] = f'inline; filename="{_file_name(request, ending)}"'

    def make(ask: Observatory) -> bytes:
        return encoders[media](question(ask))

    return await reply_bytes(request, make, media=media, lasting=lasting, headers=more)


async def reply_bytes(
    request: Request,
    make: Callable[[Observatory], bytes],
    *,
    media: str,
    lasting: bool = True,
    about: str = "",
    headers: dict[str, str] | None = None,
) -> Response:
    """Answer with bytes that are made of the record, or with 304 to whom has them.

    Parameters
    ----------
    request : Request
        Its path and query are the question's name.
    make : callable
        Makes the bytes, from the record.
    media : str
        Their type.
    lasting : bool
        As for `reply`.
    about : str
        What else they depend on.
    headers : dict or None
        Further headers.
    """
    room = room_of(request)
    sent = {"Cache-Control": "no-cache" if lasting else "no-store", **(headers or {})}

    def made() -> bytes:
        return make(room.observatory)

    if not lasting:
        return Response(await room.answers.look(made), media_type=media, headers=sent)
    query = sorted(f"{name}={value}" for name, value in request.query_params.multi_items())
    edition = await room.answers.look(room.observatory.edition)
    key = (edition, request.url.path, "&".join(query), media, about)
    digest = hashlib.sha256("\0".join((__version__, *key)).encode("utf-8", "replace"))
    sent["ETag"] = f'"{digest.hexdigest()[:24]}"'
    if _known(request, sent["ETag"]):
        # What was answered before with this tag was an answer; an error has no tag.
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=sent)
    content = await room.answers.get(key, made)
    return Response(content, media_type=media, headers=sent)


def _known(request: Request, tag: str) -> bool:
    given = request.headers.get("if-none-match", "")
    tags = {one.strip().removeprefix("W/") for one in given.split(",")}
    return tag in tags


def _file_name(request: Request, ending: str) -> str:
    name = request.url.path.rstrip("/").rpartition("/")[2].removesuffix(ending)
    safe = "".join(one for one in name if one.isascii() and (one.isalnum() or one in "-_"))
    return f"{safe or 'hashquake'}{ending}"
