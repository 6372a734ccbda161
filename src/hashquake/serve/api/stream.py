"""The changes feed as server-sent events: one reader of the record for all who listen."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hashquake.core.errors import HashquakeError
from hashquake.core.opinion import Change
from hashquake.observatory import Observatory
from hashquake.serve.api.answers import Answers
from hashquake.serve.cli.output import finite_document
from hashquake.serve.cli.watch import change_document

POLL_S = 0.05
HEARTBEAT_S = 15.0
WAITING_EVENTS = 256
"""Events that may wait for a client before it is dropped as too slow."""
OLDEST = 10_000
"""Changes that are sent again to a client that comes back; what is older is too old."""
LINGER_S = 10.0
"""How long a client that is dropped has for reading why."""
_BATCH = 1_000
_HEARTBEAT = b": heartbeat\n\n"
_OPENING = b": changes\n\n"
Write = Callable[[bytes], Awaitable[None]]
_log = logging.getLogger(__name__)


class Broadcast:
    """Reads the changes feed and hands each change to every listener.

    Parameters
    ----------
    observatory : Observatory
        Whose changes.
    answers : Answers
        Runs looks at the record in a thread.
    poll_s : float
        How often the feed is looked at, seconds.
    most_listeners : int
        More are refused.
    """

    def __init__(
        self,
        observatory: Observatory,
        answers: Answers,
        *,
        poll_s: float = POLL_S,
        most_listeners: int = 2_000,
    ) -> None:
        self._observatory = observatory
        self._answers = answers
        self._poll_s = poll_s
        self._listeners: set[Listener] = set()
        self.most_listeners = most_listeners
        self.last_id = 0
        self.stopping = asyncio.Event()

    @property
    def n_listeners(self) -> int:
        """Count who listens."""
        return len(self._listeners)

    async def run(self) -> None:
        """Read the feed until cancelled."""
        self.last_id = await self._answers.look(self._last_id)
        while True:
            await asyncio.sleep(self._poll_s)
            try:
                found = await self._answers.look(self._next)
            except HashquakeError as error:  # locked or away for a moment; ask again
                _log.warning("the changes cannot be read: %s [%s]", error.message, error.code)
                await asyncio.sleep(1.0)
                continue
            if found:
                self._hand_out(found)

    def stop(self) -> None:
        """End every stream: the server is stopping."""
        self.stopping.set()
        for one in tuple(self._listeners):
            one.end("the server is stopping")

    async def missed(self, after_id: int) -> tuple[Change, ...]:
        """Return changes after a number, at most `OLDEST`.

        Parameters
        ----------
        after_id : int
            The last that a client has.
        """
        return await self._answers.look(
            lambda: self._observatory.changes(after_id=after_id, limit=OLDEST)
        )

    def add(self, listener: "Listener") -> None:
        """Hand changes to a listener from now on.

        Parameters
        ----------
        listener : Listener
            New.
        """
        self._listeners.add(listener)

    def remove(self, listener: "Listener") -> None:
        """Forget a listener.

        Parameters
        ----------
        listener : Listener
            Added before.
        """
        self._listeners.discard(listener)

    def _last_id(self) -> int:
        return self._observatory.last_change_id()

    def _next(self) -> tuple[Change, ...]:
        return self._observatory.changes(after_id=self.last_id, limit=_BATCH)

    def _hand_out(self, changes: Sequence[Change]) -> None:
        self.last_id = changes[-1].id
        for change in changes:
            event = event_bytes(change)
            for one in tuple(self._listeners):
                one.offer(change.id, event)


class Listener:
    """One client of the stream and what waits for it.

    Parameters
    ----------
    waiting_events : int
        How many events may wait; one more and the client is dropped.
    """

    def __init__(self, waiting_events: int = WAITING_EVENTS) -> None:
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._most = waiting_events
        self._news = asyncio.Event()
        self.give_up: Callable[[], object] = lambda: None
        self.ended = False
        self.because = ""

    def offer(self, number: int, event: bytes) -> None:
        """Put an event behind those that wait, or drop a client that does not read.

        Parameters
        ----------
        number : int
            Of the change.
        event : bytes
            As it is sent.
        """
        if len(self._waiting) >= self._most:
            self.end("too slow: the events that waited were too many; resume with Last-Event-ID")
            return
        self._waiting.append((number, event))
        self._news.set()

    def end(self, because: str) -> None:
        """End the stream, with a reason for the client.

        Parameters
        ----------
        because : str
            A sentence.
        """
        if not self.ended:
            self.because = because
            self.ended = True
            self._news.set()
            asyncio.get_running_loop().call_later(LINGER_S, self._give_up)

    def _give_up(self) -> None:
        self.give_up()

    async def next(self, within_s: float) -> tuple[int, bytes] | None:
        """Return the next event, or None where none came or the stream has ended.

        Parameters
        ----------
        within_s : float
            How long to wait, seconds.
        """
        if not self._waiting and not self.ended:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), within_s)
        if self.ended or not self._waiting:
            return None
        return self._waiting.popleft()


def event_bytes(change: Change) -> bytes:
    """Return a change as a server-sent event.

    Parameters
    ----------
    change : Change
        Its number is the event's id, its kind the event's name.
    """
    return _event(change.kind, change_document(change), change.id)


def _event(name: str, document: object, number: int | None = None) -> bytes:
    # In ASCII: readers that split lines at every line break of Unicode are common.
    data = json.dumps(finite_document(document), allow_nan=False)
    head = "" if number is None else f"id: {number}\n"
    return f"{head}event: {name}\ndata: {data}\n\n".encode()


class EventStream(Response):
    """The response that follows the feed: an ASGI application for one request.

    Parameters
    ----------
    broadcast : Broadcast
        Whose events.
    last_event_id : str or None
        What the client has; None begins with the next change.
    heartbeat_s : float
        A line at least so often, seconds, so that both sides see a broken connection.
    """

    def __init__(
        self,
        broadcast: Broadcast,
        last_event_id: str | None,
        *,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        super().__init__()
        self._broadcast = broadcast
        self._last_event_id = last_event_id
        self._heartbeat_s = heartbeat_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the client leaves, is too slow, or the server stops.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        del scope
        listener = Listener()
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        sending = asyncio.ensure_future(self._send_all(listener, send))
        leaving = asyncio.ensure_future(_until_left(receive))
        # What is being written may be stuck in a full connection: after the end it has its time.
        listener.give_up = sending.cancel
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._broadcast.remove(listener)
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)

    async def _send_all(self, listener: Listener, send: Send) -> None:
        async def write(data: bytes) -> None:
            await send({"type": "http.response.body", "body": data, "more_body": True})

        last_id = await self._catch_up(listener, write)
        while not listener.ended:
            event = await listener.next(self._heartbeat_s)
            if event is None:
                if not listener.ended:
                    await write(_HEARTBEAT)
            elif event[0] > last_id:
                await write(event[1])
                last_id = event[0]
        await write(_event("dropped", {"because": listener.because}))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _catch_up(self, listener: Listener, write: Write) -> int:
        """Send what the client missed, or that it missed too much; return the last number sent.

        From here on the listener is handed what is new; events that are in both come once.
        """
        self._broadcast.add(listener)
        newest_id = self._broadcast.last_id
        await write(_OPENING)
        if self._last_event_id is None:
            return newest_id
        known_id = _number(self._last_event_id)
        if known_id is None or known_id > newest_id or newest_id - known_id > OLDEST:
            await write(_event("resync", {"last_change_id": newest_id}, newest_id))
            return newest_id
        last_id = known_id
        for change in await self._broadcast.missed(known_id):
            await write(event_bytes(change))
            last_id = change.id
        return last_id


def _number(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 19 else None


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would hold events back
]
