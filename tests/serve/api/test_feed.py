"""The Atom feed: well formed whatever is in the record, one entry an opinion."""

import csv
import io
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import polars as pl
import pytest
from tests import plain_http
from tests.outbox import outbox_of
from tests.serve.alerts.made_alert import made_alert
from tests.serve.api.served import served

from hashquake.core.alert import AlertAdvance, AlertCursor
from hashquake.core.secret_token import new_token
from hashquake.observatory import open_observatory
from hashquake.serve.api import feed
from hashquake.serve.settings import ServeSettings

ATOM = "{http://www.w3.org/2005/Atom}"


def test_every_quake_and_outage_has_its_entry(address: str, api: httpx.Client) -> None:
    answer = plain_http.get(f"{address}/feed.atom", timeout=300)
    assert answer.headers["content-type"] == "application/atom+xml"
    root = ET.fromstring(answer.content)
    pages, links = (
        [one.attrib["href"] for one in root.iterfind(f"{ATOM}entry/{ATOM}link[@rel='{rel}']")]
        for rel in ("alternate", "related")
    )
    wanted = [
        f"{address}/api/v1/{kind}/{one['id']}"
        for kind in ("quakes", "outages")
        for one in api.get(f"/{kind}?all=true").json()["items"]
    ]
    assert len(links) <= feed.MOST_ENTRIES
    assert sorted(links) == sorted(wanted)
    assert pages == [link.replace("/api/v1", "") for link in links]
    assert plain_http.get(links[0], timeout=300).status_code == 200
    assert plain_http.get(pages[0], timeout=300).status_code == 200
    for entry in root.iterfind(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "content"):
            found = entry.find(f"{ATOM}{name}")
            assert found is not None
            assert found.text
    times = [one.text for one in root.iterfind(f"{ATOM}entry/{ATOM}updated")]
    assert times == sorted(times, key=str, reverse=True)
    etag = {"If-None-Match": answer.headers["etag"]}
    assert plain_http.get(f"{address}/feed.atom", headers=etag).status_code == 304


def test_texts_that_xml_cannot_hold_come_out_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "<b>&\x00\x1b\ufffe]]>\"'"
    monkeypatch.setattr(feed, "subject_words", lambda _subject: hostile)
    made = feed.feed_xml(open_observatory("bundled"), base_url="http://x/?<&\"'")
    root = ET.fromstring(made)
    title = root.find(f"{ATOM}entry/{ATOM}title")
    assert title is not None
    assert "<b>&\\x00\\x1b" in str(title.text)


def test_links_go_through_the_proxy() -> None:
    with served(open_observatory("bundled"), root_path="/quakes") as url:
        text = plain_http.get(f"{url}/quakes/feed.atom").text
        assert f"{url}/quakes/api/v1/quakes/" in text


def test_alerts_have_a_feed_of_their_own(tmp_path: Path) -> None:
    with open_observatory(tmp_path / "r.db", create=True) as ask:
        outbox = outbox_of(ask)
        cursor = AlertCursor(after_id=0, state="{}")
        alerts = (
            made_alert(key="a"),
            made_alert(key="b", state="recovered", at_s=2e9),
            made_alert(key="c", subject="site:ours"),  # the feed needs no token, so it is left out
        )
        outbox.advance(lambda _cursor, _inside: AlertAdvance(cursor=cursor, alerts=alerts))
        with served(ask, db=str(tmp_path / "r.db")) as address:
            answer = plain_http.get(f"{address}/alerts.atom", timeout=300)
    assert answer.headers["content-type"] == "application/atom+xml"
    root = ET.fromstring(answer.content)
    ids = [one.text for one in root.iterfind(f"{ATOM}entry/{ATOM}id")]
    assert ids == ["urn:hashquake:alert:b", "urn:hashquake:alert:a"]
    content = root.find(f"{ATOM}entry/{ATOM}content")
    assert content is not None
    assert "once a year" in (content.text or "")


def test_alerts_are_a_table(tmp_path: Path) -> None:
    token, kept = new_token()
    with open_observatory(tmp_path / "r.db", create=True) as ask:
        outbox = outbox_of(ask)
        alerts = (
            made_alert(key="a"),
            made_alert(key="b", subject="=cmd()", state="recovered", at_s=2e9),
        )
        advance = AlertAdvance(cursor=AlertCursor(after_id=0, state="{}"), alerts=alerts)
        outbox.advance(lambda _cursor, _inside: advance)
        chosen = ServeSettings(tokens=[kept])
        with served(ask, settings=chosen, db=str(tmp_path / "r.db")) as address:
            given = {"Authorization": f"Bearer {token}"}
            refused = plain_http.get(f"{address}/api/v1/alerts.csv", timeout=300)
            answer = plain_http.get(f"{address}/api/v1/alerts.csv", headers=given, timeout=300)
            listed = plain_http.get(f"{address}/api/v1/alerts", headers=given, timeout=300).json()
            table = plain_http.get(f"{address}/api/v1/alerts.parquet", headers=given, timeout=300)
    assert refused.status_code == 401
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["key"] for row in rows] == [one["key"] for one in listed["items"]]
    assert {row["key"]: row["state"] for row in rows}["b"] == "recovered"
    assert {row["key"]: row["subject"] for row in rows}["b"] == "'=cmd()"  # no cell is run
    frame = pl.read_parquet(io.BytesIO(table.content))
    assert frame["key"].to_list() == [row["key"] for row in rows]
