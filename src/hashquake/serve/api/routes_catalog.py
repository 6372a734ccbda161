"""Paths of the catalog: /quakes, /outages, /events, /report."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from hashquake.core.network import require_steady_bits
from hashquake.core.times import parse_time
from hashquake.observatory import Observatory
from hashquake.serve.api.catalog_documents import (
    EventPage,
    OutageHistoryDocument,
    OutagePage,
    QuakeHistoryDocument,
    QuakePage,
    ReportDocument,
)
from hashquake.serve.api.paging import in_order, page
from hashquake.serve.api.parameters import All, Country, Cursor, Limit, Since, Until, truth
from hashquake.serve.api.reply import listed, reply
from hashquake.serve.asked import (
    outage_subjects,
    outage_window,
    quakes_wanted,
    report_baseline,
    report_event,
    unknown_outage,
    unknown_quake,
)
from hashquake.serve.opinion_documents import (
    outage_history_json,
    outage_json,
    quake_history_json,
    quake_json,
)
from hashquake.serve.outages.alarms import with_false_alarms
from hashquake.serve.shapes import event_shape

router = APIRouter(tags=["catalog"])

Kind = Annotated[str | None, Query(description="`network` or `pools`: only falls of these.")]


@router.get("/quakes", response_model=QuakePage)
async def quakes(
    request: Request,
    since: Since = None,
    until: Until = None,
    kind: Kind = None,
    every: All = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Response:
    """Return falls of hash rate, in order of onset; rejected ones only with `all`."""

    def question(ask: Observatory) -> dict[str, Any]:
        found = quakes_wanted(
            ask.quakes(), since=since, until=until, kind=kind, rejected=truth("all", every)
        )
        if not found:  # where falls cannot be looked for, none found says nothing
            require_steady_bits(ask.network, "the catalog of falls")
        places = sorted((float(one.onset.start_s), one.id) for one in found)
        found.sort(key=lambda one: (one.onset.start_s, one.id))
        documents = [quake_json(one) for one in found]
        return page(documents, places, cursor=cursor, limit=limit)

    return await reply(request, question, rows=listed)


@router.get("/quakes/{quake}", response_model=QuakeHistoryDocument)
async def quake(
    request: Request, quake: Annotated[str, Path(description="Such as hq20210416a.")]
) -> Response:
    """Return one quake with every opinion there was of it."""

    def question(ask: Observatory) -> dict[str, Any]:
        found = ask.quake_opinions(quake)
        if not found:
            raise unknown_quake(quake, ask.quakes())
        return quake_history_json(found)

    return await reply(request, question)


@router.get("/outages", response_model=OutagePage)
async def outages(
    request: Request,
    country: Country = None,
    since: Since = None,
    until: Until = None,
    every: All = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Response:
    """Return outages of countries, in order of onset; rejected ones only with `all`.

    Where nothing watched there may have been one: that is an error, never an empty list.
    """

    def question(ask: Observatory) -> dict[str, Any]:
        window = outage_window(ask, since, until)
        subjects = outage_subjects(ask, country)
        rejected = truth("all", every)
        found = list(ask.outages(subjects=subjects, window=window, rejected=rejected, search=False))
        if not found:
            ask.watched(subjects=subjects, window=window)
        places = sorted((float(one.onset.start_s), one.id) for one in found)
        found.sort(key=lambda one: (one.onset.start_s, one.id))
        documents = with_false_alarms([outage_json(one) for one in found])
        return page(documents, places, cursor=cursor, limit=limit)

    return await reply(request, question, rows=listed)


@router.get("/outages/{outage}", response_model=OutageHistoryDocument)
async def outage(
    request: Request, outage: Annotated[str, Path(description="Such as ou20220105kza.")]
) -> Response:
    """Return one outage with every opinion there was of it."""

    def question(ask: Observatory) -> dict[str, Any]:
        found = ask.outage_opinions(outage, search=False)
        if not found:
            raise unknown_outage(outage, ask.outages(rejected=True, search=False))
        return outage_history_json(found)

    return await reply(request, question)


@router.get("/events", response_model=EventPage)
async def events(
    request: Request,
    since: Since = None,
    until: Until = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Response:
    """Return the events of history that the record covers; `/report/{event}` reports one."""

    def question(ask: Observatory) -> dict[str, Any]:
        from hashquake.datasets.events import covered_events

        first_s = None if since is None else parse_time(since)
        end_s = None if until is None else parse_time(until)
        documents = [
            event_shape(one)
            for one in covered_events(ask.coverage())
            if (first_s is None or one.window.end_s > first_s)
            and (end_s is None or one.window.start_s < end_s)
        ]
        return page(documents, in_order(documents), cursor=cursor, limit=limit)

    return await reply(request, question, rows=listed)


BaselineSince = Annotated[str | None, Query(description="Start of what it is compared with.")]
BaselineUntil = Annotated[str | None, Query(description="Its end.")]


@router.get("/report", response_model=ReportDocument)
async def report_window(
    request: Request,
    since: Since = None,
    until: Until = None,
    baseline_since: BaselineSince = None,
    baseline_until: BaselineUntil = None,
) -> Response:
    """Return what the blocks show of any window, with the likely causes."""
    return await _report(request, None, since, until, (baseline_since, baseline_until))


@router.get("/report/{event}", response_model=ReportDocument)
async def report(
    request: Request,
    event: Annotated[str, Path(description="An `id` of `/events`, such as kazakhstan-2022.")],
    baseline_since: BaselineSince = None,
    baseline_until: BaselineUntil = None,
) -> Response:
    """Return what the blocks show of an event of `/events`, with the likely causes."""
    return await _report(request, event, None, None, (baseline_since, baseline_until))


async def _report(
    request: Request,
    event: str | None,
    since: str | None,
    until: str | None,
    baseline: tuple[str | None, str | None],
) -> Response:
    def question(ask: Observatory) -> dict[str, Any]:
        from hashquake.serve.report.document import report_document

        chosen = report_event(event, since, until)
        incident = ask.report(chosen, baseline=report_baseline(chosen.window, *baseline))
        return report_document(incident, ask.context(incident))

    return await reply(request, question)
