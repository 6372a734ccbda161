"""Two chains and stale blocks: page, API and command say the same, and bad input is explained."""

import json

import httpx
import pytest
from tests import plain_http
from tests.serve.api.served import PATIENCE_S

from hashquake.serve.cli.app import run


@pytest.fixture(scope="module")
def api(page_address: str) -> str:
    return f"{page_address}/api/v1"


def test_a_partition_is_that_of_the_command(
    api: str, browser: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    found = plain_http.get(f"{api}/partition?country=KZ&duration=2d", timeout=PATIENCE_S).json()
    assert (
        run(["partition", "--country", "KZ", "--duration", "2d", "--db", "bundled", "--json"]) == 0
    )
    assert found == json.loads(capsys.readouterr().out)
    page = browser.get("/laboratory/partition?country=KZ&duration=2d").text
    assert f"{found['outside_blocks']['median']:,.0f}" in page
    for line in found["assumptions"]:
        assert line in page


def test_stale_blocks_are_those_of_the_command(
    api: str, browser: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    found = plain_http.get(
        f"{api}/stale?delays=3&shares=50%25,30%25,20%25", timeout=PATIENCE_S
    ).json()
    command = ["stale", "--delay", "3", "--shares", "50%,30%,20%", "--blocks", "200000", "--json"]
    assert run(command) == 0
    assert found == json.loads(capsys.readouterr().out)
    page = browser.get("/laboratory/stale?delays=3&shares=50%25,30%25,20%25").text
    assert f"{100 * found[0]['stale_share']['median']:.2f}" in page


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("partition?country=Atlantis", "Atlantis"),
        ("partition?share=120%25", "share"),
        ("partition?country=KZ&duration=soon", "soon"),
        ("stale?delays=abc", "abc"),
        ("stale?delays=1,2,3,4,5,6", "up to 5 numbers"),
        ("stale?shares=10%25,10%25", "sum to 1"),
        ("stale?delays=%3Cscript%3Ealert(1)%3C/script%3E", "&lt;script&gt;"),
    ],
)
def test_what_cannot_be_answered_is_said_on_the_page(
    browser: httpx.Client, path: str, says: str
) -> None:
    answer = browser.get(f"/laboratory/{path}")
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert says in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("path", "code", "status"),
    [
        ("partition", "usage", 400),
        ("partition?country=KZ&confirmations=1000000", "usage", 400),
        ("partition?country=Atlantis", "country-unknown", 404),
        ("partition?country=KZ&at=never", "time-syntax", 400),
        ("stale?delays=1e9", "delay-range", 400),
        ("stale?delays=nan", "usage", 400),
        ("stale?shares=many", "share-syntax", 400),
    ],
)
def test_the_api_refuses_with_a_code(api: str, path: str, code: str, status: int) -> None:
    answer = plain_http.get(f"{api}/{path}", timeout=PATIENCE_S)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
