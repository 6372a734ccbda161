"""Histories of prices: any order and a title are fine, contradictions are not."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.sources.record_stub import Told, world

from hashquake.core.candles import Candles, candles_of_readings
from hashquake.core.errors import FormatError, HashquakeError
from hashquake.sources.tables import price_table
from hashquake.testing import check_source

START_S = 1_641_340_800
ROWS: dict[str, list[Any]] = {
    "unix": [START_S + 3600 * at for at in range(5)],
    "open": [100.0, 101.0, 102.0, 103.0, 104.0],
    "high": [102.0, 103.0, 104.0, 105.0, 106.0],
    "low": [99.0, 100.0, 101.0, 102.0, 103.0],
    "close": [101.0, 102.0, 103.0, 104.0, 105.0],
    "Volume BTC": [1.0, 2.0, 3.0, 4.0, 5.0],
    "Volume USD": [100.0, 200.0, 300.0, 400.0, 500.0],
}


def csv_file(
    folder: Path, columns: dict[str, Any] | None = None, *, title: str = "", turned: bool = False
) -> Path:
    table = pl.DataFrame({**ROWS, **(columns or {})}, strict=False)
    path = folder / "prices.csv"
    text = (table.reverse() if turned else table).write_csv()
    path.write_text(f"{title}\n{text}" if title else text)
    return path


def read(path: Path, **options: Any) -> Candles:
    given = price_table.Options(path=path, **options)
    batches = list(price_table.read(given, world()))
    return candles_of_readings(reading for batch in batches for reading in batch.readings)


def same(one: Candles, other: Candles) -> bool:
    return one.readings("x") == other.readings("x")


def test_it_keeps_the_contract(tmp_path: Path) -> None:
    path = csv_file(tmp_path)
    check_source(price_table, {"path": path, "exchange": "bitstamp"}, world())
    told = Told()
    (batch,) = price_table.read(price_table.Options(path=path), world(told=told))
    assert [(window.start_s, window.end_s) for window in batch.observed] == [
        (START_S, START_S + 5 * 3600)
    ]
    assert told.progress[-1].done == told.progress[-1].total == 25


def test_order_and_title_make_no_difference(tmp_path: Path) -> None:
    plain = read(csv_file(tmp_path))
    assert len(plain) == 5
    assert same(plain, read(csv_file(tmp_path, turned=True)))
    assert same(plain, read(csv_file(tmp_path, title="https://www.example.com", turned=True)))
    parquet = tmp_path / "prices.parquet"
    pl.DataFrame(ROWS).write_parquet(parquet)
    assert same(plain, read(parquet))


def test_gaps_empty_rows_and_hours_without_trade_are_not_covered(tmp_path: Path) -> None:
    prices = {
        name: [*ROWS[name][:1], None, *ROWS[name][2:]] for name in ("open", "high", "low", "close")
    }
    holes = read(csv_file(tmp_path, prices))
    assert [window.duration_s for window in holes.coverage.windows] == [3600.0, 3 * 3600.0]
    silent = read(csv_file(tmp_path, {"Volume BTC": [1.0, 2.0, 0.0, 4.0, 5.0]}))
    assert [window.duration_s for window in silent.coverage.windows] == [7200.0, 7200.0]
    times = [*ROWS["unix"][:4], ROWS["unix"][4] + 3600]
    assert len(read(csv_file(tmp_path, {"unix": times})).coverage.windows) == 2


def test_volumes_that_are_swapped_in_some_rows_are_said_or_mended(tmp_path: Path) -> None:
    swapped = {
        "Volume BTC": [100.0, 200.0, 3.0, 4.0, 5.0],
        "Volume USD": [1.0, 2.0, 300.0, 400.0, 500.0],
    }
    path = csv_file(tmp_path, swapped)
    with pytest.raises(HashquakeError, match="row 1") as caught:
        read(path)
    assert caught.value.code == "volumes-swapped"
    assert same(read(path, mend_volumes=True), read(csv_file(tmp_path)))


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"high": ROWS["low"], "low": ROWS["high"]}, "columns-swapped"),
        ({"open": ROWS["Volume USD"]}, "columns-swapped"),
        ({"high": [102.0, 103.0, 100.5, 105.0, 106.0]}, "candle-impossible"),
        ({"close": [101.0, None, 103.0, 104.0, 105.0]}, "candle-partial"),
        ({"low": [99.0, 0.0, 101.0, 102.0, 103.0]}, "price-not-positive"),
        ({"low": [99.0, -1.0, 101.0, 102.0, 103.0]}, "price-not-positive"),
        ({"close": ["101", "x", "103", "104", "105"]}, "value-malformed"),
        ({"unix": [START_S] * 2 + ROWS["unix"][2:]}, "reading-twice"),
        ({"unix": [START_S, START_S + 5400, *ROWS["unix"][2:]]}, "readings-overlap"),
        ({"unix": [START_S] * 5}, "step-unknown"),
        ({"unix": [None, *ROWS["unix"][1:]]}, "column-nulls"),
    ],
)
def test_what_cannot_be_is_refused_with_the_file(
    tmp_path: Path, columns: dict[str, Any], code: str
) -> None:
    with pytest.raises(HashquakeError) as caught:
        read(csv_file(tmp_path, columns))
    assert caught.value.code == code
    assert "prices.csv" in caught.value.message


def test_a_table_without_a_header_is_told_what_was_found(tmp_path: Path) -> None:
    path = csv_file(tmp_path)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    with pytest.raises(HashquakeError) as caught:
        read(path)
    assert caught.value.code == "columns-missing"
    assert str(START_S) in caught.value.message


def test_readings_of_two_sources_are_not_joined(tmp_path: Path) -> None:
    candles = read(csv_file(tmp_path))
    with pytest.raises(HashquakeError) as caught:
        candles_of_readings((*candles.readings("a"), *candles.readings("b")))
    assert caught.value.code == "candles-mixed"


def test_closing_prices_alone_suffice(tmp_path: Path) -> None:
    path = tmp_path / "closes.csv"
    rows = [(START_S, 101.0), (START_S + 3600, 99.0), (START_S + 4 * 3600, 103.0)]
    path.write_text("timestamp,price\n" + "".join(f"{at},{price}\n" for at, price in rows))
    options = price_table.Options(path=path, step="1h")
    readings = [one for batch in price_table.read(options, world()) for one in batch.readings]
    assert {one.quantity for one in readings} == {"close_usd"}  # nothing that was not measured
    found = candles_of_readings(readings)
    assert found.close_usd.tolist() == [101.0, 99.0, 103.0]
    assert found.open_usd.tolist() == [101.0, 101.0, 103.0]  # the close before, but for a gap
    assert found.high_usd.tolist() == [101.0, 101.0, 103.0]
    assert found.low_usd.tolist() == [101.0, 99.0, 103.0]


def test_some_of_the_four_prices_are_a_column_that_was_not_recognised(tmp_path: Path) -> None:
    table = {name: ROWS[name] for name in ("unix", "open", "high", "close")}
    path = tmp_path / "prices.csv"
    path.write_text(pl.DataFrame(table).write_csv())
    with pytest.raises(HashquakeError) as caught:
        read(path)
    assert caught.value.code == "columns-missing"
    assert "low" in caught.value.message


def test_an_hour_that_is_not_over_and_days_ahead_are_left_out_and_said(tmp_path: Path) -> None:
    path = csv_file(tmp_path, {"unix": [*ROWS["unix"][:4], START_S + 9 * 86_400]})
    told = Told()
    now_s = START_S + 3 * 3600 + 1800.0
    options = price_table.Options(path=path, step="1h")
    batches = list(price_table.read(options, world(told=told, now_s=now_s)))
    assert max(one.window.end_s for batch in batches for one in batch.readings) <= now_s
    assert max(window.end_s for batch in batches for window in batch.observed) == START_S + 3 * 3600
    assert "left out 2 of 5 rows" in told.notes[0]
    assert "row 4" in told.notes[0]
    with pytest.raises(HashquakeError) as caught:
        list(price_table.read(options, world(now_s=START_S - 1.0)))
    assert caught.value.code == "rows-ahead"


def test_closes_are_counted_as_the_file_has_them(tmp_path: Path) -> None:
    path = tmp_path / "closes.csv"
    path.write_text("time,close\n7200,103\n3600,0\n0,101\n")
    with pytest.raises(FormatError, match="row 2 has a price of 0") as caught:
        read(path)
    assert caught.value.code == "price-not-positive"
    path.write_text("time,close\n7200,103\n3600,102\n0,101\n")
    found = read(path)
    assert found.start_s.tolist() == [0.0, 3600.0, 7200.0]
    assert found.open_usd.tolist() == [101.0, 101.0, 102.0]
