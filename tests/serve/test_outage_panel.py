"""The Internet's side of a report: transcribed is said first, and a stranger's text stays text."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from hashquake.core.incident import Incident
from hashquake.core.outage import Outage
from hashquake.serve.report.document import report_document
from hashquake.serve.report.html import render_html
from hashquake.serve.report.outage_panel import outage_panels
from hashquake.serve.report.terminal import print_report

MakeIncident = Callable[[str], Incident]


@pytest.fixture
def kazakhstan(make_incident: MakeIncident) -> Incident:
    return make_incident("kazakhstan-2022")


def page_of(incident: Incident) -> str:
    return render_html(incident, version="0.1.0", made_at=None)


def measured(outage: Outage, source: str = "ioda") -> Outage:
    """Return the same outage as instruments would have that the record holds."""
    return replace(
        outage,
        seen_by=tuple(replace(one, source=source, remaining_share=0.03) for one in outage.seen_by),
        not_seen_by=tuple(replace(one, source=source) for one in outage.not_seen_by),
    )


def test_transcribed_is_said_before_any_number(kazakhstan: Incident) -> None:
    page = page_of(kazakhstan)
    section = page[page.index("The Internet<") :]
    assert section.index("Transcribed, not measured") < section.index("95")
    assert "nothing was filled in" in section


def test_the_panel_names_who_saw_it_who_did_not_and_how_sources_disagree(
    kazakhstan: Incident,
) -> None:
    (panel,) = outage_panels(kazakhstan)
    findings = {row.name: (row.saw, row.finding) for row in panel.rows}
    assert findings["Routes, by RIPE Labs"] == (False, "did not see it")
    assert findings["IODA, chart read by eye"] == (True, "saw it; no level stated")
    assert findings["NetBlocks"][1].replace("\N{NO-BREAK SPACE}", " ") == "saw it; 2 % and 5 % left"
    assert len(panel.together) == 11
    assert panel.classes[0].name == "kill_switch"
    assert "10:00 to 11:30" in panel.summary
    page = page_of(kazakhstan)
    for said in ("around 5 p.m. local time", "approximately 11:15 UTC", "no longer routable"):
        assert said in page


def test_rows_hold_what_is_stated_and_no_more(kazakhstan: Incident) -> None:
    (panel,) = outage_panels(kazakhstan)
    counts = {row.name: len(row.segments) for row in panel.rows}
    assert counts["Cloudflare Radar"] == 1
    assert counts["RIPE Atlas probes"] == 2
    assert counts["IODA, chart read by eye"] == 11
    for row in panel.rows:
        for one in row.segments:
            assert 0.0 <= one.left < one.left + one.width <= 100.0


def test_the_chart_shades_what_the_outage_says(kazakhstan: Incident) -> None:
    assert "no Internet (transcribed)" in page_of(kazakhstan)
    without = page_of(replace(kazakhstan, outages=()))
    assert "The Internet there" not in without
    assert "Shaded: the event." in without


def test_measured_and_simulated_are_labelled_as_such(kazakhstan: Incident) -> None:
    (outage,) = kazakhstan.outages
    page = page_of(replace(kazakhstan, outages=(measured(outage),)))
    assert "Transcribed" not in page
    assert ">Measured<" in page
    (panel,) = outage_panels(replace(kazakhstan, outages=(measured(outage, "simulated"),)))
    assert "Nothing of this happened" in panel.origin
    assert not panel.disagreements


def test_a_stand_in_is_called_one(kazakhstan: Incident) -> None:
    (panel,) = outage_panels(replace(kazakhstan, outages_bundled=True))
    assert "the bundled readings are used" in panel.origin


def test_a_sources_name_cannot_break_the_page(kazakhstan: Incident) -> None:
    (outage,) = kazakhstan.outages
    hostile = "<script>alert(1)</script>\x1b[31m{{ 7*7 }}"
    page = page_of(replace(kazakhstan, outages=(measured(outage, hostile),)))
    assert "<script" not in page
    assert "\x1b" not in page
    assert "{{ 7*7 }}" in page


def test_an_outage_without_levels_or_an_end_says_so(kazakhstan: Incident) -> None:
    (outage,) = kazakhstan.outages
    untold = replace(
        outage,
        end_s=None,
        restorations=(),
        seen_by=tuple(replace(one, remaining_share=None) for one in outage.seen_by),
    )
    (panel,) = outage_panels(replace(kazakhstan, outages=(untold,)))
    assert "how much was gone is not stated" in panel.summary
    assert "No reading shows its end" in panel.summary
    assert "back" not in panel.summary


def test_the_terminal_and_the_document_say_it_too(kazakhstan: Incident) -> None:
    out = StringIO()
    print_report(kazakhstan, Console(file=out, width=90))
    text = out.getvalue()
    assert "Transcribed, not measured" in text
    assert "Routes, by RIPE Labs" in text
    document = report_document(kazakhstan)
    event = document["event"]
    assert document["outages"][0]["evidence"] == "transcribed"
    assert document["outages"][0]["not_seen_by"] == ["bgp"]
    assert document["outages_bundled"] is False
    assert len(event["dark_windows"]) == 6
    assert len(event["online_windows"]) == 5
