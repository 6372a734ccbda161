"""Sites over HTTP: heartbeats from a site's token to its status, and what is kept private."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import plain_http
from tests.serve.api.served import client, served

from hashquake.core.opinion import Change
from hashquake.core.secret_token import new_token
from hashquake.core.site import Site
from hashquake.core.times import parse_time
from hashquake.observatory import open_observatory
from hashquake.serve.cli.app import run
from hashquake.serve.settings import ServeSettings

TOKEN, HASH = new_token()
SITES = (
    Site(id="one", name="One", country="KZ", grid="KZ", token_hash=HASH),
    Site(id="mute", name="Mute", country="KZ", grid="KZ"),
)
BEAT = "/sites/one/heartbeat"
OURS = {"authorization": f"Bearer {TOKEN}"}


class Clock:
    now_s = float(parse_time("2026-01-05T12:00"))

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def record(tmp_path: Path, clock: Clock) -> str:
    path = str(tmp_path / "r.db")
    open_observatory(path, create=True, now_s=clock).close()
    return path


@pytest.fixture
def api(record: str, clock: Clock) -> Iterator[httpx.Client]:
    with (
        open_observatory(record, now_s=clock) as ask,
        open_observatory(record, now_s=clock) as writer,
        served(ask, db=record, sites=SITES, writer=writer, now_s=clock) as url,
        client(url) as made,
    ):
        yield made


def stands(api: httpx.Client) -> dict[str, str]:
    return {one["site"]: one["status"] for one in api.get("/sites").json()["items"]}


def test_a_heartbeat_shows_a_site_and_its_absence_does_not_make_it_zero(
    api: httpx.Client, clock: Clock
) -> None:
    assert stands(api) == {"one": "unknown", "mute": "unknown"}
    answer = api.post(BEAT, headers=OURS, json={"hashrate_hps": 5e17, "power_mw": 12.5})
    assert (answer.status_code, answer.content) == (204, b"")
    first = api.get("/sites").json()["items"][0]
    assert (first["status"], first["hashrate_from"]) == ("up", "heartbeat")
    assert first["hashrate_hps"] == 5e17
    clock.now_s += 3600.0
    later = api.get("/sites").json()["items"][0]
    assert later["status"] == "unknown"
    assert later["reason"]["code"] == "silent"
    assert later["hashrate_hps"] == 5e17
    assert api.post(BEAT, headers=OURS).status_code == 204
    assert stands(api)["one"] == "up"


def test_heartbeats_close_together_are_counted_and_stored_with_the_next(
    api: httpx.Client, clock: Clock, record: str
) -> None:
    for _ in range(4):
        assert api.post(BEAT, headers=OURS).status_code == 204
        clock.now_s += 10.0
    with open_observatory(record) as ask:
        values = [one.value for one in ask.record.readings(subject="site:one")]
    assert values == [1.0, 3.0]


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        (BEAT, {}, 401, "token-missing"),
        (BEAT, {"authorization": "Bearer wrong"}, 403, "token-wrong"),
        (BEAT, {"authorization": f"Basic {TOKEN}"}, 401, "token-missing"),
        ("/sites/mute/heartbeat", OURS, 403, "token-wrong"),
        ("/sites/nobody/heartbeat", OURS, 403, "token-wrong"),
    ],
)
def test_who_may_not_send(
    api: httpx.Client, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = api.post(path, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert stands(api) == {"one": "unknown", "mute": "unknown"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"hashrate_hps": -1}',
        b'{"hashrate_hps": 1e30}',
        b'{"hashrate_hps": NaN}',
        b'{"hashrate_hps": "much"}',
        b'{"hash_rate": 1}',
        b"[1]",
        b"{",
    ],
)
def test_what_cannot_be_said(api: httpx.Client, body: bytes) -> None:
    answer = api.post(BEAT, headers={**OURS, "content-type": "application/json"}, content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "usage")
    assert stands(api)["one"] == "unknown"


def test_a_large_body_is_refused(api: httpx.Client) -> None:
    answer = api.post(BEAT, headers=OURS, content=b" " * 70_000)
    assert answer.json()["error"]["code"] == "body-too-large"


def test_a_site_that_floods_is_slowed_down(api: httpx.Client, clock: Clock) -> None:
    codes = [api.post(BEAT, headers=OURS).status_code for _ in range(25)]
    assert codes[:20] == [204] * 20
    assert set(codes[20:]) == {429}
    clock.now_s += 2.0
    assert api.post(BEAT, headers=OURS).status_code == 204


def test_tokens_are_not_in_the_record(api: httpx.Client, record: str) -> None:
    assert api.post(BEAT, headers=OURS).status_code == 204
    for path in Path(record).parent.iterdir():
        assert TOKEN.encode() not in path.read_bytes()


def test_a_server_without_sites_says_so(record: str, clock: Clock) -> None:
    with (
        open_observatory(record, now_s=clock) as ask,
        served(ask, db=record, now_s=clock) as url,
        client(url) as made,
    ):
        assert made.get("/sites").json()["error"]["code"] == "sites-none"
        answer = made.post(BEAT, headers=OURS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "heartbeats-off")


def test_sites_need_the_token_that_the_settings_ask_for(record: str, clock: Clock) -> None:
    token, kept = new_token()
    chosen = ServeSettings(tokens=[kept])
    with (
        open_observatory(record, now_s=clock) as ask,
        served(ask, db=record, sites=SITES, settings=chosen, now_s=clock) as url,
        client(url) as made,
    ):
        assert made.get("/sites").status_code == 401
        given = {"authorization": f"Bearer {token}"}
        assert made.get("/sites", headers=given).status_code == 200
        assert made.get("/sites.csv", headers=given).text.startswith("site,")
        for ending in (".csv", ".parquet"):
            assert made.get(f"/sites{ending}").status_code == 401


def test_the_stream_leaves_sites_out(api: httpx.Client, record: str) -> None:
    assert api.post(BEAT, headers=OURS).status_code == 204
    with open_observatory(record) as other, other.record.writing() as inside:
        document = {"site": "one", "status": "up"}
        inside.add_changes([Change(kind="site", subject="site:one", document=document)])
        inside.add_changes([Change(kind="tips", subject="network", document={"state": "together"})])
    with api.stream("GET", "/stream", headers={"last-event-id": "0"}) as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                assert json.loads(line[6:])["kind"] == "tips"
                break


def test_the_answer_fits_its_description(api: httpx.Client) -> None:
    described = plain_http.get(str(api.base_url.join("/openapi.json"))).json()
    assert api.post(BEAT, headers=OURS, json={"hashrate_hps": 5e17}).status_code == 204
    said = described["paths"]["/api/v1/sites"]["get"]["responses"]["200"]["content"]
    schema = said["application/json"]["schema"] | {"components": described["components"]}
    jsonschema.Draft202012Validator(schema).validate(api.get("/sites").json())
    assert "204" in described["paths"]["/api/v1/sites/{site}/heartbeat"]["post"]["responses"]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["hashrate_hps", "power_mw", "x"]), inner, max_size=3)
        ),
        max_leaves=5,
    )
)
def test_whatever_a_site_sends_is_answered_in_shape(
    api: httpx.Client, clock: Clock, body: Any
) -> None:
    clock.now_s += 1.0
    answer = api.post(
        BEAT,
        headers={**OURS, "content-type": "application/json"},
        content=json.dumps(body).encode(),
    )
    assert answer.status_code in (204, 400), answer.text
    if answer.status_code == 400:
        assert set(answer.json()["error"]) == {"code", "message", "hint"}


def test_the_command_and_the_api_give_one_document(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sites.toml"
    file.write_text(
        '[[site]]\nid = "ekibastuz"\nname = "Ekibastuz"\ncountry = "KZ"\nths = 750_000\n'
        '[[site]]\nid = "texas"\nname = "Texas"\ncountry = "US"\nregion = "US-TX"\nasns = [7018]\n',
        encoding="utf-8",
    )
    arguments = ["sites", "--sites", str(file), "--db", "bundled", "--json"]
    assert run([*arguments, "--at", "2022-01-05T14:00"]) == 0
    said = json.loads(capsys.readouterr().out)
    with client(address) as made:
        assert made.get("/sites?at=2022-01-05T14:00").json() == {"items": said, "next": None}


def test_alerts_need_the_token_that_sites_need(record: str, clock: Clock) -> None:
    token, kept = new_token()
    with (
        open_observatory(record, now_s=clock) as ask,
        served(ask, db=record, settings=ServeSettings(tokens=[kept]), now_s=clock) as url,
        client(url) as made,
    ):
        assert made.get("/alerts").status_code == 401
        given = {"authorization": f"Bearer {token}"}
        assert made.get("/alerts", headers=given).json() == {"items": [], "next": None}
