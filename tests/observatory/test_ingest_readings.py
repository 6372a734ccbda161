"""Readings through the one door: kept, corrected, and never taken for the chain's coverage."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.sources.simulated_instrument import SimulatedInstrument, tape

from hashquake.core.coverage import Coverage
from hashquake.core.errors import FormatError, NoCoverage
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.observatory import Observatory, open_observatory

START_S = 1706745600
ASKED = {
    "country": "TR",
    "since": "2024-02-01",
    "until": "2024-02-02",
    "url": "http://service.test",
    "requests_per_second": 100,
}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Observatory]:
    db = str(tmp_path / "own.db")
    with open_observatory(db, create=True, now_s=lambda: START_S + 2.0 * DAY_S) as observatory:
        yield observatory


def wire(*answers: Any) -> httpx.MockTransport:
    turns = list(answers)
    return httpx.MockTransport(
        SimulatedInstrument(lambda _path, _query: turns.pop(0) if len(turns) > 1 else turns[0])
    )


def test_readings_alone_are_ingested_and_kept_once(own: Observatory) -> None:
    answer = tape("ioda/answers.json")["holes"]
    options = ASKED | {"datasources": "ping-slash24"}
    result = own.ingest("ioda", options, transport=wire(answer))
    assert result.changes.readings_added == 4
    assert (result.first_height, result.last_height, result.partial) == (None, None, False)
    assert result.coverage == Coverage(
        (
            Window(start_s=START_S + 600, end_s=START_S + 1800),
            Window(start_s=START_S + 2400, end_s=START_S + 3600),
        )
    )
    held = own.record.readings(subject="country:TR")
    assert [reading.value for reading in held] == [5000.0, 5010.5, 0.0, 4990.0]
    again = own.ingest("ioda", options, transport=wire(answer))
    assert again.changes.readings_added == 0
    assert again.coverage == result.coverage


def test_a_corrected_value_takes_the_place_of_the_first(own: Observatory) -> None:
    answer = tape("ioda/answers.json")["holes"]
    options = ASKED | {"datasources": "ping-slash24"}
    own.ingest("ioda", options, transport=wire(answer))
    later = json.loads(json.dumps(answer).replace("4990", "4991"))
    assert own.ingest("ioda", options, transport=wire(later)).changes.readings_added == 1
    assert own.record.readings(subject="country:TR")[-1].value == 4991.0


def test_who_watched_a_country_did_not_watch_the_chain(own: Observatory) -> None:
    answer = tape("ioda/answers.json")["bgp"]
    own.ingest("ioda", ASKED | {"datasources": "bgp"}, transport=wire(answer))
    assert own.record.coverage() == Coverage()
    with pytest.raises(NoCoverage):
        own.rate(Window(start_s=START_S, end_s=START_S + 600))


def test_five_minute_counts_go_in_by_the_same_door(own: Observatory) -> None:
    answer = json.loads(
        json.dumps(tape("ripestat/answers.json")["five_minutes"]).replace(
            "2026-01-08", "2024-02-01"
        )
    )
    options = ASKED | {"country": "IR"}
    result = own.ingest("ripestat", options, transport=wire(answer))
    assert result.changes.readings_added == 5 + 4 + 5
    assert [window.start_s - START_S for window in result.coverage.windows] == [0, 1500]
    assert own.ingest("ripestat", options, transport=wire(answer)).changes.readings_added == 0


def test_a_scale_that_moves_corrects_its_own_series_only(own: Observatory) -> None:
    answer = json.loads(
        json.dumps(tape("radar/answers.json")["traffic"]).replace("2026-04-2", "2024-02-0")
    )
    answer["result"]["meta"].pop("lastUpdated")
    serie = answer["result"]["serie_0"]
    serie["timestamps"] = [time.replace("02-02", "02-01") for time in serie["timestamps"]]
    options = ASKED | {"token": "opens-nothing"}
    assert own.ingest("radar", options, transport=wire(answer)).changes.readings_added == 4
    serie["values"] = ["0.25", "0.33", "0.5", "1", "0"]
    assert own.ingest("radar", options, transport=wire(answer)).changes.readings_added == 5
    wider = options | {"since": "2024-01-31"}
    assert own.ingest("radar", wider, transport=wire(answer)).changes.readings_added == 5
    held = own.record.readings(subject="country:TR")
    first = [r.value for r in held if r.source == "radar:2024-02-01/2024-02-02"]
    assert first == [0.25, 0.33, 0.5, 1.0, 0.0]
    assert len(held) == 10


def test_what_was_given_before_a_failure_is_kept(own: Observatory) -> None:
    answer = tape("ioda/answers.json")["bgp"]
    broken = {"data": [[{"entityType": "country", "entityCode": "KZ"}]]}
    options = ASKED | {"datasources": "bgp,gtr"}
    with pytest.raises(FormatError) as caught:
        own.ingest("ioda", options, transport=wire(answer, broken))
    assert caught.value.code == "answer-mismatch"
    assert len(own.record.readings(subject="country:TR")) == 4
