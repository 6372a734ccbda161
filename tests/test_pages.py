"""The pages in docs are what the program says today."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hashquake.catalog.pipeline import KIND, restore
from hashquake.core.contracts import Batch
from hashquake.core.opinion import quake_scope
from hashquake.datasets.events import covered_events
from hashquake.judge.outage_table import measured_scores
from hashquake.judge.peer_table import measured_rows
from hashquake.judge.power import power_table
from hashquake.observatory import Observatory, open_observatory
from hashquake.observatory.bundled_load import bundled_batches, bundled_readings
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


def test_the_bundled_catalog_is_what_a_feed_of_the_bundled_readings_gives(
    observatory: Observatory, tmp_path: Path
) -> None:
    kept = observatory.record
    with open_observatory(str(tmp_path / "r.db"), create=True) as fed:
        fed.feed_all((batch for batch, _ in bundled_batches()), source="bundled")
        fed.feed_all([Batch(readings=bundled_readings())], source="bundled")
        quakes, theirs = fed.record.opinions("quake"), kept.opinions("quake")
        assert [_plain(one.document) for one in quakes] == [_plain(one.document) for one in theirs]
        for one, other in zip(quakes, theirs, strict=True):
            for name in ("remaining_share", "lost_hps"):
                # Another build of the same mathematics may round the last digit otherwise.
                assert one.document[name] == pytest.approx(other.document[name], rel=1e-2, abs=1e-3)
        assert fed.record.opinions("outage") == kept.opinions("outage")
        ours, searched = (
            {(one.subject, one.window, one.detectors) for one in record.searched("outage")}
            for record in (fed.record, kept)
        )
        assert ours == searched
        scope = quake_scope(1.0)
        state, bundled_state = (
            restore(record.snapshot(KIND, scope)) for record in (fed.record, kept)
        )
        assert state is not None
        assert bundled_state is not None, "run scripts/build_pages.py --catalog"
        assert bundled_state.quakes.height == state.quakes.height


def _plain(one: Mapping[str, Any]) -> tuple[Any, ...]:
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
