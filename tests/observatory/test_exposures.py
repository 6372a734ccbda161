"""Exposures asked of a record."""

from dataclasses import replace

import pytest

from hashquake.core.errors import FormatError, NoCoverage
from hashquake.core.event import MapShare
from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.datasets.bundled import BundledRecord
from hashquake.datasets.events import event_named
from hashquake.datasets.outage_intensity import load_outage_intensities
from hashquake.observatory import exposures as rooms
from hashquake.observatory import open_observatory
from hashquake.observatory.exposures import event_map_shares, exposures
from hashquake.observatory.instant_rates import parameters_at

HEATHER = tuple(one for one in load_outage_intensities() if one.event == "heather-2024")


def test_one_event_can_be_asked_alone_with_a_map_of_ones_own() -> None:
    map_shares = {"heather-2024": event_map_shares()["heather-2024"]}
    found = exposures(BundledRecord(), "US", intensities=HEATHER, map_shares=map_shares)
    assert {row.events for row in found.rows} == {("heather-2024",)}
    assert found.rows[0].pool == "network"
    assert found.events[0].map_share == map_shares["heather-2024"]
    assert found == exposures(BundledRecord(), "US", intensities=HEATHER, map_shares=map_shares)
    table = found.to_polars()
    assert table["pool"].to_list() == [row.pool for row in found.rows]
    assert table["dark_share_high"][0] == found.rows[0].dark[0].dark_share.high
    assert list(found.to_pandas().columns) == table.columns


def test_what_pools_report_themselves_is_read_off_the_record() -> None:
    class Reporting(BundledRecord):
        def readings(self, *, subject: str, window: Window | None = None) -> tuple[Reading, ...]:
            if subject != "pool:foundryusa":
                return ()
            assert window is not None
            onset_s, day_s = HEATHER[0].span.start_s, 86_400.0
            return tuple(
                Reading(
                    subject=subject,
                    quantity="hashrate_hps",
                    window=Window(
                        start_s=onset_s + day * day_s, end_s=onset_s + (day + 0.9) * day_s
                    ),
                    value=1.4e20 if day < 0 else 0.7e20,
                    source="test",
                )
                for day in range(-3, 3)
            )

    told = exposures(Reporting(), None, intensities=HEATHER)
    silent = exposures(BundledRecord(), None, intensities=HEATHER)
    reported, counted = (
        next(row for row in found.rows if row.pool == "foundryusa").dark[0].dark_share
        for found in (told, silent)
    )
    assert reported.low > 0.25
    assert reported.median > 0.4
    assert counted.median < 0.3


def test_the_drift_is_the_filters_at_the_onset() -> None:
    walks = {}
    for name in ("xinjiang-2021", "elliott-2022"):
        (episode,) = rooms._question_of_event(BundledRecord(), event_named(name)).episodes
        network = parameters_at(BundledRecord(), episode.intensities[0].span.start_s).network
        assert episode.walk_log_per_sqrt_day == pytest.approx(
            network.drift_log_per_sqrt_day, abs=6e-5
        )
        assert episode.growth_log_per_day == pytest.approx(network.growth_log_per_day, abs=6e-6)
        walks[name] = episode.walk_log_per_sqrt_day
    assert walks["xinjiang-2021"] != pytest.approx(walks["elliott-2022"], rel=0.05)


def test_the_map_is_the_one_nearest_to_the_event() -> None:
    shares = event_map_shares()
    # Of August 2021 and January 2022 the second is nearer; of April 2021 and 2020 the first.
    assert shares["kazakhstan-2022"].median == 0.1322
    assert shares["xinjiang-2021"].median == 0.25
    assert shares["xinjiang-2021"].low < 0.2
    assert shares["xinjiang-2021"].high > 0.3
    assert "kosovo-ban-2022" not in shares
    event = event_named("xinjiang-2021")
    undated = MapShare(share=0.5, as_of="some day", known_from="", source="")
    assert rooms._away_s(undated, event) == float("inf")
    assert rooms._away_s(replace(undated, as_of="2021"), event) < 90 * 86_400


@pytest.mark.parametrize(
    ("country", "because"),
    [("FR", "no event is known"), ("IR", "iran-summer-2021 .* China's ban")],
)
def test_a_country_that_nothing_darkened_is_refused(country: str, because: str) -> None:
    with (
        open_observatory("bundled") as observatory,
        pytest.raises(NoCoverage, match=because) as caught,
    ):
        observatory.exposure(country)
    assert caught.value.code == "no-darkness"
    assert "KZ" in caught.value.hint


def test_no_country_and_no_event_are_told_apart() -> None:
    with open_observatory("bundled") as observatory, pytest.raises(FormatError):
        observatory.exposure("Kazahkstan")
    with pytest.raises(NoCoverage) as caught:
        exposures(BundledRecord(), None, intensities=())
    assert caught.value.code == "no-coverage"


def test_an_event_before_the_record_is_named_as_such() -> None:
    flood = tuple(one for one in load_outage_intensities() if one.event == "sichuan-flood-2020")
    with pytest.raises(NoCoverage, match="does not cover"):
        exposures(BundledRecord(), "CN", intensities=flood)


def test_the_blackout_is_dark_in_the_windows_that_instruments_saw() -> None:
    told = next(one for one in load_outage_intensities() if one.event == "kazakhstan-2022")
    (seen,) = (one for one in rooms._intensities(BundledRecord()) if one.event == told.event)
    assert len(told.stretches) == 1
    assert len(seen.stretches) == 6
    assert seen.stretches[0].depth_share == pytest.approx(0.95)


def test_a_question_asked_again_is_not_estimated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    record = BundledRecord()
    first = rooms.event_exposures(record, event_named("xinjiang-2021"))

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the same question was estimated again")

    monkeypatch.setattr(rooms, "fit_exposures", refuse)
    assert rooms.event_exposures(record, event_named("xinjiang-2021")) == first
