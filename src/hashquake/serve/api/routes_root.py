"""Paths next to the API: its description, a page of it, figures for Prometheus, a feed."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from hashquake.serve.api.docs_page import docs_css, docs_html
from hashquake.serve.api.feed import alerts_xml, feed_xml
from hashquake.serve.api.reply import json_bytes, reply_bytes
from hashquake.serve.api.room import room_of

if TYPE_CHECKING:
    from hashquake.serve.api.metrics import Metrics

router = APIRouter(include_in_schema=False)
_DAY = {"Cache-Control": "public, max-age=300"}


@router.get("/openapi.json")
async def description(request: Request) -> Response:
    """Return the description of the API for programs."""
    return Response(
        json_bytes(request.app.state.describe()), media_type="application/json", headers=_DAY
    )


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Return the description of the API for people."""
    page = docs_html(request.app.state.describe(), root_path=request.scope.get("root_path", ""))
    return Response(page, media_type="text/html", headers=_DAY)


@router.get("/docs.css")
async def style() -> Response:
    """Return the style of the page."""
    return Response(docs_css(), media_type="text/css", headers=_DAY)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Return the figures for Prometheus."""
    room = room_of(request)
    gauges: Metrics = request.app.state.metrics
    text = await room.answers.look(lambda: gauges.text(clients=room.broadcast.n_listeners))
    kind = "text/plain; version=0.0.4; charset=utf-8"
    return Response(text, headers={"Content-Type": kind, "Cache-Control": "no-store"})


@router.get("/feed.atom")
async def feed(request: Request) -> Response:
    """Return quakes and outages as an Atom feed."""
    base = str(request.base_url).rstrip("/")
    return await reply_bytes(
        request, lambda ask: feed_xml(ask, base_url=base), media="application/atom+xml", about=base
    )


@router.get("/alerts.atom")
async def alerts(request: Request) -> Response:
    """Return the alerts of the settings' rules as an Atom feed."""
    base = str(request.base_url).rstrip("/")
    return await reply_bytes(
        request,
        lambda ask: alerts_xml(ask, base_url=base),
        media="application/atom+xml",
        about=base,
        lasting=False,
    )
