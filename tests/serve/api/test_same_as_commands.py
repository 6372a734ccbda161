"""The API answers with the documents of the commands, value for value."""

import json
from typing import Any

import httpx
import pytest

from hashquake.serve.cli.app import run

SAME = [
    (["rate"], "/rate"),
    (
        ["rate", "--since", "2022-01-05", "--until", "2022-01-06", "--subject", "pool:antpool"],
        "/rate?since=2022-01-05&until=2022-01-06&subject=pool:antpool",
    ),
    (
        ["rate", "--at", "2022-01-05T12:00", "--method", "filter"],
        "/rate?at=2022-01-05T12:00&method=filter",
    ),
    (
        ["rate", "--since", "2022-01-01", "--until", "2022-02-01", "--step", "1d"],
        "/rates?since=2022-01-01&until=2022-02-01&step=1d",
    ),
    (["quakes", "show", "hq20210416a"], "/quakes/hq20210416a"),
    (["outages", "show", "ou20220105kza"], "/outages/ou20220105kza"),
    (["forecast"], "/forecast"),
    (["forecast", "--at", "2022-01-05"], "/forecast?at=2022-01-05"),
    (["map"], "/map"),
    (["map", "--as-of", "2022-01-05", "--within", "CN"], "/map?as_of=2022-01-05&within=CN"),
    (["energy"], "/energy"),
    (["energy", "--country", "KZ", "--at", "2022-01-01"], "/energy?country=KZ&at=2022-01-01"),
    (
        ["pools", "--pool", "poolin", "--at", "2022-09-20", "--span", "10d"],
        "/pools/poolin?at=2022-09-20&span=10d",
    ),
    (["report", "kazakhstan-2022"], "/report/kazakhstan-2022"),
    (
        ["report", "--since", "2022-01-05", "--until", "2022-01-07"],
        "/report?since=2022-01-05&until=2022-01-07",
    ),
]
LISTS = [
    (["quakes", "list"], "/quakes"),
    (["quakes", "list", "--all"], "/quakes?all=true"),
    (
        ["quakes", "list", "--since", "2022-01-01", "--kind", "network"],
        "/quakes?since=2022-01-01&kind=network",
    ),
    (["outages", "list"], "/outages"),
    (["outages", "list", "--country", "KZ"], "/outages?country=KZ"),
    (["report", "--list"], "/events"),
    (["exposure"], "/exposure"),
    (["exposure", "--country", "kz"], "/exposure?country=kz"),
    (["pools"], "/pools"),
    (["pools", "--at", "2022-01-05", "--span", "7d"], "/pools?at=2022-01-05&span=7d"),
]


def printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> Any:
    assert run([*arguments, "--db", "bundled", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("arguments", "path"), SAME, ids=[path for _, path in SAME])
def test_a_document(
    api: httpx.Client, arguments: list[str], path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert api.get(path).json() == printed(arguments, capsys)


@pytest.mark.parametrize(("arguments", "path"), LISTS, ids=[path for _, path in LISTS])
def test_a_list(
    api: httpx.Client, arguments: list[str], path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert api.get(path).json() == {"items": printed(arguments, capsys), "next": None}


def test_health_says_what_status_says(
    api: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["status", "--db", "bundled", "--json"]) == 1
    said, answered = json.loads(capsys.readouterr().out), api.get("/health").json()
    for one in (said, answered):
        assert one["tip"].pop("age_s") > 0
        assert one["tip"].pop("silence_probability") < 1e-9  # a moment later it is another
    assert answered == said


FAULTS = [
    (["rate", "--at", "yesterday"], "/rate?at=yesterday", 400),
    (["rate", "--at", "2009-01-01"], "/rate?at=2009-01-01", 404),
    (["rate", "--method", "guess"], "/rate?method=guess", 400),
    (["rate", "--subject", "pool:nobody"], "/rate?subject=pool:nobody", 404),
    (["rate", "--subject", "country:KZ"], "/rate?subject=country:KZ", 400),
    (
        ["rate", "--since", "2022-01-02", "--until", "2022-01-01"],
        "/rate?since=2022-01-02&until=2022-01-01",
        400,
    ),
    (["rate", "--span", "long"], "/rate?span=long", 400),
    (
        ["rate", "--since", "2022-01-01", "--step", "1s"],
        "/rates?since=2022-01-01&until=2022-01-02&step=1s",
        400,
    ),
    (["quakes", "show", "hq1"], "/quakes/hq1", 404),
    (["outages", "show", "ou1"], "/outages/ou1", 404),
    (["outages", "list", "--country", "FR"], "/outages?country=FR", 404),
    (["report", "nowhere-2022"], "/report/nowhere-2022", 404),
    (["energy", "--country", "ZZZ"], "/energy?country=ZZZ", 400),
    (["energy", "--price-usd", "-1"], "/energy?price_usd=-1", 400),
    (["exposure", "--country", "FR"], "/exposure?country=FR", 404),
    (["pools", "--span", "0h"], "/pools?span=0h", 400),
    (["pools", "--pool", "antpol"], "/pools/antpol", 404),
    (["forecast", "--at", "0001-01-01"], "/forecast?at=0001-01-01", 404),
    (["map", "--within", "FR"], "/map?within=FR", 404),
]


@pytest.mark.parametrize(("arguments", "path", "status"), FAULTS, ids=[one[1] for one in FAULTS])
def test_an_error_has_the_code_of_the_command_and_a_fitting_status(
    api: httpx.Client,
    arguments: list[str],
    path: str,
    status: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([*arguments, "--db", "bundled", "--json"]) == 2
    said = json.loads(capsys.readouterr().out)["error"]
    answer = api.get(path)
    assert (answer.json()["error"]["code"], answer.status_code) == (said["code"], status)
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"code", "message", "hint"}
