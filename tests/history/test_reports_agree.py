"""One question, one answer: the numbers of every bundled event agree wherever they are shown."""

import io
import re
from functools import lru_cache
from typing import Any

import pytest
from rich.console import Console

from hashquake.core.event import window_event
from hashquake.core.incident import LEVEL, Incident
from hashquake.core.times import parse_time
from hashquake.core.window import Window
from hashquake.datasets.events import covered_events
from hashquake.observatory import Observatory, open_observatory
from hashquake.observatory.event_context import require_place
from hashquake.serve.format import NBSP, negated, percent
from hashquake.serve.report.document import report_document
from hashquake.serve.report.gist import brief, tiles
from hashquake.serve.report.headline import headline
from hashquake.serve.report.html import render_html
from hashquake.serve.report.terminal import print_report

FREE = {
    "august-2025": ("2025-08-08", "2025-08-10"),
    "december-2023": ("2023-12-01", "2023-12-04"),
    "june-2021": ("2021-06-18", "2021-07-05"),
}


@lru_cache(maxsize=1)
def observatory() -> Observatory:
    return open_observatory("bundled")


@lru_cache(maxsize=32)
def incident_of(name: str) -> Incident:
    if name in FREE:
        start_s, end_s = map(parse_time, FREE[name])
        return observatory().report(window_event(Window(start_s=start_s, end_s=end_s)))
    events = {one.id: one for one in covered_events(observatory().record.coverage())}
    return observatory().report(events[name])


NAMES = [
    *(one.id for one in covered_events(open_observatory("bundled").record.coverage())),
    *FREE,
]


def printed(incident: Incident) -> str:
    file = io.StringIO()
    print_report(incident, Console(file=file, width=300, color_system=None))
    return file.getvalue()


def counts_in(text: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, text.replace(NBSP, " ")))


@pytest.mark.parametrize("name", NAMES)
def test_every_place_has_the_same_counts_and_changes(name: str) -> None:
    incident = incident_of(name)
    document: dict[str, Any] = report_document(incident)
    html = render_html(incident, version="0", made_at=None).replace("&#39;", "'")
    text = printed(incident)
    found, due = incident.network.n_blocks, incident.network.expected_blocks
    assert document["network"]["n_blocks"] == found
    for shown in (html, text):
        assert f"{found:,} of {due:,.0f}" in shown
        assert f"{found:,} blocks were found where {due:,.0f} were expected" in shown
        assert headline(incident) in " ".join(shown.split()) or headline(incident) in shown
    moved = negated(incident.network.shown_share.interval(LEVEL))
    assert tiles(incident)[0][1] == percent(moved.median, signed=True)
    assert document["network"]["predictive_share"]["median"] == -moved.median
    assert document["network"]["p_value"] == incident.network.shown_p_value
    for row in incident.pools:
        cell = f"{row.drop.n_blocks:,} of {row.drop.expected_blocks:,.0f}"
        assert cell in html


@pytest.mark.parametrize("name", NAMES)
def test_there_is_one_verdict_and_everything_follows_from_it(name: str) -> None:
    incident = incident_of(name)
    document = report_document(incident)
    assert document["finding"] == incident.finding
    said = headline(incident)
    wanted = {
        "fall": "a fall beyond luck and drift",
        "rise": "a rise beyond luck and drift",
        "none": "No fall beyond luck and drift is shown",
    }
    assert wanted[incident.finding] in said
    assert sum(other in said for other in wanted.values()) == 1
    luck = sum(one["probability"] for one in document["causes"] if one["name"] == "luck")
    if incident.finding == "fall":
        assert luck < 0.5
        assert document["network"]["predictive_share"]["low"] > 0.0
        assert document["network"]["p_value"] < 0.1 + 1e-6
    else:
        with pytest.raises(Exception, match="no power is shown"):
            require_place(incident)
    verdicts = [one for one in document["claims"] if one["measured"] is not None]
    for one in verdicts:
        if one["quantity"] != "hashrate_change_share":
            continue
        measured = one["measured"]
        inside = measured["low"] <= one["high"] and one["low"] <= measured["high"]
        excludes_zero = not measured["low"] <= 0.0 <= measured["high"]
        if one["low"] == one["high"] == measured["median"] and excludes_zero:
            assert one["call"] == "supported"
        if one["call"] == "contradicted":
            assert not inside


