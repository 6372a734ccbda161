"""Paths of the page, for browsers."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.observatory import Observatory
from hashquake.serve.api.faults import PAGE_POLICY, RequestError
from hashquake.serve.api.language_asked import LANGUAGE_HEADERS, keep_language, language_asked
from hashquake.serve.api.parameters import All, Country, Since, Span, Until, truth
from hashquake.serve.api.reply import reply_bytes
from hashquake.serve.api.room import room_of
from hashquake.serve.language import speaking
from hashquake.serve.page.charts_page import EMBEDDED, charts_page, embed_page
from hashquake.serve.page.check_page import check_page
from hashquake.serve.page.country_pages import countries_page, country_page
from hashquake.serve.page.forecast_page import forecast_page
from hashquake.serve.page.laboratory import laboratory_page, result_part
from hashquake.serve.page.method_page import method_page
from hashquake.serve.page.outage_pages import outage_page, outages_page
from hashquake.serve.page.pool_pages import SPANS, pool_page, pools_page
from hashquake.serve.page.quake_pages import Chosen, quake_page, quakes_page
from hashquake.serve.page.race_pages import partition_page, stale_page
from hashquake.serve.page.report_pages import report_page
from hashquake.serve.page.seismograph import STRIPS, seismograph_page
from hashquake.serve.page.website import ENDINGS, Website, asset_bytes, asset_names, left_out

router = APIRouter(include_in_schema=False)
Make = Callable[[Observatory, Website], str]
HTML = "text/html"
FRESH_S = 15.0
"""How long a page of the present stays as it is, seconds, while no block comes."""
Named = Annotated[str, Path(description="Which one; its id.")]
File = Annotated[str, Path(description="A style sheet, module or picture.")]
Digest = Annotated[str, Path(description="Keeps versions apart.")]
Kind = Annotated[str | None, Query(description="`network` or `pools`: only falls of these.")]
Strips = Annotated[str | None, Query(description="How many pools have a strip.")]
Typed = Annotated[str, Query(max_length=400, description="As typed into the form.")]
USUAL_COUNTRY = "KZ"
_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}


def site_of(request: Request) -> Website:
    """Return where pages are found by who asked.

    Parameters
    ----------
    request : Request
        Any.
    """
    network = room_of(request).observatory.network
    return Website(
        root=request.scope.get("root_path", "").rstrip("/"),
        language=language_asked(request),
        rehearsal=network.stands_for_main,
        left_out=left_out(network),
    )


async def page(request: Request, make: Make, *, of_now: bool = False) -> Response:
    """Answer with a page made of the record.

    Parameters
    ----------
    request : Request
        Its path and query name the page.
    make : callable
        Returns the page, from the record.
    of_now : bool
        Whether it depends on the clock: then it is made again after `FRESH_S`, also where the
        record stayed as it is.
    """
    site = site_of(request)
    moment = f"{room_of(request).now_s() // FRESH_S:.0f}" if of_now else ""

    def made(ask: Observatory) -> bytes:
        with speaking(site.language):
            return make(ask, site).encode()

    answer = await reply_bytes(
        request,
        made,
        media=HTML,
        about=f"{site.root} {site.language.code} {moment}",
        headers={"Content-Security-Policy": PAGE_POLICY, "Vary": LANGUAGE_HEADERS},
    )
    keep_language(request, answer)
    return answer


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
async def seismograph(request: Request, strips: Strips = None) -> Response:
    """Return the first page."""
    names = {str(one): one for one in STRIPS}
    if strips is not None and strips not in names:
        raise RequestError(
            f"strips must be {' or '.join(names)}, got {strips[:20]!r}",
            code="strips-unknown",
            status=HTTPStatus.BAD_REQUEST,
        )
    shown = STRIPS[0] if strips is None else names[strips]
    return await page(request, lambda ask, site: seismograph_page(ask, site, shown), of_now=True)


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


@router.get("/pools")
async def pools(request: Request, span: Span = "24h") -> Response:
    """Return the table of pools."""
    if span not in SPANS:
        raise UsageError(
            f"span must be {' or '.join(SPANS)}, got {visible_text(span, limit=20)!r}", code="usage"
        )
    return await page(request, lambda ask, site: pools_page(ask, site, span))


@router.get("/pools/{pool}")
async def pool(request: Request, pool: Named) -> Response:
    """Return the page of a pool."""
    return await page(request, lambda ask, site: pool_page(ask, site, pool))


@router.get("/forecast")
async def forecast(request: Request) -> Response:
    """Return the page of the next difficulty."""
    return await page(request, forecast_page)


@router.get("/countries")
async def countries(request: Request) -> Response:
    """Return the map."""
    return await page(request, countries_page)


@router.get("/countries/{country}")
async def country(request: Request, country: Named) -> Response:
    """Return the page of a country."""
    return await page(request, lambda ask, site: country_page(ask, site, country))


@router.get("/laboratory")
async def laboratory(request: Request) -> Response:
    """Return the form that asks for simulations."""
    return await page(request, laboratory_page)


@router.get("/laboratory/results/{job}")
async def result(request: Request, job: Named) -> Response:
    """Return the result of a simulation, or what it has so far, as a part of a page."""
    room = room_of(request)
    found = room.jobs.get(job)
    document = found.result if found.result is not None else found.so_far
    if document is None:
        raise RequestError(
            f"this simulation is {found.state}", code="job-unfinished", status=HTTPStatus.CONFLICT
        )
    fans, site = found.fans, site_of(request)

    def made() -> str:
        with speaking(site.language):
            return result_part(site, document, found.id, fans, found.request["settings"])

    part = await room.answers.look(made)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": PAGE_POLICY}
    return Response(part, media_type=HTML, headers=headers)


@router.get("/laboratory/partition")
async def partition(
    request: Request,
    country: Typed = "",
    share: Typed = "",
    duration: Typed = "5d",
    domestic: Typed = "",
) -> Response:
    """Return the page of a country that is cut off and mines on."""
    given = {"country": country, "share": share, "duration": duration, "domestic": domestic}
    if not country and not share:
        given["country"] = USUAL_COUNTRY
    return await page(request, lambda ask, site: partition_page(ask, site, given))


@router.get("/laboratory/stale")
async def stale(request: Request, delays: Typed = "1,2,10", shares: Typed = "") -> Response:
    """Return the page of stale blocks."""
    given = {"delays": delays, "shares": shares}
    return await page(request, lambda ask, site: stale_page(ask, site, given))


@router.get("/method")
async def method(request: Request) -> Response:
    """Return the page of method and coverage."""
    return await page(request, method_page, of_now=True)


@router.get("/charts")
async def charts(request: Request) -> Response:
    """Return charts for analysts."""
    return await page(request, charts_page)


@router.get("/embed/{chart}")
async def embed(request: Request, chart: Named) -> Response:
    """Return a chart that other pages may show in a frame."""
    if chart not in EMBEDDED:
        raise RequestError(
            f"this chart is not known; known are {', '.join(EMBEDDED)}",
            code="chart-unknown",
            status=HTTPStatus.NOT_FOUND,
        )
    answer = await page(request, lambda ask, site: embed_page(ask, site, chart))
    open_policy = PAGE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
    answer.headers["Content-Security-Policy"] = open_policy
    return answer


@router.get("/check")
async def check(request: Request) -> Response:
    """Return the page that checks a text."""
    return await page(request, check_page)


def _chosen(since: str | None, until: str | None, kind: str | None, every: str | None) -> Chosen:
    """Return what a form asked for; its empty fields are not given."""
    return Chosen(
        since=since or "", until=until or "", kind=kind or "", rejected=truth("all", every or None)
    )
