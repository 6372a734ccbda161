"""The events' intensity and the pools' homes, as told in the datasets."""

from dataclasses import replace

import pytest

from hashquake.core.errors import FormatError
from hashquake.core.times import DAY_S
from hashquake.datasets.bundled import BundledRecord
from hashquake.datasets.events import event_named, load_events
from hashquake.datasets.outage_intensity import (
    events_without_intensity,
    intensity_of_event,
    load_outage_intensities,
)
from hashquake.datasets.pool_homes import load_pool_homes


def test_every_event_in_a_country_says_whether_it_darkened_it() -> None:
    told = {one.event for one in load_outage_intensities()} | set(events_without_intensity())
    assert told == {event.id for event in load_events() if event.country is not None}
    assert all(events_without_intensity().values())


def test_an_outage_is_dark_in_its_whole_window_until_instruments_say_more() -> None:
    intensity = next(one for one in load_outage_intensities() if one.event == "kazakhstan-2022")
    event = event_named("kazakhstan-2022")
    assert tuple(one.window for one in intensity.stretches) == (event.window,)
    assert intensity.recovers


def test_a_step_is_looked_at_for_its_first_days() -> None:
    intensity = next(one for one in load_outage_intensities() if one.event == "venezuela-2024")
    assert intensity.span.duration_s == 14 * DAY_S
    assert not intensity.recovers


def test_a_shape_nobody_knows_is_refused() -> None:
    event = event_named("kazakhstan-2022")
    with pytest.raises(FormatError):
        intensity_of_event(event, {"shape": "flicker", "place": "KZ"})
    with pytest.raises(FormatError):
        intensity_of_event(replace(event, country=None), {"shape": "outage", "place": "KZ"})


def test_homes_are_of_pools_the_record_names_and_say_their_source() -> None:
    homes = load_pool_homes()
    assert {home.pool for home in homes} <= set(BundledRecord().pool_names())
    assert all(home.source for home in homes)
    assert all(home.from_s < home.until_s for home in homes)
