"""The path of alerts: /alerts."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from hashquake.core.times import parse_time
from hashquake.observatory import Observatory
from hashquake.serve.alerts.outgoing import alert_document
from hashquake.serve.api.alert_documents import AlertPage
from hashquake.serve.api.paging import page
from hashquake.serve.api.parameters import Cursor, Limit, Since, Until, truth
from hashquake.serve.api.reply import listed, reply

if TYPE_CHECKING:
    from hashquake.core.alert import Alert

router = APIRouter(tags=["alerts"])

Standing = Annotated[
    str | None,
    Query(alias="open", description="`true`: only the last alert of each matter that is not over."),
]


@router.get("/alerts", response_model=AlertPage)
async def alerts(
    request: Request,
    since: Since = None,
    until: Until = None,
    standing: Standing = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Response:
    """Return the alerts that the rules of the settings led to, oldest first."""

    def question(ask: Observatory) -> dict[str, Any]:
        first_s = None if since is None else parse_time(since)
        end_s = None if until is None else parse_time(until)
        outbox, only_open = ask.outbox(), truth("open", standing)
        found: tuple[Alert, ...] = ()
        if outbox is not None and only_open:
            found = tuple(one for one in outbox.threads() if one.state != "recovered")
        elif outbox is not None:
            found = outbox.alerts()
        wanted = [
            one
            for one in found
            if (first_s is None or one.at_s >= first_s) and (end_s is None or one.at_s < end_s)
        ]
        return page(
            [alert_document(one) for one in wanted],
            [(float(one.id), "") for one in wanted],
            cursor=cursor,
            limit=limit,
        )

    # A delivery changes without a change of the record's edition.
    return await reply(request, question, rows=listed, lasting=False)
