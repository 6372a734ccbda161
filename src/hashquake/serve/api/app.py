"""The application: paths, errors, what starts and stops with it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response

from hashquake import __version__
from hashquake.core import clock
from hashquake.core.errors import HashquakeError
from hashquake.core.hostile_text import visible_text
from hashquake.core.site import Site
from hashquake.observatory import Observatory
from hashquake.serve.api import (
    routes_alerts,
    routes_catalog,
    routes_check,
    routes_earnings,
    routes_jobs,
    routes_places,
    routes_pools,
    routes_races,
    routes_rates,
    routes_root,
    routes_sites,
    routes_stream,
)
from hashquake.serve.api.answers import Answers
from hashquake.serve.api.documents import ErrorDocument
from hashquake.serve.api.faults import RequestError, fault_response, handle_fault
from hashquake.serve.api.guard import Guard
from hashquake.serve.api.heartbeats import Heartbeats
from hashquake.serve.api.jobs import Jobs
from hashquake.serve.api.metrics import Metrics
from hashquake.serve.api.openapi import openapi_document
from hashquake.serve.api.parameters import check_parameters
from hashquake.serve.api.preparing import prepare
from hashquake.serve.api.reply import TABLE_ENDINGS
from hashquake.serve.api.room import Room
from hashquake.serve.api.stream import Broadcast
from hashquake.serve.cli.faults import said_of
from hashquake.serve.mcp.mounted import mount_tools
from hashquake.serve.page import routes as routes_page
from hashquake.serve.settings import ServeSettings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

PREFIX = "/api/v1"
_log = logging.getLogger(__name__)
TABLES = (
    "/rate",
    "/rates",
    "/earnings",
    "/halvings",
    "/quakes",
    "/outages",
    "/events",
    "/pools",
    "/map",
    "/exposure",
    "/sites",
    "/alerts",
    "/claims",
)
"""Paths that also have tables, by ``Accept`` or with ``.csv`` or ``.parquet`` at their end."""
_SMALL_BYTES = 4_096
"""Shorter answers are sent as they are: packing them takes longer than sending them."""
_ERRORS: dict[int | str, dict[str, Any]] = {
    "default": {
        "model": ErrorDocument,
        "description": "Any error: 400 what was asked cannot be, 404 not known or not observed, "
        "429 too often, 503 the record cannot be read now; the code says why.",
    }
}
_DESCRIPTION = """\
Bitcoin's hash rate with an interval on every number, falls of it, and outages of countries that
may explain them. Every answer is the document that the command of the same name prints with
`--json`. Times are UTC Unix seconds in answers and ISO 8601 in questions; shares are 0 to 1; hash
rates are hashes a second. An error is `{"error": {"code", "message", "hint"}}`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The application, and how its end is announced to it.

    Parameters
    ----------
    app : FastAPI
        The paths, without what every request passes first.
    guard : Guard
        What a server runs.
    """

    app: FastAPI
    guard: Guard

    def stop(self) -> None:
        """End the streams: the server is stopping."""
        room: Room | None = getattr(self.app.state, "room", None)
        if room is not None:
            room.broadcast.stop()


def create_app(
    observatory: Observatory,
    *,
    db: str,
    settings: ServeSettings | None = None,
    now_s: Callable[[], float] = clock.now_s,
    root_path: str = "",
    exposed: bool = False,
    sites: tuple[Site, ...] = (),
    writer: Observatory | None = None,
    prepares: bool = False,
) -> Built:
    """Build the application over a record.

    Parameters
    ----------
    observatory : Observatory
        Read and never written; the caller closes it.
    db : str
        Its name, for simulations in processes of their own.
    settings : ServeSettings or None
        None is the usual ones.
    now_s : callable
        The clock, UTC Unix seconds.
    root_path : str
        Where a proxy shows it.
    exposed : bool
        Whether other machines can reach it: then simulations need a token.
    sites : tuple of Site
        The operator's own.
    writer : Observatory or None
        Of the same record, used for heartbeats of sites alone; the caller closes it. None takes
        no heartbeats.
    prepares : bool
        Whether the engine of the laboratory is compiled before anybody asks.
    """
    chosen = settings or ServeSettings()

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        answers = Answers()
        room = Room(
            observatory=observatory,
            answers=answers,
            broadcast=Broadcast(observatory, answers),
            jobs=Jobs(db, now_s=now_s),
            settings=chosen,
            now_s=now_s,
            exposed=exposed,
            sites=sites,
            heartbeats=None if writer is None else Heartbeats(writer, sites, now_s=now_s),
        )
        app.state.room = room
        async with AsyncExitStack() as stack:
            stack.callback(answers.close)
            if room.heartbeats is not None:
                stack.callback(room.heartbeats.close)
            await room.broadcast.start()
            if tools is not None:
                await stack.enter_async_context(tools)
            keeping = answers.look(observatory.keep_blocks)
            tasks = [keeping, room.broadcast.run(), room.jobs.run()]
            if prepares and chosen.jobs:
                tasks.append(prepare())
            for task in tasks:
                await stack.enter_async_context(_beside(task))
            yield

    app = FastAPI(
        title="hashquake",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=running,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    _add_paths(app)
    tools = mount_tools(app, observatory, exposed=exposed)
    app.state.metrics = Metrics(observatory, now_s=now_s)
    app.state.describe = partial(
        openapi_document,
        app,
        tables=tuple(f"{PREFIX}{path}" for path in TABLES),
        root_path=root_path.rstrip("/"),
    )
    for kind in (HashquakeError, HTTPException, Exception):
        app.add_exception_handler(kind, handle_fault)
    app.add_exception_handler(RequestValidationError, _handle_malformed)
    # Streams of events are left as they are: an event is not to wait for others.
    inside: ASGIApp = GZipMiddleware(app, minimum_size=_SMALL_BYTES, compresslevel=5)
    if chosen.origins:
        inside = CORSMiddleware(
            inside,
            allow_origins=chosen.origins,
            allow_methods=["GET", "HEAD", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match", "Last-Event-ID"],
            expose_headers=["ETag", "Location"],
        )
    guard = Guard(
        inside,
        root_path=root_path,
        requests_per_minute=chosen.requests_per_minute,
        monotonic_s=clock.monotonic_s,
    )
    return Built(app=app, guard=guard)


def _add_paths(app: FastAPI) -> None:
    known = [Depends(check_parameters)]
    for module in (
        routes_rates,
        routes_earnings,
        routes_catalog,
        routes_places,
        routes_pools,
        routes_sites,
        routes_alerts,
        routes_jobs,
        routes_races,
        routes_check,
        routes_stream,
    ):
        app.include_router(module.router, prefix=PREFIX, responses=_ERRORS, dependencies=known)
        tables = APIRouter()
        for route in module.router.routes:
            if isinstance(route, APIRoute) and route.path in TABLES:
                for ending in TABLE_ENDINGS:
                    named = f"{route.path}{ending}"
                    tables.add_api_route(
                        named,
                        route.endpoint,
                        dependencies=route.dependencies,  # a table needs the token its JSON needs
                        include_in_schema=False,
                    )
        app.include_router(tables, prefix=PREFIX, dependencies=known)
    app.include_router(routes_root.router, dependencies=known)
    app.include_router(routes_page.router, dependencies=known)


@asynccontextmanager
async def _beside(work: Any) -> AsyncIterator[None]:
    """Run work while the server runs, and end both together; the server does without what fails."""
    task = asyncio.ensure_future(_noted(work))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _noted(work: Any) -> None:
    try:
        await work
    # It only prepares what answers can work out themselves: a fault in it is logged.
    except Exception as error:  # noqa: BLE001  whatever the background work raises
        message, code, _ = said_of(error)
        _log.warning("work in the background ended: %s [%s]", message, code)


async def _handle_malformed(request: Request, error: Any) -> Response:
    """Answer a body that is not what the path takes; what was sent is not shown again."""
    del request
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part != "body")
    message = f"{where or 'the body'}: {first['msg']}"
    if first["type"] == "json_invalid":
        message = "the body is not JSON"
    return fault_response(
        RequestError(
            visible_text(message),
            code="usage",
            status=HTTPStatus.BAD_REQUEST,
            hint="/docs describes what each path takes",
        )
    )
