"""Every detector and every law has a card, made from what is measured now."""

import re
import tomllib
from pathlib import Path

from scripts.build_method_cards import TARGET, pages

from hashquake.plugins import list_plugins

ROOT = Path(__file__).parents[1]
NO_METHODS = {"calibration"}
"""Theory pages about how methods are measured."""
AGAIN = "run scripts/build_method_cards.py"


def test_the_cards_are_those_of_today() -> None:
    made = pages()
    assert {path.name for path in TARGET.glob("*.md")} == set(made), AGAIN
    for name, text in made.items():
        assert (TARGET / name).read_text(encoding="utf-8") == text, f"{name}: {AGAIN}"


def test_every_theory_page_is_part_of_a_card() -> None:
    laws = tomllib.loads((ROOT / "scripts" / "method_cards.toml").read_text("utf-8"))["law"]
    covered = {page for law in laws for page in law["theory"]}
    covered |= {info.name for info in list_plugins("detect")}
    pages_there = {path.stem for path in (ROOT / "docs" / "theory").glob("*.md")}
    assert pages_there - NO_METHODS <= covered


def test_a_card_says_what_was_missed_and_where_the_method_fails() -> None:
    card = (TARGET / "shiryaev_roberts.md").read_text(encoding="utf-8")
    assert re.search(r"\| 1 a year \| [\d.]+ ± [\d.]+ \(\d+\) \| 0\.75 to 1\.25 \| met \|", card)
    assert "**missed**: " in card
    assert "**Slow declines.**" in card.split("## Where it fails")[1]
