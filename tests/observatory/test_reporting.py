"""The outages of a report: the record's own, or the bundled ones where nobody watched."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hashquake.core.contracts import Batch
from hashquake.core.event import Event
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S, HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.datasets.events import event_named
from hashquake.observatory import Observatory, bundled_batches
from hashquake.store.sql_record import open_record

AT_S = parse_time("2022-01-05T10:45Z")


def short_event() -> Event:
    """Give the first two days of January 2022's event, for a small record."""
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


def reading(source: str, value: float) -> Reading:
    return Reading(
        subject="country:KZ",
        quantity="probing_share",
        window=Window(start_s=AT_S, end_s=AT_S + 6 * HOUR_S),
        value=value,
        normal=1.0,
        source=source,
    )


def test_the_bundled_readings_stand_in_for_silence_and_are_called_that(
    record: Observatory,
) -> None:
    incident = record.report(short_event(), baseline=Window(start_s=AT_S - DAY_S, end_s=AT_S))
    assert incident.outages_bundled
    assert incident.outages[0].evidence == "transcribed"
    assert len(incident.outages[0].restorations) >= 2


def test_what_the_record_saw_itself_comes_first(record: Observatory) -> None:
    record.feed(Batch(readings=(reading("own probes", 0.2),)), source="table")
    incident = record.report(short_event(), baseline=Window(start_s=AT_S - DAY_S, end_s=AT_S))
    assert not incident.outages_bundled
    (outage,) = incident.outages
    assert outage.evidence == "measured"
    assert outage.depth_share.median == pytest.approx(0.8)


def test_a_record_that_watched_and_saw_nothing_is_believed(record: Observatory) -> None:
    record.feed(Batch(readings=(reading("own probes", 1.0),)), source="table")
    incident = record.report(short_event(), baseline=Window(start_s=AT_S - DAY_S, end_s=AT_S))
    assert incident.outages == ()
    assert not incident.outages_bundled


def test_a_new_record_gets_the_transcribed_readings_with_the_bundled_blocks() -> None:
    first, _ = next(bundled_batches())
    subjects = {one.subject for one in first.readings}
    assert "country:KZ" in subjects
    assert all(one.source.startswith("transcribed:") for one in first.readings)
