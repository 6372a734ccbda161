"""How the API answers: formats, tags, pages, bad input."""

import csv
import io
from typing import Any

import httpx
import numpy as np
import polars as pl
import pytest
from tests.serve.api.served import client, served

from hashquake.core.opinion import Change
from hashquake.observatory import Observatory, open_observatory
from hashquake.serve.api.app import TABLES
from hashquake.serve.cli.app import run

WEEK = "since=2022-01-01&until=2022-01-08"
BAD = [
    "x" * 20_000,
    "%00",
    "%E2%80%AE",
    "-1d",
    "0001-01-01",
    "9999-12-31T23:59:59",
    "1e400",
    "nan",
    "%F0%9F%92%A5",
    "%ff%fe",
    "' OR 1=1",
    "..%2f..%2fetc%2fpasswd",
    "",
    " ",
]
PATHS = [
    "/rate?at={}",
    "/rate?span={}",
    "/rate?subject={}",
    "/rates?since={}",
    "/rates?since=2022-01-01&step={}",
    f"/rates?{WEEK}&points={{}}",
    "/quakes?since={}",
    "/quakes?cursor={}",
    "/quakes?limit={}",
    "/quakes/{}",
    "/outages?country={}",
    "/outages/{}",
    "/pools?span={}",
    "/pools/{}",
    "/report/{}",
    "/energy?registered_mw={}",
    "/energy?country={}",
    "/exposure?country={}",
    "/map?as_of={}",
    "/forecast?at={}",
    "/simulations/{}",
    "/{}",
]


@pytest.mark.parametrize("path", PATHS)
def test_bad_input_is_never_a_fault_of_the_server(api: httpx.Client, path: str) -> None:
    for bad in BAD:
        answer = api.get(path.format(bad))
        assert answer.status_code < 500, (path, bad[:20], answer.text[:300])
        if answer.status_code >= 400:
            assert set(answer.json()["error"]) == {"code", "message", "hint"}
            assert len(answer.text) < 3_000


