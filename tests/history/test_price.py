"""What bitcoin's price did around real events, and what of it can be blamed on them."""

import pytest

from hashquake.core.times import HOUR_S, parse_time
from hashquake.datasets.confounders import load_confounders
from hashquake.datasets.events import event_named, load_events
from hashquake.datasets.prices import bundled_candles, bundled_price_readings
from hashquake.explain.price import PriceStudy, price_study
from hashquake.serve.wording import price_because


def study(name: str) -> PriceStudy:
    return price_study(bundled_candles(), event_named(name).window, load_confounders())


def test_kazakhstan_was_flat_for_hours_and_fell_with_the_minutes() -> None:
    """Ten per cent were lost in the blackout's days; 1.2 of them before the minutes."""
    found = study("kazakhstan-2022")
    assert found.clean is not None
    assert found.clean.window.end_s == parse_time("2022-01-05T19:00Z")
    assert found.clean.window.duration_s == 9 * HOUR_S  # from the hour of 10:45 on
    assert -0.02 < found.clean.change_share < 0
    assert found.clean.p_value is not None
    assert found.clean.p_value > 0.3
    (minutes,) = found.confounded
    assert minutes.window.start_s == parse_time("2022-01-05T19:00Z")
    assert minutes.change_share < -0.025
    assert minutes.p_value is not None
    assert minutes.p_value < 0.01
    assert found.whole.change_share < -0.09
    assert found.call == "undecidable"
    assert "Federal Reserve" in price_because(found)


def test_xinjiang_began_under_turkeys_ban() -> None:
    found = study("xinjiang-2021")
    assert found.clean is None
    assert found.call == "undecidable"
    rumour = next(part for part in found.confounded if "Treasury" in part.text)
    assert rumour.change_share < -0.05
    assert rumour.p_value is not None
    assert rumour.p_value < 0.02


def test_no_event_of_the_catalog_is_shown_to_have_lowered_the_price() -> None:
    last_s = float(bundled_candles().start_s[-1])
    covered = [event for event in load_events() if event.window.end_s < last_s]
    assert len(covered) >= 10
    assert {study(event.id).call for event in covered} == {"undecidable"}


def test_the_bundled_prices_are_those_of_the_exchange() -> None:
    """Four numbers of one hour, as Bitstamp gave them."""
    hour = parse_time("2022-01-05T19:00Z")
    candles = bundled_candles()
    at = int((candles.start_s == hour).argmax())
    found = (
        candles.open_usd[at],
        candles.high_usd[at],
        candles.low_usd[at],
        candles.close_usd[at],
    )
    assert found == pytest.approx((45_904.12, 46_088.16, 44_524.18, 44_674.69), abs=1e-6)


def test_an_hour_without_trade_is_no_reading() -> None:
    from hashquake.core.window import Window

    start_s = parse_time("2022-01-05T08:00Z")
    readings = bundled_price_readings(window=Window(start_s=start_s, end_s=start_s + 3 * HOUR_S))
    assert {reading.window.start_s for reading in readings} == {start_s, start_s + 2 * HOUR_S}
    assert bundled_price_readings(subject="asset:eth") == ()


def test_every_event_covered_has_sixty_days_before_it() -> None:
    candles = bundled_candles()
    for event in load_events():
        if event.window.end_s < candles.start_s[-1]:
            assert candles.start_s[0] <= event.window.start_s - 60 * 86_400


def test_confounders_name_their_source() -> None:
    for one in load_confounders():
        assert one.source.startswith("https://")
        assert one.text[:1].islower() or one.text[:1].isupper()
