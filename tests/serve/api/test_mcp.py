"""The tools for language models, through the package's own client: over stdio, and over HTTP."""

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from mcp import Client, StdioServerParameters
from tests.running_watcher import SOURCE

from hashquake.observatory import open_observatory
from hashquake.serve.cli import mcp as command
from hashquake.serve.cli.app import run
from hashquake.serve.mcp import mounted

TOOLS = {"rate", "did_it_break", "known_then", "forecast", "check_claim", "coverage"}
STDIO = StdioServerParameters(
    command=sys.executable,
    args=["-m", "hashquake", "mcp", "--db", "bundled"],
    env={"PYTHONPATH": SOURCE},
)
CLAIM = {
    "text": "A tenth of the hash rate was lost in the China ban.",
    "since": "2021-06-20",
    "until": "2021-07-04",
    "quantity": "hashrate_change_share",
    "low": -0.12,
    "high": -0.08,
}
COUNTRY = {"subject": "country:CN", "quantity": "hashrate_share", "low": 0.4, "high": 0.5}
ARTICLE = (
    "Bitcoin's hash rate fell by 12 % after Kazakhstan shut down its Internet on Wednesday. "
    "Kazakhstan has 18 % of the world's hash rate. AntPool lost 200 % of its machines."
)
SENTENCES = ARTICLE.split(". ")


