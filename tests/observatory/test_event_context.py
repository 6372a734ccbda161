"""What is known around an incident: fall-backs are named, and what is not known is no zero."""

import json

import pytest

from hashquake.core.candles import BTC
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.event import window_event
from hashquake.core.reading import Reading, ReadingSpan, reading_spans
from hashquake.core.times import DAY_S, HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import BundledRecord
from hashquake.datasets.events import event_named
from hashquake.datasets.price_daily import bundled_daily_candles, bundled_prices
from hashquake.datasets.prices import SOURCE, bundled_price_readings
from hashquake.observatory import Observatory, open_observatory
from hashquake.observatory.event_context import context, dark_energy
from hashquake.observatory.exposures import event_exposures
from hashquake.observatory.prices import DAILY_SOURCE, price_study_of

NOW_S = parse_time("2026-06-01")
KAZAKHSTAN = event_named("kazakhstan-2022")


class WithPrices(BundledRecord):
    """The bundled blocks with prices of one's own, or none."""

    def __init__(self, *prices: Reading) -> None:
        self.prices = prices

    def readings(self, *, subject: str, window: Window | None = None) -> tuple[Reading, ...]:
        if subject != BTC:
            return super().readings(subject=subject, window=window)
        return tuple(
            one for one in self.prices if window is None or one.window.overlap(window) is not None
        )

    def reading_spans(self) -> tuple[ReadingSpan, ...]:
        told = (one for one in super().reading_spans() if one.subject != BTC)
        return (*told, *reading_spans(self.prices))


@pytest.fixture(scope="module")
def observatory() -> Observatory:
    return open_observatory("bundled")


def test_the_bundled_record_studies_its_own_hours() -> None:
    found = price_study_of(BundledRecord(), KAZAKHSTAN.window)
    assert (found.source, found.note) == (SOURCE, "")
    assert found.candles.step_s < DAY_S
    clean = found.study.clean
    assert clean is not None
    assert clean.change_share == pytest.approx(-0.0119, abs=1e-4)
    assert found.study.call == "undecidable"


def test_bundled_hours_stand_in_for_a_record_without_prices_and_are_called_that() -> None:
    found = price_study_of(WithPrices(), KAZAKHSTAN.window)
    assert found.source == SOURCE
    assert "are used" in found.note
    assert found.study == price_study_of(BundledRecord(), KAZAKHSTAN.window).study


def test_a_records_own_prices_come_first() -> None:
    start_s = KAZAKHSTAN.window.start_s // HOUR_S * HOUR_S
    own = [
        Reading(
            subject=BTC,
            quantity=quantity,
            window=Window(start_s=start_s + at * HOUR_S, end_s=start_s + (at + 1) * HOUR_S),
            value=40_000.0,
            normal=None,
            source="price_table:mine",
        )
        for at in range(-2, 130)
        for quantity in ("open_usd", "high_usd", "low_usd", "close_usd")
    ]
    found = price_study_of(WithPrices(*own), KAZAKHSTAN.window)
    assert found.source == "price_table:mine"
    assert found.study.whole.change_share == 0.0
    assert found.study.whole.p_value is None, "nothing to compare with is said, not shown as luck"


def test_own_prices_that_miss_the_window_do_not_silence_the_bundled_ones() -> None:
    (first, *_) = bundled_price_readings(
        window=Window(start_s=KAZAKHSTAN.window.start_s, end_s=KAZAKHSTAN.window.start_s + HOUR_S)
    )
    found = price_study_of(WithPrices(first), KAZAKHSTAN.window)
    assert found.source == SOURCE
    assert "are used" in found.note


def test_where_no_hour_is_known_the_days_stand_in_and_say_that_they_are_days() -> None:
    event = event_named("elliott-2022")
    found = price_study_of(BundledRecord(), event.window)
    assert found.source == DAILY_SOURCE
    assert found.candles.step_s == DAY_S
    assert "midnight" in found.note
    day_s, price_usd = bundled_prices()
    assert found.study.whole.from_usd == price_usd[day_s.searchsorted(event.window.start_s)]


def test_days_open_at_one_midnight_and_close_at_the_next() -> None:
    days = bundled_daily_candles()
    assert days.step_s == DAY_S
    assert days.close_usd[:-1].tolist() == days.open_usd[1:].tolist()


