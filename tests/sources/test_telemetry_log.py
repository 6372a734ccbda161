"""Logs of shares: exact sums however they are divided, and nothing dropped in silence."""

from collections import defaultdict
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.sources.log_forge import HOSTS, START_S, country_database, share_log
from tests.sources.record_stub import Told, world

from hashquake.core.errors import HashquakeError
from hashquake.core.work_tally import (
    HOSTING,
    UNITS_PER_DIFFICULTY,
    WorkTally,
    merge_tallies,
    place_name,
)
from hashquake.sources.logs import telemetry_log
from hashquake.sources.logs._geoip import load_places
from hashquake.sources.logs._log_tally import tally_logs
from hashquake.sources.logs._tally_builder import TallyPlan, Unit
from hashquake.sources.logs._work_log import log_parts
from hashquake.testing import check_source


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    country_database(folder / "countries.mmdb")
    (folder / "hosts.txt").write_text("\n".join(HOSTS))
    share_log(folder / "log.parquet", row_group_size=250)
    return folder


def options(folder: Path, **more: Any) -> dict[str, Any]:
    given = {"path": str(folder / "log.parquet"), "geoip": folder / "countries.mmdb"}
    return {**given, "hosting": folder / "hosts.txt", **more}


def tally(folder: Path, **more: Any) -> WorkTally:
    return telemetry_log.tally_of(telemetry_log.Options(**options(folder, **more)), world())


def plan(folder: Path, unit: Unit = "account") -> TallyPlan:
    places = load_places(folder / "countries.mmdb", folder / "hosts.txt")
    return TallyPlan(places=places, window=None, ahead_s=inf, unit=unit, pool="pool")


def test_it_keeps_the_contract_of_sources(folder: Path) -> None:
    assert len(check_source(telemetry_log, options(folder), world())) == 0
    (batch,) = telemetry_log.read(telemetry_log.Options(**options(folder)), world())
    assert {reading.quantity for reading in batch.readings} == {"mining_share"}
    for month in {reading.window for reading in batch.readings}:
        shares = [reading.value for reading in batch.readings if reading.window == month]
        assert sum(shares) == pytest.approx(1.0, abs=1e-12)


def test_sums_are_those_of_fractions(folder: Path) -> None:
    """Every row is found again, its work to the unit, under its pool, month and place."""
    log = pl.read_parquet(folder / "log.parquet")
    wanted: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    names = {"2.73": "KZ", "3.9.": "US", "3.5.": "US host", "2a03": "KZ", "192.": "private"}
    for row in log.iter_rows(named=True):
        month = "Jan" if row["time"] < START_S + 31 * 86_400 else "Feb"
        place = names.get(row["ip"][:4], "unknown")
        units = round(Fraction(row["difficulty"]) * UNITS_PER_DIFFICULTY)
        wanted[row["pool"], month, place] += units
    found: dict[tuple[str, str, str], Fraction] = {}
    counted = tally(folder)
    for key, cell in counted.cells.items():
        month = "Jan" if key.month_s == START_S else "Feb"
        place = place_name(key.place) + (" host" if key.place >= HOSTING else "")
        amount = (int(cell.high.sum()) << 32) + int(cell.low.sum())
        found[key.pool, month, place] = Fraction(amount)
        assert (cell.low >= 0).all()
        assert (cell.low < 1 << 32).all()
    assert found == wanted
    assert counted.n_rows == len(log)


def test_the_sums_do_not_know_how_the_log_was_divided(folder: Path) -> None:
    path = folder / "log.parquet"
    whole = tally_logs(log_parts([path], {}), plan(folder))
    parts = log_parts([path], {}, part_rows=600)
    assert [part.run for part in parts] == [(at, 600) for at in range(0, 3_000, 600)]
    assert merge_tallies(tally_logs([part], plan(folder)) for part in reversed(parts)) == whole
    done: list[int] = []
    threaded = tally_logs(parts, plan(folder), progress=lambda now: done.append(now.done))
    assert threaded == whole
    assert done == sorted(done)
    assert done[-1] == whole.n_rows
    csv = folder / "log.csv"
    pl.read_parquet(path).sample(fraction=1, shuffle=True, seed=2).write_csv(csv)
    assert tally_logs(log_parts([csv], {}), plan(folder)) == whole


def test_a_cluster_counts_the_same(folder: Path) -> None:
    import distributed

    path = folder / "log.parquet"
    whole = tally_logs(log_parts([path], {}), plan(folder))
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,  # as quick as it gets; the wire between them is real
        protocol="tcp://",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    ) as cluster:
        address = cluster.scheduler_address
        parts = log_parts([path], {}, part_rows=300)
        assert tally_logs(parts, plan(folder), cluster=address) == whole
        with pytest.raises(HashquakeError) as caught:
            tally_logs(
                log_parts([bad_log(folder, difficulty=[1.0, -1.0])], {}),
                plan(folder),
                cluster=address,
            )
        assert caught.value.code == "difficulty-malformed"


@pytest.mark.parametrize(
    ("address", "code"),
    [("tcp://127.0.0.1:1", "cluster-unreachable"), ("nonsense://x", "cluster-syntax")],
)
def test_a_cluster_that_is_none_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, address: str, code: str
) -> None:
    monkeypatch.setattr("hashquake.sources.wire.cluster.CONNECT_S", 0.3)
    with pytest.raises(HashquakeError) as caught:
        tally(folder, cluster=address)
    assert caught.value.code == code


