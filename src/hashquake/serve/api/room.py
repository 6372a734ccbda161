"""What every request finds: the record, the answers kept, the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request

from hashquake.core.site import Site
from hashquake.observatory import Observatory
from hashquake.serve.api.answers import Answers
from hashquake.serve.settings import ServeSettings

if TYPE_CHECKING:
    from hashquake.serve.api.heartbeats import Heartbeats
    from hashquake.serve.api.jobs import Jobs
    from hashquake.serve.api.stream import Broadcast


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What every request finds.

    Parameters
    ----------
    observatory : Observatory
        The record, read by many threads at once and never written.
    answers : Answers
        Those made last.
    broadcast : Broadcast
        The changes feed and who listens to it.
    jobs : Jobs
        Simulations asked for.
    settings : ServeSettings
        Of the server.
    now_s : callable
        The clock, UTC Unix seconds.
    exposed : bool
        Whether other machines can reach it.
    sites : tuple of Site
        The operator's own; empty where none are described.
    heartbeats : Heartbeats or None
        Takes what sites send; None where none may send.
    """

    observatory: Observatory
    answers: Answers
    broadcast: "Broadcast"
    jobs: "Jobs"
    settings: ServeSettings
    now_s: Callable[[], float]
    exposed: bool = False
    sites: tuple[Site, ...] = ()
    heartbeats: "Heartbeats | None" = None


def room_of(request: Request) -> Room:
    """Return the room of the application that a request came to.

    Parameters
    ----------
    request : Request
        Any.
    """
    room: Room = request.app.state.room
    return room
