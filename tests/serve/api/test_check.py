"""POST /check and GET /claims."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.serve.api.served import client, served

from hashquake.observatory import open_observatory
from hashquake.serve.cli.app import run

TEXT = "Kazakhstan accounted for 18 percent of the global hash rate in August 2021."
ASKED = {"text": TEXT, "published": "2022-01-06", "as_known_on": "2022-06-01"}


@pytest.fixture(scope="module")
def api() -> Iterator[httpx.Client]:
    with served(open_observatory("bundled")) as url, client(url) as made:
        yield made


def test_a_text_is_checked_as_by_the_command(
    api: httpx.Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = api.post("/check", json=ASKED)
    assert answer.status_code == 200
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    arguments = ["--published", "2022-01-06", "--as-known-on", "2022-06-01", "--db", "bundled"]
    assert run(["check", str(path), *arguments, "--json"]) == 0
    assert answer.json() == json.loads(capsys.readouterr().out)
    assert answer.json()["claims"][0]["call"] == "supported"
    assert answer.headers["cache-control"] == "no-store"


def test_reasons_are_in_the_language_that_was_asked_for(api: httpx.Client) -> None:
    english, german = (
        api.post("/check", json=ASKED),
        api.post("/check", json=ASKED | {"words": "de"}),
    )
    ours, theirs = english.json()["claims"][0], german.json()["claims"][0]
    assert ours["because"] != theirs["because"]
    assert "Die Karte von CCAF" in theirs["because"]
    for one in (ours, theirs, ours["at_publication"], theirs["at_publication"]):
        del one["because"]
    assert ours == theirs
    answer = api.post("/check", json=ASKED | {"words": "xx"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "language-unknown")


def test_an_article_of_a_hundred_kilobytes_is_taken_and_three_megabytes_are_not(
    api: httpx.Client,
) -> None:
    assert api.post("/check", json={"text": "Nothing here. " * 8_000}).json()["claims"] == []
    answer = api.post("/check", json={"text": "x" * 3 * 2**20})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "body-too-large"
    assert api.post("/simulations", json={"scenario": "x" * 100_000}).status_code == 413


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "usage"),
        ({"text": 3}, "usage"),
        ({"text": "x", "stranger": 1}, "usage"),
        ({"text": "x", "published": "yesterday"}, "time-syntax"),
        ({"text": "x", "language": "tlh"}, "language-unknown"),
    ],
)
def test_what_is_asked_wrongly_is_refused(
    api: httpx.Client, body: dict[str, object], code: str
) -> None:
    answer = api.post("/check", json=body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] == code


def test_the_ledger_is_listed(api: httpx.Client) -> None:
    assert api.get("/claims").json() == {"items": [], "next": None}


def test_the_ledger_is_a_table_too(tmp_path: Path) -> None:
    with open_observatory(str(tmp_path / "r.db"), create=True) as observatory:
        observatory.check("AntPool lost 12 % of its hash rate.", published="2022-01-06", keep=True)
        with served(observatory, db=str(tmp_path / "r.db")) as address, client(address) as made:
            (item,) = made.get("/claims").json()["items"]
            by_ending = made.get("/claims.csv")
            by_accept = made.get("/claims", headers={"Accept": "text/csv"})
    assert by_ending.content == by_accept.content
    (row,) = csv.DictReader(io.StringIO(by_ending.text))
    assert row["subject"] == item["subject"] == "pool:antpool"
