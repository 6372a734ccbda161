"""A record published as a folder: the pages and documents of the server, with links that hold."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests import plain_http
from tests.serve.api.served import client, served
from tests.serve.page.small_record import HOSTILE, QUAKE, next_block, small_record

from hashquake.core.contracts import Batch
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import Observatory, open_observatory
from hashquake.serve.cli.app import run
from hashquake.serve.page.charts_page import charts_page
from hashquake.serve.page.publishing import Publisher
from hashquake.serve.page.website import Website

ENDINGS = ("csv", "parquet", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A small record, its server, and the folder it was published to."""

    observatory: Observatory
    url: str
    folder: Path
    n_pages: int


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    place = tmp_path_factory.mktemp("month")
    observatory = small_record(place / "my.db")
    folder = place / "site"
    publisher = Publisher(observatory, folder, url="https://example.org/hq", now_s=1.7e9)
    made = publisher.write(lambda _progress: None)
    with served(observatory, db=str(place / "my.db")) as url:
        yield Month(observatory=observatory, url=url, folder=folder, n_pages=made.n_pages)
    observatory.close()


def test_every_link_of_a_folder_leads_somewhere(month: Month) -> None:
    pages = list(month.folder.rglob("*.html"))
    assert len(pages) == month.n_pages > 20
    for page in pages:
        text = page.read_text(encoding="utf-8")
        found = re.findall(r'(?:href|src)="([^"]*)"', text)
        found += re.findall(r"&#34;(?:href|url|table)&#34;: &#34;(.*?)&#34;", text)
        for link in map(unescape, found):
            target = link.partition("#")[0].partition("?")[0]
            if target and not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {link}"
        assert "content-security-policy" in text.lower()
        assert " style=" not in text


@pytest.mark.parametrize("path", ["quakes", f"quakes/{QUAKE}", "pools", "map", "events"])
def test_documents_are_those_of_the_api(month: Month, path: str) -> None:
    kept = json.loads((month.folder / f"api/v1/{path}.json").read_text(encoding="utf-8"))
    with client(month.url) as api:
        assert api.get(f"/{path}").json() == kept


def test_a_file_of_series_holds_the_rates_of_the_api(month: Month) -> None:
    about = re.search(r'data-chart="([^"]*)"', (month.folder / "charts.html").read_text())
    assert about is not None
    source = json.loads(unescape(about[1]))["source"]
    values = np.fromfile(month.folder / source["url"], "<f4").reshape(3, -1)
    window = {"since": source["start_s"], "until": source["end_s"]}
    n_days = (window["until"] - window["since"]) / 86_400
    assert values.shape[1] == n_days
    query = "since=2021-04-05&until=2021-05-04&step=1d&subject=network"
    with client(month.url) as api:
        answer = api.get(f"/rates?{query}").json()
    medians = np.array(answer["median_hps"], float)
    assert np.isfinite(medians).sum() > 20
    assert np.allclose(values[0, : len(medians)], medians, rtol=1e-6, equal_nan=True)


