"""The script merges two lists, keeps both opinions, and stops where nobody has decided."""

import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hashquake.pools.pool_file import read_pool

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_pool_registry.py"
NO_DECISIONS: dict[str, Any] = {
    "slug": {},
    "name": {},
    "record_only": [],
    "yields": [],
    "miners_write": [],
    "software": [],
    "dates": [],
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_pool_registry", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def entry(name: str, *, tags: tuple[str, ...] = (), addresses: tuple[str, ...] = ()) -> Any:
    return {"id": 1, "name": name, "tags": [*tags], "addresses": [*addresses], "link": "x.org"}


def lists(mempool: list[Any], other: list[Any]) -> dict[str, list[Any]]:
    return {"mempool": mempool, "bitcoin-data": other}


def test_two_spellings_become_one_pool_with_both_names(script: ModuleType) -> None:
    drafts = script.merge(
        lists(
            [entry("SECPOOL", tags=("SecPool",))],
            [entry("SecPool", tags=("SecPool", "鱼"), addresses=("1BitcoinEater",))],
        ),
        NO_DECISIONS,
    )
    assert tomllib.loads(script.render(drafts["secpool"])) == {
        "slug": "secpool",
        "name": "SECPOOL",
        "link": "https://x.org",
        "tags": [
            {"text": "SecPool", "any_case": True},
            {"text": "鱼", "lists": ["bitcoin-data"]},
        ],
        "addresses": [{"text": "1BitcoinEater", "lists": ["bitcoin-data"]}],
        "listed_as": {"mempool": ["SECPOOL"], "bitcoin-data": ["SecPool"]},
    }


def test_an_undecided_claim_stops_the_build(script: ModuleType) -> None:
    both = lists([entry("A", addresses=("1Same",))], [entry("B", addresses=("1Same",))])
    with pytest.raises(SystemExit, match="1Same"):
        script.merge(both, NO_DECISIONS)
    decided = {"yields": [{"pool": "a", "to": "b", "texts": ["1Same"]}]}
    drafts = script.merge(both, NO_DECISIONS | decided)
    assert drafts["a"].yields_to == {"1Same": "b"}
    assert drafts["b"].yields_to == {}


def test_a_decision_about_nothing_stops_the_build(script: ModuleType) -> None:
    idle = {"yields": [{"pool": "a", "to": "b", "texts": ["1Gone"]}]}
    with pytest.raises(SystemExit, match="1Gone"):
        script.merge(lists([entry("A"), entry("B")], []), NO_DECISIONS | idle)


def test_a_pool_of_the_record_that_a_list_has_learnt_of_stops_the_build(
    script: ModuleType,
) -> None:
    late = {"record_only": [{"slug": "a", "name": "A", "note": "Not listed."}]}
    with pytest.raises(SystemExit, match="in a list now"):
        script.merge(lists([entry("A")], []), NO_DECISIONS | late)


@pytest.mark.parametrize("text", ['quo"te', "back\\slash", "a\tb", "🐵🚀", "EMC ", "#;=[]{}"])
def test_any_text_survives_the_file(script: ModuleType, text: str) -> None:
    draft = script.merge(lists([entry("A", tags=(text,))], []), NO_DECISIONS)["a"]
    assert read_pool("a.toml", script.render(draft).encode()).tags[0].text == text


def test_the_decisions_fit_the_registry(script: ModuleType) -> None:
    decisions = tomllib.loads(script.DECISIONS.read_text(encoding="utf-8"))
    for row in decisions["dates"]:
        assert (script.DATA / f"{row['pool']}.toml").exists()
        assert row["source"]
    assert all(row["why"] for row in decisions["yields"])
