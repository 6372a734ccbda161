import gzip
import itertools
import socket
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from threading import Thread
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.hostile_server import Answerer, hostile_server, whole
from tests.sources.simulated_chain import MemoryRecord, World

from hashquake.core.contracts import SourceContext
from hashquake.core.errors import SourceError
from hashquake.core.hostile_text import visible_repr, visible_text
from hashquake.sources.wire.deadline import Deadline
from hashquake.sources.wire.http import LARGEST_ANSWER_BYTES, Http, parse_address
from hashquake.sources.wire.retrying import Patience
from hashquake.sources.wire.transport import is_private
from hashquake.sources.wire.unpack import unpacked

PATIENCE = Patience(tries=1)
HASTE = Patience(tries=1, timeout_s=0.4, timeouts_in_all=3)


def real(notes: list[str] | None = None) -> SourceContext:
    """Return a context with the machine's clock and network."""
    return SourceContext(
        record=MemoryRecord(),
        now_s=time.time,
        sleep=lambda _s: None,
        note=(notes if notes is not None else []).append,
    )


def code_of(url: str, patience: Patience = PATIENCE, *, private_redirects: bool = False) -> str:
    http = Http(
        parse_address(url),
        who="service",
        context=real(),
        patience=patience,
        private_redirects=private_redirects,
    )
    try:
        with pytest.raises(SourceError) as caught:
            http.get("/x")
    finally:
        http.close()
    return caught.value.code


def trickle(start: bytes) -> Answerer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(100_000):  # ends when nobody listens any more
            connection.sendall(b"a")
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n", id="body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nx-filler: ", id="headers"),
    ],
)
def test_a_server_that_sends_a_byte_at_a_time_is_given_up(start: bytes) -> None:
    with hostile_server(trickle(start)) as server:
        assert code_of(server.url, HASTE) == "service-timeout"