@pytest.mark.parametrize("name", NAMES)
def test_the_deepest_day_is_no_shallower_than_the_mean_and_its_interval_is_wider(name: str) -> None:
    incident = incident_of(name)
    day = incident.deepest_day
    assert day is not None
    whole = incident.network.shown_share
    assert day.drop_share.median >= whole.median - 1e-9
    assert day.drop_share.low < day.drop_share.median < day.drop_share.high
    assert day.n_blocks < day.expected_blocks * (1.0 - day.drop_share.low)
    shown = dict(brief(incident, None))["Deepest day"]
    assert f"{day.n_blocks:,} blocks of {day.expected_blocks:,.0f} expected" in shown


def test_the_ban_and_the_storm_read_by_their_deepest_day() -> None:
    # Counted by hand on the bundled blocks: the fewest blocks in 24 hours for what was expected.
    for name, low, high in (("elliott-2022", 0.34, 0.40), ("china-ban-2021", 0.60, 0.70)):
        day = incident_of(name).deepest_day
        assert day is not None
        assert low < day.drop_share.median < high, name
        # The search is paid for: a smaller fall, -51 % in the ban, lies in the interval.
        assert day.drop_share.low < low + 0.15 * low


def test_the_ban_halved_hash_rate_against_the_two_weeks_before_its_deepest_day() -> None:
    # By hand: 57 blocks in the 24 hours, 113.4 expected at the rate of the 14 days right before.
    incident = incident_of("china-ban-2021")
    day = incident.deepest_day
    assert day is not None
    assert day.recent_drop_share is not None
    assert 0.48 < day.recent_drop_share.median < 0.52
    assert 0.0 < day.recent_drop_share.low < day.recent_drop_share.high < day.drop_share.high
    said = dict(brief(incident, None))["Deepest day"]
    assert "against the 14 days right before it" in said
    assert f"by \u2212{day.recent_drop_share.median * 100:.0f}\xa0%" in said
    # A storm of two and a half days has one baseline, and one sentence.
    assert "right before" not in dict(brief(incident_of("elliott-2022"), None))["Deepest day"]


def intervals(value: Any, where: str = "") -> list[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        if {"median", "low", "high", "level"} <= value.keys():
            return [(where, value)]
        return [hit for key, one in value.items() for hit in intervals(one, f"{where}.{key}")]
    if isinstance(value, list):
        return [hit for one in value for hit in intervals(one, where)]
    return []


@pytest.mark.parametrize("name", NAMES)
def test_no_interval_of_what_is_uncertain_has_no_width(name: str) -> None:
    document = report_document(incident_of(name))
    # The difficulty is the protocol's own number and certain.
    claims = [one for one in document["claims"] if one["quantity"] == "difficulty_change_share"]
    certain = {id(one["measured"]) for one in claims}
    for where, one in intervals(document):
        assert one["low"] != one["high"] or id(one) in certain, where


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_with_its_context_a_report_still_has_one_answer(name: str) -> None:
    incident = incident_of(name)
    around = observatory().context(incident)
    document = report_document(incident, around)
    energy, rows = document["energy"], {one["pool"]: one for one in document["pools"]}
    if incident.finding != "fall":
        assert energy["dark_mw"] is None
        assert energy["because"]["dark_mw"]
    share = energy["dark_share_of_country"]
    assert share is None or share["high"] <= 1.0 + 1e-9
    for one in document["exposure"]:
        if one["pool"] in rows:
            assert one["share_before"] == rows[one["pool"]]["share_before"]
    for where, one in intervals(document):
        # Ranks are whole numbers: nine times out of ten it may be one and the same.
        if ".claims" not in where and not where.endswith(".rank_interval"):
            assert one["low"] != one["high"], where
