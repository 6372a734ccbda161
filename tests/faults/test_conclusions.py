"""A fault in our own conclusions: named as ours, and nothing of what came in is lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.faults.test_made_world import last_quakes
from tests.faults.watched import Outcome, Watched, copied, outcome_of, to_the_end
from tests.faults.world import World

from hashquake.catalog import pipeline
from hashquake.observatory import open_observatory

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
FAULTY = range(8, 40)
"""While so many live blocks are there, among them those after which the falls are called."""


def test_conclusions_that_fail_for_a_while(
    base: Path, undisturbed: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(str(copied(base, tmp_path)))
    step, failed = pipeline.step, [0]
    n_base = len(World().main)

    def faulty(*arguments: Any, **options: Any) -> Any:
        if len(watched.world.main) - n_base in FAULTY:
            failed[0] += 1
            raise IndexError("no such kernel")
        return step(*arguments, **options)

    monkeypatch.setattr(pipeline, "step", faulty)
    watched.watch(to_the_end)
    assert failed[0] > 1
    found = outcome_of(watched.where)
    assert found.blocks == undisturbed.blocks
    assert found.readings == undisturbed.readings
    assert found.outages == undisturbed.outages
    assert last_quakes(found) == last_quakes(undisturbed)
    lost = undisturbed.changes - found.changes
    assert all('"quake"' in row for row in lost), lost
    with open_observatory(watched.where) as observatory:
        status = {one.source: one for one in observatory.status().sources}
        changes = observatory.changes(limit=10_000)
    said = [one for one in changes if one.kind == "source"]
    ours = [one.document for one in said if one.subject == "source:conclusions"]
    assert [one["state"] for one in ours] == ["down", "ok"]
    assert ours[0]["because"].endswith("[internal]")
    assert "a fault of hashquake, not of the source" in ours[0]["because"]
    assert status["conclusions"].state == "ok"
    stated = {str(one.document["id"]) for one in changes if one.kind == "quake"}
    assert stated == {str(json.loads(one)[2]) for one in undisturbed.quakes}
    # No source is blamed for it.
    assert {one.document["state"] for one in said if one.subject != "source:conclusions"} == {"ok"}
