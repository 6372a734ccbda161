"""What may go wrong with a live stream: each has its code, and none is taken for an outage."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.sources.mrt_forge import update
from tests.sources.mrt_world import KZ, START_S
from tests.sources.simulated_ris import STALL, FollowingClock, message, served
from tests.sources.test_ris_live import beats, listen, seeded, unseeded, values
from websockets.datastructures import Headers
from websockets.http11 import Response
from websockets.sync.server import ServerConnection

from hashquake.core.errors import HashquakeError, UsageError
from hashquake.sources.routes import ris_live


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FollowingClock:
    return FollowingClock(START_S + 0.0).follow(monkeypatch)


def failure(clock: FollowingClock, options: dict[str, Any]) -> HashquakeError:
    with pytest.raises(HashquakeError) as caught:
        listen(clock, options)
    return caught.value


@pytest.mark.parametrize(
    ("status", "headers", "code", "n_waits"),
    [
        (200, {}, "service-refused", 0),
        (401, {}, "service-unauthorised", 0),
        (403, {}, "service-forbidden", 0),
        (404, {}, "service-refused", 0),
        (429, {}, "service-rate-limited", 2),
        (429, {"Retry-After": "7"}, "service-rate-limited", 2),
        (429, {"Retry-After": "86400"}, "service-rate-limited", 0),
        (500, {}, "service-failing", 2),
        (503, {"Retry-After": "20"}, "service-failing", 2),
    ],
)
def test_a_refused_connection_has_its_code(
    tmp_path: Path, clock: FollowingClock, status: int, headers: Any, code: str, n_waits: int
) -> None:
    def refuse(_connection: ServerConnection) -> Response:
        body = b"<html>\x1b[2J</html>"
        sent = Headers({"Content-Length": str(len(body)), "Connection": "close", **headers})
        return Response(status, "no", sent, body)

    with served([], refuse=refuse) as server:
        error = failure(clock, unseeded(tmp_path, server.url, tries=3))
    assert error.code == code
    assert "\x1b" not in error.message
    expected = [float(headers.get("Retry-After", 2**at)) for at in range(n_waits)]
    assert clock.waits_s == expected


def test_a_busy_service_is_waited_for_and_then_heard(tmp_path: Path, clock: FollowingClock) -> None:
    troubles = [429, 503]

    def refuse(connection: ServerConnection) -> Response | None:
        return connection.respond(troubles.pop(0), "later") if troubles else None

    with served(beats(0, 960), refuse=refuse) as server:
        assert len(values(listen(clock, seeded(tmp_path, server.url)))) == 3


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([], "stream-closed"),
        ([STALL], "stream-stalled"),
        (["<!doctype html><p>maintenance"] * 20, "answer-not-json"),
        ([b"\xff\x00"] * 20, "answer-not-json"),
        (['{"type": "ris_message", "data": {"timestamp": 164'] * 20, "answer-not-json"),
        (['{"type": "ris_message", "data": {"timestamp": NaN}}'] * 20, "answer-not-json"),
        (["[" * 100_000] * 20, "answer-not-json"),
        (["[]"] * 20, "answer-shape"),
        ([message(-1e300)] * 20, "answer-shape"),
        ([message(START_S, peer_asn="-1")] * 20, "answer-shape"),
        (
            ['{"type": "ris_error", "data": {"message": "no such host\x1b"}}'] * 20,
            "answer-not-json",
        ),
        ([json.dumps({"type": "ris_error", "data": {"message": "slow\x1b"}})], "service-error"),
        ([json.dumps({"type": "ris_error"})], "service-error"),
        (["x" * ((1 << 20) + 1)], "message-too-large"),
    ],
)
def test_a_stream_that_never_makes_sense_has_its_code(
    tmp_path: Path, clock: FollowingClock, script: Any, code: str
) -> None:
    with served(script) as server:
        silence = "0.3" if script == [STALL] else "10s"
        error = failure(clock, unseeded(tmp_path, server.url, tries=2, silence=silence))
    assert error.code == code
    assert "\x1b" not in error.message
    assert len(server.heard) == 2


def test_a_port_where_nothing_or_no_websocket_listens(
    tmp_path: Path, clock: FollowingClock
) -> None:
    import socket

    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{closed.getsockname()[1]}/"
        assert failure(clock, unseeded(tmp_path, url, tries=2)).code == "service-unreachable"
        closed.listen()  # connects, and never answers
        error = failure(clock, unseeded(tmp_path, url, tries=1, timeout_s=0.2))
        assert error.code == "service-timeout"


def test_one_message_of_another_time_is_a_gap_and_a_hundred_are_a_wrong_clock(
    tmp_path: Path, clock: FollowingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the clock stands still
    ahead = message(START_S + 7200, 0)
    with served([message(START_S), *[ahead] * 100]) as server:
        error = failure(clock, unseeded(tmp_path, server.url))
    assert error.code == "clock-skew"
    clock.follow(monkeypatch)
    behind = message(START_S - 7200, 0, withdrawn=["2.73.0.0/25"])
    with served([*beats(0, 310), behind, *beats(360, 960)]) as server:
        found = values(listen(clock, seeded(tmp_path, server.url)))
    assert found == [(0, 3, "ris_live"), (600, 3, "ris_live:after_gap")]


def test_a_run_that_saw_no_window_whole_says_so(tmp_path: Path, clock: FollowingClock) -> None:
    with served(beats(0, 960)) as server:
        error = failure(clock, unseeded(tmp_path, server.url))
    assert error.code == "ris-nothing-seen"
    assert "46 messages were heard" in error.message


def test_a_seed_takes_the_updates_since(tmp_path: Path, clock: FollowingClock) -> None:
    with served(beats(0, 960)) as server:
        options = seeded(tmp_path, server.url)
        later = update(START_S + 1, 1, announced=["2.76.0.0/16"], origin=KZ)
        later += update(START_S + 1, 2, announced=["2.76.0.0/16"], origin=KZ)
        (options["seed"] / "updates").write_bytes(later)
        assert [value for _, value, _ in values(listen(clock, options))] == [4, 4, 4]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "https://ris-live.ripe.net/"}, "url-malformed"),
        ({"url": "ws://"}, "url-malformed"),
        ({"step": "0s"}, "step-empty"),
        ({"silence": "0s"}, "duration-syntax"),
        ({"duration": "soon"}, "duration-syntax"),
        ({"until": "2022-01-06"}, "option-conflict"),
        ({"duration": "", "until": "2022-01-01"}, "window-over"),
        ({"duration": "", "until": "tomorrow"}, "time-syntax"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    tmp_path: Path, clock: FollowingClock, changes: dict[str, Any], code: str
) -> None:
    error = failure(clock, unseeded(tmp_path, "ws://127.0.0.1:1/") | changes)
    assert isinstance(error, UsageError)
    assert error.code == code


def test_a_missing_library_is_an_extra(
    tmp_path: Path, clock: FollowingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "websockets.exceptions", None)
    error = failure(clock, unseeded(tmp_path, "ws://127.0.0.1:1/"))
    assert (error.code, error.hint) == ("plugin-extra", "install hashquake[live]")
    assert ris_live.CARD.extra == "live"
