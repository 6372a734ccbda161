"""What pools report stands in the strips next to what they found, and signals in their country."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx
import pytest
from tests import plain_http
from tests.serve.api.served import PATIENCE_S, served
from tests.serve.page.small_record import small_record

from hashquake.core.contracts import Batch
from hashquake.core.reading import Reading
from hashquake.core.times import HOUR_S
from hashquake.core.window import Window

HOURS = 48
DARK_HOUR = 30


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A record in which a pool reports, with a gap, and two signals of a country are watched."""
    observatory = small_record(tmp_path_factory.mktemp("reported") / "r.db")
    first_s = observatory.end_s() // HOUR_S * HOUR_S - HOURS * HOUR_S
    readings = []
    for at in range(HOURS):
        window = Window(start_s=first_s + at * HOUR_S, end_s=first_s + (at + 1) * HOUR_S)
        if not 10 <= at < 14:
            value = (20.0 + 0.01 * at) * 1e18
            readings.append(
                Reading(
                    subject="pool:f2pool",
                    quantity="hashrate_hps",
                    window=window,
                    value=value,
                    source="pool_json",
                )
            )
        for quantity in ("probing_up_slash24", "bgp_visible_slash24"):
            dark = quantity.startswith("probing") and at == DARK_HOUR
            readings.append(
                Reading(
                    subject="country:KZ",
                    quantity=quantity,
                    window=window,
                    value=5.0 if dark else 100.0,
                    source="ioda",
                )
            )
    observatory.feed(Batch(readings=tuple(readings)), source="test")
    with (
        served(observatory) as url,
        plain_http.client(
            base_url=url, headers={"Accept": "text/html"}, timeout=PATIENCE_S
        ) as made,
    ):
        yield made


def chart_of(page: str) -> dict[str, Any]:
    found = re.search(r'data-chart="([^"]*)"', page)
    assert found is not None
    about: dict[str, Any] = json.loads(unescape(found.group(1)))
    return about


@pytest.mark.parametrize("path", ["/", "/?strips=30", "/pools/f2pool"])
def test_reports_stand_at_their_pool_hour_by_hour(browser: httpx.Client, path: str) -> None:
    page = browser.get(path).text
    about = chart_of(page)
    (one,) = about["reported"]
    assert about["source"]["subjects"][one["at"]] == "pool:f2pool"
    assert one["step_s"] == HOUR_S
    assert one["values"][0] == pytest.approx(20.0e18)
    assert one["values"][9:15] == [pytest.approx(20.09e18), None, None, None, None, 20.14e18]
    assert "hash rate that the pool itself reports" in page


def test_a_page_without_reports_names_none(page_address: str) -> None:
    page = plain_http.get(f"{page_address}/pools/f2pool", timeout=PATIENCE_S).text
    assert chart_of(page)["reported"] == []
    assert "itself reports" not in page


def test_other_numbers_of_strips_are_refused(browser: httpx.Client) -> None:
    answer = browser.get("/?strips=7")
    assert answer.status_code == 400
    assert "10 or 30" in answer.text


def test_signals_of_a_country_are_stacked(browser: httpx.Client) -> None:
    page = browser.get("/countries/KZ").text
    wide = page[page.index('class="chart wide"') : page.index('class="chart narrow"')]
    assert "probing up slash24" in wide
    assert "bgp visible slash24" in wide
    assert len(re.findall(r'stroke-width="1.6"', wide)) == 2


def test_a_country_that_nobody_watched_has_no_signals(browser: httpx.Client) -> None:
    assert 'class="chart wide"' not in browser.get("/countries/IR").text