def test_a_folder_has_earnings_and_says_that_its_charts_have_days(month: Month) -> None:
    kept = json.loads((month.folder / "api/v1/earnings.json").read_text(encoding="utf-8"))
    assert len(kept["price_usd"]) > 20
    rows = (month.folder / "api/v1/earnings.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + len(kept["price_usd"])
    charts = (month.folder / "charts.html").read_text(encoding="utf-8")
    assert 'href="api/v1/earnings.csv"' in charts.replace("./", "")
    assert "This folder has a value a day" in charts
    assert "halvings.csv" not in charts  # the record covers none


def test_a_record_of_months_has_the_data_of_pools_over_time(tmp_path: Path) -> None:
    observatory = open_observatory("bundled")
    files = dict(Publisher(observatory, tmp_path, url="", now_s=1.7e9)._rates())
    names = {
        f"api/v1/{name}.{ending}" for name in ("means", "pools_over_time") for ending in ENDINGS
    }
    assert set(files) == names
    document = json.loads(files["api/v1/pools_over_time.json"]())
    frame = pl.read_parquet(files["api/v1/pools_over_time.parquet"]())
    assert len(document["series"]) == 9
    assert len(frame) == sum(len(one["median_hps"]) for one in document["series"])
    page = charts_page(observatory, Website(static=True))
    assert all(f'href="{name}"' in page.replace("./", "") for name in names)


@pytest.mark.parametrize("name", ["means", "earnings"])
def test_a_menu_offers_what_lies_in_the_folder(month: Month, name: str) -> None:
    charts = (month.folder / "charts.html").read_text(encoding="utf-8")
    base = month.folder / "api/v1"
    for ending in ENDINGS:
        assert f'api/v1/{name}.{ending}"' in charts
    frame = pl.read_parquet(base / f"{name}.parquet")
    rows = (base / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    assert len(frame) == len(rows) - 1 > 0
    assert frame.columns == rows[0].split(",")
    assert json.loads((base / f"{name}.json").read_text(encoding="utf-8"))


def test_means_are_those_of_the_api(month: Month) -> None:
    kept = json.loads((month.folder / "api/v1/means.json").read_text(encoding="utf-8"))
    with client(month.url) as api:
        since = datetime.fromtimestamp(kept["start_s"], UTC).isoformat()
        answer = api.get("/rates", params={"step": "1d", "means": "true", "since": since}).json()
    assert kept == answer


def test_the_feed_leads_people_to_pages(month: Month) -> None:
    feed = (month.folder / "feed.atom").read_text(encoding="utf-8")
    assert f'href="https://example.org/hq/quakes/{QUAKE}.html"' in feed


def test_hostile_text_stays_text_on_every_page(month: Month) -> None:
    with plain_http.client(
        base_url=month.url, headers={"Accept": "text/html"}, timeout=300
    ) as browser:
        for path in ("/", "/method"):
            text = browser.get(path).text
            assert "alert(1)" in text
            assert "<script>alert" not in text
            assert "<img" not in text
            assert not set(HOSTILE[-60:]) & {"\u202e"} & set(text)
    for page in month.folder.rglob("*.html"):
        assert "<script>alert" not in page.read_text(encoding="utf-8")


def test_a_new_block_is_on_the_page_at_once(month: Month) -> None:
    with plain_http.client(
        base_url=month.url, headers={"Accept": "text/html"}, timeout=300
    ) as browser:
        before = browser.get("/").text
        month.observatory.feed(next_block(month.observatory), source="test")
        tip = month.observatory.tip()
        assert tip is not None
        after = browser.get("/").text
    assert f"{tip[0]:,}" not in before
    assert f"{tip[0]:,}" in after


def test_a_file_is_no_folder_and_a_url_is_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "taken"
    place.write_text("mine", encoding="utf-8")
    assert run(["publish", str(place), "--db", "bundled", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "cannot-write"
    assert place.read_text(encoding="utf-8") == "mine"
    assert run(["publish", str(tmp_path / "x"), "--url", "javascript:alert(1)"]) == 2
    assert "[usage]" in capsys.readouterr().err


def test_an_empty_record_says_so(tmp_path: Path) -> None:
    with open_observatory(str(tmp_path / "empty.db"), create=True) as observatory:
        with served(observatory, db=str(tmp_path / "empty.db")) as url:
            for path in ("/", "/pools", "/forecast", "/charts", "/method"):
                answer = plain_http.get(
                    f"{url}{path}", headers={"Accept": "text/html"}, timeout=300
                )
                assert answer.status_code == 404, path
                assert "The record is empty" in answer.text, path
        assert run(["publish", str(tmp_path / "x"), "--db", str(tmp_path / "empty.db")]) == 2


@pytest.mark.parametrize("n_blocks", [1, 2, 60, 200])
def test_a_short_record_has_pages_or_says_why_not(tmp_path: Path, n_blocks: int) -> None:
    blocks = bundled_blocks().take(slice(5_000, 5_000 + n_blocks))
    db = str(tmp_path / "short.db")
    with open_observatory(db, create=True) as observatory:
        observatory.feed(Batch(blocks=blocks), source="test")
        with served(observatory, db=db) as url:
            shown = {}
            for path in ("/", "/quakes", "/outages", "/pools", "/countries/KZ", "/charts"):
                answer = plain_http.get(
                    f"{url}{path}", headers={"Accept": "text/html"}, timeout=300
                )
                shown[path] = answer.status_code
                assert answer.status_code in (200, 404), answer.text
    assert shown["/quakes"] == 200
    assert (shown["/"] == 200) is (n_blocks > 1)
    assert shown["/countries/KZ"] == 200
    assert (shown["/pools"] == 200) is (n_blocks > 150)
