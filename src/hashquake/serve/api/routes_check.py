"""Paths about claims: POST /check, /claims."""

import hashlib
from typing import Any

from fastapi import APIRouter, Request, Response

from hashquake.core.times import parse_time
from hashquake.observatory import Observatory
from hashquake.serve.api.claim_documents import CheckDocument, CheckRequest, ClaimPage
from hashquake.serve.api.paging import page
from hashquake.serve.api.parameters import Cursor, Limit, Since, Until
from hashquake.serve.api.reply import JSON, json_bytes, listed, reply
from hashquake.serve.api.room import room_of
from hashquake.serve.language import ENGLISH, language_named, speaking

router = APIRouter(tags=["claims"])


@router.post("/check", response_model=CheckDocument)
async def check(request: Request, asked: CheckRequest) -> Response:
    """Find the claims in a text and say of each what the record supports; nothing is kept."""
    room = room_of(request)
    reader = ENGLISH if asked.words is None else language_named(asked.words)

    def make() -> bytes:
        from hashquake.serve.check.document import check_document

        found = room.observatory.check(
            asked.text,
            published=asked.published,
            as_known_on=asked.as_known_on,
            language=asked.language,
        )
        with speaking(reader):
            return json_bytes(check_document(found))

    edition = await room.answers.look(room.observatory.edition)
    words = "\0".join(
        one or ""
        for one in (asked.text, asked.published, asked.as_known_on, asked.language, reader.code)
    )
    digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
    content = await room.answers.get((edition, "check", digest), make)
    return Response(content, media_type=JSON, headers={"Cache-Control": "no-store"})


@router.get("/claims", response_model=ClaimPage)
async def claims(
    request: Request,
    since: Since = None,
    until: Until = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Response:
    """Return the claims that were first checked in a time, each with its last verdict."""

    def question(ask: Observatory) -> dict[str, Any]:
        from hashquake.serve.check.document import ledger_documents

        first_s = float("-inf") if since is None else parse_time(since)
        end_s = float("inf") if until is None else parse_time(until)
        documents = [
            one
            for one in ledger_documents(ask.claim_ledger())
            if first_s <= one["first_checked_s"] < end_s
        ]
        places = [(float(one["first_checked_s"]), str(one["id"])) for one in documents]
        return page(documents, places, cursor=cursor, limit=limit)

    return await reply(request, question, rows=listed)