def test_a_time_without_any_price_is_refused() -> None:
    start_s = parse_time("2026-03-01")
    with pytest.raises(NoCoverage) as refused:
        price_study_of(BundledRecord(), Window(start_s=start_s, end_s=start_s + DAY_S))
    assert refused.value.code == "price-missing"


def test_an_events_exposures_are_its_own_alone(observatory: Observatory) -> None:
    found = event_exposures(observatory.record, KAZAKHSTAN)
    assert {one.event for one in found.events} == {KAZAKHSTAN.id}
    assert {row.events for row in found.rows} == {(KAZAKHSTAN.id,)}
    assert {row.country for row in found.rows} == {"KZ"}


def test_an_event_without_a_dark_moment_says_why(observatory: Observatory) -> None:
    with pytest.raises(NoCoverage, match="no step to set apart") as refused:
        event_exposures(observatory.record, event_named("china-ban-2021"))
    assert refused.value.code == "no-darkness"


def test_xinjiang_lost_gigawatts_and_a_free_window_lost_them_nowhere(
    observatory: Observatory,
) -> None:
    event = event_named("xinjiang-2021")
    known = dark_energy(observatory.record, observatory.report(event), as_of_s=NOW_S)
    drawn = known.power.power_mw.interval(0.9)
    # Three in a hundred that Xinjiang was not the cause, and no more than Xinjiang had.
    assert 500 < drawn.low < 2000 < drawn.median < drawn.high < 5000
    assert known.emissions_t_per_day is not None
    # 3 GW on a grid of some 560 g a kilowatt hour.
    assert known.emissions_t_per_day.median == pytest.approx(drawn.median * 24 * 0.6, rel=0.15)

    free = observatory.report(window_event(event.window))
    nowhere = dark_energy(observatory.record, free, as_of_s=NOW_S)
    assert drawn.median < nowhere.power.power_mw.median < 1.4 * drawn.median
    assert nowhere.emissions_t_per_day is None
    assert nowhere.share_of_generation is None
    assert set(nowhere.reasons) == {
        "dark_share_of_country", "dark_share_of_generation", "not_emitted_t_per_day",
    }  # fmt: skip


def test_where_no_fall_is_shown_no_power_stopped(observatory: Observatory) -> None:
    incident = observatory.report(event_named("venezuela-2024"))
    assert incident.finding == "none"
    with pytest.raises(NoCoverage, match="no power is shown to have stopped"):
        dark_energy(observatory.record, incident, as_of_s=NOW_S)


def test_what_is_missing_is_none_with_its_reason(observatory: Observatory) -> None:
    start_s = parse_time("2026-03-01")
    free = observatory.report(window_event(Window(start_s=start_s, end_s=start_s + 2 * DAY_S)))
    found = context(observatory.record, free, now_s=NOW_S)
    assert found.exposure is None
    assert found.price is None
    assert found.provinces is None
    assert {"exposure", "price"} <= set(found.missing)
    assert all(text.endswith(".") for text in found.missing.values())
    json.dumps(dict(found.missing))


def test_the_day_knew_less_than_today(observatory: Observatory) -> None:
    incident = observatory.report(KAZAKHSTAN)
    found = observatory.context(incident)
    assert found.map_then is not None
    assert found.map_now is not None
    assert found.map_then.law.vintage_s <= KAZAKHSTAN.window.start_s < found.map_now.law.vintage_s
    (second,) = (row for row in found.map_then.rows if row.country == "KZ")
    assert second.rank == 2
    assert second.published_share == pytest.approx(0.181, abs=0.001)
    assert found.energy is not None
    assert found.energy.unregistered is not None
    assert found.energy.unregistered.registered_mw == 600


def test_today_knows_maps_that_came_out_after_the_record_ended(observatory: Observatory) -> None:
    class Ended(BundledRecord):
        def coverage(self) -> Coverage:
            end_s = KAZAKHSTAN.window.end_s + DAY_S
            return Coverage((Window(start_s=super().coverage().windows[0].start_s, end_s=end_s),))

    found = context(Ended(), observatory.report(KAZAKHSTAN), now_s=NOW_S)
    assert found.map_now is not None
    assert found.map_now.law.vintage_s == parse_time("2022-05-17")
    early = context(Ended(), observatory.report(KAZAKHSTAN), now_s=KAZAKHSTAN.window.end_s + DAY_S)
    assert early.map_now is not None
    assert early.map_now.law.vintage_s < KAZAKHSTAN.window.start_s
