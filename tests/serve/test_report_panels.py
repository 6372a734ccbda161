"""The report's panels around the blocks: causes, exposure, map, power and price."""

import io
import json
from dataclasses import replace
from typing import NamedTuple

import pytest
from rich.console import Console
from tests.serve.test_report_html import HOSTILE, parsed

from hashquake.core.event import window_event
from hashquake.core.incident import Incident
from hashquake.core.quake import Cause, CauseName
from hashquake.core.reason import Sentence
from hashquake.datasets.events import event_named
from hashquake.observatory import open_observatory
from hashquake.observatory.event_context import EventContext
from hashquake.serve.place_names import in_a_sentence, named
from hashquake.serve.report.document import report_document
from hashquake.serve.report.html import render_html
from hashquake.serve.report.panel_causes import cause_panel
from hashquake.serve.report.panel_exposure import exposure_panel
from hashquake.serve.report.panel_map import map_panel
from hashquake.serve.report.share_axis import share_axis
from hashquake.serve.report.terminal import print_report

PANELS = (
    "Where the machines of pools are",
    "The mining map",
    "Power and emissions",
    "The price",
)
NOTHING = EventContext(
    missing={
        "exposure": "No event of ZA is told.",
        "map_then": "No map had been published.",
        "map_now": "No map is known.",
        "energy": "No price is known, so no machine.",
        "dark": "No price is known, so no machine.",
        "price": "No price <of> bitcoin is at hand.",
    }
)


class Told(NamedTuple):
    incident: Incident
    around: EventContext


@pytest.fixture(scope="module")
def xinjiang() -> Told:
    with open_observatory("bundled") as observatory:
        incident = observatory.report(event_named("xinjiang-2021"))
        return Told(incident, observatory.context(incident))


def page_of(told: Told, names: dict[str, str] | None = None) -> str:
    return render_html(
        told.incident, version="0", made_at=None, context=told.around, pool_names=names
    )


def text_of(html: str) -> str:
    return " ".join(" ".join(parsed(html).text).replace("\N{NO-BREAK SPACE}", " ").split())


def test_the_page_tells_why_where_and_what_it_cost(xinjiang: Told) -> None:
    html = page_of(xinjiang)
    text = text_of(html)
    for wanted in (
        "Why hash rate changed",
        "Power was cut or curtailed (China)",
        *PANELS,
        "more about machines in Xinjiang than the map",
        "Xinjiang alone had 25 %",
        "As known on 16 April 2021: map of CCAF for April 2020",
        "The machines that stopped in China drew 2,",
        "That the event lowered the price is not shown.",
        "Turkey\N{RIGHT SINGLE QUOTATION MARK}s ban of payments",
        "mean grid of the country, not that of Xinjiang",
    ):
        assert wanted in text
    assert " CN " not in text, "readers are given names, not letters"
    charts = [
        a for tag, a in parsed(html).tags if tag == "svg" and "chart" in (a.get("class") or "")
    ]
    assert [chart["class"] for chart in charts] == ["chart wide", "chart narrow"] * 3


def test_equal_input_gives_equal_bytes(xinjiang: Told) -> None:
    assert page_of(xinjiang) == page_of(xinjiang)


def test_the_document_carries_every_panel(xinjiang: Told) -> None:
    document = json.loads(json.dumps(report_document(*xinjiang), allow_nan=False))
    assert sum(one["probability"] for one in document["causes"]) == pytest.approx(1.0)
    assert document["causes"][0]["name"] == "power"
    assert document["causes"][0]["country"] == "CN"
    network = document["exposure"][0]
    assert network["pool"] == "network"
    ratio = network["dark"][0]["dark_of_map_share"]
    assert ratio["low"] < 1.0 < ratio["high"], "Xinjiang's quarter fits the fall"
    assert document["map"]["then"]["as_of"] == "2021-04-16"
    assert document["map"]["now"]["vintage"] > "2021-04-16"
    assert document["map"]["provinces"]["countries"][0]["name"] == "Xinjiang"
    energy = document["energy"]
    for name in ("power_mw", "dark_mw", "not_emitted_t_per_day", "dark_share_of_country"):
        assert 0 < energy[name]["low"] < energy[name]["median"] <= energy[name]["high"]
    assert energy["dark_share_of_country"]["high"] <= 1.0
    assert energy["registered_mw"] is None
    assert "registered_mw" in energy["because"]
    assert document["price"]["verdict"] == "not shown"
    assert document["price"]["step_s"] == 3600
    assert set(xinjiang.around.caveats) <= set(document["caveats"])
    assert document["missing"] == {}


def test_what_is_missing_is_said_and_never_a_zero(xinjiang: Told) -> None:
    bare = Told(xinjiang.incident, NOTHING)
    html = page_of(bare)
    text = text_of(html)
    for heading in PANELS:
        assert heading in text
    for reason in NOTHING.missing.values():
        assert reason in text or reason == NOTHING.missing["map_then"]
    assert " MW" not in text
    assert "<of>" not in html
    document = json.loads(json.dumps(report_document(*bare), allow_nan=False))
    assert document["energy"]["power_mw"] is None
    assert document["energy"]["dark_mw"] is None
    assert document["energy"]["because"]["dark_mw"] == NOTHING.missing["dark"]
    assert document["price"]["whole"] is None
    assert document["price"]["because"] == NOTHING.missing["price"]
    assert document["exposure"] == []
    assert document["map"] == {"then": None, "now": None, "provinces": None}
    assert document["missing"] == dict(NOTHING.missing)


