"""Transcribed readings: every one is somebody's statement, and nothing lies between them."""

from itertools import pairwise

import pytest

from hashquake.core.errors import FormatError
from hashquake.core.outage import evidence_of
from hashquake.core.times import HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import BundledRecord
from hashquake.datasets.transcribed import (
    HOLDS_S,
    Transcription,
    load_transcriptions,
    read_transcription,
    transcribed_readings,
    transcription_of,
)

GOOD = """
title = "Somewhere, 2023"

[[instruments]]
name = "watcher"
title = "A watcher"
subject = "country:XK"
signal = "probing"
resolution_min = 15
url = "https://example.org/report"
note = "It fell."
statements = [
    { start = 2023-01-01T10:15:00Z, end = 2023-01-01T12:00:00Z, level_share = 0.1 },
    { start = 2023-01-01T12:00:00Z, level_share = 0.9 },
]

[[disagreements]]
about = "When"
sides = [{ who = "A", says = "at ten" }, { who = "B", says = "at noon" }]
"""


@pytest.mark.parametrize("transcription", load_transcriptions(), ids=lambda each: each.name)
def test_a_transcription_is_sane(transcription: Transcription) -> None:
    names = [one.name for one in transcription.instruments]
    assert len(names) == len(set(names))
    for instrument in transcription.instruments:
        readings = instrument.readings()
        assert len(readings) == len(instrument.statements)
        for reading, statement in zip(readings, instrument.statements, strict=True):
            assert reading.window == statement.window
            assert reading.normal == 1.0
            assert evidence_of(reading.source) == "transcribed"
            assert statement.url.startswith("https://")
            assert statement.end_stated or statement.window.duration_s == HOLDS_S
        for before, after in pairwise(readings):
            assert before.window.end_s <= after.window.start_s


def test_kazakhstan_is_told_by_the_documented_instruments() -> None:
    (kazakhstan,) = (one for one in load_transcriptions() if one.name == "kazakhstan-2022")
    signals = {one.name: one.signal for one in kazakhstan.instruments}
    assert signals == {
        "ioda_chart": "probing",
        "netblocks": "connectivity",
        "cloudflare_radar": "traffic",
        "ripe_atlas": "probing",
        "ripe_labs_routes": "bgp",
    }
    levels = {
        statement.level_share
        for instrument in kazakhstan.instruments
        for statement in instrument.statements
    }
    assert levels == {None, 0.02, 0.05}
    about = {one.about for one in kazakhstan.disagreements}
    assert about == {
        "When it began", "Whether the routes went", "How much was left", "How often it came back",
    }  # fmt: skip


def test_what_no_source_states_is_not_covered() -> None:
    """The second cut of 10 January is documented and undated: no reading lies in it."""
    undated = Window(start_s=parse_time("2022-01-10T02:00Z"), end_s=parse_time("2022-01-11T02:15Z"))
    assert not BundledRecord().readings(subject="country:KZ", window=undated)
    before = Window(start_s=parse_time("2021-12-25"), end_s=parse_time("2022-01-05T10:30Z"))
    assert not BundledRecord().readings(subject="country:KZ", window=before)


def test_states_are_not_passed_off_as_levels() -> None:
    for reading in transcribed_readings():
        assert reading.quantity.endswith(("_state", "_share"))
        if reading.quantity.endswith("_state"):
            assert reading.value in (0.0, 1.0)


def test_the_bundled_record_gives_them_oldest_first() -> None:
    record = BundledRecord()
    told = {"asn:44244", "country:IR", "country:KZ", "country:MM"}
    assert set(record.subjects()) == told | {"asset:btc"}
    for subject in record.subjects():
        starts = [one.window.start_s for one in record.readings(subject=subject)]
        assert starts == sorted(starts)
    prices = record.readings(subject="asset:btc")
    assert record.counts()["readings"] == len(transcribed_readings()) + len(prices)
    spans = [span for span in record.reading_spans() if span.subject == "asset:btc"]
    assert sum(span.n_readings for span in spans) == len(prices)


def test_a_reading_leads_back_to_its_transcription() -> None:
    at = Window(start_s=parse_time("2022-01-07T12:00Z"), end_s=parse_time("2022-01-07T13:00Z"))
    found = transcription_of("transcribed:netblocks", at)
    assert found is not None
    assert found.name == "kazakhstan-2022"
    later = Window(start_s=at.start_s + 1000 * HOUR_S, end_s=at.end_s + 1000 * HOUR_S)
    assert transcription_of("transcribed:netblocks", later) is None
    assert transcription_of("ioda", at) is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('title = "Somewhere, 2023"', 'titel = "Somewhere, 2023"'), "did you mean title"),
        (("level_share = 0.1", "level_share = 1.1"), "0 to 1"),
        (("level_share = 0.1", 'state = "dim"'), "dark or online"),
        (("level_share = 0.1", 'state = "dark"'), "not both"),
        (("level_share = 0.1", 'level_share = 0.1, state = "dark"'), "either"),
        (("T10:15:00Z", "T10:20:00Z"), "more finely"),
        (("T10:15:00Z", "T10:15:00"), "offset"),
        (("2023-01-01T12:00:00Z, level_share = 0.9", "2023-01-01T11:00:00Z, level_share = 0.9"),
         "overlap"),
        (('signal = "probing"', 'signal = "smoke"'), "not one of"),
        (('subject = "country:XK"', 'subject = "Kosovo"'), "not a subject"),
        (('url = "https://example.org/report"', 'url = "javascript:1"'), "web address"),
        (('note = "It fell."\n', ""), "note"),
        ((', { who = "B", says = "at noon" }', ""), "two sides"),
    ],
)  # fmt: skip
def test_a_malformed_transcription_is_refused(change: tuple[str, str], complaint: str) -> None:
    assert read_transcription(GOOD, name="x").instruments[0].tells_levels
    broken = GOOD.replace(*change)
    assert broken != GOOD
    with pytest.raises(FormatError, match=complaint) as caught:
        read_transcription(broken, name="x")
    assert caught.value.code == "transcription-malformed"
