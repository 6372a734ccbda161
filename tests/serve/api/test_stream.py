"""The changes as server-sent events: in order, resumed, dropped with a reason."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests import plain_http
from tests.serve.api.served import PATIENCE_S, client, served

from hashquake.core.opinion import Change
from hashquake.observatory import Observatory, open_observatory
from hashquake.serve.api import stream
from hashquake.serve.api.answers import Answers
from hashquake.serve.api.stream import Broadcast, EventStream

Event = dict[str, Any]


def change(number: int, text: str = "") -> Change:
    document = {"number": number, "text": text}
    return Change(kind="readings", subject="country:KZ", document=document)


class Feed:
    """A record in a file, and its server."""

    def __init__(self, path: Path) -> None:
        self.observatory: Observatory = open_observatory(str(path), create=True)
        self.url = ""

    def add(self, *changes: Change) -> None:
        self.observatory.record.add_changes(changes)


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    made = Feed(tmp_path / "my.db")
    with served(made.observatory, db=str(tmp_path / "my.db")) as made.url:
        yield made
    made.observatory.close()


def events_of(lines: Iterator[str]) -> Iterator[Event]:
    """Yield events as a browser reads them; comments have no event."""
    event: Event = {}
    for line in lines:
        if not line and event:
            yield event
            event = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = json.loads(value) if name == "data" else value


def events(answer: httpx.Response) -> Iterator[Event]:
    return events_of(answer.iter_lines())


def follow(api: httpx.Client, n: int, **headers: str) -> list[Event]:
    with api.stream("GET", "/stream", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        return list(islice(events(answer), n))


def test_a_change_is_sent_with_its_number_kind_and_document(feed: Feed) -> None:
    with client(feed.url) as api, api.stream("GET", "/stream") as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith(":")  # listening from here on
        feed.add(change(1, "line\nbreak \u2028 <b>"))
        event = next(events_of(lines))
    assert (event["id"], event["event"]) == ("1", "readings")
    assert event["data"]["subject"] == "country:KZ"
    assert event["data"]["text"] == "line\nbreak \u2028 <b>"


def test_a_client_goes_on_after_the_last_event_that_it_has(feed: Feed) -> None:
    feed.add(*(change(number) for number in range(1, 8)))
    with client(feed.url) as api:
        _settled(api, 7)
        got = follow(api, 3, **{"Last-Event-ID": "4"})
        assert [one["id"] for one in got] == ["5", "6", "7"]
        with api.stream("GET", "/stream?after=6") as answer:
            found = events(answer)
            assert next(found)["id"] == "7"
            feed.add(change(8))
            assert next(found)["id"] == "8"


def _settled(api: httpx.Client, number: int) -> None:
    """Wait until the server has seen a change."""
    until_s = time.monotonic() + PATIENCE_S
    while api.get("/health").json()["last_change_id"] < number:
        assert time.monotonic() < until_s
    time.sleep(5 * stream.POLL_S)


@pytest.mark.parametrize("known", ["999", "-3", "abc", "1e3", "9" * 30])
def test_a_number_that_says_nothing_here_gives_one_resync_and_goes_on(
    feed: Feed, known: str
) -> None:
    feed.add(change(1), change(2))
    with client(feed.url) as api:
        _settled(api, 2)
        with api.stream("GET", "/stream", headers={"Last-Event-ID": known}) as answer:
            found = events(answer)
            first = next(found)
            assert (first["event"], first["id"]) == ("resync", "2")
            assert first["data"] == {"last_change_id": 2}
            feed.add(change(3))
            assert next(found)["id"] == "3"


def test_what_is_too_old_gives_one_resync(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "OLDEST", 5)
    feed.add(*(change(number) for number in range(1, 20)))
    with client(feed.url) as api:
        _settled(api, 19)
        assert follow(api, 1, **{"Last-Event-ID": "3"})[0]["event"] == "resync"
        assert follow(api, 1, **{"Last-Event-ID": "15"})[0]["id"] == "16"


def test_many_clients_hear_every_change_once_and_the_record_is_read_once(feed: Feed) -> None:
    asked: list[int] = []
    changes = feed.observatory.changes

    def counted(*, after_id: int = 0, limit: int = 1_000) -> tuple[Change, ...]:
        asked.append(after_id)
        return changes(after_id=after_id, limit=limit)

    feed.observatory.changes = counted  # type: ignore[method-assign]

    async def listen(api: httpx.AsyncClient, started: asyncio.Semaphore) -> list[str]:
        async with api.stream("GET", f"{feed.url}/api/v1/stream") as answer:
            numbers: list[str] = []
            async for line in answer.aiter_lines():
                if line.startswith(": changes"):
                    started.release()
                if line.startswith("id: "):
                    numbers.append(line[4:])
                if len(numbers) == 20:
                    return numbers
        return numbers

    async def all_of_them() -> list[list[str]]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(
            verify=plain_http.NO_CERTIFICATES, timeout=PATIENCE_S, limits=limits
        ) as api:
            started = asyncio.Semaphore(0)
            tasks = [asyncio.ensure_future(listen(api, started)) for _ in range(60)]
            for _ in tasks:
                await started.acquire()
            before = len(asked)
            feed.add(*(change(number) for number in range(1, 21)))
            got = await asyncio.gather(*tasks)
            assert sum(one == 0 for one in asked[before:]) <= 20
            return got

    assert asyncio.run(all_of_them()) == [[str(number) for number in range(1, 21)]] * 60


def test_a_client_that_does_not_read_is_dropped_with_the_reason(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LINGER_S", 20.0)
    monkeypatch.setattr(stream, "KEPT_EVENTS", 150)
    host, port = feed.url.removeprefix("http://").split(":")
    with socket.socket() as slow, client(feed.url) as api:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((host, int(port)))
        slow.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        assert slow.recv(10)
        for start in range(0, 600, 100):
            feed.add(*(change(start + at, "x" * 20_000) for at in range(100)))
            _settled(api, start + 100)
        slow.settimeout(PATIENCE_S)
        got = b""
        while data := slow.recv(2**16):
            got += data
    assert b"event: dropped" in got
    assert b"too slow" in got
    assert b"id: 600\n" not in got
    last_id = int(got.rpartition(b"\nid: ")[2].partition(b"\n")[0])
    with client(feed.url) as api:
        assert follow(api, 1, **{"Last-Event-ID": f"{last_id}"})[0]["id"] == str(last_id + 1)


def test_a_client_that_never_reads_is_let_go(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LINGER_S", 0.2)
    monkeypatch.setattr(stream, "KEPT_EVENTS", 150)

    def n_clients() -> float:
        text = plain_http.get(f"{feed.url}/metrics", timeout=300).text
        return float(text.partition("\nhashquake_stream_clients ")[2].split()[0])

    host, port = feed.url.removeprefix("http://").split(":")
    with socket.socket() as deaf, client(feed.url) as api:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect((host, int(port)))
        deaf.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        assert deaf.recv(10)
        assert n_clients() == 1.0
        for start in range(0, 600, 100):
            feed.add(*(change(start + at, "x" * 20_000) for at in range(100)))
            _settled(api, start + 100)
        until_s = time.monotonic() + PATIENCE_S
        while n_clients():
            assert time.monotonic() < until_s
            time.sleep(0.1)


def test_a_burst_drops_nobody_who_reads(feed: Feed) -> None:
    with client(feed.url) as api, api.stream("GET", "/stream") as answer:
        lines = answer.iter_lines()
        next(lines)
        feed.add(*(change(number) for number in range(1, 3_001)))
        got = [one["id"] for one in islice(events_of(lines), 3_000)]
    assert got == [str(number) for number in range(1, 3_001)]


def test_what_is_kept_for_the_slow_is_bounded_in_bytes(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "KEPT_BYTES", 50_000)
    broadcast = Broadcast(feed.observatory, Answers())
    feed.add(*(change(number, "x" * 10_000) for number in range(1, 20)))
    broadcast._hand_out(feed.observatory.changes())
    assert broadcast.after(3) is None
    kept = broadcast.after(19 - 4)
    assert kept is not None
    assert (len(kept[0]), kept[1]) == (4, 19)
    assert broadcast.after(19) == ([], 19)


def test_a_heartbeat_comes_when_nothing_happens() -> None:
    async def lines() -> list[bytes]:
        sent: list[bytes] = []
        observatory = open_observatory("bundled")
        response = EventStream(Broadcast(observatory, Answers()), None, heartbeat_s=0.02)

        async def send(message: Any) -> None:
            sent.append(message.get("body", b""))

        async def receive() -> Any:
            await asyncio.sleep(0.3)
            return {"type": "http.disconnect"}

        await response({}, receive, send)
        return sent

    assert asyncio.run(lines()).count(b": heartbeat\n\n") >= 2


def test_streams_end_with_the_server(tmp_path: Path) -> None:
    made = Feed(tmp_path / "my.db")
    with served(made.observatory, db=str(tmp_path / "my.db")) as url:
        api = client(url)
        answer = api.send(api.build_request("GET", "/stream"), stream=True)
        lines = answer.iter_lines()
        assert next(lines).startswith(":")
        began_s = time.monotonic()
    assert time.monotonic() - began_s < PATIENCE_S / 2
    api.close()
    made.observatory.close()
