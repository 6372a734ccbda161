"""Nothing that lies ahead of our clock enters a record, whoever gives it."""

from pathlib import Path

import numpy as np
import pytest
from tests.small_chains import BITS, chain

from hashquake.core.contracts import Batch
from hashquake.core.errors import HashquakeError
from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.observatory.map_file import maps_of_file
from hashquake.store.sql_record import open_record

NOW_S = 1_700_000_000


@pytest.fixture
def observatory(tmp_path: Path) -> Observatory:
    return Observatory(open_record(str(tmp_path / "r.db"), create=True), now_s=lambda: NOW_S)


def reading(end_s: float, *, quantity: str = "price_usd") -> Reading:
    return Reading(
        subject="asset:btc",
        quantity=quantity,
        window=Window(start_s=end_s - 3600, end_s=end_s),
        value=1.0,
        source="somebody's plugin",
    )


def refused(observatory: Observatory, batch: Batch) -> str:
    with pytest.raises(HashquakeError) as caught:
        observatory.feed(batch, source="somebody's plugin")
    assert not any(observatory.counts().values())
    return caught.value.code


def test_a_block_is_taken_up_to_two_hours_ahead(observatory: Observatory) -> None:
    blocks = chain([NOW_S + 7100, NOW_S + 7200], bits=BITS)
    assert observatory.feed(Batch(blocks=blocks), source="x").blocks_added == 2


@pytest.mark.parametrize("ahead_s", [7201, 86_400 * 365])
def test_a_block_further_ahead_is_refused(observatory: Observatory, ahead_s: int) -> None:
    blocks = chain([NOW_S, NOW_S + ahead_s], bits=BITS)
    assert refused(observatory, Batch(blocks=blocks)) == "time-too-new"


def test_a_stale_block_ahead_is_refused_too(observatory: Observatory) -> None:
    blocks = chain([NOW_S, NOW_S + 8000], bits=BITS)
    blocks.stale[1] = True
    assert refused(observatory, Batch(blocks=blocks)) == "time-too-new"


def test_a_block_seen_ahead_is_refused(observatory: Observatory) -> None:
    blocks = chain([NOW_S - 600], bits=BITS)
    blocks.seen_s[:] = np.array([NOW_S + 8000.0])
    assert refused(observatory, Batch(blocks=blocks)) == "time-too-new"


@pytest.mark.parametrize("quantity", ["price_usd", "connectivity_share", "mining_share"])
@pytest.mark.parametrize("ahead_s", [61, 3000, 86_400 * 365, float("inf")])
def test_a_reading_of_time_not_over_is_refused(
    observatory: Observatory, quantity: str, ahead_s: float
) -> None:
    ahead = reading(NOW_S, quantity=quantity)
    ahead = Reading(
        subject=ahead.subject,
        quantity=quantity,
        window=Window(start_s=NOW_S - 3600, end_s=NOW_S + ahead_s),
        value=1.0,
        source=ahead.source,
    )
    assert refused(observatory, Batch(readings=(reading(NOW_S), ahead))) == "reading-ahead"


def test_a_reading_of_an_instrument_whose_clock_is_a_little_fast_is_taken(
    observatory: Observatory,
) -> None:
    assert observatory.feed(Batch(readings=(reading(NOW_S + 30),)), source="x").readings_added == 1


def test_coverage_ends_now_whatever_a_source_says(observatory: Observatory) -> None:
    blocks = chain([NOW_S - 1200, NOW_S - 600], bits=BITS)
    observed = (
        Window(start_s=NOW_S - 1200, end_s=NOW_S + 86_400),
        Window(start_s=NOW_S + 90_000, end_s=NOW_S + 99_000),
    )
    observatory.feed(Batch(blocks=blocks, observed=observed), source="x")
    assert observatory.coverage().windows == (Window(start_s=NOW_S - 1200, end_s=NOW_S),)


def test_a_month_that_is_not_over_is_left_out_of_a_map_with_a_word(tmp_path: Path) -> None:
    table = tmp_path / "map.csv"
    table.write_text(
        "country,share,month,vintage\nUS,1,2023-10,2023-11-02\nUS,1,2023-11,2023-11-13\n"
    )
    said: list[str] = []
    (kept,) = maps_of_file(table, now_s=NOW_S, note=said.append)  # 14 November 2023
    assert kept.window.end_s <= NOW_S
    assert len(said) == 1
    assert "2023-11" in said[0]


def test_a_map_of_no_month_that_is_over_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "map.csv"
    table.write_text("country,share,month,vintage\nUS,1,2023-11,2023-11-13\n")
    with pytest.raises(HashquakeError) as caught:
        maps_of_file(table, now_s=NOW_S)
    assert caught.value.code == "rows-ahead"
