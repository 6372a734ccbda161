"""The pages show what the API answers, load nothing from outside, and say what is wrong."""

import json
import re
from html import unescape
from pathlib import Path

import httpx
import pytest

from hashquake.core.interval import Interval
from hashquake.serve.format import change_limits, eh_s
from hashquake.serve.page.forecast_page import track_record

QUAKE = "hq20260123a"
OUTAGE = "ou20220105kza"
PAGES = (
    "/",
    "/quakes",
    f"/quakes/{QUAKE}",
    "/outages",
    f"/outages/{OUTAGE}",
    "/events/kazakhstan-2022",
    "/report?since=2022-01-05&until=2022-01-06",
    "/pools",
    "/pools/f2pool",
    "/forecast",
    "/countries",
    "/countries/KZ",
    "/laboratory",
    "/laboratory/partition",
    "/laboratory/stale",
    "/check",
    "/charts",
    "/embed/means",
    "/embed/hashprice",
    "/embed/revenue",
    "/embed/halvings",
    "/method",
)


def _text(answer: httpx.Response) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).replace("\xa0", " "))


def _interval(document: dict[str, float]) -> Interval:
    return Interval(**document)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_outside_and_holds_no_code(
    browser: httpx.Client, path: str
) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    loaded = re.findall(r'<(?:script|img|link|iframe)[^>]*\s(?:src|href)="([^"]*)"', answer.text)
    assert loaded
    assert all(one.startswith("/") and not one.startswith("//") for one in loaded)
    assert " style=" not in answer.text
    assert not re.search(r"<script(?![^>]*\ssrc=)", answer.text)
    assert not re.search(r"\son[a-z]+=", answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_every_file_of_a_page_is_there(browser: httpx.Client, path: str) -> None:
    text = browser.get(path).text
    for one in set(re.findall(r'"(/assets/[^"]+)"', text)):
        answer = browser.get(one)
        assert answer.status_code == 200, one
        for name in re.findall(r'from "\./([^"]+)"', answer.text):
            assert browser.get(f"{one.rpartition('/')[0]}/{name}").status_code == 200


def test_the_seismograph_shows_the_rate_of_the_api(browser: httpx.Client) -> None:
    rates = browser.get("/api/v1/rate?subject=network").json()
    text = _text(browser.get("/"))
    assert eh_s(rates[0]["hashrate_hps"]["median"]).replace("\xa0", " ") in text
    assert f"{browser.get('/api/v1/health').json()['tip']['height']:,}" in text
    assert "This is not the present" in text


def test_what_was_not_seen_to_be_dark_is_not_marked_dark(browser: httpx.Client) -> None:
    """An outage without an end was dark as long as it was seen to be, and no longer."""
    about = re.search(r'data-chart="([^"]*)"', browser.get("/").text)
    assert about is not None
    marks = json.loads(unescape(about[1]))["marks"]
    outages = browser.get("/api/v1/outages").json()["items"]
    assert any(one["end_s"] is None for one in outages)
    dark = sorted((w["start_s"], w["end_s"]) for one in outages for w in one["dark_windows"])
    marked = sorted((m["start_s"], m["end_s"]) for m in marks if m["kind"] == "outage")
    assert marked == dark


def test_a_quake_shows_the_numbers_of_the_api(browser: httpx.Client) -> None:
    document = browser.get(f"/api/v1/quakes/{QUAKE}").json()
    remaining = document["remaining_share"]
    moved = {"median": remaining["median"] - 1, "low": remaining["low"] - 1}
    moved |= {"high": remaining["high"] - 1, "level": remaining["level"]}
    answer = browser.get(f"/quakes/{QUAKE}")
    text = _text(answer)
    assert change_limits(_interval(moved)).replace("\xa0", " ") in text
    assert eh_s(document["lost_hps"]["median"]).replace("\xa0", " ") in text
    assert answer.text.count("data-at=") >= len(document["revisions"])
    assert "What not to say" in text


def test_lists_are_filtered_as_those_of_the_api(browser: httpx.Client) -> None:
    query = "?since=2022-01-01&until=2023-01-01&kind=network"
    known = {one["id"] for one in browser.get(f"/api/v1/quakes{query}").json()["items"]}
    shown = set(re.findall(r'href="/quakes/(hq\w+)"', browser.get(f"/quakes{query}").text))
    assert shown == known
    assert known


def test_empty_fields_of_a_form_are_not_asked_for(browser: httpx.Client) -> None:
    assert browser.get("/quakes?since=&until=&kind=&all=").status_code == 200
    assert browser.get("/outages?country=&since=&until=").status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/quakes/hq1", 404, "quake-unknown"),
        ("/outages/ou1", 404, "outage-unknown"),
        ("/events/nothing", 404, "event-unknown"),
        ("/quakes?since=yesterday-ish", 400, "time-syntax"),
        ("/report?since=1900-01-01&until=1900-01-02", 404, "no-coverage"),
        ("/quakes?kind=%3Cscript%3E", 400, "usage"),
        ("/nothing/here", 404, "path-unknown"),
        ("/pools/nobody-here", 404, "pool-unknown"),
        ("/pools?span=9y", 400, "usage"),
        ("/countries/ZZZZ", 404, "country-unknown"),
        ("/embed/secrets", 404, "chart-unknown"),
        ("/laboratory/results/0", 404, "job-unknown"),
        ("/quakes?colour=red", 400, "usage"),
        ("/quakes/%3Cscript%3Ealert(1)", 404, "quake-unknown"),
        ("/quakes/" + "x" * 40_000, 414, "address-too-long"),
        ("/pools/%E2%80%AE%E2%80%8B%E2%81%A6", 400, "subject-syntax"),
    ],
)
def test_what_cannot_be_is_a_page_that_says_so(
    browser: httpx.Client, path: str, status: int, said: str
) -> None:
    answer = browser.get(path)
    assert (answer.status_code, said in answer.text) == (status, True), answer.text[-900:]
    assert answer.headers["content-type"].startswith("text/html")
    assert "<script>" not in answer.text
    program = browser.get(path, headers={"Accept": "*/*"})
    assert program.json()["error"]["code"] == said


