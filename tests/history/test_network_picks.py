"""The real record at one false alarm a year: what the network detector finds, and must not."""

from datetime import UTC, datetime

import pytest

from hashquake.core.pick import Pick
from hashquake.core.times import DAY_S, HOUR_S, parse_time
from hashquake.datasets.bundled import bundled_blocks
from hashquake.detect import shiryaev_roberts as detector


@pytest.fixture(scope="module")
def picks() -> tuple[Pick, ...]:
    return detector.step(detector.start(false_alarms_per_year=1.0), bundled_blocks())[1]


FOUND = (
    ("Xinjiang coal mines", "2021-04-15T21:00", 48),
    ("China, first bans", "2021-05-18T00:00", 120),
    ("China, June exodus", "2021-06-09T00:00", 36),
    ("China, Sichuan", "2021-06-18T00:00", 120),
    ("China, last wave", "2021-06-26T00:00", 96),
    ("Winter Storm Elliott", "2022-12-23T06:00", 48),
    ("January 2024 cold", "2024-01-14T00:00", 96),
    ("June 2025", "2025-06-22T00:00", 60),
    ("January 2026 storm", "2026-01-23T12:00", 48),
)
"""Event, about when it began, within how many hours it must be picked."""


@pytest.mark.parametrize(("name", "began", "hours"), FOUND)
def test_found(picks: tuple[Pick, ...], name: str, began: str, hours: float) -> None:
    began_s = parse_time(began)
    near = [p for p in picks if began_s < p.detected_s < began_s + hours * HOUR_S]
    assert near, name
    assert all(p.remaining_share.high < 1.0 for p in near)


def test_kazakhstan_is_missed_as_it_must_be(picks: tuple[Pick, ...]) -> None:
    # A fall of a few percent for five days cannot be told from luck by blocks alone.
    began_s = parse_time("2022-01-05T10:30")
    assert not [p for p in picks if began_s - DAY_S < p.detected_s < began_s + 14 * DAY_S]


def test_there_are_no_more_than_fifteen(picks: tuple[Pick, ...]) -> None:
    when = [datetime.fromtimestamp(p.detected_s, UTC).isoformat() for p in picks]
    assert len(picks) <= 15, when
