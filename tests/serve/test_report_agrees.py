"""Each bundled event's report gives one answer to one question, whole at every width."""

import re
from functools import cache

import pytest
from rich.cells import cell_len

from hashquake.core.incident import Incident
from hashquake.datasets.events import event_named, load_events
from hashquake.datasets.label_gaps import load_label_gaps
from hashquake.observatory import open_observatory
from hashquake.observatory.event_context import EventContext
from hashquake.serve.cli.terminal import Terminal
from hashquake.serve.report.claim_rows import CONSISTENT, claim_axis, claim_rows, claims_sentence
from hashquake.serve.report.document import report_document
from hashquake.serve.report.headline import headline
from hashquake.serve.report.panel_causes import cause_panel
from hashquake.serve.report.panel_exposure import exposure_panel
from hashquake.serve.report.rows import RELABELLED, pool_axis, pool_rows, pools_sentence
from hashquake.serve.report.terminal import print_report

BEGINS_S = 1_609_459_200.0
"""The bundled record begins with 2021."""
EVENTS = [event.id for event in load_events() if event.window.start_s > BEGINS_S]
WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven")


@cache
def reported(event_id: str) -> tuple[Incident, EventContext]:
    with open_observatory("bundled") as observatory:
        incident = observatory.report(event_named(event_id))
        return incident, observatory.context(incident)


@pytest.mark.parametrize("event_id", EVENTS)
def test_the_headline_counts_the_calls_of_the_table(event_id: str) -> None:
    incident, _ = reported(event_id)
    said = re.search(r"(\w+)(?: of (?:the )?(\w+))? figures? published", headline(incident))
    rows = claim_rows(incident, claim_axis(incident))
    network = [row for row in rows if row.group == "The whole network" and row.measured]
    if said is None:
        return
    agree = sum(row.call_word.startswith(("Supported", CONSISTENT)) for row in network)
    total = len(network)
    counted = {"both": 2, "all": total, "one": 1}.get(said[1]) or WORDS.index(said[1])
    assert (counted, total) == (agree, WORDS.index(said[2]) if said[2] else total)


def test_a_figure_on_the_edge_is_counted_as_the_table_calls_it() -> None:
    incident, _ = reported("heather-2024")
    assert "both figures published for the network agree" in headline(incident)
    rows = claim_rows(incident, claim_axis(incident))
    assert claims_sentence(rows) == (
        "Of the three published figures the blocks agree with two and contradict one."
    )


@pytest.mark.parametrize("event_id", EVENTS)
def test_the_part_of_a_country_that_stopped_is_megawatts_over_megawatts(event_id: str) -> None:
    incident, around = reported(event_id)
    if around.dark is None or around.energy is None or incident.event.country is None:
        return
    part = around.dark.power.share_of_country
    whole_mw = around.energy.power_mw
    assert part is not None
    assert whole_mw is not None
    stopped = around.dark.power.power_mw.median / whole_mw.median
    assert part.median == pytest.approx(stopped, abs=0.05)


@pytest.mark.parametrize("event_id", EVENTS)
def test_no_pool_is_placed_by_a_map_that_does_not_name_the_place(event_id: str) -> None:
    _, around = reported(event_id)
    if around.exposure is None:
        return
    panel = exposure_panel(around.exposure, {})
    assert panel is not None
    if around.exposure.events[0].map_share is None:
        assert panel.rows == ()
        assert panel.sentence.startswith("No map gives the share of ")


@pytest.mark.parametrize("event_id", EVENTS)
def test_a_fall_larger_than_what_would_be_seen_is_shown(event_id: str) -> None:
    incident, _ = reported(event_id)
    moved = incident.network.shown_share.interval(0.9)
    # Both come from one law, so the interval's half width and the detectable fall go together.
    width = (moved.high - moved.low) / 2.0
    assert 1.0 < incident.detectable_share / width < 2.0


@pytest.mark.parametrize("event_id", EVENTS)
def test_pools_whose_labels_changed_are_not_judged(event_id: str) -> None:
    incident, around = reported(event_id)
    compared = (incident.window, incident.baseline)
    for row in incident.pools:
        gaps = [gap.window for gap in load_label_gaps() if gap.concerns(row.pool)]
        partly = any(
            any(gap.overlap(one) for one in compared)
            and not all(gap.overlap(one) == one for one in compared)
            for gap in gaps
        )
        assert row.is_comparable == (not partly)
        assert row.is_comparable or not row.beyond_luck
    shown = pool_rows(incident, pool_axis(incident), {})
    apart = sum(row.finding == RELABELLED for row in shown)
    assert apart == sum(not row.is_comparable for row in incident.pools)
    assert ("left out, because labels changed" in pools_sentence(shown, incident)) == (apart > 0)
    listed = report_document(incident, around)["pools"]
    assert [row["is_comparable"] for row in listed] == [row.is_comparable for row in incident.pools]


def test_the_end_of_a_label_gap_is_no_finding() -> None:
    incident, _ = reported("kosovo-ban-2022")
    unknown = next(row for row in incident.pools if row.pool == "unknown")
    assert unknown.p_value_adjusted < 0.01
    assert (unknown.is_comparable, unknown.beyond_luck) == (False, False)


@pytest.mark.parametrize("event_id", EVENTS)
def test_a_cause_that_blocks_alone_do_not_show_says_so(event_id: str) -> None:
    incident, _ = reported(event_id)
    panel = cause_panel(incident)
    assert panel is not None
    leads = incident.finding == "none" and incident.causes[0].name != "luck"
    assert ("The blocks alone show no fall" in panel.sentence) == leads


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("event_id", EVENTS)
def test_a_report_fits_the_terminal(
    event_id: str, width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    incident, around = reported(event_id)
    screen = Terminal(highlight=False, emoji=False, width=width)
    print_report(incident, screen, context=around)
    for line in capsys.readouterr().out.splitlines():
        assert cell_len(line.rstrip()) <= width, line
        assert "\N{HORIZONTAL ELLIPSIS}" not in line, line
        assert "\\x" not in line, line
        assert line.count("[") == line.count("]"), line
