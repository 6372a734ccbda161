"""What every request passes: limits, headers, the path of a proxy, what is not HTTP."""

import json
import socket
import time
from typing import Any

import httpx
import pytest
from tests import plain_http
from tests.serve.api.served import client, served

from hashquake.observatory import open_observatory
from hashquake.serve.api import app, protocol
from hashquake.serve.api.answers import Answers
from hashquake.serve.settings import ServeSettings


def raw(address: str, data: bytes, *, wait_s: float = 120.0) -> tuple[int, dict[str, Any]]:
    """Send bytes as they are and read status and document."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=wait_s) as plain:
        plain.sendall(data)
        got = b""
        while part := plain.recv(2**16):
            got += part
    head, _, body = got.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "request-malformed"),
        (b"give me all you have\r\n\r\n", 400, "request-malformed"),
        (b"GET /api/v1/rate?at=" + b"x" * 1_000_000 + b" HTTP/1.1\r\n\r\n", 431, "head-too-large"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000, 431, "head-too-large"),
    ],
    ids=["tls", "words", "a parameter of 1 MB", "a header of 100 kB"],
)
def test_what_cannot_be_read_has_the_one_error_shape(
    address: str, data: bytes, status: int, code: str
) -> None:
    found, document = raw(address, data)
    assert (found, document["error"]["code"]) == (status, code)
    assert set(document["error"]) == {"code", "message", "hint"}


def test_a_head_that_never_ends_is_ended(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEADER_S", 0.3)
    for start in (b"", b"GET /api/v1/health HTTP/1.1\r\nHost: x\r\nX-Slow:"):
        assert raw(address, start)[1]["error"]["code"] == "request-late"


def test_the_longest_address_is_refused_in_words(address: str) -> None:
    found, document = raw(
        address,
        b"GET /api/v1/rate?at="
        + b"x" * 40_000
        + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    assert (found, document["error"]["code"]) == (414, "address-too-long")


def test_every_answer_carries_the_headers_of_safety(address: str, api: httpx.Client) -> None:
    answers = [api.get(path) for path in ("/quakes", "/nothing", "/rate?at=x", "/quakes.csv")]
    for one in (
        *answers,
        plain_http.get(f"{address}/docs", timeout=300),
        plain_http.get(f"{address}/metrics", timeout=300),
    ):
        assert one.headers["x-content-type-options"] == "nosniff"
        assert one.headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in one.headers["content-security-policy"]
        assert "server" not in one.headers
        assert "access-control-allow-origin" not in one.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_questions_are_asked_with_get_alone(api: httpx.Client, method: str) -> None:
    answer = api.request(method, "/quakes")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method-not-allowed")
    assert "GET" in answer.headers["allow"]


def test_one_address_may_ask_so_often_and_others_too() -> None:
    settings = ServeSettings(requests_per_minute=5)
    with served(open_observatory("bundled"), settings=settings) as url, client(url) as api:
        answers = [api.get("/events") for _ in range(7)]
        assert [one.status_code for one in answers[:5]] == [200] * 5
        assert answers[-1].json()["error"]["code"] == "rate-limit"
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert api.get("/events").status_code == 429


def test_pages_of_the_settings_alone_may_read_it_from_a_browser() -> None:
    settings = ServeSettings(origins=["https://desk.example"])
    with served(open_observatory("bundled"), settings=settings) as url, client(url) as api:
        known = api.get("/events", headers={"Origin": "https://desk.example"})
        assert known.headers["access-control-allow-origin"] == "https://desk.example"
        foreign = api.get("/events", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in foreign.headers
        asked = {"Origin": "https://desk.example", "Access-Control-Request-Method": "POST"}
        assert api.options("/simulations", headers=asked).status_code == 200


def test_a_proxy_may_cut_its_path_off_or_leave_it() -> None:
    with served(open_observatory("bundled"), root_path="/seismo/") as url:
        cut, left = (plain_http.get(f"{url}{path}/api/v1/events") for path in ("", "/seismo"))
        assert cut.json() == left.json()
        assert 'href="/seismo/quakes"' in plain_http.get(f"{url}/seismo/").text
        assert 'href="/seismo/docs.css"' in plain_http.get(f"{url}/seismo/docs").text
        assert plain_http.get(f"{url}/openapi.json").json()["servers"] == [{"url": "/seismo"}]
        job = plain_http.post(
            f"{url}/api/v1/simulations", json={"scenario": "halving", "paths": 10}
        )
        assert job.headers["location"].startswith("/seismo/api/v1/simulations/")


def test_an_unforeseen_error_is_one_and_shows_no_more_than_it_must() -> None:
    observatory = open_observatory("bundled")

    def broken() -> Any:
        raise ValueError("at https://user:secret@host/")

    observatory.quakes = broken  # type: ignore[method-assign]
    with served(observatory) as url, client(url) as api:
        answer = api.get("/quakes")
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
        assert api.get("/events").status_code == 200


def test_an_answer_that_takes_too_long_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "Answers", answers_of_haste)
    observatory = open_observatory("bundled")
    quakes = observatory.quakes

    def slow() -> Any:
        time.sleep(1.0)
        return quakes()

    observatory.quakes = slow  # type: ignore[method-assign]
    with served(observatory) as url, client(url) as api:
        answer = api.get("/quakes")
        assert (answer.status_code, answer.json()["error"]["code"]) == (504, "time-limit")
        time.sleep(1.5)
        assert api.get("/quakes").status_code == 200  # made meanwhile, and kept


def answers_of_haste() -> Any:
    return Answers(time_limit_s=0.1)
