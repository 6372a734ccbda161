"""A service that answers 429, 500, HTML, half an answer, slowly, or always the same."""

import json
import random
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.faults.conftest import FAULTS_A_PASS
from tests.faults.watched import SHORT_PAUSES, outcome_of
from tests.sources.hostile_server import (
    TROUBLES,
    HostileServer,
    hostile_server,
    troubled,
    whole,
)

from hashquake.core import clock
from hashquake.core.contracts import SourceContext
from hashquake.core.times import HOUR_S, format_time
from hashquake.observatory import open_observatory
from hashquake.observatory.live.plan import read_source, watched_sources
from hashquake.observatory.live.watcher import Watcher

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
START_S = 1_700_000_400.0
STEP_S = 600.0
STEPS = 550
LIVE_FROM = 500
DARK = (505, 525)
TIMEOUT_S = 0.5
LONGEST = 6
SAID_OF = {
    "429": "service-rate-limited",
    "500": "service-failing",
    "html": "answer-not-json",
    "half": "answer-truncated",
    "slow": "service-timeout",
}


class Instrument:
    """IODA's answers about one country, from a clock that the test moves on."""

    def __init__(self) -> None:
        self.step = LIVE_FROM
        self.trouble, self.left = "", 0
        self.spoilt: list[str] = []
        self.last = b""

    @property
    def now_s(self) -> float:
        return START_S + self.step * STEP_S

    def answer(self, server: list[HostileServer], connection: socket.socket) -> None:
        line = server[0].asked[-1].split(b"\r\n", 1)[0].decode()
        if self.left > 0:
            self.left -= 1
            self.spoilt.append(self.trouble)
            spoilt = troubled(self.trouble, self._body(line), last=self.last, slow_s=10 * TIMEOUT_S)
            spoilt(connection)
        else:
            self.last = self._body(line)
            whole(self.last)(connection)

    def _body(self, line: str) -> bytes:
        query = parse_qs(urlsplit(line.split(" ")[1]).query)
        first = max(0, int((float(query["from"][0]) - START_S) // STEP_S))
        last = min(self.step, int((float(query["until"][0]) - START_S) // STEP_S))
        values = [
            (30 if DARK[0] <= at < DARK[1] else 1000) + at * 7919 % 13 for at in range(first, last)
        ]
        series = {
            "entityType": "country",
            "entityCode": "KZ",
            "datasource": "ping-slash24",
            "from": int(START_S + first * STEP_S),
            "until": int(START_S + last * STEP_S),
            "step": int(STEP_S),
            "nativeStep": int(STEP_S),
            "values": values,
        }
        return json.dumps({"error": None, "data": [[series] if values else []]}).encode()


def watch(record: Path, instrument: Instrument, act: Callable[[], None]) -> list[str]:
    """Watch until the clock is at its end; what was said of the source."""
    stop, server = threading.Event(), list[HostileServer]()
    with (
        hostile_server(partial(instrument.answer, server)) as serving,
        open_observatory(str(record), create=True, now_s=lambda: instrument.now_s) as observatory,
    ):
        server.append(serving)
        options = {
            "country": "KZ",
            "datasources": "ping-slash24",
            "url": serving.url,
            "requests_per_second": 100,
            "timeout_s": TIMEOUT_S,
        }
        observatory.ingest("ioda", {**options, "since": format_time(START_S)})
        planned = watched_sources(observatory, {"ioda": options}, now_s=lambda: instrument.now_s)

        def tick() -> None:
            spans = observatory.reading_spans()
            newest_s = max((span.window.end_s for span in spans), default=0.0)
            if newest_s < instrument.now_s - HOUR_S:
                return
            if instrument.step < STEPS:
                instrument.step += 1
            elif newest_s >= instrument.now_s and not instrument.left:
                stop.set()
            act()

        Watcher(
            observatory,
            [replace(one, poll_s=0.01) for one in planned],
            read=read_source,
            context=lambda _name: SourceContext(
                record=observatory.record,
                now_s=lambda: instrument.now_s,
                sleep=lambda _s: None,
                monotonic_s=clock.monotonic_s,
            ),
            now_s=lambda: instrument.now_s,
            on_change=lambda _change: None,
            stop=stop,
            pauses=SHORT_PAUSES,
        ).run(on_tick=tick)
        changes = observatory.changes(limit=10_000)
    return [one.document["because"] for one in changes if one.kind == "source"]


def test_a_service_in_trouble_delays_and_changes_nothing(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    watch(tmp_path / "calm.db", Instrument(), lambda: None)
    instrument = Instrument()
    due = sorted(draw.sample(range(LIVE_FROM + 3, STEPS - 3), FAULTS_A_PASS), reverse=True)
    troubles = [TROUBLES[at % len(TROUBLES)] for at in range(FAULTS_A_PASS)]
    draw.shuffle(troubles)
    met: set[str] = set()

    def act() -> None:
        if due and instrument.step >= due[-1] and not instrument.left:
            due.pop()
            instrument.trouble = troubles.pop()
            # Each kind lasts once for longer than a request is repeated, so that it is noticed.
            again = instrument.trouble in met
            instrument.left = draw.randint(1, LONGEST) if again else LONGEST
            met.add(instrument.trouble)

    said = watch(tmp_path / "troubled.db", instrument, act)
    assert not due
    assert set(instrument.spoilt) == set(TROUBLES)
    for trouble, code in SAID_OF.items():
        assert any(f"[{code}]" in one for one in said), (trouble, said)
    found, wanted = outcome_of(tmp_path / "troubled.db"), outcome_of(tmp_path / "calm.db")
    assert len(wanted.outages) == 1
    assert len(wanted.readings) > LIVE_FROM
    assert found == wanted
