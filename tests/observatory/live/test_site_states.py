"""The night of 5 January 2022 as three farms' operator would have seen it, read step by step."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hashquake.core.contracts import Batch
from hashquake.core.reading import Reading
from hashquake.core.site import BEATS, HEARTBEAT, Site
from hashquake.core.times import HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.observatory import open_observatory
from hashquake.observatory.bundled_load import bundled_readings
from hashquake.observatory.live.site_states import SiteStates
from hashquake.observatory.observatory import Observatory

if TYPE_CHECKING:
    from hashquake.core.opinion import Change

SITES = (
    Site(id="dark", name="Dark", country="KZ", grid="KZ", hashrate_hps=1e18),
    Site(id="dish", name="Dish", country="KZ", grid="KZ", hashrate_hps=1e18),
    Site(id="abroad", name="Abroad", country="US", grid="US", hashrate_hps=1e18),
)
ONSET_S = float(parse_time("2022-01-05T10:45"))


def beats(site: str, since_s: float, until_s: float) -> list[Reading]:
    return [
        Reading(
            subject=f"site:{site}",
            quantity=BEATS,
            window=Window(start_s=at_s - 60.0, end_s=at_s),
            value=1.0,
            source=HEARTBEAT,
        )
        for at_s in (since_s + 600.0 * n for n in range(1, int((until_s - since_s) // 600.0) + 1))
    ]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Observatory]:
    clock_s = float(parse_time("2023-01-01"))
    with open_observatory(tmp_path / "r.db", create=True, now_s=lambda: clock_s) as made:
        yield made


def test_the_night_of_the_fifth_of_january(house: Observatory) -> None:
    states = SiteStates(house, SITES)
    stored: list[Change] = []

    def look(now_s: float) -> dict[str, str]:
        news = states.news(now_s)
        with house.record.writing() as inside:
            inside.add_changes(news)
        states.said(news)
        stored.extend(news)
        return {one.subject.partition(":")[2]: str(one.document["status"]) for one in news}

    night_s = [ONSET_S - 240 * HOUR_S, ONSET_S - HOUR_S, ONSET_S + 5 * HOUR_S]
    kz = sorted(
        (one for one in bundled_readings() if one.subject == "country:KZ"),
        key=lambda one: one.window.end_s,
    )

    def fed(since_s: float, until_s: float, *sites: str) -> None:
        readings = [one for one in kz if since_s <= one.window.end_s < until_s]
        for site in sites:
            readings += beats(site, max(since_s, night_s[0]), until_s)
        house.feed(Batch(readings=tuple(readings)), source="test")

    fed(0.0, night_s[1], "dark", "dish", "abroad")
    assert look(night_s[1]) == {"dark": "up", "dish": "up", "abroad": "up"}
    assert look(night_s[1] + 60.0) == {}

    fed(night_s[1], ONSET_S, "dark", "dish", "abroad")
    fed(ONSET_S, night_s[2], "dish", "abroad")
    # The one with a dish is up as before, now in spite of an outage.
    assert look(night_s[2]) == {"dark": "network dark", "dish": "up"}
    found = next(one for one in stored if one.document["status"] == "network dark").document
    assert abs(found["since_s"] - ONSET_S) < HOUR_S
    assert found["dark_probability"] > 0.95
    assert found["outage"] == "ou20220105kza"
    assert found["meanwhile"]["sites_up"] == 2

    # Whoever starts the watcher again hears nothing twice.
    assert SiteStates(house, SITES).news(night_s[2] + 60.0) == []

    end_s = float(parse_time("2022-01-12"))
    fed(night_s[2], end_s, "dark", "dish", "abroad")
    assert look(end_s) == {"dark": "up", "dish": "up"}


def test_sites_are_looked_at_every_half_minute(house: Observatory) -> None:
    states = SiteStates(house, SITES)
    assert len(states.news(1000.0)) == 3
    assert states.news(1010.0) == []
    assert len(states.news(1031.0)) == 3
    assert SiteStates(house, ()).news(1000.0) == []
