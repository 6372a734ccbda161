"""The signed webhook: who may be asked, what is signed, what never gets out."""

import itertools
import socket
from typing import Any

import pytest
from tests.serve.alerts.made_alert import made_alert, made_settings
from tests.serve.alerts.receiver import SECRET, receiving

from hashquake.core import clock
from hashquake.core.errors import HashquakeError
from hashquake.serve.alerts.outgoing import Outgoing
from hashquake.serve.alerts.settings import WebhookWay
from hashquake.serve.alerts.ways.webhook import WebhookSender


def way(url: str, **more: Any) -> WebhookWay:
    known = {"name": "hook", "kind": "webhook", "url": url, "secret": SECRET, "allow_private": True}
    made = made_settings(known | more).way[0]
    assert isinstance(made, WebhookWay)
    return made


def send(one: WebhookWay) -> None:
    WebhookSender(one, now_s=clock.now_s)(Outgoing(alert=made_alert()))


def refused(one: WebhookWay) -> HashquakeError:
    with pytest.raises(HashquakeError) as caught:
        send(one)
    for secret in (SECRET, "sesame", one.url.get_secret_value()):
        assert secret not in str(caught.value) + caught.value.hint
    return caught.value


def test_a_signature_is_verified_as_the_documentation_shows() -> None:
    with receiving() as receiver:
        send(way(receiver.url))
        send(way(receiver.url))
    first, second = receiver.arrivals
    assert first.signed
    assert first.key == made_alert().key == second.key
    assert first.body == second.body
    with receiving() as receiver:
        send(way(receiver.url, secret="another one of sixteen"))  # noqa: S106  it opens nothing
    assert not receiver.arrivals[0].signed


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("500", "alert-refused"),
        ("404", "alert-refused"),
        ("close", "alert-unreachable"),
        ("hang", "alert-timeout"),
    ],
)
def test_what_is_not_taken_is_an_error_with_a_code(how: str, code: str) -> None:
    with receiving(lambda _number: how) as receiver:
        assert refused(way(receiver.url, timeout_s=0.5)).code == code
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://user:sesame@127.0.0.1:{nobody.getsockname()[1]}/token-sesame"
        assert refused(way(url)).code == "alert-unreachable"


def test_a_clock_set_ahead_ends_no_delivery() -> None:
    ahead = map(float, itertools.count(1_700_000_000, 3600)).__next__
    with receiving() as receiver:
        WebhookSender(way(receiver.url), now_s=ahead)(Outgoing(alert=made_alert()))
    assert len(receiver.arrivals) == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f.1", "[::1]", "10.1.2.3", "169.254.169.254", "a.local"]
)
def test_private_addresses_are_refused_unless_allowed(host: str) -> None:
    assert refused(way(f"http://{host}:9/", allow_private=False)).code == "alert-private"


def test_a_name_is_checked_after_it_is_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        port = int(receiver.url.rpartition(":")[2].partition("/")[0])
        resolved = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: resolved)
        url = f"http://hooks.example.org:{port}/hook"
        assert refused(way(url, allow_private=False)).code == "alert-private"
        assert receiver.arrivals == []


def test_a_redirect_is_followed_on_the_same_server_alone() -> None:
    with receiving() as other, receiving() as receiver:
        receiver.behave = lambda number: "ok" if number else f"redirect:{receiver.url}/further"
        send(way(receiver.url, headers={"Authorization": "Bearer sesame"}))
        assert [one.answered for one in receiver.taken()] == ["ok"]
        receiver.behave = lambda _number: f"redirect:{other.url}"
        assert refused(way(receiver.url)).code == "alert-redirect"
        assert other.arrivals == []
        receiver.behave = lambda _number: f"redirect:{receiver.url}"
        assert refused(way(receiver.url)).code == "alert-redirect"


@pytest.mark.parametrize("url", ["ftp://x/", "nothing", "http://", "http://[::1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    assert refused(way(url)).code == "alert-url"


def test_secrets_do_not_show_in_the_settings() -> None:
    shown = repr(
        made_settings(
            {
                "name": "hook",
                "kind": "webhook",
                "url": "https://x/sesame",
                "secret": SECRET,
                "headers": {"Authorization": "Bearer sesame"},
            }
        )
    )
    assert "sesame" not in shown
    assert SECRET not in shown
