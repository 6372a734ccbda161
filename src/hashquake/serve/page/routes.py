"""Paths of the page, for browsers."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from hashquake.core.errors import UsageError
from hashquake.observatory import Observatory
from hashquake.serve.api.faults import PAGE_POLICY, RequestError
from hashquake.serve.api.parameters import All, Country, Since, Until, truth
from hashquake.serve.api.reply import reply_bytes
from hashquake.serve.page.outage_pages import outage_page, outages_page
from hashquake.serve.page.quake_pages import Chosen, quake_page, quakes_page
from hashquake.serve.page.report_pages import report_page
from hashquake.serve.page.seismograph import seismograph_page
from hashquake.serve.page.site import ENDINGS, Site, asset_bytes, asset_names

router = APIRouter(include_in_schema=False)
Make = Callable[[Observatory, Site], str]
HTML = "text/html"
Named = Annotated[str, Path(description="Which one; its id.")]
File = Annotated[str, Path(description="A style sheet, module or picture.")]
Digest = Annotated[str, Path(description="Keeps versions apart.")]
Kind = Annotated[str | None, Query(description="`network` or `pools`: only falls of these.")]
_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}


def site_of(request: Request) -> Site:
    """Return where pages are found by who asked.

    Parameters
    ----------
    request : Request
        Any.
    """
    return Site(root=request.scope.get("root_path", "").rstrip("/"))


async def page(request: Request, make: Make, *, lasting: bool = True) -> Response:
    """Answer with a page made of the record.

    Parameters
    ----------
    request : Request
        Its path and query name the page.
    make : callable
        Returns the page, from the record.
    lasting : bool
        Whether equal editions of the record give equal pages; False for those of the clock.
    """
    site = site_of(request)
    return await reply_bytes(
        request,
        lambda ask: make(ask, site).encode(),
        media=HTML,
        lasting=lasting,
        about=site.root,
        headers={"Content-Security-Policy": PAGE_POLICY},
    )


@router.get("/assets/{digest}/{name}")
async def asset(digest: Digest, name: File) -> Response:
    """Return a style sheet or a module; the digest only keeps versions apart."""
    del digest
    if name not in asset_names():
        raise RequestError(
            "this file does not exist", code="path-unknown", status=HTTPStatus.NOT_FOUND
        )
    return Response(asset_bytes(name), media_type=ENDINGS[name.rpartition(".")[2]], headers=_YEAR)


@router.get("/")
async def seismograph(request: Request) -> Response:
    """Return the first page."""
    return await page(request, seismograph_page, lasting=False)


@router.get("/quakes")
async def quakes(
    request: Request, since: Since = None, until: Until = None, kind: Kind = None, every: All = None
) -> Response:
    """Return the list of falls."""
    return await page(
        request, lambda ask, site: quakes_page(ask, site, _chosen(since, until, kind, every))
    )


@router.get("/quakes/{quake}")
async def quake(request: Request, quake: Named) -> Response:
    """Return the page of a fall."""
    return await page(request, lambda ask, site: quake_page(ask, site, quake))


@router.get("/outages")
async def outages(
    request: Request,
    country: Country = None,
    since: Since = None,
    until: Until = None,
    every: All = None,
) -> Response:
    """Return the list of outages."""
    chosen = _chosen(since, until, None, every)
    return await page(
        request, lambda ask, site: outages_page(ask, site, chosen, (country or "").upper())
    )


@router.get("/outages/{outage}")
async def outage(request: Request, outage: Named) -> Response:
    """Return the page of an outage."""
    return await page(request, lambda ask, site: outage_page(ask, site, outage))


@router.get("/events/{event}")
async def event(request: Request, event: Named) -> Response:
    """Return the report of an event of history."""
    return await page(request, lambda ask, site: report_page(ask, site, event=event))


@router.get("/report")
async def report(request: Request, since: Since = None, until: Until = None) -> Response:
    """Return the report of any window."""
    return await page(request, lambda ask, site: report_page(ask, site, since=since, until=until))


def _chosen(since: str | None, until: str | None, kind: str | None, every: str | None) -> Chosen:
    """Return what a form asked for; its empty fields are not given."""
    if kind not in (None, "", "network", "pools"):
        raise UsageError("kind must be network or pools", code="usage")
    return Chosen(
        since=since or "", until=until or "", kind=kind or "", rejected=truth("all", every or None)
    )
