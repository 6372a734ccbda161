"""Paths about pools: /pools, /pools/{slug}."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from hashquake.core.times import positive_duration_s
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.serve.api.documents import PoolDetailDocument, PoolPage
from hashquake.serve.api.paging import in_order, page
from hashquake.serve.api.parameters import At, Cursor, Limit, Since, Span, Until, truth
from hashquake.serve.api.reply import listed, reply
from hashquake.serve.asked import rate_window
from hashquake.serve.pool_detail import pool_detail_shape
from hashquake.serve.pool_table import pool_shapes

router = APIRouter(tags=["pools"])

Exposure = Annotated[
    str | None,
    Query(description="`true` adds how much of each sits in places that went dark; slower."),
]


def _window(
    ask: Observatory, at: str | None, span: str, since: str | None, until: str | None
) -> Window:
    positive_duration_s(span, "span")
    return rate_window(at, span, since, until, ask.end_s)


@router.get("/pools", response_model=PoolPage)
async def pools(
    request: Request,
    at: At = None,
    span: Span = "24h",
    since: Since = None,
    until: Until = None,
    exposure: Exposure = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Response:
    """Return the blocks of each pool and the hash rate it reports, and how often chance does it."""

    def question(ask: Observatory) -> dict[str, Any]:
        window = _window(ask, at, span, since, until)
        rows = ask.pools(
            window.end_s, span_s=window.duration_s, exposure=truth("exposure", exposure)
        )
        documents = pool_shapes(rows)
        return page(documents, in_order(documents), cursor=cursor, limit=limit)

    return await reply(request, question, rows=listed)


@router.get("/pools/{slug}", response_model=PoolDetailDocument)
async def pool(
    request: Request,
    slug: Annotated[str, Path(description="Such as antpool; `unknown` is a pool, too.")],
    at: At = None,
    span: Span = "24h",
    since: Since = None,
    until: Until = None,
    exposure: Exposure = None,
) -> Response:
    """Return one pool as in `/pools`, with what concerns its operator.

    Who gained what it lost, the tags and addresses that it is known by and those seen in its
    blocks, and its stale blocks.
    """

    def question(ask: Observatory) -> dict[str, Any]:
        window = _window(ask, at, span, since, until)
        detail = ask.pool(
            slug, window.end_s, span_s=window.duration_s, exposure=truth("exposure", exposure)
        )
        return pool_detail_shape(detail)

    return await reply(request, question)
