"""Maps and megawatts asked of a record: what is joined, and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from hashquake.catalog.published_maps import record_maps
from hashquake.core.errors import FormatError, NoCoverage, UsageError
from hashquake.core.interval import Quantiles
from hashquake.core.times import DAY_S, parse_time
from hashquake.observatory import Observatory, open_observatory
from hashquake.observatory.fleet_efficiency import EnergyPrices
from hashquake.observatory.map_file import maps_of_file

JANUARY_S = parse_time("2022-01-06")
NOW_S = parse_time("2026-06-01")
QUARTERS = Path(__file__).parents[2] / "src/hashquake/datasets/ccaf/power_quarterly.csv"


@pytest.fixture(scope="module")
def bundled() -> Iterator[Observatory]:
    with open_observatory("bundled", now_s=lambda: float(NOW_S)) as observatory:
        yield observatory


def map_file(folder: Path) -> Path:
    path = folder / "own.csv"
    path.write_text(
        "country,share,month,vintage\nKZ,0.4,2021-12,2022-01-02\nUS,0.6,2021-12,2022-01-02\n",
        encoding="utf-8",
    )
    return path


def test_the_same_question_gives_the_same_numbers(bundled: Observatory) -> None:
    assert bundled.map(as_of_s=JANUARY_S) == bundled.map(as_of_s=JANUARY_S)
    assert bundled.energy(country="KZ", at_s=JANUARY_S) == bundled.energy(
        country="kaz", at_s=JANUARY_S
    )


def test_a_map_ingested_is_asked_with_the_bundled_ones(tmp_path: Path) -> None:
    with open_observatory(
        str(tmp_path / "own.db"), create=True, now_s=lambda: float(NOW_S)
    ) as observatory:
        options = {"path": map_file(tmp_path), "publisher": "our pool"}
        observatory.ingest("mining_map", options)
        assert observatory.ingest("mining_map", options).changes.readings_added == 0
        (kept,) = record_maps(observatory.record)
        assert kept.publisher == "our pool"
        assert dict(kept.shares) == pytest.approx({"KZ": 0.4, "US": 0.6})
        # Without blocks it is what is known now.
        assert observatory.map().law.as_of_s == NOW_S
        table = observatory.map(as_of_s=JANUARY_S)
        assert table.law.publisher == "our pool"
        earlier = observatory.map(as_of_s=parse_time("2022-01-01"))
        assert earlier.law.publisher == "CCAF"
        # The record holds no block: shares are known, hash rate and power are not.
        assert table.rows[0].hashrate_hps is None
        assert any("not observed" in said for said in table.caveats)


def test_a_file_alone_is_used_alone(bundled: Observatory, tmp_path: Path) -> None:
    maps = maps_of_file(map_file(tmp_path), now_s=NOW_S)
    table = bundled.map(as_of_s=JANUARY_S, maps=maps)
    assert [row.country for row in table.rows] == ["US", "KZ", "ZZ"]
    report = bundled.energy(country="KZ", at_s=JANUARY_S, maps=maps)
    assert report.power_mw.median == pytest.approx(0.4 * 11_700, rel=0.08)


def test_maps_that_come_later_are_not_known(bundled: Observatory) -> None:
    then = bundled.energy(country="KZ", at_s=JANUARY_S, as_of_s=JANUARY_S)
    since = bundled.energy(country="KZ", at_s=JANUARY_S)
    assert then.share is not None
    assert since.share is not None
    assert then.share.median == pytest.approx(0.181, abs=0.003)
    assert since.share.median == pytest.approx(0.135, abs=0.003)


def test_a_map_is_a_table_for_analysts(bundled: Observatory) -> None:
    frame = bundled.map(as_of_s=JANUARY_S).to_polars()
    kazakhstan = frame.filter(pl.col("country") == "KZ")
    assert kazakhstan["rank"].item() == 2
    assert kazakhstan["share_q50"].item() == pytest.approx(0.181, abs=0.001)
    assert kazakhstan["power_mw_q5"].item() < kazakhstan["power_mw_q95"].item()
    older = bundled.map("2020-06-15")
    assert older.to_polars()["power_mw_q50"].null_count() == len(older.rows)
    assert older.to_pandas()["country"].tolist() == [one.country for one in older.rows]
    assert "share_q50" in older._repr_html_()


def test_the_future_is_refused(bundled: Observatory) -> None:
    for ask in (bundled.map, bundled.energy):
        with pytest.raises(UsageError) as caught:
            ask(as_of_s=NOW_S + DAY_S)
        assert caught.value.code == "time-ahead"
    with pytest.raises(UsageError):
        bundled.energy(at_s=NOW_S + DAY_S)


def test_a_country_nobody_knows_and_one_no_map_names(bundled: Observatory) -> None:
    with pytest.raises(FormatError) as unknown:
        bundled.energy(country="QQ", at_s=JANUARY_S)
    assert unknown.value.code == "country-unknown"
    with pytest.raises(NoCoverage) as unmapped:
        bundled.energy(country="PY", at_s=JANUARY_S)
    assert unmapped.value.code == "country-unmapped"
    assert "KZ" in unmapped.value.hint


def test_a_time_without_blocks_has_no_energy_but_a_map(bundled: Observatory) -> None:
    before_s = parse_time("2020-06-15")
    with pytest.raises(NoCoverage):
        bundled.energy(at_s=before_s)
    table = bundled.map(as_of_s=before_s)
    assert table.rows[0].country == "CN"
    assert table.network_mw is None


def test_a_country_without_generation_has_none_with_a_reason(
    bundled: Observatory, tmp_path: Path
) -> None:
    path = tmp_path / "panama.csv"
    path.write_text(
        "country,share,month,vintage\nPA,0.5,2021-12,2022-01-02\nAQ,0.5,2021-12,2022-01-02\n",
        encoding="utf-8",
    )
    maps = maps_of_file(path, now_s=NOW_S)
    report = bundled.energy(country="AQ", at_s=JANUARY_S, maps=maps)
    assert report.share_of_generation is None
    assert report.emissions_t_per_day is None
    assert report.unregistered is None
    assert set(report.reasons) == {
        "share_of_generation",
        "emissions_t_per_day",
        "registered_mw",
    }


def test_registered_power_may_be_given(bundled: Observatory) -> None:
    report = bundled.energy(country="US", at_s=JANUARY_S, registered_mw=1000)
    assert report.unregistered is not None
    assert report.unregistered.registered_mw == 1000
    assert report.unregistered.unregistered_mw.median == pytest.approx(
        report.power_mw.median - 1000
    )
    assert report.unregistered.share_of_capacity is None


def test_a_price_that_is_not_known_is_carried_and_widens(bundled: Observatory) -> None:
    end_s = bundled.end_s()
    carried = bundled.energy(at_s=end_s)
    given = bundled.energy(at_s=end_s, prices=EnergyPrices(price_usd=90_000))
    assert any("carried" in said for said in carried.caveats)
    assert not given.caveats
    wide, narrow = (one.efficiency_j_per_th.interval(0.9) for one in (carried, given))
    assert wide.high - wide.low > narrow.high - narrow.low


def test_lost_hash_rate_is_told_in_megawatts(bundled: Observatory) -> None:
    lost = Quantiles(values=tuple(np.array([-5, -2, 5, 10, 15, 22, 25]) * 1e18))
    found = bundled.megawatts_dark(lost, at_s=JANUARY_S, country="KZ", as_of_s=JANUARY_S)
    assert found.power_mw.median == pytest.approx(660, rel=0.06)
    assert found.power_mw.values[0] == 0
    assert found.share_of_country is not None
    assert found.share_of_country.median == pytest.approx(0.3, abs=0.06)
    assert bundled.megawatts_dark(lost, at_s=JANUARY_S).share_of_country is None


@pytest.mark.parametrize("quarter", ["2021Q2", "2021Q3", "2022Q2"])
def test_the_record_alone_is_within_ten_percent_of_cambridges_quarter(
    bundled: Observatory, quarter: str
) -> None:
    """A few days of a quarter here; docs/energy.md has every day of 2019 to August 2022."""
    table = pl.read_csv(QUARTERS)
    cambridge = table.filter(pl.col("quarter") == quarter)["guess_mw"].item()
    year, month = int(quarter[:4]), 3 * int(quarter[-1]) - 2
    days = [f"{year}-{month + more:02d}-{day}" for more in range(3) for day in (12, 24)]
    ours = [bundled.energy(at_s=parse_time(day)).bounds.best_mw for day in days]
    assert np.median(ours) == pytest.approx(cambridge, rel=0.1)
