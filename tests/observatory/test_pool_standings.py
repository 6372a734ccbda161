"""Pools' own word compared with their blocks, on the bundled blocks and made-up reports."""

import json
from pathlib import Path

import numpy as np
import pytest

from hashquake.core.contracts import Batch
from hashquake.core.errors import HashquakeError
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.observatory import open_observatory
from hashquake.observatory.pool_standings import PoolStanding
from hashquake.serve.cli.app import run
from hashquake.store.open_record import open_record

STEP_S = 300.0


def series(
    pool: str, values: "np.ndarray[tuple[int], np.dtype[np.float64]]", end_s: float, source: str
) -> list[Reading]:
    n = len(values)
    return [
        Reading(
            subject=f"pool:{pool}",
            quantity="hashrate_hps",
            window=Window(start_s=end_s - (n - at) * STEP_S, end_s=end_s - (n - at - 1) * STEP_S),
            value=float(value),
            source=source,
        )
        for at, value in enumerate(values)
    ]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a record of the bundled record's last weeks with reports of five pools."""
    with open_observatory("bundled") as bundled:
        tip = bundled.tip()
        assert tip is not None
        blocks = bundled.record.blocks(first_height=(tip[0] // 2016 - 2) * 2016)
        end_s = bundled.end_s()
    rng = np.random.default_rng(3)
    noise = np.exp(0.01 * rng.standard_normal((5, 288)))
    readings = [
        *series("viabtc", 94e18 * noise[0], end_s, "pool_viabtc"),
        *series("viabtc", 1e18 * noise[0][:9], end_s - 6 * 3600, "pool_json"),
        *series("foundryusa", 600e18 * noise[1], end_s, "pool_json"),
        *series("braiinspool", np.full(288, 14.0648694874e18), end_s, "pool_braiinspool"),
        *series("oceanxyz", 17e18 * noise[3], end_s - 4 * 3600, "pool_oceanxyz"),
        *series("ckpool", 0.29e18 * noise[4], end_s + 3600, "pool_ckpool"),
    ]
    file = tmp_path_factory.mktemp("pools") / "pools.db"
    record = open_record(file, create=True, network=None)
    observed = Window(start_s=float(blocks.header_s.min()), end_s=end_s)
    record.append(Batch(blocks=blocks, observed=(observed,)), source="block_table")
    record.append(Batch(readings=tuple(readings)), source="made")
    record.close()
    return file


@pytest.fixture(scope="module")
def rows(path: Path) -> dict[str, PoolStanding]:
    with open_observatory(str(path)) as observatory:
        found = observatory.pools()
        assert len(found.to_polars()) == len(found)
        assert len(found.to_pandas()) == len(found)
    assert [row.n_blocks for row in found] == sorted((r.n_blocks for r in found), reverse=True)
    return {row.pool: row for row in found}


def test_a_pool_whose_report_fits_its_blocks_was_neither_lucky_nor_not(
    rows: dict[str, PoolStanding],
) -> None:
    row = rows["viabtc"]
    assert (row.name, row.reported_state, row.reported_source) == ("ViaBTC", "ok", "pool_viabtc")
    assert row.reported_hps is not None
    assert row.reported_hps.holds(94e18)
    assert row.expected_blocks is not None
    assert row.expected_blocks.holds(row.n_blocks * 94e18 / row.found_hps.median)
    assert row.luck_share is not None
    assert row.luck_share.holds(1.0)
    assert (row.luck_p_value or 0) > 0.2
    assert row.reported_covered_share == pytest.approx(1.0, abs=0.01)


def test_a_report_that_its_blocks_contradict_is_rarely_chance(
    rows: dict[str, PoolStanding],
) -> None:
    row = rows["foundryusa"]
    assert row.luck_share is not None
    assert row.luck_share.high < 0.7
    assert 0.0 < (row.luck_p_value or 0.0) < (row.luck_p_value_adjusted or 0.0) < 0.001


def test_frozen_silent_and_none_are_told_apart(rows: dict[str, PoolStanding]) -> None:
    states = {pool: row.reported_state for pool, row in rows.items()}
    assert states["braiinspool"] == "frozen"
    assert states["oceanxyz"] == "silent"
    assert states["antpool"] == "none"
    assert states["ckpool"] == "ok"
    silent, none = rows["oceanxyz"], rows["antpool"]
    assert silent.reported_hps is not None
    assert silent.reported_covered_share < 0.9
    assert (none.reported_hps, none.expected_blocks, none.luck_share, none.luck_p_value) == (
        *(None,) * 4,
    )


def test_a_pool_without_a_block_has_a_limit_and_no_zero(rows: dict[str, PoolStanding]) -> None:
    row = rows["ckpool"]
    assert (row.n_blocks, row.found_hps.low) == (0, 0.0)
    assert row.found_hps.high > 1e18
    assert (row.luck_p_value or 0.0) == 1.0


def test_what_came_later_is_not_known_yet(path: Path) -> None:
    with open_observatory(str(path)) as observatory:
        end_s = observatory.end_s()
        early = {row.pool: row for row in observatory.pools(end_s - 30 * 3600)}
        assert all(row.reported_state == "none" for row in early.values())
        hour = {row.pool: row for row in observatory.pools(end_s - 12 * 3600, span_s=3600.0)}
        assert hour["viabtc"].window.duration_s == 3600.0
        assert hour["viabtc"].reported_hps is not None
        with pytest.raises(HashquakeError) as caught:
            observatory.pools(end_s + DAY_S)
        assert caught.value.code == "no-coverage"


def test_the_command_prints_the_contract(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pools", "--db", str(path), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    wanted = {"pool", "name", "n_blocks", "expected_blocks", "found_hps", "reported_hps"}
    wanted |= {"luck_share", "luck_p_value", "share", "reported_state"}
    assert all(wanted <= row.keys() for row in rows)
    assert all(row["found_hps"]["level"] == 0.9 for row in rows)
    assert {row["reported_state"] for row in rows} == {"ok", "frozen", "silent", "none"}
    assert run(["pools", "--db", str(path), "--span", "0h", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "duration-syntax"


@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_of_the_table_is_cut(
    path: Path, columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert run(["pools", "--db", str(path)]) == 0
    shown = capsys.readouterr().out
    assert max(len(line) for line in shown.splitlines()) <= columns
    [line] = [line for line in shown.splitlines() if line.startswith("Foundry USA")]
    assert "600" in line
    assert line.count("[") == line.count("]") == (2 if columns == 80 else 3)
    assert "\N{HORIZONTAL ELLIPSIS}" not in shown
    assert "frozen" in shown
    assert "hardly explains Foundry USA" in " ".join(shown.split())
