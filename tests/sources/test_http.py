import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.simulated_chain import NOW_S, World

from hashquake.core.errors import FormatError, HashquakeError, SourceError, UsageError
from hashquake.sources.wire.answer import Answer, as_bits, as_bytes, as_int, parse_json
from hashquake.sources.wire.http import LARGEST_ANSWER_BYTES, Http, parse_address, retry_after_s
from hashquake.sources.wire.retrying import Patience


class Script:
    """Answers, or failures, in turn; the last one for ever."""

    def __init__(self, *steps: httpx.Response | Exception) -> None:
        self.steps = list(steps)
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return httpx.Response(step.status_code, headers=step.headers, content=step.content)


def client(world: World, **patience: float) -> Http:
    return Http(
        parse_address("http://service.test/api"),
        who="service",
        context=world.context,
        patience=Patience(**patience),  # type: ignore[arg-type]  # numbers all
    )


def code_of(world: World, **patience: float) -> str:
    with pytest.raises(SourceError) as caught:
        client(world, **patience).get("/x")
    return caught.value.code


def test_an_answer_comes_back_with_its_status_and_nobody_waits() -> None:
    world = World(Script(httpx.Response(404, text="no")))
    assert client(world).get("/x") == Answer(status=404, body=b"no")
    assert world.waits_s == []


def test_failures_are_tried_again_after_doubling_waits() -> None:
    script = Script(httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.Response(200))
    world = World(script)
    assert client(world, first_wait_s=1.0).get("/x").status == 200
    assert world.waits_s == [1.0, 2.0]


def test_the_wait_has_a_limit() -> None:
    assert Patience(longest_wait_s=60.0).wait_s(10_000) == 60.0


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (httpx.ConnectError("x"), "service-unreachable"),
        (httpx.RemoteProtocolError("cut off"), "service-unreachable"),
        (httpx.ReadTimeout("x"), "service-timeout"),
        (httpx.Response(429), "service-rate-limited"),
        (httpx.Response(503, text="busy"), "service-failing"),
    ],
)
def test_a_lasting_failure_ends_with_its_code(
    trouble: httpx.Response | Exception, code: str
) -> None:
    script = Script(trouble)
    assert code_of(World(script), tries=3) == code
    assert len(script.seen) == 3


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_is_waited_for(status: int) -> None:
    script = Script(httpx.Response(status, headers={"retry-after": "17"}), httpx.Response(200))
    world = World(script)
    client(world).get("/x")
    assert world.waits_s == [17.0]


def test_retry_after_as_a_date_is_waited_for() -> None:
    date = "Tue, 14 Nov 2023 22:13:50 GMT"  # NOW_S and half a minute
    script = Script(httpx.Response(429, headers={"retry-after": date}), httpx.Response(200))
    world = World(script)
    client(world).get("/x")
    assert world.waits_s == [30.0]


def test_a_429_without_retry_after_backs_off() -> None:
    world = World(Script(httpx.Response(429), httpx.Response(429), httpx.Response(200)))
    client(world, first_wait_s=2.0).get("/x")
    assert world.waits_s == [2.0, 4.0]


def test_a_retry_after_of_hours_ends_the_run_and_says_so() -> None:
    world = World(Script(httpx.Response(429, headers={"retry-after": "7200"})))
    with pytest.raises(SourceError, match="fewer requests") as caught:
        client(world).get("/x")
    assert "7200 s" in caught.value.hint
    assert world.waits_s == []


def test_requests_keep_their_distance() -> None:
    world = World(Script(httpx.Response(200)))
    http = client(world, interval_s=2.0)
    http.get("/a")
    world.time_s += 0.5
    http.get("/b")
    world.time_s += 9.0
    http.get("/c")
    assert world.waits_s == [1.5]


def test_a_clock_set_back_does_not_make_it_wait_for_ever() -> None:
    world = World(Script(httpx.Response(200)))
    http = client(world, interval_s=2.0)
    http.get("/a")
    world.time_s -= 86_400
    http.get("/b")
    assert world.waits_s == [2.0]


