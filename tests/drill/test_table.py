"""What the drill notes of a scene, also of one that fails, and of alerts raised twice."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.drill.kazakhstan import raised_again
from tests.drill.programs import Scene
from tests.drill.table import Findings, keep


def scene_with(*alerts: tuple[str, str]) -> Scene:
    bodies = [
        {"thread": thread, "state": state, "key": f"key {at}"}
        for at, (thread, state) in enumerate(alerts)
    ]
    return cast("Scene", SimpleNamespace(arrivals=lambda _rule: bodies))


def test_a_scene_that_fails_keeps_what_it_found_and_says_that_it_failed(tmp_path: Path) -> None:
    found = Findings("made")
    with found:
        found.within("an alert", 12.0, 20.0)
        found.within("another", None, 20.0)
        raise LookupError("the page is gone")
    assert [(row.seen, row.good) for row in found.rows] == [
        ("12 min", True),
        ("never", False),
        ("LookupError: the page is gone", False),
    ]
    keep(found.rows, tmp_path)
    kept: list[dict[str, Any]] = json.loads((tmp_path / "table.json").read_text("utf-8"))
    assert [row["verdict"] for row in kept] == ["met", "MISSED", "MISSED"]
    assert (tmp_path / "table.md").read_text("utf-8").count("\n") == 5


def test_an_interrupt_ends_the_drill() -> None:
    with pytest.raises(KeyboardInterrupt), Findings("made"):
        raise KeyboardInterrupt


def test_only_what_is_open_is_raised_twice() -> None:
    again = scene_with(("a", "raised"), ("a", "recovered"), ("a", "raised"), ("b", "raised"))
    assert raised_again(again, "farms") == []
    twice = scene_with(("a", "raised"), ("b", "raised"), ("a", "updated"), ("a", "raised"))
    assert raised_again(twice, "farms") == ["a"]
