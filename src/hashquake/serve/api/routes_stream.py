"""The path of live changes: /stream."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request

from hashquake.serve.api.faults import RequestError
from hashquake.serve.api.room import room_of
from hashquake.serve.api.stream import EventStream

router = APIRouter(tags=["live"])
_EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "The number of the change."},
        "event": {"type": "string", "description": "Its kind, or resync, or dropped."},
        "data": {"type": "string", "description": "Its document, JSON."},
    },
    "required": ["data"],
}
"""In OpenAPI 3.1 the schema of an event stream is that of one event."""


@router.get(
    "/stream",
    response_model=None,
    responses={200: {"content": {"text/event-stream": {"schema": _EVENT}}}},
)
async def stream(
    request: Request,
    last_event_id: Annotated[
        str | None, Header(description="The number of the last change received; resumes there.")
    ] = None,
    after: Annotated[
        str | None, Query(description="The same, for a first request from a browser.")
    ] = None,
) -> EventStream:
    """Follow the changes as server-sent events.

    `id` is the number of the change, `event` its kind, `data` its document as
    `hashquake watch --json` prints it. A `resync` event says that too much was missed: read what
    is shown again, then go on. A client that reads too slowly gets `dropped` and may resume. A
    comment line comes at least every 15 s.
    """
    broadcast = room_of(request).broadcast
    if broadcast.n_listeners >= broadcast.most_listeners:
        raise RequestError(
            "too many clients follow the stream",
            code="stream-full",
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            hint="ask again in some minutes",
        )
    return EventStream(broadcast, last_event_id if last_event_id is not None else after)
