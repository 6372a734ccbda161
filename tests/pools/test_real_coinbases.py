"""Real coinbases are named as a person reading them would name them."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from hashquake.pools.identify import identify
from hashquake.pools.registry import bundled

TAPE = Path(__file__).parent.parent / "tapes" / "pools" / "coinbases.toml"
BLOCKS: list[dict[str, Any]] = tomllib.loads(TAPE.read_text(encoding="utf-8"))["block"]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block['height']} {block['shows']}")
def test_real_coinbase(block: dict[str, Any]) -> None:
    found = identify(
        coinbase=bytes.fromhex(block["script"]),
        payouts=block["payouts"],
        header_s=block["header_s"],
        registry=bundled(),
    )
    assert (found.pool, found.rule) == (block["pool"], block["rule"])
    assert list(found.conflicts) == block["conflicts"]


def test_the_tape_shows_each_rule_and_a_conflict() -> None:
    assert {block["rule"] for block in BLOCKS} == {"address", "tag", "none"}
    assert any(block["conflicts"] for block in BLOCKS)
