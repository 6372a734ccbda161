"""Prices from an exchange: the wire is made up, the client that speaks to it is ccxt."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.sources.record_stub import EmptyRecord

from hashquake.core.candles import candles_of_readings
from hashquake.core.contracts import SourceContext
from hashquake.core.errors import HashquakeError
from hashquake.core.reading import Reading
from hashquake.core.times import parse_time
from hashquake.sources.services import price
from hashquake.testing import check_source

MARKET = {
    "name": "BTC/USD", "market_symbol": "btcusd", "base_currency": "BTC", "base_decimals": 8,
    "counter_currency": "USD", "counter_decimals": 0, "minimum_order_value": "10",
    "trading": "Enabled", "instant_order_counter_decimals": 2,
    "instant_and_market_orders": "Enabled", "description": "Bitcoin / U.S. dollar",
    "market_type": "SPOT",
}  # fmt: skip
NOW_S = float(parse_time("2022-02-01T00:30Z"))
SILENT_S = {parse_time("2022-01-05T09:00Z")}
Answer = Callable[[httpx.Request], httpx.Response]


def bitstamp(request: httpx.Request) -> httpx.Response:
    """Answer as Bitstamp's documentation says: the steps asked for, newest told last."""
    if request.url.path.endswith("/markets/"):
        return httpx.Response(200, json=[MARKET])
    asked = request.url.params
    step_s = int(asked["step"])
    starts = range(int(asked["start"]), int(asked["end"]) + 1, step_s)
    rows = [
        {
            "timestamp": str(at), "open": "46000.5", "high": "46100.0", "low": "45900.0",
            "close": "46050.0", "volume": "0" if at in SILENT_S else "12.5",
        }
        for at in starts
        if at <= NOW_S
    ]  # fmt: skip
    return httpx.Response(200, json={"data": {"pair": "BTC/USD", "ohlc": rows}})


def context(answer: Answer = bitstamp, waits: list[float] | None = None) -> SourceContext:
    kept = [] if waits is None else waits
    return SourceContext(
        record=EmptyRecord(),
        now_s=lambda: NOW_S,
        sleep=kept.append,
        transport=httpx.MockTransport(answer),
    )


def read(world: SourceContext, **options: Any) -> list[Reading]:
    given = {"since": "2022-01-05", "until": "2022-01-06", **options}
    batches = list(price.read(price.Options(**given), world))
    return [reading for batch in batches for reading in batch.readings]


def test_it_keeps_the_contract_and_a_silent_hour_is_a_gap() -> None:
    check_source(price, {"since": "2022-01-05", "until": "2022-01-06"}, context())
    candles = candles_of_readings(read(context()))
    assert len(candles) == 23
    assert [window.start_s for window in candles.coverage.windows[1:]] == [
        parse_time("2022-01-05T10:00Z")
    ]
    assert candles.close_usd[0] == 46_050.0


def test_the_hour_that_is_not_over_is_left_out_and_pages_follow_each_other() -> None:
    waits: list[float] = []
    candles = candles_of_readings(read(context(waits=waits), until=""))
    assert candles.start_s[-1] == parse_time("2022-01-31T23:00Z")
    assert len(candles) == 27 * 24 - 1
    assert waits == [2.0, 2.0]  # markets, then two pages of prices


def test_a_busy_exchange_is_waited_for_then_given_up() -> None:
    waits: list[float] = []
    with pytest.raises(HashquakeError) as caught:
        read(context(lambda _request: httpx.Response(429, text="slow down"), waits))
    assert caught.value.code == "service-rate-limited"
    assert waits == [1.0, 2.0, 2.0, 2.0, 4.0, 2.0]  # ever longer, and the usual pace each time


def test_an_exchange_that_gives_few_at_a_time_is_asked_on() -> None:
    def few(request: httpx.Request) -> httpx.Response:
        found = bitstamp(request).json()
        if isinstance(found, dict):
            found["data"]["ohlc"] = found["data"]["ohlc"][:7]
        return httpx.Response(200, json=found)

    assert read(context(few)) == read(context())


def failing(error: Exception) -> Answer:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise error

    return answer


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (failing(httpx.ConnectError("refused")), "service-unreachable"),
        (failing(httpx.ReadTimeout("slow")), "service-timeout"),
        (lambda _request: httpx.Response(503, text="maintenance"), "service-failing"),
        (lambda _request: httpx.Response(200, json=[]), "symbol-unknown"),
        (lambda _request: httpx.Response(403, text="not from your country"), "service-"),
    ],
)
def test_what_goes_wrong_on_the_wire_has_a_code(answer: Answer, code: str) -> None:
    with pytest.raises(HashquakeError) as caught:
        read(context(answer))
    assert caught.value.code.startswith(code)
    assert "bitstamp" in caught.value.message
    assert caught.value.hint


def altered(**changes: str) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        found = bitstamp(request).json()
        if isinstance(found, dict):
            for row in found["data"]["ohlc"]:
                row.update(changes)
        return httpx.Response(200, json=found)

    return answer


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"high": "45000", "low": "47000"}, "columns-swapped"),
        ({"open": "0", "low": "0"}, "price-not-positive"),
        ({"timestamp": str(int(NOW_S) + 86_400)}, "clock-skew"),
        ({"timestamp": str(parse_time("2022-01-05T05:00Z"))}, "reading-twice"),
    ],
)
def test_prices_that_cannot_be_are_refused(changes: dict[str, str], code: str) -> None:
    with pytest.raises(HashquakeError) as caught:
        read(context(altered(**changes)))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"exchange": "bitstmp"}, "exchange-unknown"),
        ({"symbol": "ETH/USD"}, "symbol-unknown"),
        ({"timeframe": "7m"}, "timeframe-unknown"),
        ({"until": "2021-01-01"}, "window-reversed"),
    ],
)
def test_what_cannot_be_asked_is_said(options: dict[str, str], code: str) -> None:
    with pytest.raises(HashquakeError) as caught:
        read(context(), **options)
    assert caught.value.code == code
