"""Every source that follows the present, under the watcher: it gives, stops, and goes on."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.sources import (
    test_ioda,
    test_mempool_ws,
    test_pool_reports,
    test_price,
    test_radar,
    test_ripestat,
    test_ris_live,
    test_site_pool,
)
from tests.sources.mrt_world import START_S
from tests.sources.simulated_chain import NOW_S, MinedChain
from tests.sources.simulated_instrument import SimulatedInstrument
from tests.sources.simulated_ris import FollowingClock, message
from tests.sources.simulated_ris import served as served_routes
from tests.sources.simulated_service import SimulatedService

from hashquake.core.network import NETWORKS
from hashquake.observatory import open_observatory
from hashquake.observatory.live.start import watch
from hashquake.plugins import list_plugins

PATIENCE_S = 120.0
Handler = Callable[[httpx.Request], httpx.Response]


@dataclass(frozen=True)
class Case:
    """A service as recorded, and how it is asked."""

    options: Mapping[str, Any]
    now_s: float
    handler: Handler
    network: str = "main"


def pool_case(pool: str) -> Case:
    answer = test_pool_reports.giving(test_pool_reports.body(pool))
    return Case(test_pool_reports.options_of(pool), test_pool_reports.NOW_S, answer)


def site_case(service: str) -> Case:
    options, _, answer, *_ = test_site_pool.SHAPES[service]
    return Case(
        {"site": "one", "service": service, "url": "http://service.test"} | options,
        test_site_pool.NOW_S,
        lambda _: httpx.Response(200, json=answer),
    )


CASES = {
    **{f"pool_{pool}": pool_case(pool) for pool in test_pool_reports.FOUND},
    "pool_json": Case(
        test_pool_reports.MAPPED,
        test_pool_reports.NOW_S,
        lambda _: httpx.Response(200, json={"data": [{"coin": "BTC", "rate": 1.5e3}]}),
    ),
    "site_pool": site_case("ocean"),
    "ioda": Case(
        {"country": "TR", "datasources": "bgp", "url": "http://service.test"},
        test_ioda.NOW_S,
        SimulatedInstrument(test_ioda.taped),
    ),
    "ripestat": Case(
        {"country": "ir", "url": "http://service.test"},
        test_ripestat.START_S + 86_400.0,
        test_ripestat.giving(test_ripestat.TAPE["five_minutes"]),
    ),
    "radar": Case(
        {"country": "sd", "token": test_radar.SECRET, "url": "http://service.test"},
        test_radar.START_S + 86_400.0,
        SimulatedInstrument(test_radar.taped),
    ),
    "price": Case({}, test_price.NOW_S, test_price.bitstamp),
    "mempool_rest": Case(
        {"url": "http://service.test"}, NOW_S, SimulatedService(MinedChain().grow(20)), "regtest"
    ),
}
STREAMS = {"bitcoind_rpc", "bitcoind_zmq", "mempool_ws", "ris_live"}
"""Watched here, or in tests of their own with a node."""
FILES = {"block_files", "block_table", "mining_map", "mrt", "price_table", "reading_table"}
LOGS = {"telemetry_log"}


def test_every_source_that_follows_the_present_is_here() -> None:
    names = {info.name for info in list_plugins("sources")}
    assert names == set(CASES) | STREAMS | FILES | LOGS


@contextmanager
def _ended(stop: threading.Event) -> Iterator[None]:
    """Stop after a while at the latest, so that what does not come fails instead of hanging."""
    timer = threading.Timer(PATIENCE_S, stop.set)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def watched(path: Path, name: str, case: Case, *, now_s: Callable[[], float]) -> dict[str, Any]:
    """Watch a source until it gave something; what the record has then."""
    stop, notes = threading.Event(), list[str]()
    with (
        open_observatory(
            str(path), create=True, network=NETWORKS[case.network], now_s=now_s
        ) as observatory,
        _ended(stop),
    ):

        def tick() -> None:
            counts = observatory.counts()
            states = {one.source: one.state for one in observatory.status().sources}
            if counts["blocks"] + counts["readings"] and states.get(name) in ("ok", "stuck"):
                stop.set()

        watch(
            observatory,
            {name: case.options},
            now_s=now_s,
            stop=stop,
            on_tick=tick,
            on_note=lambda _source, sentence: notes.append(sentence),
            transport=httpx.MockTransport(case.handler),
        )
        counts = observatory.counts()
        changes = observatory.changes(limit=10_000)
        return {
            "blocks": counts["blocks"],
            "readings": counts["readings"],
            "kinds": [one.kind for one in changes],
            "states": [one.document["state"] for one in changes if one.kind == "source"],
            "notes": notes,
        }


@pytest.mark.parametrize("name", CASES)
def test_it_gives_what_it_gives_and_a_restart_says_nothing_twice(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    found = watched(tmp_path / "record.db", name, case, now_s=lambda: case.now_s)
    assert found["states"] == ["ok"], found
    assert found["blocks"] + found["readings"] > 0
    again = watched(tmp_path / "record.db", name, case, now_s=lambda: case.now_s)
    assert (again["blocks"], again["readings"], again["kinds"]) == (
        found["blocks"],
        found["readings"],
        found["kinds"],
    )


def test_announcements_of_mempool_space(tmp_path: Path) -> None:
    chain = MinedChain().grow(20)
    with test_mempool_ws.served() as stream:
        options = {"url": stream.url, "rest_url": "http://service.test/api"}
        case = Case(options, NOW_S, SimulatedService(chain), "regtest")
        found = watched(tmp_path / "record.db", "mempool_ws", case, now_s=lambda: NOW_S)
    assert (found["blocks"], found["states"]) == (21, ["ok"]), found


def test_the_live_stream_of_routes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start_s = float(START_S)
    clock = FollowingClock(start_s).follow(monkeypatch)
    gone = ["2.72.0.0/22", "2.73.0.0/25"]
    script = [
        message(start_s, 2),
        message(start_s + 10, 0, withdrawn=gone),
        message(start_s + 310, 1, withdrawn=gone),
        message(start_s + 900, 2),
    ]
    with served_routes(script) as server:
        options = test_ris_live.seeded(tmp_path, server.url)
        case = Case(options, start_s, lambda _: httpx.Response(404))
        found = watched(tmp_path / "record.db", "ris_live", case, now_s=lambda: clock.time_s)
    assert found["readings"] > 0, found
    assert found["states"] == ["ok"], found