def test_an_answer_too_slow_by_its_rate_is_given_up_before_the_deadline() -> None:
    patience = Patience(tries=1, timeout_s=0.4, timeouts_in_all=1_000_000)
    with hostile_server(trickle(b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n")) as server:
        assert code_of(server.url, patience) == "service-timeout"


@pytest.mark.parametrize("layers", [1, 2])
def test_a_packed_bomb_is_refused(monkeypatch: pytest.MonkeyPatch, layers: int) -> None:
    monkeypatch.setitem(LARGEST_ANSWER_BYTES, "service", 1 << 20)
    body = gzip.compress(bytes(1 << 24))
    if layers == 2:
        body = gzip.compress(body)
    encoding = ", ".join(["gzip"] * layers)
    with hostile_server(whole(body, f"content-encoding: {encoding}")) as server:
        assert code_of(server.url) == "answer-too-long"


def test_unpacking_never_holds_more_than_a_piece() -> None:
    body = gzip.compress(gzip.compress(bytes(1 << 26)))
    assert len(body) < 1000  # in one part, of which 64 MiB come
    pieces = unpacked([body], "gzip, gzip", limit_bytes=1 << 22, too_long=_too_long)
    sizes_bytes: list[int] = []
    with pytest.raises(SourceError):
        sizes_bytes.extend(len(piece) for piece in pieces)
    assert max(sizes_bytes) <= 1 << 16
    assert sum(sizes_bytes) <= 1 << 22


@pytest.mark.parametrize("encoding", ["gzip, gzip, gzip", "br", "zstd", "gzip;q=1"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with hostile_server(whole(b"x", f"content-encoding: {encoding}")) as server:
        assert code_of(server.url) == "answer-encoding"


def test_a_packed_answer_that_breaks_off_is_no_answer() -> None:
    body = gzip.compress(bytes(range(256)) * 40)[:-9]
    with hostile_server(whole(body, "content-encoding: gzip")) as server:
        assert code_of(server.url) == "service-unreachable"


def test_a_redirect_to_another_private_address_is_not_followed_unless_allowed() -> None:
    with (
        hostile_server(whole(b"secret")) as inner,
        hostile_server(
            whole(b"", f"location: {inner.url}/latest/meta-data", status="302 Found")
        ) as outer,
    ):
        assert code_of(outer.url) == "redirect-private"
        assert inner.asked == []
        http = Http(
            parse_address(outer.url),
            who="service",
            context=real(),
            patience=PATIENCE,
            private_redirects=True,
        )
        assert http.get("/x").body == b"secret"
        http.close()


def test_a_redirect_to_a_name_that_resolves_to_a_private_address_is_not_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve = socket.getaddrinfo

    def rebound(host: str, *rest: Any, **options: Any) -> Any:
        return resolve("10.0.0.1" if host == "rebind.test" else host, *rest, **options)

    with hostile_server(whole(b"", "location: http://rebind.test/", status="302 Found")) as server:
        monkeypatch.setattr(socket, "getaddrinfo", rebound)
        assert code_of(server.url) == "redirect-private"


def test_a_redirect_on_the_same_server_is_followed_and_an_endless_one_is_not() -> None:
    def answer(connection: socket.socket) -> None:
        whole(b"", "location: /again", status="302 Found")(connection)

    with hostile_server(answer) as server:
        assert code_of(server.url) == "service-unreachable"
        assert 2 <= len(server.asked) <= 10


def test_a_token_does_not_follow_a_redirect_to_another_server() -> None:
    with (
        hostile_server(whole(b"there")) as other,
        hostile_server(whole(b"", f"location: {other.url}/", status="302 Found")) as server,
    ):
        http = Http(
            parse_address(server.url),
            who="service",
            context=real(),
            patience=PATIENCE,
            token="s3cret",  # noqa: S106  a test's
            private_redirects=True,
        )
        assert http.get("/x").body == b"there"
        http.close()
        assert b"s3cret" in server.asked[0]
        assert b"s3cret" not in other.asked[0]


@pytest.mark.parametrize(
    ("asked", "waits", "noted"), [("3", [3.0], False), ("90", [90.0], True), ("599", [], False)]
)
def test_a_long_wait_is_said_and_a_longer_one_refused(
    asked: str, waits: list[float], noted: bool
) -> None:
    answers = [httpx.Response(503, headers={"retry-after": asked}), httpx.Response(200)]
    world = World(lambda _request: answers.pop(0))
    notes: list[str] = []
    context = SourceContext(
        record=world.record,
        now_s=lambda: world.time_s,
        sleep=world.sleep,
        transport=httpx.MockTransport(world.handler),
        note=notes.append,
    )
    http = Http(parse_address("http://a.test"), who="service", context=context, patience=Patience())
    if waits:
        http.get("/x")
    else:
        with pytest.raises(SourceError) as caught:
            http.get("/x")
        assert f"{asked} s" in caught.value.hint
    assert world.waits_s == waits
    assert bool(notes) == noted
    assert all("90 s" in sentence for sentence in notes)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.1.2.3", "::1", "fe80::1%2"),
        *("[::1]", "::ffff:127.0.0.1", "fd00::1", "224.0.0.1", "localhost", "printer.local"),
        *("metadata.google.internal", "a.localhost.", "router.lan", "127.0.0.1."),
        # Other ways to write an IPv4 address, and IPv6 addresses that lead to one.
        *("2130706433", "0x7f.1", "127.1", "017700000001", "::127.0.0.1", "::ffff:0:10.0.0.1"),
        *("64:ff9b::a00:1", "64:ff9b:1::1", "2002:a00:1::1", "fec0::1", "::"),
    ],
)
def test_private_addresses_are_known(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "2606:4700::1111", "mempool.space", "localhost.com", "::ffff:8.8.8.8"),
        *("134744072", "64:ff9b::808:808", "2002:808:808::1"),
    ],
)
def test_public_addresses_are_known(address: str) -> None:
    assert not is_private(address)


