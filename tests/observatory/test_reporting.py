"""The outages of a report: the record's own, or the bundled ones where nobody watched."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hashquake.core.contracts import Batch
from hashquake.core.event import Event
from hashquake.core.incident import Incident
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S, HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.datasets.events import event_named
from hashquake.observatory import Observatory, bundled_batches
from hashquake.store.open_record import open_record

AT_S = parse_time("2022-01-05T10:45Z")


def short_event() -> Event:
    """Return the first two days of January 2022's event, for a small record."""
    return replace(
        event_named("kazakhstan-2022"), window=Window(start_s=AT_S, end_s=AT_S + 2 * DAY_S)
    )


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Observatory]:
    """Hold the blocks around the event and no readings."""
    with Observatory(open_record(tmp_path / "own.db", create=True)) as observatory:
        blocks = bundled_blocks()
        # From the start of a difficulty epoch, which is when a record may begin.
        inside = (blocks.height >= 711_648) & (blocks.header_s < AT_S + 10 * DAY_S)
        observatory.feed(Batch(blocks=blocks.take(inside)), source="table")
        yield observatory


def reading(value: float, *, signal: str = "probing", hours: float = 50.0) -> Reading:
    return Reading(
        subject="country:KZ",
        quantity=f"{signal}_share",
        window=Window(start_s=AT_S - HOUR_S, end_s=AT_S + hours * HOUR_S),
        value=value,
        normal=1.0,
        source="own instrument",
    )


def report(record: Observatory, *readings: Reading) -> Incident:
    record.feed(Batch(readings=readings), source="table")
    return record.report(short_event(), baseline=Window(start_s=AT_S - DAY_S, end_s=AT_S))


def test_the_bundled_readings_stand_in_for_silence_and_are_called_that(
    record: Observatory,
) -> None:
    incident = report(record)
    assert incident.outages_bundled
    (outage,) = incident.outages
    assert outage.evidence == "transcribed"
    assert len(outage.restorations) == 5


def test_what_the_record_measured_itself_silences_them(record: Observatory) -> None:
    incident = report(record, reading(0.2, hours=150.0))
    assert not incident.outages_bundled
    (outage,) = incident.outages
    assert outage.evidence == "measured"
    assert outage.depth_share.median == pytest.approx(0.8)


def test_a_record_that_watched_and_saw_nothing_is_believed(record: Observatory) -> None:
    incident = report(record, reading(1.0, hours=150.0))
    assert incident.outages == ()
    assert not incident.outages_bundled


def test_routes_of_ones_own_that_stayed_up_silence_nothing_more_direct(
    record: Observatory,
) -> None:
    (outage,) = report(record, reading(1.0, signal="bgp", hours=150.0)).outages
    assert len(outage.restorations) == 5
    (routes,) = outage.not_seen_by
    assert routes.source == "own instrument", "not what was transcribed of routes"
    assert outage.probability("kill_switch") > 0.8


def test_they_go_on_where_ones_own_instrument_stops(record: Observatory) -> None:
    incident = report(record, reading(0.2, hours=5.0))
    (outage,) = incident.outages
    assert incident.outages_bundled
    assert {one.evidence for one in outage.seen_by} == {"measured", "transcribed"}
    assert len(outage.dark_windows) == 6


def test_a_record_of_ones_own_holds_no_transcribed_readings() -> None:
    first, _ = next(bundled_batches())
    assert first.readings == ()
