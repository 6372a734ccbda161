"""Files of route collectors: what counts as seen, gaps, and files that cannot be read."""

import bz2
import gzip
import signal
import sys
from pathlib import Path
from typing import Any

import distributed
import mrtparse
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.mrt_forge import record, rib, update
from tests.sources.mrt_world import (
    ALL,
    KZ,
    ROUTES,
    START_S,
    TABLE,
    InThisProcess,
    error_of,
    read,
    saved,
    values,
)
from tests.sources.record_stub import Told, world

from hashquake.core.errors import HashquakeError
from hashquake.sources.routes import _mrt_parallel, mrt
from hashquake.sources.routes._mrt_elements import WITHDRAWN, read_elements
from hashquake.sources.wire import cluster as cluster_door
from hashquake.testing import check_source

signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # mrtparse, once imported, lets it end the process


@pytest.fixture(autouse=True)
def _quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "process" not in request.node.name:
        monkeypatch.setattr(_mrt_parallel, "ParserProcess", InThisProcess)


def local_cluster(n_workers: int) -> Any:
    """Start a scheduler and worker processes on the loopback."""
    return distributed.LocalCluster(
        n_workers=n_workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    )


def test_a_rib_is_counted_per_country_and_as(tmp_path: Path) -> None:
    options = saved(tmp_path, TABLE)
    assert len(check_source(mrt, options, world())) == 0
    found = read(options, asns="all")
    counted = {(one.subject, one.quantity): one.value for one in found}
    assert counted == {
        ("country:KZ", "visible_ipv4_prefixes"): 3,
        ("country:RU", "visible_ipv4_prefixes"): 1,
        ("country:KZ", "visible_slash24s"): 4 + 1 + 1,
        ("country:RU", "visible_slash24s"): 3,
        ("country:KZ", "visible_ipv6_prefixes"): 1,
        ("country:RU", "visible_ipv6_prefixes"): 0,
        ("asn:9198", "visible_ipv4_prefixes"): 3,
        ("asn:12389", "visible_ipv4_prefixes"): 1,
        ("asn:9198", "visible_slash24s"): 5,
        ("asn:12389", "visible_slash24s"): 4,
        ("asn:9198", "visible_ipv6_prefixes"): 1,
        ("asn:12389", "visible_ipv6_prefixes"): 0,
    }
    assert {(one.window.start_s, one.window.duration_s) for one in found} == {(START_S, 300)}


def test_only_what_is_asked_for_is_given(tmp_path: Path) -> None:
    options = saved(tmp_path, TABLE)
    assert {one.subject for one in read(options, countries="kz")} == {"country:KZ"}
    assert {one.subject for one in read(options, countries="KZ", asns="all")} == {
        "country:KZ",
        "asn:9198",
    }
    named = read(options, countries="TJ", asns="AS1")
    assert {(one.subject, one.value) for one in named} == {("country:TJ", 0), ("asn:1", 0)}


def test_updates_move_the_table_and_silence_is_no_zero(tmp_path: Path) -> None:
    gone = ["2.72.0.0/22", "2.72.1.0/24", "2.73.0.0/25"]
    options = saved(
        tmp_path,
        TABLE,
        update(START_S + 10, 0, withdrawn=gone) + update(START_S + 310, 1, withdrawn=gone),
        update(START_S + 900, 1, announced=gone, origin=KZ)
        + update(START_S + 901, 0, announced=gone[:2], origin=KZ)
        + update(START_S + 902, 0, withdrawn=gone[:1]),
    )
    found = read(options, countries="KZ", full_feed_v4=1)
    assert values(found, "country:KZ", "visible_ipv4_prefixes") == [(0, 2), (300, 0), (900, 2)]
    assert values(found, "country:KZ", "visible_slash24s") == [(0, 5), (300, 1), (900, 5)]


def test_a_new_rib_replaces_the_table(tmp_path: Path) -> None:
    later = rib(START_S + 3600, 3, [(prefix, ALL) for prefix in ("2.72.0.0/22", "2.76.0.0/24")])
    options = saved(tmp_path, later, TABLE)
    found = read(options, countries="KZ", full_feed_v4=1, step="1h")
    assert values(found, "country:KZ", "visible_slash24s") == [(-2400, 6), (1200, 5)]


def test_a_peer_that_loses_its_session_leaves_the_count(tmp_path: Path) -> None:
    options = saved(
        tmp_path, TABLE, update(START_S + 300, 2, withdrawn=[route[0] for route in ROUTES[:6]])
    )
    found = read(options, countries="KZ")
    assert values(found, "country:KZ", "visible_ipv4_prefixes") == [(0, 3), (300, 3)]


def test_packed_files_and_processes_give_the_same(tmp_path: Path) -> None:
    change = update(START_S + 310, 0, withdrawn=["2.73.0.0/25"])
    plain = saved(tmp_path, TABLE, change)
    expected = read(plain, asns="all")
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "rib.gz").write_bytes(gzip.compress(TABLE))
    (packed / "updates.bz2").write_bytes(bz2.compress(change))
    told = Told()
    options = mrt.Options(**plain | {"path": packed, "asns": "all", "workers": 2})
    batches = list(mrt.read(options, world(told=told)))
    assert [reading for batch in batches for reading in batch.readings] == expected
    assert [(one.done, one.total) for one in told.progress] == [(1, 2), (2, 2)]


