"""The changes feed as server-sent events: one reader of the record for all who listen."""

import asyncio
import json
import logging
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hashquake.core.opinion import Change
from hashquake.core.subject import is_private
from hashquake.observatory import Observatory
from hashquake.serve.api.answers import Answers
from hashquake.serve.cli.faults import said_of
from hashquake.serve.cli.output import finite_document
from hashquake.serve.cli.watch import change_document

POLL_S = 0.05
HEARTBEAT_S = 15.0
KEPT_EVENTS = 10_000
"""Events kept for all clients together; who falls behind the oldest is dropped as too slow."""
KEPT_BYTES = 16 * 2**20
OLDEST = 10_000
"""Changes that are sent again to a client that comes back; what is older is too old."""
LINGER_S = 10.0
"""How long a client that is dropped has for reading why."""
_WRITTEN_AT_ONCE = 100
_BATCH = 200
_TOO_SLOW = "too slow: what comes next was dropped; resume with Last-Event-ID"
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
        self._ids: list[int] = []
        self._events: list[bytes] = []
        self._kept_bytes = 0
        self._gone_id = 0
        self.most_listeners = most_listeners
        self.last_id = 0

    @property
    def n_listeners(self) -> int:
        """Count who listens."""
        return len(self._listeners)

    async def start(self) -> None:
        """Begin with what comes next: what is stored already is for those who ask for it."""
        self.last_id = self._gone_id = await self._answers.look(self._observatory.last_change_id)

    async def run(self) -> None:
        """Read the feed until cancelled."""
        while True:
            await asyncio.sleep(self._poll_s)
            try:
                found = await self._answers.look(self._next)
            except Exception as error:  # noqa: BLE001  away for a moment, or longer: ask again
                message, code, _ = said_of(error)
                _log.warning("the changes cannot be read: %s [%s]", message, code)
                await asyncio.sleep(1.0)
                continue
            if found:
                self._hand_out(found)

    def stop(self) -> None:
        """End every stream: the server is stopping."""
        for one in tuple(self._listeners):
            one.end("the server is stopping")

    async def missed(self, after_id: int, up_to_id: int) -> tuple[Change, ...]:
        """Return changes between two numbers, the last one included, at most `OLDEST`.

        Parameters
        ----------
        after_id, up_to_id : int
            The last that a client has, and the last it is to be sent.
        """
        limit = min(OLDEST, up_to_id - after_id)
        if limit <= 0:
            return ()
        found = await self._answers.look(
            lambda: self._observatory.changes(after_id=after_id, limit=limit)
        )
        return tuple(one for one in found if not is_private(one.subject))

    def after(self, number: int) -> tuple[Sequence[bytes], int] | None:
        """Return the kept events after a number and the last one's; None when some are gone.

        Parameters
        ----------
        number : int
            The last that a client was sent.
        """
        if number < self._gone_id:
            return None
        first = bisect_right(self._ids, number)
        some = self._events[first : first + _WRITTEN_AT_ONCE]
        return some, self._ids[first + len(some) - 1] if some else number

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

    def _next(self) -> tuple[Change, ...]:
        return self._observatory.changes(after_id=self.last_id, limit=_BATCH)

    def _hand_out(self, changes: Sequence[Change]) -> None:
        self.last_id = changes[-1].id
        for change in changes:
            if is_private(change.subject):
                continue
            event = event_bytes(change)
            self._ids.append(change.id)
            self._events.append(event)
            self._kept_bytes += len(event)
        surplus = max(0, len(self._ids) - KEPT_EVENTS)
        left_bytes = self._kept_bytes - sum(len(one) for one in self._events[:surplus])
        while left_bytes > KEPT_BYTES:
            left_bytes -= len(self._events[surplus])
            surplus += 1
        if surplus:
            self._gone_id = self._ids[surplus - 1]
            self._kept_bytes = left_bytes
            del self._ids[:surplus], self._events[:surplus]
        for one in tuple(self._listeners):
            if one.last_id < self._gone_id:
                one.end(_TOO_SLOW)
            one.wake()


class Listener:
    """One client of the stream: how far it is, and whether it is to end.

    Its fields are set by the stream that writes to it and by the broadcast.
    """

    def __init__(self) -> None:
        self.last_id = 0
        self.give_up: Callable[[], object] = lambda: None
        self.ended = False
        self.because = ""
        self._waiting: asyncio.Future[bool] | None = None

    def wake(self) -> None:
        """End the wait of `news_within`: there is something to send."""
        self._answer(self._waiting, news=True)

    async def news_within(self, timeout_s: float) -> bool:
        """Wait for `wake`, and return whether it came.

        A future and a timer: `asyncio.wait_for` makes a task of every wait, which for a thousand
        clients takes longer than writing to them.

        Parameters
        ----------
        timeout_s : float
            How long to wait, seconds.
        """
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[bool] = loop.create_future()
        self._waiting = waiting
        timer = loop.call_later(timeout_s, partial(self._answer, waiting, news=False))
        try:
            return await waiting
        finally:
            timer.cancel()
            self._waiting = None

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
            self.wake()
            asyncio.get_running_loop().call_later(LINGER_S, self._give_up)

    def _give_up(self) -> None:
        self.give_up()

    @staticmethod
    def _answer(waiting: "asyncio.Future[bool] | None", *, news: bool) -> None:
        if waiting is not None and not waiting.done():
            waiting.set_result(news)


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

        await self._catch_up(listener, write)
        while not listener.ended:
            found = self._broadcast.after(listener.last_id)
            if found is None:
                listener.end(_TOO_SLOW)
            elif found[0]:
                await write(b"".join(found[0]))
                listener.last_id = found[1]
            elif not await listener.news_within(self._heartbeat_s):
                await write(_HEARTBEAT)
        await write(_event("dropped", {"because": listener.because}))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _catch_up(self, listener: Listener, write: Write) -> None:
        """Send what the client missed, or that it missed too much.

        What comes meanwhile is kept by the broadcast and sent afterwards.
        """
        newest_id = listener.last_id = self._broadcast.last_id
        self._broadcast.add(listener)
        await write(_OPENING)
        if self._last_event_id is None:
            return
        known_id = _number(self._last_event_id)
        if known_id is None or known_id > newest_id or newest_id - known_id > OLDEST:
            await write(_event("resync", {"last_change_id": newest_id}, newest_id))
            return
        missed = await self._broadcast.missed(known_id, newest_id)
        for first in range(0, len(missed), _WRITTEN_AT_ONCE):
            some = missed[first : first + _WRITTEN_AT_ONCE]
            await write(b"".join(event_bytes(one) for one in some))


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
