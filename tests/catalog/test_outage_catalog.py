"""Opinions of outages: added, revised under the same name, apart from quakes.

Readings are stored here without stepping the catalog, so each search is one asked for.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.made_levels import LEVELS, levels
from tests.made_quake import made_quake

from hashquake.catalog.documents import outage_document, quake_document
from hashquake.catalog.ledger import next_quakes
from hashquake.catalog.outage_search import unsearched
from hashquake.core.autonomous_system import AutonomousSystem
from hashquake.core.errors import NoCoverage, RecordError
from hashquake.core.times import parse_time
from hashquake.core.window import Window
from hashquake.observatory import Observatory, open_observatory
from hashquake.observatory.watched import watched
from hashquake.store.open_record import open_record

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
    return [(one.name, one.revision) for one in observatory.record.opinions("outage")]


def test_without_write_nothing_is_kept_and_all_is_told(empty: Observatory) -> None:
    empty.record.append(levels(), source="events")
    (outage,) = empty.detect_outages()
    assert revisions(empty) == []
    (told,) = empty.outages()
    assert told.id == outage.id == "ou20220105kza"
    assert told.evidence == "transcribed"


def test_an_unchanged_opinion_is_no_new_revision(empty: Observatory) -> None:
    empty.record.append(levels(), source="events")
    for _ in range(3):
        (outage,) = empty.detect_outages(write=True)
    assert outage.revision == 1
    # The signals came further, and nothing else is new.
    empty.record.append(levels(LATER[:1]), source="events")
    empty.detect_outages(write=True)
    assert revisions(empty) == [("ou20220105kza", 1)]


def test_a_changed_opinion_is_a_new_revision_under_the_same_name(empty: Observatory) -> None:
    empty.record.append(levels(LEVELS[:2]), source="events")
    empty.detect_outages(write=True)
    empty.record.append(levels(LEVELS[2:]), source="events")
    empty.detect_outages(write=True)
    empty.record.append(levels(LATER), source="events")
    (outage,) = empty.detect_outages(write=True)
    assert outage.revision == 3
    assert revisions(empty) == [("ou20220105kza", n) for n in (1, 2, 3)]
    first, second, third = (one.document for one in empty.record.opinions("outage"))
    assert (first["end_s"], second["end_s"]) == (None, parse_time("2022-01-06T10:30Z"))
    assert len(third["dark_windows"]) == 3
    (latest,) = empty.outages()
    assert outage_document(latest) == third


def test_an_opinion_that_returns_is_a_revision_too(empty: Observatory) -> None:
    empty.record.append(levels(LEVELS), source="events")
    empty.record.append(levels(LATER), source="events")
    early_s = parse_time("2022-01-06T12:00Z")
    for until_s in (early_s, None, early_s):
        empty.detect_outages(until_s=until_s, write=True)
    assert revisions(empty) == [("ou20220105kza", n) for n in (1, 2, 3)]


def test_another_outage_has_another_name(empty: Observatory) -> None:
    empty.record.append(levels(), source="events")
    empty.detect_outages(write=True)
    empty.record.append(levels(MARCH), source="events")
    march = Window(start_s=parse_time("2022-02-25"), end_s=parse_time("2022-03-10"))
    (outage,) = empty.detect_outages(window=march, write=True)
    assert outage.id == "ou20220301kza"
    # A place is searched as a whole, so January's outage is reviewed by what March brought.
    assert revisions(empty) == [
        ("ou20220105kza", 1),
        ("ou20220105kza", 2),
        ("ou20220301kza", 1),
    ]
    assert [one.id for one in empty.outages(window=march)] == ["ou20220301kza"]
    assert empty.outages(subjects=["country:IR"]) == ()


def test_quakes_and_outages_do_not_mix(empty: Observatory) -> None:
    empty.record.append(levels(), source="events")
    empty.record.add_opinions(next_quakes((), [quake_document(made_quake())]))
    empty.detect_outages(write=True)
    assert empty.quakes() == (made_quake(),)
    assert [one.id for one in empty.outages()] == ["ou20220105kza"]


def test_a_record_that_cannot_be_written_says_so() -> None:
    with open_observatory("bundled") as bundled:
        with pytest.raises(RecordError) as caught:
            bundled.detect_outages(write=True)
        assert caught.value.code == "record-read-only"
        assert len(bundled.quakes()) > 0


def test_what_was_not_watched_is_not_called_quiet(empty: Observatory) -> None:
    with pytest.raises(NoCoverage, match="no readings of any country"):
        watched(empty.record)
    empty.record.append(levels(), source="events")
    with pytest.raises(NoCoverage, match="only of KZ"):
        watched(empty.record, subjects=["country:IR"])
    late = Window(start_s=parse_time("2023-01-01"), end_s=parse_time("2023-02-01"))
    for subjects in (None, ["country:KZ"]):
        with pytest.raises(NoCoverage, match=r"was (not )?observed from"):
            watched(empty.record, subjects=subjects, window=late)
    (span,) = watched(empty.record)
    assert (span.subject, span.n_readings) == ("country:KZ", len(LEVELS))
    assert span.window.end_s == parse_time("2022-01-06T12:00Z")


def test_a_country_that_was_not_searched_is_searched_and_not_called_quiet(
    empty: Observatory,
) -> None:
    empty.record.append(levels(), source="events")
    empty.record.append(levels(subject="country:IR"), source="events")
    empty.detect_outages(subjects=["country:KZ"], write=True)
    (iran,) = empty.outages(subjects=["country:IR"])
    assert iran.id == "ou20220105ira"
    assert {one.id for one in empty.outages()} == {"ou20220105ira", "ou20220105kza"}
    # What was searched is not searched again, and what was not searched was not kept.
    assert unsearched(empty.record) == ("country:IR",)
    assert revisions(empty) == [("ou20220105kza", 1)]


def test_a_search_of_some_days_says_nothing_of_others(empty: Observatory) -> None:
    empty.record.append(levels(), source="events")
    empty.record.append(levels(MARCH), source="events")
    spring = Window(start_s=parse_time("2022-02-01"), end_s=parse_time("2022-04-01"))
    empty.detect_outages(write=True)
    empty.record.add_searched([])
    assert unsearched(empty.record) == ()
    far = [(f"{year}-07-01T00:00Z", f"{year}-07-01T06:00Z", 0.02) for year in range(2015, 2022)]
    empty.record.append(levels(far), source="events")
    assert unsearched(empty.record) == ("country:KZ",)
    empty.detect_outages(window=spring, write=True)
    assert unsearched(empty.record, window=spring) == ()
    early = Window(start_s=parse_time("2015-01-01"), end_s=parse_time("2016-01-01"))
    assert unsearched(empty.record, window=early) == ("country:KZ",)
    assert {one.onset.start_s for one in empty.outages(window=early)} != set()


def test_corrected_readings_reject_the_outage_they_no_longer_show(empty: Observatory) -> None:
    empty.record.append(levels(), source="events")
    empty.detect_outages(write=True)
    corrected = tuple((start, end, 0.98) for start, end, _ in LEVELS)
    empty.record.append(levels(corrected), source="events")
    # The stored opinion rests on values that were corrected since: the list does not repeat it.
    assert empty.outages() == ()
    assert empty.detect_outages(write=True) == ()
    assert revisions(empty) == [("ou20220105kza", 1), ("ou20220105kza", 2)]
    (kept,) = empty.outages(rejected=True)
    assert (kept.status, kept.revision) == ("rejected", 2)
    empty.detect_outages(write=True)
    assert len(revisions(empty)) == 2
    empty.record.append(levels(), source="events")
    (again,) = empty.detect_outages(write=True)
    assert (again.id, again.revision, again.status) == ("ou20220105kza", 3, "preliminary")


def test_a_search_of_what_was_known_then_rejects_nothing(empty: Observatory) -> None:
    empty.record.append(levels(), source="events")
    empty.detect_outages(write=True)
    assert empty.detect_outages(until_s=parse_time("2022-01-05T09:00Z"), write=True) == ()
    assert revisions(empty) == [("ou20220105kza", 1)]


def test_an_outage_climbs_the_ladder(empty: Observatory) -> None:
    empty.record.append(levels(LEVELS[:2]), source="events")
    (one,) = empty.detect_outages(write=True)
    assert one.status == "preliminary"
    empty.record.append(levels(LEVELS[:2], quantity="bgp_share"), source="routes")
    (one,) = empty.detect_outages(write=True)
    assert one.status == "confirmed"
    empty.record.append(levels(LEVELS[2:]), source="events")
    calm = (("2022-01-06T12:00Z", "2022-01-08T12:00Z", 0.97),)
    empty.record.append(levels(calm), source="events")
    (one,) = empty.detect_outages(write=True)
    assert one.status == "reviewed"
    assert [n for _, n in revisions(empty)] == [1, 2, 3]


def test_a_search_goes_by_the_networks_that_an_earlier_one_was_told_of(empty: Observatory) -> None:
    """A search that knows less of a country does not revise what one that knew more found."""
    numbers = range(64_496, 64_502)
    networks = tuple(
        AutonomousSystem(asn=asn, country="KZ", weight_share=1.0 / 6.0, access="mobile")
        for asn in numbers
    )
    empty.record.append(levels(subject="country:IR"), source="events")
    empty.record.append(levels(), source="events")
    for asn in numbers:
        empty.record.append(levels(subject=f"asn:{asn}"), source="events")
    (bare,) = empty.detect_outages(subjects=["country:KZ"])
    (found,) = empty.detect_outages(subjects=["country:KZ"], networks=networks, write=True)
    assert found.classes != bare.classes, "the networks must change the classes"
    with empty.record.writing() as inside:
        (kept,) = (one for one in inside.searched("outage") if one.networks is not None)
    assert kept.networks == networks
    # Fed, searched and asked again without networks: the opinion stays as it was.
    empty.feed(levels(LATER[:1]), source="events")
    empty.detect_outages(write=True)
    assert [one.revision for one in empty.record.opinions("outage", name=found.id)] == [1]
    (now,) = empty.outages(subjects=["country:KZ"])
    assert outage_document(now)["classes"] == outage_document(found)["classes"]
    # What is given again counts from then on: also that no network is the country's.
    (unknown,) = empty.detect_outages(subjects=["country:KZ"], networks=(), write=True)
    assert unknown.classes == bare.classes
    assert empty.detect_outages(subjects=["country:KZ"])[0].classes == bare.classes