def test_a_clock_set_back_does_not_lengthen_a_deadline() -> None:
    times_s = iter([100.0, 104.0, 50.0, 57.0])
    deadline = Deadline(lambda: next(times_s), 10.0)
    assert [deadline.left_s() for _ in range(3)] == [6.0, 6.0, 0.0]


def leaping() -> Callable[[], float]:
    """Return a clock that somebody sets ahead by an hour each time that it is read."""
    return map(float, itertools.count(1_700_000_000, 3600)).__next__


def test_a_clock_set_ahead_ends_no_answer() -> None:
    with hostile_server(whole(b"{}")) as server:
        http = Http(
            parse_address(server.url),
            who="service",
            context=replace(real(), now_s=leaping()),
            patience=HASTE,
        )
        assert http.get("/x").body == b"{}"
        http.close()


def test_a_clock_that_stands_still_lengthens_no_deadline() -> None:
    with hostile_server(trickle(b"HTTP/1.1 200 OK\r\nx-filler: ")) as server:
        http = Http(
            parse_address(server.url),
            who="service",
            context=replace(real(), now_s=lambda: 1_700_000_000.0),
            patience=HASTE,
        )
        with pytest.raises(SourceError) as caught:
            http.get("/x")
        http.close()
    assert caught.value.code == "service-timeout"


def _too_long() -> SourceError:
    return SourceError("too long", code="answer-too-long")


@settings(deadline=None)
@given(st.lists(st.binary(max_size=400), max_size=4), st.integers(1, 50), st.data())
def test_whatever_was_packed_is_unpacked(
    members: list[bytes], cut: int, data: st.DataObject
) -> None:
    plain = b"".join(members)
    kind = data.draw(st.sampled_from(["gzip", "deflate", "gzip, gzip", "", "identity"]))
    sent = plain
    if kind == "gzip":
        sent = b"".join(map(gzip.compress, members))
    elif kind == "deflate":
        sent = zlib.compress(plain)
    elif kind == "gzip, gzip":
        sent = gzip.compress(gzip.compress(plain))
    parts = [sent[at : at + cut] for at in range(0, len(sent), cut)]
    found = unpacked(parts, kind, limit_bytes=1 << 20, too_long=_too_long)
    assert b"".join(found) == plain


def test_bare_deflate_and_padding_behind_gzip_are_taken() -> None:
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    sent = bare.compress(b"abc" * 99) + bare.flush()
    found = unpacked([sent], "deflate", limit_bytes=999, too_long=_too_long)
    assert b"".join(found) == b"abc" * 99
    padded = unpacked(
        [gzip.compress(b"abc") + bytes(9)], "gzip", limit_bytes=99, too_long=_too_long
    )
    assert b"".join(padded) == b"abc"


def test_a_large_value_is_shown_in_short() -> None:
    large = {"a": ["x" * 1_000_000] * 1_000_000, "n": 10**4000}
    started_s = time.process_time()
    assert len(visible_repr(large)) <= 60
    assert len(visible_repr(10**9000)) <= 60
    assert len(visible_text(b"\x1b" * 50_000_000, limit=40)) <= 40
    assert time.process_time() - started_s < 1


def test_certificates_are_read_for_tls_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwanted() -> None:
        raise AssertionError("certificates were read for a server without TLS")

    monkeypatch.setattr(httpx, "create_ssl_context", unwanted)
    with hostile_server(whole(b"{}")) as server:
        http = Http(parse_address(server.url), who="service", context=real(), patience=PATIENCE)
        try:
            assert http.get("/x").body == b"{}"
        finally:
            http.close()


def test_a_server_whose_tls_fails_is_named_as_that() -> None:
    def answer_in_plain_text(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(1024)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=answer_in_plain_text, args=(listening,), daemon=True).start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        http = Http(parse_address(url), who="service", context=real(), patience=PATIENCE)
        try:
            with pytest.raises(SourceError, match=r"TLS fails \([a-z ]+\)") as caught:
                http.get("/x")
        finally:
            http.close()
    assert caught.value.code == "service-unreachable"
    assert "http://" in caught.value.hint
