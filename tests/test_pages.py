"""The pages in docs are what the program says today."""

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from hashquake.catalog.documents import quake_document
from hashquake.datasets.events import covered_events
from hashquake.judge.outage_table import measured_scores
from hashquake.judge.peer_table import measured_rows
from hashquake.judge.power import power_table
from hashquake.observatory import Observatory, open_observatory
from hashquake.pools.registry import bundled
from hashquake.serve.pages.context_sections import EXPOSURE_HEADING
from hashquake.serve.pages.event_page import event_page
from hashquake.serve.pages.method_pages import catalog_page, power_page
from hashquake.serve.pages.outage_page import outage_page
from hashquake.serve.pages.scenario_page import scenario_page, scenario_rows

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def observatory() -> Observatory:
    return open_observatory("bundled")


def _opinions() -> list[dict[str, Any]]:
    text = (resources.files("hashquake.datasets") / "catalog.json").read_text(encoding="utf-8")
    opinions: list[dict[str, Any]] = json.loads(text)
    return opinions


def test_the_bundled_catalog_is_what_a_replay_gives(observatory: Observatory) -> None:
    found = observatory.opinions_of_replay(false_alarms_per_year=1.0)
    replayed = [quake_document(quake) for quake in found]
    kept = _opinions()
    assert [_plain(one) for one in replayed] == [_plain(one) for one in kept]
    for ours, theirs in zip(replayed, kept, strict=True):
        for name in ("remaining_share", "lost_hps"):
            # Another build of the same mathematics may round the last digit otherwise.
            assert ours[name] == pytest.approx(theirs[name], rel=1e-2, abs=1e-3)


def _plain(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["id"], one["revision"], one["status"], one["kind"], tuple(one["pools"])


@pytest.mark.parametrize("name", ["kazakhstan-2022", "xinjiang-2021"])
def test_an_events_page_is_up_to_date(observatory: Observatory, name: str) -> None:
    events = {event.id: event for event in covered_events(observatory.record.coverage())}
    incident = observatory.report(events[name])
    names = {pool.slug: pool.name for pool in bundled().pools}
    made = event_page(observatory, incident, picture=f"{name}.svg", names=names)
    kept = (DOCS / "events" / f"{name}.md").read_text(encoding="utf-8")
    assert _without_drawn(kept) == _without_drawn(made)


def _without_drawn(page: str) -> list[str]:
    """Blank the figures of exposure, which are drawn: another build may round them otherwise."""
    lines, drawn = [], False
    for line in page.splitlines():
        drawn = line == EXPOSURE_HEADING if line.startswith("## ") else drawn
        lines.append(re.sub(r"[\d.,]+", "0", line) if drawn else line)
    return lines


def test_every_covered_event_has_its_page_and_picture(observatory: Observatory) -> None:
    for event in covered_events(observatory.record.coverage()):
        assert (DOCS / "events" / f"{event.id}.md").exists()
        assert (DOCS / "events" / f"{event.id}.svg").exists()


def test_the_catalogs_and_the_powers_pages_are_up_to_date(observatory: Observatory) -> None:
    catalog = catalog_page(observatory.quakes(), picture="images/catalog.svg")
    assert (DOCS / "catalog.md").read_text(encoding="utf-8") == catalog
    power = power_page(
        power_table(), measured_rows(wanted_per_year=None), picture="images/power.svg"
    )
    assert (DOCS / "power.md").read_text(encoding="utf-8") == power


def test_the_page_of_the_scenarios_is_up_to_date(observatory: Observatory) -> None:
    made = scenario_page(*scenario_rows(observatory.record.blocks()))
    assert (DOCS / "scenarios.md").read_text(encoding="utf-8") == made


def test_the_page_of_january_2022_calls_no_quake_and_says_what_was_knowable() -> None:
    page = (DOCS / "events" / "kazakhstan-2022.md").read_text(encoding="utf-8")
    assert "The catalog has no fall of the network near these days" in page
    assert "## What could be known, when" in page


def test_the_page_of_outages_is_up_to_date() -> None:
    made = outage_page(measured_scores())
    assert (DOCS / "outages.md").read_text(encoding="utf-8") == made