def test_an_endless_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LARGEST_ANSWER_BYTES, "service", 10)
    assert code_of(World(Script(httpx.Response(200, text="x" * 11)))) == "answer-too-long"


def test_a_service_may_redirect_a_node_may_not() -> None:
    def moved(request: httpx.Request) -> httpx.Response:
        if request.url.host == "b.test":
            return httpx.Response(200, text="there")
        return httpx.Response(302, headers={"location": "http://b.test/"})

    world = World(moved)
    address = parse_address("http://a.test")
    service = Http(address, who="service", context=world.context, patience=Patience())
    node = Http(address, who="node", context=world.context, patience=Patience())
    assert service.get("").body == b"there"
    assert node.send("POST", json_body={}, auth=("u", "p")).status == 302


def test_credentials_leave_the_url_and_are_never_shown() -> None:
    address = parse_address("http://alice:s%65cret@127.0.0.1:8332/")
    assert (address.url, address.user, address.password) == (
        "http://127.0.0.1:8332",
        "alice",
        "secret",
    )
    assert "secret" not in repr(address)


@pytest.mark.parametrize("text", ["", "127.0.0.1:8332", "ftp://x", "http://", "http://[::1", "//x"])
def test_a_malformed_url_is_refused_without_echo(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_address(text)
    assert caught.value.code == "url-malformed"


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "²", "1e3", "Wed, 99 Foo"])
def test_an_unreadable_retry_after_counts_as_absent(value: str | None) -> None:
    assert retry_after_s(value, NOW_S) is None


def test_a_retry_after_in_the_past_is_no_wait() -> None:
    assert retry_after_s("Wed, 05 Jan 2022 10:45:30 GMT", NOW_S) == 0.0


@settings(deadline=None)
@given(st.text())
def test_any_retry_after_is_read_or_absent(value: str) -> None:
    found = retry_after_s(value, NOW_S)
    assert found is None or found >= 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html><body>Sign in</body></html>", "answer-not-json"),
        (b"", "answer-not-json"),
        (b"Bad gateway", "answer-not-json"),
        (b"\xff\xfe", "answer-not-json"),
        (b"[NaN]", "answer-not-json"),
        (b"[" + b"9" * 5000 + b"]", "answer-not-json"),
        (b"[" * 100_000, "answer-not-json"),
        (b'{"a": 1} trailing', "answer-not-json"),
        (b'{"result": {"hash": "00ab', "answer-truncated"),
        (b'[{"id": 1}, ', "answer-truncated"),
        (b'{"id"', "answer-truncated"),
    ],
)
def test_what_is_not_json_is_named(body: bytes, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_json(Answer(status=200, body=body), what="x")
    assert caught.value.code == code


def test_a_web_page_is_shown_without_its_control_characters() -> None:
    with pytest.raises(FormatError) as caught:
        parse_json(Answer(status=200, body=b"<p>\x1b[31mred"), what="x")
    assert "\x1b" not in caught.value.message
    assert "web page" in caught.value.hint


@settings(deadline=None)
@given(st.binary())
def test_any_body_is_json_or_an_error_with_a_code(body: bytes) -> None:
    try:
        parse_json(Answer(status=200, body=body), what="x")
    except HashquakeError as error:
        assert error.code in ("answer-not-json", "answer-truncated")  # noqa: PT017  or it is JSON


@pytest.mark.parametrize("value", [True, -1, 1.0, "1", None, 1 << 32, [1]])
def test_a_number_of_the_wrong_kind_is_refused(value: object) -> None:
    with pytest.raises(FormatError):
        as_int(value, "a number")


def test_bits_are_read_in_both_dialects() -> None:
    assert as_bits("207fffff", "bits") == as_bits(545259519, "bits") == 0x207FFFFF
    for wrong in ("7fffff", "0x207fff", "207fffff00", -1, None, True):
        with pytest.raises(FormatError):
            as_bits(wrong, "bits")


def test_only_the_digits_of_interest_are_decoded() -> None:
    assert as_bytes("00ff" + "zz", "x", limit=2) == b"\x00\xff"
    with pytest.raises(FormatError):
        as_bytes("00fz", "x", limit=2)
