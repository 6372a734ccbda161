"""January 2022 as it would have been alerted: real blocks, scripted instruments, three farms."""

import json
import threading
from collections.abc import Iterator

import pytest
from tests.january_2022 import (
    BLOCKS_FROM_S,
    DARK_FROM_S,
    DARK_UNTIL_S,
    LIVE_FROM_S,
    LIVE_UNTIL_S,
    blocks_between,
    ends_between,
    pool_reports,
    probes,
)
from tests.serve.alerts.made_alert import made_settings
from tests.serve.alerts.receiver import SECRET, Arrival, receiving

from hashquake.core.contracts import Batch
from hashquake.core.opinion import Change
from hashquake.core.times import HOUR_S
from hashquake.core.window import Window
from hashquake.observatory import open_observatory
from hashquake.serve.alerts.service import AlertService

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
FARMS = ("ekibastuz", "karaganda", "almaty")


def farm_changes(status: str, since_s: float) -> list[Change]:
    return [
        Change(
            kind="site",
            subject=f"site:{farm}",
            document={
                "site": farm,
                "country": "KZ",
                "asns": [9198],
                "status": status,
                "since_s": since_s,
                "hashrate_hps": 2e17,
                "usd_per_day": 45_000.0,
                "because": "the networks of its country are dark",
            },
        )
        for farm in FARMS
    ]


RULES = [
    {"name": "country dark", "about": "outage", "subjects": ["country:KZ"], "to": ["hook"]},
    {"name": "pools report less", "about": "reports", "to": ["hook"]},
    {"name": "network falls", "about": "quake", "subjects": ["network"], "to": ["hook"]},
    {"name": "my farms", "about": "site", "to": ["hook"]},
    {"name": "no blocks", "about": "silence", "to": ["hook"]},
]


@pytest.fixture(scope="module")
def arrivals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Arrival]]:
    """Live through the days by the hour, and return what arrived."""
    now = [float(LIVE_FROM_S)]
    path = str(tmp_path_factory.mktemp("kz") / "kz.db")
    seen, reported = probes(), pool_reports()
    with (
        open_observatory(path, create=True, now_s=lambda: now[0]) as ask,
        receiving() as receiver,
    ):
        ask.feed_all([Batch(blocks=blocks_between(BLOCKS_FROM_S, now[0]))], source="node")
        before = ends_between((*seen, *reported), 0.0, now[0])
        ask.feed_all([Batch(readings=before)], source="instruments")
        way = {"name": "hook", "kind": "webhook", "url": receiver.url, "secret": SECRET}
        service = AlertService(
            ask,
            made_settings(way | {"allow_private": True}, rules=RULES),
            now_s=lambda: now[0],
            stop=threading.Event(),
            note=lambda _note: None,
        )
        (worker,) = service._workers
        service._read()
        while now[0] < LIVE_UNTIL_S:
            start_s, now[0] = now[0], now[0] + HOUR_S
            blocks = blocks_between(start_s, now[0])
            window = Window(start_s=start_s, end_s=now[0])
            ask.feed(Batch(blocks=blocks, observed=(window,)), source="node")
            for readings in (seen, reported):
                ask.feed(
                    Batch(readings=ends_between(readings, start_s, now[0])), source="instruments"
                )
            for at_s, status in ((DARK_FROM_S, "network dark"), (DARK_UNTIL_S, "up")):
                if start_s < at_s + HOUR_S <= now[0]:
                    with ask.record.writing() as inside:
                        inside.add_changes(farm_changes(status, at_s))
            service._read()
            while worker.deliver_due():
                pass
        yield receiver.taken()


def of_rule(arrivals: list[Arrival], name: str) -> list[Arrival]:
    return [one for one in arrivals if f'"rule": "{name}"' in one.body.decode()]


def test_the_outage_is_raised_within_hours_and_recovers(arrivals: list[Arrival]) -> None:
    found = of_rule(arrivals, "country dark")
    assert len({one.thread for one in found}) == 1
    assert (found[0].state, found[-1].state) == ("raised", "recovered")
    assert {one.state for one in found[1:-1]} <= {"updated"}


def test_the_reports_are_raised(arrivals: list[Arrival]) -> None:
    first = of_rule(arrivals, "pools report less")[0]
    assert first.state == "raised"
    assert "reported by the pools that report changed by" in json.loads(first.body)["because"]


def test_each_farm_is_raised_and_recovers(arrivals: list[Arrival]) -> None:
    found = of_rule(arrivals, "my farms")
    assert sorted(one.state for one in found) == ["raised"] * 3 + ["recovered"] * 3


def test_blocks_alone_raise_nothing(arrivals: list[Arrival]) -> None:
    assert of_rule(arrivals, "network falls") == []
    assert of_rule(arrivals, "no blocks") == []