def asked(server: Any, work: Callable[[Client], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """Run some questions in one connection and return what they gave."""

    async def main() -> dict[str, Any]:
        async with Client(server) as client:
            return await work(client)

    return anyio.run(main)


async def answer(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    found = await client.call_tool(tool, arguments)
    [content] = found.content
    text = content.text  # type: ignore[union-attr]  # our tools answer in text alone
    return {"is_error": found.is_error} | (
        {"message": text} if found.is_error else json.loads(text)
    )


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """Ask each tool over stdio, in one process as a client of a language model starts it."""

    async def all_of_them(client: Client) -> dict[str, Any]:
        listed = await client.list_tools()
        return {
            "tools": {one.name: one for one in listed.tools},
            "instructions": client.instructions,
            "rate": await answer(client, "rate", since="2022-01-05", until="2022-01-06"),
            "pool": await answer(client, "rate", subject="pool:antpool", at="2022-01-05"),
            "broke": await answer(client, "did_it_break", since="2021-06-20", until="2021-07-04"),
            "quiet": await answer(client, "did_it_break", since="2022-01-05", country="KZ"),
            "then": await answer(client, "known_then", at="2022-01-12T00:00"),
            "forecast": await answer(client, "forecast", at="2022-01-05"),
            "claim": await answer(client, "check_claim", **CLAIM),
            "country": await answer(
                client,
                "check_claim",
                **(CLAIM | COUNTRY),
            ),
            "negative": await answer(
                client, "check_claim", **(CLAIM | COUNTRY | {"low": -0.12, "high": -0.08})
            ),
            "article": await answer(
                client, "check_claim", text=ARTICLE, published="2022-01-06T18:00Z"
            ),
            "sentence": await answer(
                client,
                "check_claim",
                text=ARTICLE.split(". ", maxsplit=1)[0],
                published="2022-01-06",
            ),
            "before_the_map": await answer(
                client,
                "check_claim",
                text=SENTENCES[1],
                published="2022-01-06",
                as_known_on="2022-01-07",
            ),
            "undated": await answer(client, "check_claim", text="Hash rate fell 9 % on Monday."),
            "no_claim": await answer(client, "check_claim", text="It rained."),
            "half_a_claim": await answer(client, "check_claim", text="x", low=-0.1, high=-0.1),
            "half_a_range": await answer(
                client, "check_claim", text="x", quantity="hashrate_share", low=0.1
            ),
            "half_a_time": await answer(client, "check_claim", **(CLAIM | {"until": None})),
            "turned": await answer(client, "check_claim", **(CLAIM | {"low": 0.5})),
            "too_long": await answer(client, "check_claim", text="x" * (2**20 + 1)),
            "coverage": await answer(client, "coverage"),
            "wrong": await answer(client, "rate", subject="pool:antpol"),
            "malformed": await answer(client, "rate", at="yesterday"),
            "unseen": await answer(client, "rate", at="2009-06-01"),
            "missing": await answer(client, "known_then"),
        }

    return asked(STDIO, all_of_them)


def test_six_read_only_tools_are_described(answers: dict[str, Any]) -> None:
    assert set(answers["tools"]) == TOOLS
    for tool in answers["tools"].values():
        assert tool.annotations.read_only_hint
        assert tool.description
        for one in tool.input_schema["properties"].values():
            assert one.get("description"), tool.name
    assert "quote" in answers["instructions"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rate", "hash rate of the network was 1"),
        ("pool", "hash rate of AntPool was"),
        ("broke", "chance and drift alone do that in under 0.001 of such times"),
        ("quiet", "1 outage of countries then (ou20220105kza)"),
        ("then", "ou20220105kza (Kazakhstan,"),
        ("forecast", "The next difficulty changes by"),
        ("claim", "the blocks contradict the claim (the network, change of hash rate: "),
        ("country", "the record contradicts the claim (China, share of the hash rate: 40 to 50 %)"),
        ("negative", "No share can be -8.0 %: shares lie from 0 to 100 %."),
        ("article", "Of the three claims the record "),
        ("sentence", "In 24 hours blocks find a fall of 12 % in 42 of 100 cases."),
        ("before_the_map", "Kazakhstan, share of the hash rate: 18 %"),
        ("undated", "its day of publication is not known"),
        ("no_claim", "No claim about hash rate"),
        ("coverage", "The chain was observed from"),
    ],
)
def test_every_answer_has_a_sentence_to_quote(
    answers: dict[str, Any], name: str, said: str
) -> None:
    found = answers[name]
    assert not found["is_error"], found
    assert said in found["quote"]
    assert "hashquake" in found["quote"]
    assert "\u00a0" not in found["quote"]


def test_every_number_has_its_interval(answers: dict[str, Any]) -> None:
    interval = {"median", "low", "high", "level"}
    assert set(answers["rate"]["rates"][0]["hashrate_hps"]) == interval
    assert set(answers["broke"]["drop_share"]) == interval
    assert set(answers["then"]["hashrate_hps"]) == interval
    assert set(answers["forecast"]["next_difficulty_ratio"]) == interval
    assert set(answers["claim"]["measured"]) == interval
    assert answers["claim"]["measured"]["high"] < -0.12


def test_a_text_is_answered_claim_by_claim(answers: dict[str, Any]) -> None:
    found = answers["article"]
    assert found["n_claims"] == len(found["claims"]) == 3
    assert "call" not in found
    network, kazakhstan, antpool = found["claims"]
    assert (network["subject"], network["low"], network["call"]) == (
        "network",
        -0.12,
        "undecidable",
    )
    assert (kazakhstan["subject"], kazakhstan["call"]) == ("country:KZ", "contradicted")
    assert kazakhstan["call_at_publication"] == "undecidable"
    assert "on the day of publication it was" in kazakhstan["quote"]
    assert (antpool["subject"], antpool["call"]) == ("pool:antpool", "contradicted")
    for one in found["claims"]:
        assert "hashquake" in one["quote"]
        assert "\u00a0" not in one["quote"]


def test_a_single_claim_stands_at_the_top_too(answers: dict[str, Any]) -> None:
    for name in ("claim", "sentence", "before_the_map", "undated"):
        found = answers[name]
        [only] = found["claims"]
        assert (found["call"], found["probability"]) == (only["call"], only["probability"])
        assert found["measured"] == only["measured"]
        assert found["quote"] == only["quote"]
    assert 0.0 < answers["sentence"]["probability"] < 1.0


def test_a_text_is_judged_by_what_was_known_on_a_day(answers: dict[str, Any]) -> None:
    assert answers["before_the_map"]["call"] == "undecidable"
    assert answers["article"]["claims"][1]["call"] == "contradicted"


def test_what_a_text_leaves_open_is_asked(answers: dict[str, Any]) -> None:
    assert answers["undated"]["call"] == "unresolved"
    assert "published" in answers["undated"]["questions"][0]
    assert answers["article"]["questions"] == []


def test_what_was_known_then_is_no_hindsight(answers: dict[str, Any]) -> None:
    for one in answers["then"]["quakes"]:
        assert one["issued_s"] <= answers["then"]["at_s"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("wrong", "did you mean pool:antpool?"),
        ("malformed", "[time-syntax]"),
        ("unseen", "[no-coverage]"),
        ("missing", "at"),
        ("half_a_claim", "[usage]"),
        ("half_a_range", "[usage]"),
        ("half_a_time", "[usage]"),
        ("turned", "[interval-order]"),
        ("too_long", "1048576 characters"),
    ],
)
def test_what_cannot_be_answered_is_an_error_with_its_code(
    answers: dict[str, Any], name: str, said: str
) -> None:
    assert answers[name]["is_error"]
    assert said in answers[name]["message"]


def test_the_same_tools_are_mounted_beside_the_api(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def two(client: Client) -> dict[str, Any]:
        listed = await client.list_tools()
        return {
            "tools": {one.name for one in listed.tools},
            "forecast": await answer(client, "forecast", at="2022-01-05"),
        }

    found = asked(f"{address}/mcp", two)
    assert found["tools"] == TOOLS
    assert run(["forecast", "--at", "2022-01-05", "--db", "bundled", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {key: found["forecast"][key] for key in said} == said


def test_a_server_without_the_package_has_no_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounted, "find_spec", lambda _name: None)
    app = FastAPI()
    with open_observatory("bundled") as ask:
        assert mounted.mount_tools(app, ask, exposed=False) is None
    assert mounted.PATH not in {getattr(one, "path", "") for one in app.routes}


def test_the_command_names_the_missing_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "find_spec", lambda _name: None)
    assert run(["mcp", "--db", "bundled"]) == 2
    said = capsys.readouterr().err
    assert "hashquake[mcp]" in said
    assert said.rstrip().endswith("[mcp-extra]")