def test_a_tag_is_known_again_until_the_record_changes(api: httpx.Client) -> None:
    first = api.get("/quakes")
    tag = first.headers["etag"]
    again = api.get("/quakes", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert api.get("/quakes?all=true").headers["etag"] != tag
    assert api.get("/quakes", headers={"Accept": "text/csv"}).headers["etag"] != tag
    assert "etag" not in api.get("/quakes/none").headers


class Changing(Observatory):
    """A record of whose edition a test decides."""

    number = 1

    def edition(self) -> str:
        return f"{self.number}"


def test_an_answer_is_made_anew_when_the_record_has_changed() -> None:
    observatory = Changing(open_observatory("bundled").record)
    asked: list[int] = []
    listed = observatory.quakes

    def quakes() -> Any:
        asked.append(observatory.number)
        return listed()

    observatory.quakes = quakes  # type: ignore[method-assign]
    with served(observatory) as url, client(url) as api:
        tags = [api.get("/quakes").headers["etag"] for _ in range(3)]
        assert (asked, len(set(tags))) == ([1], 1)
        observatory.number = 2
        assert api.get("/quakes", headers={"If-None-Match": tags[0]}).status_code == 200
        assert asked == [1, 2]


def test_pages_hold_every_row_once(api: httpx.Client) -> None:
    whole = api.get("/quakes").json()["items"]
    assert len(whole) > 5
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        part = api.get(f"/quakes?limit=5&cursor={cursor}").json()
        assert len(part["items"]) <= 5
        seen += part["items"]
        cursor = part["next"]
    assert seen == whole
    assert api.get("/quakes?cursor=nonsense").json()["error"]["code"] == "cursor-unknown"


def test_a_misspelt_filter_is_refused_and_the_right_one_named(api: httpx.Client) -> None:
    answer = api.get("/quakes?sinc=2022-01-01")
    assert answer.status_code == 400
    assert "did you mean since?" in answer.json()["error"]["message"]


# The bundled record has none of the others; each has such a test of its own.
@pytest.mark.parametrize(
    "path", [path for path in TABLES if path not in {"/sites", "/alerts", "/claims"}]
)
def test_a_table_comes_as_csv_by_its_ending_and_by_accept(api: httpx.Client, path: str) -> None:
    query = f"?{WEEK}" if path in {"/rates", "/earnings"} else ""
    by_ending = api.get(f"{path}.csv{query}")
    by_accept = api.get(f"{path}{query}", headers={"Accept": "text/html;q=0.9, text/csv"})
    assert by_ending.headers["content-type"] == "text/csv; charset=utf-8"
    assert by_ending.content == by_accept.content
    document = api.get(f"{path}{query}").json()
    rows = list(csv.DictReader(io.StringIO(by_ending.text)))
    if path == "/halvings":
        document = [week for one in document["items"] for week in one["ratio"]]
    elif path == "/earnings":
        document = document["price_usd"]
    if isinstance(document, dict):
        document = document.get("items", document.get("countries", document.get("median_hps")))
    assert len(rows) == len(document) > 0


@pytest.mark.parametrize(
    "path", [path for path in TABLES if path not in {"/sites", "/alerts", "/claims"}]
)
def test_a_table_comes_as_parquet_with_the_columns_of_csv(api: httpx.Client, path: str) -> None:
    query = f"?{WEEK}" if path in {"/rates", "/earnings"} else ""
    answer = api.get(f"{path}.parquet{query}")
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    assert answer.headers["content-disposition"].endswith(f'{path[1:]}.parquet"')
    table = pl.read_parquet(io.BytesIO(answer.content))
    rows = list(csv.DictReader(io.StringIO(api.get(f"{path}.csv{query}").text)))
    assert table.columns == list(rows[0])
    assert table.height == len(rows)
    for name, kind in table.schema.items():
        if kind == pl.Float64:
            written = [float(row[name]) if row[name] else None for row in rows]
            assert table[name].to_list() == pytest.approx(written)


def test_a_table_of_a_series_has_its_means_where_they_are_asked_for(api: httpx.Client) -> None:
    document = api.get(f"/rates?{WEEK}").json()
    plain = api.get(f"/rates.csv?{WEEK}").text.splitlines()
    assert plain[0] == "subject,start_s,median_hps,low_hps,high_hps"
    rows = list(csv.DictReader(io.StringIO(api.get(f"/rates.csv?{WEEK}&means=true").text)))
    for mean in document["means"]:
        for name in ("median_hps", "low_hps", "high_hps"):
            found = [float(row[f"mean_{mean['days']}d_{name}"]) for row in rows]
            assert found == pytest.approx(mean[name])


def test_a_series_as_numbers_of_four_bytes(api: httpx.Client) -> None:
    query = f"/rates?{WEEK}&subject=network&subject=pool:antpool"
    several = api.get(query).json()["series"]
    raw = api.get(query, headers={"Accept": "application/octet-stream"})
    table = np.frombuffer(raw.content, "<f4").reshape(2, 3, 7)
    for at, one in enumerate(several):
        for line, name in enumerate(("median_hps", "low_hps", "high_hps")):
            assert table[at, line] == pytest.approx(one[name], rel=1e-6)


def test_a_gap_is_null_and_not_a_number_of_zero(api: httpx.Client) -> None:
    query = "/rates?since=2026-04-01&until=2026-06-01"
    document = api.get(query).json()
    raw = np.frombuffer(
        api.get(query, headers={"Accept": "application/octet-stream"}).content, "<f4"
    ).reshape(3, -1)
    assert document["median_hps"][-1] is None
    assert document["median_hps"][0] > 0
    assert np.isnan(raw[:, -1]).all()
    assert api.get(query.replace("/rates", "/rates.csv")).text.splitlines()[-1].endswith(",,,")


def test_head_has_the_headers_and_no_body(api: httpx.Client) -> None:
    asked, head = api.get("/events"), api.head("/events")
    assert head.content == b""
    assert head.headers["etag"] == asked.headers["etag"]
    assert head.headers["content-length"] == asked.headers["content-length"]


def test_a_pool_shows_what_it_is_known_by(api: httpx.Client) -> None:
    pool = api.get("/pools/antpool").json()
    assert pool["n_blocks"] > 0
    assert any("AntPool" in one["text"] for one in pool["tags"])
    quiet = api.get("/pools/btcguild").json()
    assert quiet["n_blocks"] == 0
    assert quiet["found_hps"]["high"] > 0


@pytest.fixture(scope="module")
def own_record(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A record in a file, with the bundled blocks."""
    path = str(tmp_path_factory.mktemp("record") / "my.db")
    assert run(["init", "--db", path]) == 0
    return path


def test_questions_are_answered_while_somebody_writes(own_record: str) -> None:
    observatory, writer = open_observatory(own_record), open_observatory(own_record)
    with (
        served(observatory, db=own_record) as url,
        client(url) as api,
        writer.record.writing() as inside,
    ):
        inside.add_changes([Change(kind="readings", subject="country:KZ", document={})])
        for question in ("/quakes", "/rate", "/pools", "/health"):
            assert api.get(question).status_code == 200
        assert api.get("/health").json()["last_change_id"] == observatory.last_change_id()
    assert observatory.last_change_id() == writer.last_change_id()
    observatory.close()
    writer.close()


def test_questions_write_nothing(own_record: str) -> None:
    observatory = open_observatory(own_record)
    before = observatory.edition()
    with served(observatory, db=own_record) as url, client(url) as api:
        for question in ("/forecast", "/outages", "/quakes", "/health", "/pools", "/map"):
            assert api.get(question).status_code == 200
    assert observatory.edition() == before
    assert observatory.forecasts() == ()
    observatory.close()
