"""The first page's sentence: what is happening, whoever saw it."""

from tests.explain.made_outage import made_outage
from tests.made_quake import made_quake

from hashquake.core.event import window_event
from hashquake.core.incident import Incident
from hashquake.core.times import parse_time
from hashquake.core.window import Window
from hashquake.observatory import open_observatory
from hashquake.serve.page.seismograph import sentence


def calm_day() -> Incident:
    day = Window(start_s=parse_time("2023-10-10"), end_s=parse_time("2023-10-11"))
    with open_observatory("bundled") as ask:
        return ask.report(window_event(day))


def test_a_calm_day_is_nothing_unusual() -> None:
    assert sentence([], calm_day()).startswith("Nothing unusual: ")


def test_nothing_is_usual_while_a_country_is_without_internet() -> None:
    said = sentence([], calm_day(), [made_outage(kill_switch=1.0)])
    assert "Nothing unusual" not in said
    assert said.startswith("Hash rate is as usual: ")
    assert "Kazakhstan has lost " in said
    many = sentence(
        [],
        calm_day(),
        [made_outage(f"country:{code}", kill_switch=1.0) for code in ("KZ", "IR", "UZ")],
    )
    assert many.endswith("So have 1 more.")


def test_a_fall_that_pools_report_is_said_before_blocks_show_it() -> None:
    quake = made_quake(subject="pools", kind="reports")
    said = sentence([quake], calm_day()).replace("\xa0", " ")
    assert said.startswith("Pools report 20 % less [")
    assert ", which blocks do not show yet: by luck alone " in said
