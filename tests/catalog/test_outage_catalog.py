"""Opinions of outages: added, revised under the same name, apart from quakes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.made_levels import LEVELS, levels
from tests.made_quake import made_quake

from hashquake.catalog.documents import outage_document, quake_document
from hashquake.core.errors import NoCoverage, RecordError
from hashquake.core.times import parse_time
from hashquake.core.window import Window
from hashquake.observatory import Observatory, open_observatory
from hashquake.observatory.watched import watched
from hashquake.store.sql_record import open_record

LATER = (
    ("2022-01-06T12:00Z", "2022-01-06T14:00Z", 0.97),
    ("2022-01-06T14:00Z", "2022-01-07T02:30Z", 0.02),
    ("2022-01-07T02:30Z", "2022-01-07T05:00Z", 0.97),
)
MARCH = (
    ("2022-03-01T00:00Z", "2022-03-01T06:00Z", 1.0),
    ("2022-03-01T06:00Z", "2022-03-01T12:00Z", 0.1),
    ("2022-03-01T12:00Z", "2022-03-01T18:00Z", 1.0),
)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Observatory]:
    with Observatory(open_record(tmp_path / "r.db", create=True)) as observatory:
        yield observatory


def revisions(observatory: Observatory) -> list[tuple[str, int]]:
    return [(one["id"], one["revision"]) for one in observatory.record.opinions(about="outage")]


def test_without_write_nothing_is_kept_and_all_is_told(empty: Observatory) -> None:
    empty.feed(levels(), source="events")
    (outage,) = empty.detect_outages()
    assert revisions(empty) == []
    (told,) = empty.outages()
    assert told.id == outage.id == "ou20220105kza"
    assert told.evidence == "transcribed"


def test_an_unchanged_opinion_is_no_new_revision(empty: Observatory) -> None:
    empty.feed(levels(), source="events")
    for _ in range(3):
        (outage,) = empty.detect_outages(write=True)
    assert outage.revision == 1
    # The signals came further, and nothing else is new.
    empty.feed(levels(LATER[:1]), source="events")
    empty.detect_outages(write=True)
    assert revisions(empty) == [("ou20220105kza", 1)]


def test_a_changed_opinion_is_a_new_revision_under_the_same_name(empty: Observatory) -> None:
    empty.feed(levels(LEVELS[:2]), source="events")
    empty.detect_outages(write=True)
    empty.feed(levels(LEVELS[2:]), source="events")
    empty.detect_outages(write=True)
    empty.feed(levels(LATER), source="events")
    (outage,) = empty.detect_outages(write=True)
    assert outage.revision == 3
    assert revisions(empty) == [("ou20220105kza", n) for n in (1, 2, 3)]
    first, second, third = empty.record.opinions(about="outage")
    assert (first["end_s"], second["end_s"]) == (None, parse_time("2022-01-06T10:30Z"))
    assert len(third["dark_windows"]) == 3
    (latest,) = empty.outages()
    assert outage_document(latest) == third


def test_an_opinion_that_returns_is_a_revision_too(empty: Observatory) -> None:
    empty.feed(levels(LEVELS), source="events")
    empty.feed(levels(LATER), source="events")
    early_s = parse_time("2022-01-06T12:00Z")
    for until_s in (early_s, None, early_s):
        empty.detect_outages(until_s=until_s, write=True)
    assert revisions(empty) == [("ou20220105kza", n) for n in (1, 2, 3)]


def test_another_outage_has_another_name(empty: Observatory) -> None:
    empty.feed(levels(), source="events")
    empty.detect_outages(write=True)
    empty.feed(levels(MARCH), source="events")
    march = Window(start_s=parse_time("2022-02-25"), end_s=parse_time("2022-03-10"))
    (outage,) = empty.detect_outages(window=march, write=True)
    assert outage.id == "ou20220301kza"
    assert revisions(empty) == [("ou20220105kza", 1), ("ou20220301kza", 1)]
    assert [one.id for one in empty.outages(window=march)] == ["ou20220301kza"]
    assert empty.outages(subjects=["country:IR"]) == ()


def test_quakes_and_outages_do_not_mix(empty: Observatory) -> None:
    empty.feed(levels(), source="events")
    empty.record.append_opinions([quake_document(made_quake())])
    empty.detect_outages(write=True)
    assert empty.quakes() == (made_quake(),)
    assert [one.id for one in empty.outages()] == ["ou20220105kza"]


def test_a_record_that_cannot_be_written_says_so() -> None:
    with open_observatory("bundled") as bundled:
        with pytest.raises(RecordError) as caught:
            bundled.record.append_opinions([], about="outage")
        assert caught.value.code == "record-read-only"
        assert len(bundled.quakes()) > 0


def test_what_was_not_watched_is_not_called_quiet(empty: Observatory) -> None:
    with pytest.raises(NoCoverage, match="no readings of any country"):
        watched(empty.record)
    empty.feed(levels(), source="events")
    with pytest.raises(NoCoverage, match="only of KZ"):
        watched(empty.record, subjects=["country:IR"])
    late = Window(start_s=parse_time("2023-01-01"), end_s=parse_time("2023-02-01"))
    for subjects in (None, ["country:KZ"]):
        with pytest.raises(NoCoverage, match="nothing watched"):
            watched(empty.record, subjects=subjects, window=late)
    (span,) = watched(empty.record)
    assert (span.subject, span.n_readings) == ("country:KZ", len(LEVELS))
    assert span.window.end_s == parse_time("2022-01-06T12:00Z")
