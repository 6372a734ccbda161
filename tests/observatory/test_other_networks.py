"""Records of other networks: rates where they mean something, one clear refusal elsewhere."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.small_chains import window

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.difficulty import work_of_bits_hashes
from hashquake.core.network import NETWORKS
from hashquake.observatory import open_observatory
from hashquake.serve.cli.app import run

START_S = 1_730_000_000
SIGNET_BITS = 0x1D0FFFFF
"""At one block in ten minutes, half a megahash a second."""
EPOCH_BITS, EASIEST = 0x1902F07E, 0x1D00FFFF
MAINNET_ONLY = [
    ["map"],
    ["energy"],
    ["energy", "--country", "KZ"],
    ["exposure"],
    ["exposure", "--country", "KZ"],
    ["report", "kazakhstan-2022"],
]
STEADY_ONLY = [
    ["rate", "--at", "2024-10-30", "--method", "filter"],
    ["rate", "--at", "2024-10-30", "--method", "smoother"],
    ["replay"],
    ["quakes", "list"],
    ["backtest", "forecast"],
    ["backtest", "filter"],
    ["forecast"],
    ["report", "--since", "2024-10-30", "--until", "2024-10-31"],
]


def record(folder: Path, name: str, *, declared: str | None = None) -> str:
    """Keep a week of blocks of a network, on testnet4 every third one of the easiest target."""
    n = 1000
    bits = np.full(n, SIGNET_BITS if name == "signet" else EPOCH_BITS, np.uint32)
    header_s = START_S + 600 * np.arange(n)
    if name == "testnet4":
        # An easy block after more than twenty minutes, then two of the epoch's own target.
        bits[2::3] = EASIEST
        header_s = START_S + np.cumsum(np.where(np.arange(n) % 3 == 2, 1202, 299))
    blocks = BlockColumns.build(
        height=np.arange(100_801, 100_801 + n),
        header_s=header_s,
        bits=bits,
        pool=["antpool" if at % 2 else "f2pool" for at in range(n)],
    )
    path = str(folder / f"{name}.db")
    with open_observatory(path, create=True, network=NETWORKS[declared or name]) as opened:
        observed = window(START_S, START_S + 600 * n)
        opened.feed(Batch(blocks=blocks, observed=(observed,)), source="test")
    return path


def error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    [line] = err.strip().splitlines()
    assert line.startswith("hashquake: ")
    return line, line.rpartition("[")[2].rstrip("]")


@pytest.mark.parametrize("name", ["signet", "testnet4"])
@pytest.mark.parametrize("arguments", MAINNET_ONLY, ids=" ".join)
def test_facts_of_mainnet_are_not_laid_over_another_network(
    name: str, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line, code = error([*arguments, "--db", record(tmp_path, name)], capsys)
    if name == "testnet4" and arguments[0] == "report":
        assert code == "no-retargets"
        return
    assert code == "network-not-main"
    assert f"the record holds blocks of {name}" in line


@pytest.mark.parametrize("arguments", STEADY_ONLY, ids=" ".join)
def test_methods_that_need_one_difficulty_an_epoch_say_so(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line, code = error([*arguments, "--db", record(tmp_path, "testnet4")], capsys)
    assert code == "no-retargets"
    assert "hashquake rate measures the work of all blocks over time" in line


def test_the_rate_of_testnet4_is_work_over_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = record(tmp_path, "testnet4")
    day = ["--since", "2024-10-28", "--until", "2024-10-29"]
    assert run(["rate", "--db", path, *day, "--json"]) == 0
    rates = {one["subject"]: one for one in json.loads(capsys.readouterr().out)}
    wanted = 96 * work_of_bits_hashes(EPOCH_BITS) / 86_400
    assert rates["network"]["n_blocks"] == 144
    assert rates["network"]["hashrate_hps"]["median"] == pytest.approx(wanted, rel=0.005)
    assert rates["network"]["made_by"] == "work_over_time/1"
    assert rates["pool:antpool"]["share"]["median"] == pytest.approx(0.5, abs=0.01)


def test_a_small_network_has_a_unit_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = record(tmp_path, "signet")
    assert run(["rate", "--db", path, "--since", "2024-10-28", "--until", "2024-10-29"]) == 0
    out = capsys.readouterr().out
    assert "447 kH/s" in out.replace("\N{NO-BREAK SPACE}", " ")
    assert "0.00" not in out


@pytest.mark.parametrize("arguments", [["map"], ["energy"], ["energy", "--country", "KZ"]])
def test_blocks_that_cannot_be_mainnets_get_no_map_though_nobody_said_so(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # A table of blocks does not name its network, and a record is of the main one by default.
    path = record(tmp_path, "signet", declared="main")
    option = "--as-of" if arguments == ["map"] else "--at"
    line, code = error([*arguments, option, "2024-10-31", "--db", path], capsys)
    assert code == "network-not-main"
    assert "init --network NAME" in line
    assert run(["rate", "--db", path, "--at", "2024-10-31"]) == 0


def test_what_stays_of_a_report_says_nothing_of_mainnets_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = record(tmp_path, "signet")
    span = ["--since", "2024-10-31", "--until", "2024-11-01"]
    before = ["--baseline-since", "2024-10-28", "--baseline-until", "2024-10-31"]
    assert run(["report", *span, *before, "--db", path, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    causes = {one["name"]: one for one in document["causes"]}
    assert sum(one["probability"] for one in causes.values()) == pytest.approx(1.0)
    assert all(one["country"] is None for one in causes.values())
    assert document["energy"] is None or not any(
        value for value in document["energy"].values() if isinstance(value, float)
    )
