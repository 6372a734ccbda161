"""Figures for Prometheus: there when they are known, absent and never 0 when they are not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests import plain_http
from tests.outbox import outbox_of
from tests.serve.api.served import client, served
from tests.small_chains import chain

from hashquake.core.alert import Alert, AlertAdvance, AlertCursor, AlertDelivery
from hashquake.core.contracts import Batch
from hashquake.core.opinion import Change
from hashquake.core.window import Window
from hashquake.observatory import Observatory, open_observatory

NOW_S = 1_790_000_000.0
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scraped(address: str) -> Samples:
    answer = plain_http.get(f"{address}/metrics", timeout=300)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }


def names(samples: Samples) -> set[str]:
    return {name for name, _ in samples}


def test_quantiles_are_those_of_the_documents(address: str, api: httpx.Client) -> None:
    samples = scraped(address)
    for row in api.get("/rate").json():
        for quantile, key in (("0.05", "low"), ("0.5", "median"), ("0.95", "high")):
            labels = (("quantile", quantile), ("subject", row["subject"]))
            assert samples["hashquake_hashrate_hps", labels] == row["hashrate_hps"][key]
    forecast = api.get("/forecast").json()["next_difficulty_ratio"]
    found = samples["hashquake_next_difficulty_ratio", (("quantile", "0.5"),)]
    assert found == forecast["median"]
    pool = api.get("/pools").json()["items"][0]
    labels = (("pool", pool["pool"]), ("quantile", "0.5"))
    assert samples["hashquake_found_hps", labels] == pool["found_hps"]["median"]


def test_what_is_not_known_has_no_gauge(address: str) -> None:
    found = names(scraped(address))
    assert not {"hashquake_reported_hps", "hashquake_last_block_age_seconds"} & found
    assert "hashquake_record_bytes" not in found  # the bundled record has no file of its own


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Observatory]:
    path = tmp_path / "my.db"
    made = open_observatory(str(path), create=True, now_s=lambda: NOW_S)
    yield made
    made.close()


def status_of(source: str, state: str) -> Change:
    document = {"source": source, "state": state, "since_s": NOW_S, "because": ""}
    return Change(kind="source", subject=source, document=document)


def test_an_empty_record_has_no_gauge_of_what_it_does_not_hold(record: Observatory) -> None:
    with served(record, now_s=lambda: NOW_S) as url:
        assert names(scraped(url)) == {
            "hashquake_watching",
            "hashquake_last_change_id",
            "hashquake_open_quakes",
            "hashquake_open_outages",
            "hashquake_coverage_share",
            "hashquake_stream_clients",
            "hashquake_record_bytes",
        }


def test_gauges_of_the_chain_go_with_the_source_and_come_back(
    record: Observatory,
) -> None:
    times_s = [int(NOW_S) - 60 - 600 * at for at in reversed(range(20))]
    record.feed(Batch(blocks=chain(times_s)), source="bitcoind_rpc")
    present = {"hashquake_tip_age_seconds", "hashquake_last_block_age_seconds"}
    with served(record, now_s=lambda: NOW_S) as url:
        samples = scraped(url)
        assert present <= names(samples)
        assert samples["hashquake_last_block_age_seconds", (("source", "bitcoind_rpc"),)] == 0.0
        record.record.add_changes([status_of("bitcoind_rpc", "down")])
        down = scraped(url)
        assert not present & names(down)
        labels = (("source", "bitcoind_rpc"), ("state", "down"))
        assert down["hashquake_source_answers", labels] == 0.0
        record.record.add_changes([status_of("bitcoind_rpc", "ok")])
        assert present <= names(scraped(url))


def test_the_size_is_that_of_the_file(record: Observatory, tmp_path: Path) -> None:
    with served(record, now_s=lambda: NOW_S) as url:
        found = scraped(url)["hashquake_record_bytes", ()]
    assert found >= (tmp_path / "my.db").stat().st_size > 0


def test_clients_of_the_stream_are_counted(address: str) -> None:
    with client(address) as api, api.stream("GET", "/stream") as answer:
        lines = answer.iter_lines()  # kept: a reader that is let go closes the stream
        next(lines)
        assert scraped(address)["hashquake_stream_clients", ()] >= 1.0


def test_the_latency_is_from_seen_to_stored(record: Observatory) -> None:
    assert record.ingest_latency_s() is None
    blocks = chain([NOW_S - 1200.0 + 600.0 * at for at in range(3)])
    hashes = np.array([bytes([at]) * 32 for at in range(3)], dtype=object)
    seen = replace(blocks, seen_s=np.array([np.nan, np.nan, NOW_S - 2.5]), hash=hashes)
    observed = Window(start_s=NOW_S - 60.0, end_s=NOW_S)
    record.feed(Batch(blocks=seen, observed=(observed,)), source="a")
    with served(record, now_s=lambda: NOW_S) as url:
        found = scraped(url)["hashquake_ingest_latency_seconds", ()]
    assert found == pytest.approx(2.5)


def test_the_outbox_is_stated_once_rules_were_looked_at(record: Observatory) -> None:
    gauges = {f"hashquake_outbox_{name}" for name in ("waiting", "undelivered")}
    oldest = "hashquake_outbox_oldest_age_seconds"
    outbox = outbox_of(record)
    with served(record, now_s=lambda: NOW_S) as url:
        assert not gauges & names(scraped(url))
        cursor = AlertCursor(after_id=0, state="{}")
        outbox.advance(lambda _cursor, _inside: AlertAdvance(cursor=cursor, alerts=()))
        quiet = scraped(url)
        assert gauges <= names(quiet)
        assert oldest not in names(quiet)  # nothing waits, so nothing has an age
        waiting = Alert(
            key="a",
            rule="r",
            thread="t",
            state="raised",
            at_s=NOW_S - 600.0,
            subject="network",
            false_alarms_per_year=1.0,
            change_id=1,
            document={"title": "a"},
            deliveries=(AlertDelivery(way="phone", next_try_s=NOW_S),),
        )
        outbox.advance(lambda _cursor, _inside: AlertAdvance(cursor=cursor, alerts=(waiting,)))
        samples = scraped(url)
    assert samples["hashquake_outbox_waiting", ()] == 1.0
    assert samples["hashquake_outbox_undelivered", ()] == 0.0
    assert samples[oldest, ()] == pytest.approx(600.0)