def test_a_page_without_context_leaves_the_panels_out(xinjiang: Told) -> None:
    text = text_of(render_html(xinjiang.incident, version="0", made_at=None))
    assert not any(heading in text for heading in PANELS)


def test_what_strangers_wrote_is_escaped(xinjiang: Told) -> None:
    causes = (Cause(name="power", probability=1.0, reason=Sentence(text=HOSTILE), country="CN"),)
    names = {row.pool: HOSTILE for row in xinjiang.incident.pools}
    evil = Told(replace(xinjiang.incident, causes=causes), xinjiang.around)
    html = page_of(evil, names)
    assert not {tag for tag, _ in parsed(html).tags} & {"script", "img"}
    assert "\x1b" not in html
    assert "\u202e" not in html


def printed(told: Told, width: int) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, legacy_windows=False)
    print_report(told.incident, console, context=told.around)
    return file.getvalue().replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_tells_it_in_its_width(xinjiang: Told, width: int) -> None:
    text = printed(xinjiang, width)
    flat = " ".join(text.split())
    assert "Why: Of the causes weighed one stands out" in flat
    assert "more about machines in Xinjiang than the map" in flat
    assert "Power that stopped" in flat
    assert "is not shown" in flat
    assert max(len(line) for line in text.splitlines()) <= width


def test_the_terminal_says_what_is_missing(xinjiang: Told) -> None:
    flat = " ".join(printed(Told(xinjiang.incident, NOTHING), 100).split())
    assert "No price <of> bitcoin is at hand." in flat
    assert " MW" not in flat


MADE_CAUSES: tuple[tuple[CauseName, float, str, str | None], ...] = (
    ("luck", 0.5, "so it is", None),
    ("internet", 0.497, "Kazakhstan had 14 % of it", "KZ"),
    ("policy", 0.003, "it was banned", "IR"),
)


def test_luck_is_worded_as_no_fall(xinjiang: Told) -> None:
    causes = tuple(
        Cause(name=name, probability=chance, reason=Sentence(text=text), country=country)
        for name, chance, text, country in MADE_CAUSES
    )
    panel = cause_panel(replace(xinjiang.incident, causes=causes))
    assert panel is not None
    assert panel.rows[0].text == "No fall beyond luck and drift"
    assert panel.rows[1].because == "Kazakhstan had 14\N{NO-BREAK SPACE}% of it."
    assert "cannot be distinguished" in panel.sentence
    assert panel.heading.endswith(", if it did")
    assert "Iran" in panel.rest
    assert len(panel.rows) == 2


def test_no_causes_are_no_panel(xinjiang: Told) -> None:
    assert cause_panel(replace(xinjiang.incident, causes=())) is None


def test_a_pool_of_which_blocks_show_no_more_than_the_map_is_not_listed(xinjiang: Told) -> None:
    found = xinjiang.around.exposure
    assert found is not None
    panel = exposure_panel(found, {})
    assert panel is not None
    assert panel.rows
    assert "more about machines in Xinjiang than the map alone does" in panel.sentence
    prior = tuple(
        replace(
            row,
            exposure_share=row.prior_exposure_share,
            dark=tuple(replace(one, dark_share=one.prior_dark_share) for one in row.dark),
        )
        for row in found.rows
    )
    panel = exposure_panel(replace(found, rows=prior), {})
    assert panel is not None
    assert not panel.rows
    assert panel.sentence.startswith("For none of the")


def test_without_a_share_by_the_map_nothing_is_said_of_pools(xinjiang: Told) -> None:
    found = xinjiang.around.exposure
    assert found is not None
    unmapped = replace(found.events[0], dark_of_map_share=None, map_share=None)
    panel = exposure_panel(replace(found, events=(unmapped,)), {})
    assert panel is not None
    assert "No map gives the share of Xinjiang" in panel.sentence


def test_a_country_on_no_map_is_said_to_be_unknown(xinjiang: Told) -> None:
    panel = map_panel(xinjiang.around, country="VE", place="Venezuela")
    assert panel is not None
    assert "so its share is not known" in panel.sentence
    assert not any(row.struck for row in (*panel.rows, *panel.provinces))
    nowhere = map_panel(xinjiang.around, country=None, place="")
    assert nowhere is not None
    assert nowhere.sentence.startswith("The event has no country")


def test_a_small_country_is_listed_when_it_is_the_one_struck(xinjiang: Told) -> None:
    table = xinjiang.around.map_now
    assert table is not None
    last = [row for row in table.rows if row.rank is not None][-1]
    panel = map_panel(xinjiang.around, country=last.country, place="")
    assert panel is not None
    assert panel.rows[-1].struck
    assert panel.rows[-1].rank == f"{last.rank}"


def test_an_axis_of_shares_holds_what_it_is_given() -> None:
    axis = share_axis([0.42, 0.1])
    assert 0.42 < axis.high < 0.5
    assert axis.ticks == (0.0, 0.1, 0.2, 0.3, 0.4)
    assert axis.at(-0.1) == 0.0
    assert axis.at(2.0) == 100.0
    assert share_axis([]).high >= 0.1


def test_places_are_named_as_english_wants_them() -> None:
    assert (
        named("no map names VE; VEX is no code", "VE") == "no map names Venezuela; VEX is no code"
    )
    assert named("none of US", "US") == "none of the United States"
    assert in_a_sentence("United States") == "the United States"


def test_a_free_window_has_a_page(xinjiang: Told) -> None:
    free = replace(xinjiang.incident, event=window_event(xinjiang.incident.window))
    text = text_of(page_of(Told(free, xinjiang.around)))
    assert "The event has no country" in text
