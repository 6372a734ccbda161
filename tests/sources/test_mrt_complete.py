"""Every route that a file holds is read, or the file is refused; what is a gap is said."""

import gzip
import sys
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from tests.sources.mrt_forge import record, rib, update
from tests.sources.mrt_world import (
    ALL,
    KZ,
    ROUTES,
    RU,
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
from hashquake.sources.routes import _mrt_elements, _mrt_parallel, mrt
from hashquake.sources.routes._mrt_elements import WITHDRAWN, read_elements
from hashquake.sources.routes._mrt_outline import outline
from hashquake.sources.routes._update_outline import RouteCount


@pytest.fixture(autouse=True)
def _quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "process" not in request.node.name:
        monkeypatch.setattr(_mrt_parallel, "ParserProcess", InThisProcess)


def test_every_withdrawal_that_the_headers_count_is_read(tmp_path: Path) -> None:
    gone = [route[0] for route in ROUTES[:6]]  # the last is a default route
    many = [f"2a00:1d80:{high:x}:{low:x}::/64" for high in range(64) for low in range(64)]
    path = tmp_path / "mixed"
    path.write_bytes(
        update(START_S, 0, announced=["2.72.0.0/22"], origin=KZ)
        + update(START_S + 1, 1, withdrawn=gone)
        + update(START_S + 2, 2, announced=gone[:2], withdrawn=gone[2:5], origin=RU)
        + update(START_S + 3, 0, withdrawn_v6=many)  # longer than the 4,096 bytes of RFC 4271
    )
    assert outline(path).counted == RouteCount(announced=1 + 2, withdrawn=6 + 3 + 4096)
    elements = read_elements(path)
    found = {
        (time_s - START_S, elements.peers[peer], elements.prefixes[prefix], origin)
        for time_s, peer, prefix, origin in zip(
            elements.time_s.tolist(),
            elements.peer.tolist(),
            elements.prefix.tolist(),
            elements.origin.tolist(),
            strict=True,
        )
    }
    peers = [(65_000, "192.0.2.1"), (65_001, "192.0.2.2"), (65_002, "192.0.2.3")]
    assert found == {
        (0, peers[0], "2.72.0.0/22", KZ),
        *((1, peers[1], prefix, WITHDRAWN) for prefix in gone),
        *((2, peers[2], prefix, RU) for prefix in gone[:2]),
        *((2, peers[2], prefix, WITHDRAWN) for prefix in gone[2:5]),
        *((3, peers[0], str(ip_network(prefix)), WITHDRAWN) for prefix in many),
    }


def test_announcements_do_not_make_up_for_withdrawals_that_are_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many routes as the headers count, of the wrong kind, is not the whole file."""
    path = tmp_path / "updates"
    gone = [route[0] for route in ROUTES[:3]]
    path.write_bytes(update(START_S, 0, announced=gone[:1], withdrawn=gone[1:], origin=KZ))
    elements = read_elements(path)
    assert elements.origin.tolist().count(WITHDRAWN) == 2

    def lossy(_path: Path) -> Iterator[tuple[float, str, int, str, int]]:
        for prefix in gone:
            yield float(START_S), "192.0.2.1", 65_000, prefix, KZ

    monkeypatch.setattr(
        _mrt_elements, "_first_reading", lambda path, **_: _mrt_elements._second_reading(path)
    )
    monkeypatch.setattr(_mrt_elements, "routes_of", lossy)
    with pytest.raises(
        HashquakeError, match=r"3 routes, 2 of them withdrawn; 3 .* 0 of them"
    ) as no:
        read_elements(path)
    assert no.value.code == "mrt-unreadable"


@pytest.mark.parametrize(
    ("kind", "subtype", "body"),
    [
        pytest.param(16, 3, bytes(40), id="BGP4MP_ENTRY"),
        pytest.param(16, 2, bytes(40), id="BGP4MP_SNAPSHOT"),
        pytest.param(13, 6, b"\0\0\0\0\0\1\1" + bytes(20), id="RIB_GENERIC"),
    ],
)
def test_a_table_in_records_that_cannot_be_read_is_named(
    tmp_path: Path, kind: int, subtype: int, body: bytes
) -> None:
    error = error_of(saved(tmp_path, TABLE, record(START_S, kind, subtype, body)))
    assert error.code == "mrt-unsupported"


def test_an_empty_file_of_updates_is_a_gap_and_said(tmp_path: Path) -> None:
    change = update(START_S + 310, 0, withdrawn=["2.73.0.0/25"])
    expected = read(saved(tmp_path, TABLE, change))
    options = saved(tmp_path, TABLE, b"", change, gzip.compress(b""))
    told = Told()
    assert read(options, told) == expected
    assert len(told.notes) == 1
    assert told.notes[0].startswith("files without a record: 1, 3; a gap")
    assert error_of(saved(tmp_path, b"", b"", b"", b"")).code == "mrt-malformed"


def test_a_rib_that_begins_after_its_first_update_is_used(tmp_path: Path) -> None:
    old = update(START_S - 900, 1, withdrawn=["2.73.0.0/25"])
    older = update(START_S - 1800, 1, withdrawn=["2.73.0.0/25"])
    early = update(START_S - 3, 0, withdrawn=["2.72.0.0/22"])  # of before the dump: it knows
    late = update(START_S + 310, 0, withdrawn=["2.73.0.0/25"])
    expected = read(saved(tmp_path, TABLE, late))
    assert values(expected, "country:KZ", "visible_ipv4_prefixes") == [(0, 3), (300, 2)]
    told = Told()
    found = read(saved(tmp_path, older, old, early + late, TABLE), told)
    assert found == expected
    assert len(told.notes) == 1
    assert told.notes[0].endswith("are not read: 0")


def test_a_rib_within_a_file_of_updates_takes_its_place_in_time(tmp_path: Path) -> None:
    second = rib(START_S + 903, 3, [(prefix, ALL) for prefix in ("2.72.0.0/22", "2.76.0.0/24")])
    spanning = (
        update(START_S + 310, 0, withdrawn=["2.73.0.0/25"])
        + update(START_S + 901, 0, withdrawn=["2.72.1.0/24"])
        + update(START_S + 1210, 0, withdrawn=["2.76.0.0/24"])
        + update(START_S + 1211, 1, withdrawn=["2.76.0.0/24"])
    )
    found = read(saved(tmp_path, TABLE, spanning, second), countries="KZ", full_feed_v4=0)
    counted = values(found, "country:KZ", "visible_ipv4_prefixes")
    assert counted == [(0, 2), (300, 2), (900, 2), (1200, 1)]
    assert len(counted) == len(dict(counted))


@pytest.mark.parametrize(
    ("end", "code"),
    [("ABRT", "mrt-unreadable"), ("SEGV", "mrt-unreadable"), ("KILL", "mrt-worker-lost")],
)
def test_a_process_that_dies_is_one_error_and_says_nothing_itself(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    end: str,
    code: str,
) -> None:
    dying = tmp_path / "python"
    dying.write_text(f"#!/bin/sh\necho thread panicked >&2\nread line\nkill -{end} $$\n")
    dying.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(dying))
    error = error_of(saved(tmp_path, TABLE))
    assert error.code == code
    assert str(tmp_path / "mrt" / "0") in error.message
    assert capfd.readouterr().err == ""


def test_a_window_that_is_not_over_is_left_out_and_said(tmp_path: Path) -> None:
    options = saved(tmp_path, TABLE, update(START_S + 310, 0, withdrawn=["2.73.0.0/25"]))
    told = Told()
    context = world(told=told, now_s=START_S + 320.0)
    batches = list(mrt.read(mrt.Options(**options), context))
    assert {one.window.start_s for batch in batches for one in batch.readings} == {START_S}
    assert "not over" in told.notes[0]