def test_a_dask_cluster_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change = update(START_S + 310, 0, withdrawn=["2.73.0.0/25"])
    more = update(START_S + 610, 1, announced=["2.74.0.0/24"], origin=KZ)
    options = saved(tmp_path, TABLE, change, more) | {"asns": "all"}
    expected = read(options)
    monkeypatch.setattr(cluster_door, "CONNECT_S", 0.3)
    assert error_of(options, cluster="tcp://127.0.0.1:1").code == "cluster-unreachable"
    assert error_of(options, cluster="nowhere://").code == "cluster-unreachable"
    monkeypatch.setattr(cluster_door, "CONNECT_S", 10.0)
    with local_cluster(2) as cluster:
        at = cluster.scheduler_address
        assert read(options, cluster=at) == expected
        (tmp_path / "mrt" / "1").write_bytes(change + change[:-1])
        assert error_of(options, cluster=at).code == "mrt-truncated"
    monkeypatch.setitem(sys.modules, "distributed", None)
    error = error_of(saved(tmp_path, TABLE, change), cluster="tcp://127.0.0.1:1")
    assert (error.code, error.hint) == ("plugin-extra", "install hashquake[cluster]")


def test_a_cluster_without_workers_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_door, "WORKERS_S", 0.2)
    with local_cluster(0) as cluster:
        error = error_of(saved(tmp_path, TABLE), cluster=cluster.scheduler_address)
    assert error.code == "cluster-empty"


def test_a_second_parser_counts_the_same(tmp_path: Path) -> None:
    path = tmp_path / "both"
    path.write_bytes(
        TABLE
        + update(START_S, 0, announced=["2.72.0.0/22", "2.76.0.0/16"], origin=KZ)
        + update(START_S, 1, withdrawn=["2.72.0.0/22"])
    )
    announced = withdrawn = 0
    for entry in mrtparse.Reader(str(path)):
        message = entry.data.get("bgp_message", {})
        announced += len(entry.data.get("rib_entries", [])) + len(message.get("nlri", []))
        withdrawn += len(message.get("withdrawn_routes", []))
    elements = read_elements(path)
    assert int((elements.origin != WITHDRAWN).sum()) == announced == 21
    assert int((elements.origin == WITHDRAWN).sum()) == withdrawn == 1


def test_updates_need_a_rib_and_peers_a_feed(tmp_path: Path) -> None:
    assert error_of(saved(tmp_path, update(START_S, 0, withdrawn=["2.72.0.0/22"]))).code == (
        "mrt-rib-missing"
    )
    error = error_of(saved(tmp_path, TABLE), full_feed_v4=400_000, full_feed_v6=10_000)
    assert error.code == "mrt-no-full-feed"
    assert "carries 5 IPv4 and 1 IPv6 prefixes" in error.message
    assert error_of(saved(tmp_path, TABLE), step="0s").code == "step-empty"
    assert error_of(saved(tmp_path, TABLE), countries="Kazahkstan").code == "subject-malformed"
    options = saved(tmp_path, TABLE) | {"path": tmp_path / "none"}
    assert error_of(options).code == "file-missing"


BODY_CUT = bytearray(TABLE)
BODY_CUT[-20:] = bytes(20)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html><body>503</body></html>", "mrt-malformed"),
        (b"BGP table version is 1999, local router ID is", "mrt-malformed"),
        (record(915_148_800, 5, 1, bytes(40)), "mrt-ancient"),
        (TABLE + b"\0" * 5, "mrt-truncated"),
        (TABLE[:-1], "mrt-truncated"),
        (gzip.compress(TABLE)[:-20], "mrt-truncated"),
        (bz2.compress(TABLE)[:-20], "mrt-truncated"),
        (b"BZh9" + bytes(50), "mrt-truncated"),
        (TABLE + record(START_S, 13, 2, bytes(4) + b"\x18\2\x48\0\0\7"), "mrt-unreadable"),
        (TABLE + record(START_S, 13, 2, b"\0" * 4 + b"\xff" * 30), "mrt-unreadable"),
    ],
)
def test_files_that_cannot_be_read_are_named(tmp_path: Path, data: bytes, code: str) -> None:
    error = error_of(saved(tmp_path, TABLE, data))
    assert error.code == code
    assert str(tmp_path / "mrt" / "1") in error.message


def test_files_of_another_collector_are_not_taken_for_later_ones(tmp_path: Path) -> None:
    one = update(START_S + 10, 0, withdrawn=["2.72.0.0/22"])
    late = update(START_S + 9000, 0, announced=["2.72.0.0/22"], origin=KZ)
    options = saved(tmp_path, TABLE, one + late, update(START_S + 20, 1, withdrawn=["2.72.0.0/22"]))
    assert error_of(options).code == "time-backwards"


def test_a_missing_parser_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pybgpkit_parser", None)
    error = error_of(saved(tmp_path, TABLE))
    assert (error.code, error.hint) == ("plugin-extra", "install hashquake[bgp]")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = bytearray(TABLE + update(START_S, 0, announced=["2.72.0.0/22"], origin=KZ))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "file"
    path.write_bytes(whole)
    try:
        read_elements(path)  # what a process does, without the time that starting it takes
    except HashquakeError:
        return