def test_pools_countries_and_forecast_show_the_numbers_of_the_api(browser: httpx.Client) -> None:
    pools = browser.get("/api/v1/pools").json()["items"]
    text = _text(browser.get("/pools"))
    for one in pools[:5]:
        assert one["name"] in text
        assert eh_s(one["found_hps"]["median"]).replace("\xa0", " ") in text
    places = browser.get("/api/v1/map").json()["countries"]
    text = _text(browser.get("/countries"))
    for row in places:
        assert row["name"] in text
        assert f"{100 * row['share']['median']:.1f} %" in text
    ratio = browser.get("/api/v1/forecast").json()["next_difficulty_ratio"]
    shown = f"{100 * abs(ratio['median'] - 1):.1f} %"
    assert shown in _text(browser.get("/forecast"))


def test_the_map_has_an_outline_for_every_country_that_can_be_drawn(browser: httpx.Client) -> None:
    text = browser.get("/countries").text
    assert text.count("<path") > 170
    assert 'href="/countries/KZ"' in text


def test_the_track_record_is_that_of_the_documents() -> None:
    file = Path(__file__).parents[3] / "docs" / "forecast.md"
    text = file.read_text(encoding="utf-8").replace("\xa0", " ")
    track = track_record()
    assert track["title"] in text
    for row in track["rows"]:
        cells = (row["mae_share"], row["mempool_mae_share"])
        assert all(f"{100 * one:.2f} %" in text for one in cells)


def test_only_what_is_for_embedding_may_stand_in_a_frame(browser: httpx.Client) -> None:
    for path, who in (("/embed/means", "*"), ("/", "'none'"), ("/nothing", "'none'")):
        assert f"frame-ancestors {who}" in browser.get(path).headers["content-security-policy"]


def test_a_page_that_is_known_is_not_sent_again(browser: httpx.Client) -> None:
    tag = browser.get("/quakes").headers["etag"]
    assert browser.get("/quakes", headers={"If-None-Match": tag}).status_code == 304


def test_what_is_long_is_packed_and_streams_are_not(browser: httpx.Client) -> None:
    answer = browser.get("/countries")
    assert answer.headers["content-encoding"] == "gzip"
    packed = int(answer.headers["content-length"])
    assert packed < len(answer.content) / 2
    assert packed < 100_000
    tag = answer.headers["etag"]
    assert browser.get("/countries", headers={"If-None-Match": tag}).status_code == 304
    assert "content-encoding" not in browser.get("/api/v1/health").headers
    with browser.stream("GET", "/api/v1/stream") as events:
        assert "content-encoding" not in events.headers


def test_charts_of_earnings_and_halvings_show_what_the_api_answers(browser: httpx.Client) -> None:
    page = _text(browser.get("/charts"))
    since = "since=2021-01-02T00:26:26Z"
    earned = browser.get(f"/api/v1/earnings?{since}").json()
    last = max(at for at, value in enumerate(earned["price_usd"]) if value is not None)
    for kind in ("hashprice", "revenue"):
        median, low, high = (
            earned[f"{kind}_{name}_usd"][last] for name in ("median", "low", "high")
        )
        assert f"${median:.4f} [${low:.4f}, ${high:.4f}]" in page
    rows = browser.get("/api/v1/halvings.csv").text.splitlines()
    assert rows[0].startswith("height,days_since,median_hps")
    (growth,) = browser.get("/api/v1/halvings").json()["items"]
    assert len(rows) == 1 + len(growth["ratio"])
    rate = eh_s(growth["median_hps"][12]).replace("\xa0", " ")
    assert f"840,000 91 {rate} {round(100 * growth['ratio'][12])} %" in page


def test_a_country_that_the_map_leaves_out_is_given_no_figure_of_it(browser: httpx.Client) -> None:
    left_out, named = (_text(browser.get(f"/countries/{code}")) for code in ("KZ", "US"))
    assert "leaves this country out; its share is that of an earlier map" in left_out
    assert "its own figure" not in left_out
    assert "its own figure: 3" in named
