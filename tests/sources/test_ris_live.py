"""The live stream of routes: the same counts as from files, breaks, and peers that leave."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.mrt_forge import update
from tests.sources.mrt_world import DELEGATED, KZ, START_S, TABLE, read, saved
from tests.sources.simulated_instrument import changed_leaves
from tests.sources.simulated_ris import STALL, FollowingClock, down, message, served

from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.errors import HashquakeError
from hashquake.core.reading import Reading
from hashquake.plugins import load_plugin
from hashquake.sources.routes import ris_live
from hashquake.sources.routes._mrt_elements import NO_ORIGIN, WITHDRAWN
from hashquake.sources.routes._ris_messages import parse_message
from hashquake.testing import check_source

IPV4 = "visible_ipv4_prefixes"
PING = {"type": "ping", "data": None}


def seeded(folder: Path, url: str, **more: Any) -> dict[str, Any]:
    """Keep a seed and give the options to go on from it."""
    files = saved(folder, TABLE)
    seed = {"seed": files["path"], "delegated": files["delegated"], "host": "rrc03", "url": url}
    feeds = {"full_feed_v4": 2, "full_feed_v6": 0}
    return seed | feeds | {"duration": "15m", "countries": "KZ", "silence": "5s"} | more


def unseeded(folder: Path, url: str, **more: Any) -> dict[str, Any]:
    (folder / "delegated").write_text(DELEGATED)
    return {
        "delegated": folder / "delegated",
        "url": url,
        "duration": "15m",
        "silence": "5s",
    } | more


def listen(clock: FollowingClock, options: dict[str, Any]) -> list[Reading]:
    found: list[Reading] = []
    for batch in ris_live.read(ris_live.Options(**options), clock.context):
        assert {reading.window for reading in batch.readings} == set(batch.observed)
        found += batch.readings
    return found


def values(readings: list[Reading], quantity: str = IPV4) -> list[tuple[float, float, str]]:
    return [
        (one.window.start_s - START_S, one.value, one.source)
        for one in readings
        if (one.subject, one.quantity) == ("country:KZ", quantity)
    ]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FollowingClock:
    return FollowingClock(START_S + 0.0).follow(monkeypatch)


def beats(first_s: int, last_s: int, *places: int) -> list[str]:
    """Return a sign of life of each peer every minute."""
    return [
        message(START_S + at, place, type="KEEPALIVE")
        for at in range(first_s, last_s, 60)
        for place in places or (0, 1, 2)
    ]


def test_the_stream_counts_as_the_files_do(tmp_path: Path, clock: FollowingClock) -> None:
    gone, back = ["2.72.0.0/22", "2.73.0.0/25"], ["2.72.0.0/22"]
    script = [
        message(START_S, 2),
        message(START_S + 10, 0, withdrawn=gone),
        message(START_S + 310, 1, withdrawn=gone),
        message(START_S + 311, 1, announced=back, withdrawn=back, origin=KZ),
        message(START_S + 900, 2),
    ]
    with served(script) as server:
        options = seeded(tmp_path, server.url, countries="", asns="all")
        found = listen(clock, options)
    folder = tmp_path / "files"
    folder.mkdir()
    same = saved(
        folder,
        TABLE,
        update(START_S + 10, 0, withdrawn=gone)
        + update(START_S + 310, 1, withdrawn=gone)
        + update(START_S + 311, 1, announced=back, origin=KZ),
    )
    expected = [
        (one.subject, one.quantity, one.window, one.value) for one in read(same, asns="all")
    ]
    ours = [(one.subject, one.quantity, one.window, one.value) for one in found]
    assert [one for one in ours if one[2].start_s < START_S + 600] == expected
    assert values(found) == [(at, 2, "ris_live") for at in (0, 300, 600)]
    subscribed = [one["data"] for one in server.heard[0]]
    assert subscribed == [
        {"type": "UPDATE", "host": "rrc03"},
        {"type": "RIS_PEER_STATE", "host": "rrc03"},
    ]


def test_the_plugin_keeps_the_contract(tmp_path: Path, clock: FollowingClock) -> None:
    def read_again(options: Any, context: SourceContext) -> Iterator[Batch]:
        clock.time_s = START_S + 0.0
        return ris_live.read(options, context)

    plugin = SimpleNamespace(
        __name__="ris_live", CARD=ris_live.CARD, Options=ris_live.Options, read=read_again
    )
    assert load_plugin("sources", "ris_live").CARD is ris_live.CARD
    with served(beats(0, 960)) as server:
        assert len(check_source(plugin, seeded(tmp_path, server.url), clock.context)) == 0


def test_without_a_seed_only_what_was_heard_long_enough_counts(
    tmp_path: Path, clock: FollowingClock
) -> None:
    script = [
        message(START_S, 0, announced=["2.72.0.0/22"], origin=KZ),
        *beats(60, 600, 0),
        message(START_S + 600, 1, announced=["2.73.0.0/22", "2.74.0.0/22"], origin=KZ),
        message(START_S + 900, 0),
    ]
    with served(script) as server:
        found = listen(clock, unseeded(tmp_path, server.url, countries="KZ", warm_up="10m"))
    assert values(found) == [(300, 1, "ris_live:heard"), (600, 1, "ris_live:heard")]


def test_a_break_is_a_gap_and_what_follows_is_marked(tmp_path: Path, clock: FollowingClock) -> None:
    before = [message(START_S, 0), message(START_S + 320, 1)]
    after = [*beats(330, 900), message(START_S + 900, 0)]
    with served(before, after) as server:
        found = listen(clock, seeded(tmp_path, server.url))
    assert values(found) == [(0, 3, "ris_live"), (600, 3, "ris_live:after_gap")]
    assert len(server.heard) == 2
    assert server.heard[0] == server.heard[1]
    assert clock.waits_s == [1.0]


def test_a_stream_that_stalls_without_closing_is_left(
    tmp_path: Path, clock: FollowingClock
) -> None:
    before = [message(START_S, 0), message(START_S + 320, 1), STALL]
    after = [*beats(330, 900), message(START_S + 900, 0)]
    with served(before, after) as server:
        found = listen(clock, seeded(tmp_path, server.url, silence="1.5"))
    assert values(found) == [(0, 3, "ris_live"), (600, 3, "ris_live:after_gap")]
    assert PING in server.heard[0]


def test_a_peer_that_leaves_does_not_pull_the_country_down(
    tmp_path: Path, clock: FollowingClock
) -> None:
    script = [message(START_S, 0), down(START_S + 20, 0), down(START_S + 30, 1), *beats(60, 960, 2)]
    with served(script) as server:
        options = seeded(tmp_path, server.url)
        assert [value for _, value, _ in values(listen(clock, options))] == [2, 2, 2]


def test_a_peer_that_falls_silent_counts_no_more(tmp_path: Path, clock: FollowingClock) -> None:
    """Two of three carry the /25; when one of them is silent, one of two is no majority."""
    with served([*beats(0, 240), *beats(240, 960, 0, 2)]) as server:
        found = listen(clock, seeded(tmp_path, server.url, peer_silence="4m"))
    assert values(found) == [(0, 3, "ris_live"), (300, 2, "ris_live"), (600, 2, "ris_live")]


def test_duplicates_and_late_messages_change_nothing(tmp_path: Path, clock: FollowingClock) -> None:
    first = message(START_S + 1, 0, withdrawn=["2.73.0.0/25"], id="03-1")
    then = message(START_S + 2, 0, announced=["2.73.0.0/25"], origin=KZ, id="03-2")
    script = [message(START_S), first, then, first, message(START_S + 301), first]
    with served([*script, *beats(360, 960)]) as server:
        found = listen(clock, seeded(tmp_path, server.url))
    assert values(found) == [(at, 3, "ris_live") for at in (0, 300, 600)]


def test_a_peers_time_that_runs_backwards_is_a_gap(tmp_path: Path, clock: FollowingClock) -> None:
    old = message(START_S + 310, 0, withdrawn=["2.73.0.0/25"])
    with served([*beats(0, 400), old, *beats(420, 960)]) as server:
        found = listen(clock, seeded(tmp_path, server.url))
    assert values(found) == [(0, 3, "ris_live"), (600, 3, "ris_live:after_gap")]


def test_a_spoilt_message_is_a_gap(tmp_path: Path, clock: FollowingClock) -> None:
    spoilt = message(START_S + 310, 0, withdrawn=["2.72.0.0/99"])
    with served([*beats(0, 310), spoilt, "{", *beats(360, 960)]) as server:
        found = listen(clock, seeded(tmp_path, server.url))
    assert values(found) == [(0, 3, "ris_live"), (600, 3, "ris_live:after_gap")]


def test_seeds_must_be_of_the_collector_and_fresh(tmp_path: Path, clock: FollowingClock) -> None:
    def code(**more: Any) -> str:
        with pytest.raises(HashquakeError) as caught:
            listen(clock, seeded(tmp_path, server.url, **more))
        return caught.value.code

    with served(beats(0, 960, 7)) as server:
        assert code() == "seed-other"
        assert code(host="") == "seed-host"
        assert code(host="rrc03,rrc04") == "seed-host"
        clock.time_s = START_S + 3700.0
        assert code() == "seed-old"


SAMPLE = {
    "timestamp": 1636342486.17,
    "peer": "2001:7f8:24:0:0::82",
    "peer_asn": "58299",
    "id": "20-5761-238131559",
    "host": "rrc20",
    "type": "UPDATE",
    "path": [58299, 49981, [64512, 64500]],
    "announcements": [
        {"next_hop": "2001:7f8:24::82", "prefixes": ["2602:fd9e:f00::/40"]},
        {"next_hop": "fe80::768e:f8ff:fea6:b2c4", "prefixes": ["2602:fd9e:f00::/40"]},
    ],
    "withdrawals": ["2605:de00:bb:0:0:0:0:0/48", "2602:fd9e:f00::/40"],
}


def parsed(**changes: Any) -> Any:
    data = {key: value for key, value in (SAMPLE | changes).items() if value is not ...}
    return parse_message(json.dumps({"type": "ris_message", "data": data}))


def test_messages_are_read_in_their_public_shapes() -> None:
    found = parsed()
    assert found.peer == (58299, "2001:7f8:24::82")
    assert (found.kind, found.host, found.id) == ("update", "rrc20", "20-5761-238131559")
    assert dict(found.routes) == {"2605:de00:bb::/48": WITHDRAWN, "2602:fd9e:f00::/40": 64500}
    assert parsed(type=...).routes == found.routes
    assert dict(parsed(path=[]).routes)["2602:fd9e:f00::/40"] == NO_ORIGIN
    assert parsed(announcements=..., withdrawals=..., type=...).kind == "other"
    assert parsed(type="RIS_PEER_STATE", state="down").kind == "down"
    assert parsed(type="OTHER", msg={"type": "OTHER"}).routes == ()
    assert parse_message('{"type": "ris_subscribe_ok", "data": {}}') is None


@settings(max_examples=60, deadline=None)
@given(changed_leaves({"type": "ris_message", "data": SAMPLE}))
def test_any_changed_message_is_read_or_an_error_with_a_code(changed: Any) -> None:
    try:
        parse_message(json.dumps(changed))
    except HashquakeError as error:
        assert error.code  # noqa: PT017  any code is fine, any other exception is not


@settings(max_examples=100, deadline=None)
@given(st.text() | st.binary())
def test_any_text_is_read_or_an_error_with_a_code(text: str | bytes) -> None:
    try:
        parse_message(text)
    except HashquakeError as error:
        assert error.code  # noqa: PT017  as above


def test_an_interrupt_ends_the_run_and_keeps_what_was_seen(tmp_path: Path) -> None:
    now_s = time.time()
    script = [message(now_s, 0, announced=["2.72.0.0/22"], origin=KZ)]
    script += [message(now_s + at / 2, 0) for at in range(1, 7)]
    with served([*script, STALL]) as server:
        options = unseeded(tmp_path, server.url, step="1s", warm_up="0s")
        options |= {"db": tmp_path / "record.db", "silence": "3s"}
        words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        command = [sys.executable, "-m", "hashquake", "ingest", "ris_live", "--json", *words]
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while not any(one == PING for heard in server.heard for one in heard):
            time.sleep(0.05)  # it pings when it has heard all there is
            assert run.poll() is None
        run.send_signal(signal.SIGINT)
        out, error = run.communicate(timeout=20)
    document = json.loads(out)
    assert document["partial"] is True
    assert document["readings_added"] > 0
    assert document["coverage"]
    assert b"Traceback" not in error
    assert run.returncode == 3