def group_by_hand(pool: str, name: str) -> int:
    """Hash as FNV-1a does, pool and account apart, and mix as murmur3 ends."""
    mask = (1 << 64) - 1
    value = 0xCBF29CE484222325
    for byte in (*pool.encode(), 0xFF, *name.encode()):
        value = (value ^ byte) * 0x100000001B3 & mask
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53, 1):
        value = (value ^ value >> 33) * factor & mask
    return value >> 54


@pytest.mark.parametrize("unit", ["account", "worker"])
def test_groups_are_those_of_a_hash_by_hand(folder: Path, unit: str) -> None:
    log = pl.read_parquet(folder / "log.parquet")
    wanted = {
        group_by_hand(
            row["pool"], row["worker"].split(".")[0] if unit == "account" else row["worker"]
        )
        for row in log.iter_rows(named=True)
    }
    found: set[int] = set()
    for cell in tally(folder, unit=unit).cells.values():
        found |= set((cell.low + cell.high > 0).nonzero()[0].tolist())
    assert found == wanted


def test_an_account_moves_as_one(folder: Path) -> None:
    def groups(unit: str) -> int:
        return max(int((c.low > 0).sum()) for c in tally(folder, unit=unit).cells.values())

    assert groups("account") < groups("worker")


def test_rows_outside_the_window_are_counted(folder: Path) -> None:
    some = tally(folder, since="2022-01-10", until="2022-01-20")
    assert some.n_rows + some.n_outside == 3_000
    assert 0 < some.n_rows < 1_000
    given = options(folder, since="2022-01-10", until="2022-01-20")
    (batch,) = telemetry_log.read(telemetry_log.Options(**given), world())
    assert {str(reading.window) for reading in batch.readings} == {
        "2022-01-10T00:00:00Z to 2022-01-20T00:00:00Z"
    }


def bad_log(folder: Path, **columns: Any) -> Path:
    rows: dict[str, Any] = {
        "worker": ["a.1", "b.1"],
        "ip": ["2.73.0.1", "3.9.0.1"],
        "difficulty": [1.0, 1.0],
        "time": [START_S, START_S],
        **columns,
    }
    path = folder / "bad.parquet"
    pl.DataFrame({name: cells for name, cells in rows.items() if cells}).write_parquet(path)
    return path


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"difficulty": [1.0, 0.0]}, "difficulty-malformed"),
        ({"difficulty": [1.0, 1e15]}, "difficulty-malformed"),
        ({"difficulty": [1.0, None]}, "column-nulls"),
        ({"difficulty": ["1", "x"]}, "value-malformed"),
        ({"time": [START_S, None]}, "column-nulls"),
        ({"time": [START_S, -5]}, "time-malformed"),
        ({"ip": None}, "columns-missing"),
        ({"pool": ["antpool", "//"]}, "pool-malformed"),
        ({"ip": ["2.73.0.1:3333", "3.9.0.1:3333"]}, "addresses-unreadable"),
        ({"ip": [0x02490001, 0x03090001]}, "addresses-unreadable"),
        ({"ip": [["2.73.0.1"], ["3.9.0.1"]]}, "cells-nested"),
        ({"worker": [b"\xff", b"\xfe"]}, "value-malformed"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, folder: Path, columns: Any, code: str) -> None:
    path = bad_log(tmp_path, **columns)
    with pytest.raises(HashquakeError) as caught:
        tally(folder, path=str(path))
    assert caught.value.code == code
    assert "bad.parquet" in caught.value.message


def test_a_log_without_difficulty_counts_rows_and_is_not_mixed(
    tmp_path: Path, folder: Path
) -> None:
    path = bad_log(tmp_path, difficulty=None, ip=["2.73.0.1", "no address"])
    counted = tally(folder, path=str(path), pool="antpool")
    assert counted.weighted_by == "rows"
    assert [place_name(key.place) for key in counted.cells] == ["KZ", "unreadable"]
    assert counted.pools == ("antpool",)
    with pytest.raises(HashquakeError) as caught:
        tally(folder, path=f"{path},{folder / 'log.parquet'}")
    assert caught.value.code == "weights-mixed"


def test_progress_is_told_in_rows(folder: Path) -> None:
    told = Told()
    given = telemetry_log.Options(**options(folder))
    list(telemetry_log.read(given, world(told=told)))
    assert (told.progress[-1].done, told.progress[-1].total) == (3_000, 3_000)


def test_a_truncated_log_and_a_wrong_pool_are_refused(tmp_path: Path, folder: Path) -> None:
    whole = (folder / "log.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    for more, code in (
        ({"path": str(tmp_path / "cut.parquet")}, "table-unreadable"),
        ({"pool": "Ant Pool"}, "pool-syntax"),
        ({"map": "adress=ip"}, "map-syntax"),
    ):
        with pytest.raises(HashquakeError) as caught:
            tally(folder, **more)
        assert caught.value.code == code


def test_rows_dated_ahead_are_left_out_and_a_month_that_is_not_over_ends_early(
    folder: Path,
) -> None:
    log = pl.read_parquet(folder / "log.parquet")
    times_s = sorted(log["time"].to_list())
    now_s = float(times_s[len(times_s) // 2])
    options = telemetry_log.Options(path=(folder / "log.parquet",), geoip=folder / "countries.mmdb")
    told = Told()
    (batch,) = telemetry_log.read(options, world(told=told, now_s=now_s))
    assert max(one.window.end_s for one in batch.readings) <= now_s
    (sentence,) = told.notes
    assert sum(at > now_s + 120 for at in times_s) > 0
    assert f"left out {sum(at > now_s + 120 for at in times_s):,} rows dated ahead" in sentence
    with pytest.raises(HashquakeError) as caught:
        list(telemetry_log.read(options, world(now_s=times_s[0] - 1000.0)))
    assert caught.value.code == "rows-ahead"
