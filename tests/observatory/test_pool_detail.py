"""One pool for its operator: what names it in its own coinbases, and its blocks in vain."""

import json
from typing import Any

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.window import Window
from hashquake.observatory import open_observatory
from hashquake.serve.cli.app import run
from hashquake.store.open_record import open_record

START_S = 1_735_700_000
N = 120
OTHERS = "bc1qunregistered0000000000000000000000000"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a day of blocks with coinbases, and two stale blocks, one of them ViaBTC's."""
    height = [880_000 + at for at in range(N)] + [880_010, 880_020]
    header_s = [START_S + 600 * at for at in range(N)] + [START_S + 6010, START_S + 12_010]
    mine = [at % 3 == 0 for at in range(N)] + [True, False]
    blocks = BlockColumns.build(
        height=height,
        header_s=header_s,
        bits=[0x17028C61] * len(height),
        pool=["viabtc" if own else "f2pool" for own in mine],
        stale=[False] * N + [True, True],
        hash=[bytes([at % 251, at // 251]) + bytes(30) for at in range(len(height))],
        coinbase=[b"\x03abc/ViaBTC/Mined by me/" if own else b"\x03abc/F2Pool/" for own in mine],
        payouts=[(OTHERS,)] * len(height),
    )
    file = tmp_path_factory.mktemp("detail") / "r.db"
    record = open_record(file, create=True, network=None)
    order = sorted(range(len(height)), key=lambda at: height[at])
    observed = Window(start_s=float(START_S), end_s=float(START_S + 600 * N))
    record.append(Batch(blocks=blocks.take(np.array(order)), observed=(observed,)), source="node")
    record.close()
    return str(file)


def document(path: str, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    assert run(["pools", "--pool", "viabtc", "--db", path, "--json", *more]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_tags_and_addresses_are_shown_with_their_evidence(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = document(path, capsys, "--span", "12h")["seen"]
    assert seen["n_blocks"] == seen["n_with_coinbase"] == 40
    tag = next(one for one in seen["tags"] if one["counts"])
    assert tag["n_blocks"] == 40
    assert (tag["first_height"], tag["last_height"]) == (880_000, 880_117)
    assert tag["pool"] == "viabtc"
    assert seen["addresses"] == [
        {
            "text": OTHERS,
            "n_blocks": 40,
            "first_height": 880_000,
            "last_height": 880_117,
            "counts": False,
            "pool": None,
        }
    ]
    assert seen["conflicts"] == []


def test_stale_blocks_are_its_own_alone(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    stale = document(path, capsys, "--span", "12h")["stale"]
    assert stale["n_stale"] == 1
    assert stale["n_blocks"] == 40
    [one] = stale["blocks"]
    assert (one["height"], one["header_s"]) == (880_010, START_S + 6010)
    assert len(one["hash"]) == 64
    assert stale["stale_share"]["low"] < 1 / 41 < stale["stale_share"]["high"]


def test_what_cannot_be_determined_is_null_with_the_reason(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(path, capsys, "--span", "12h")
    assert found["moves"] is None
    assert "moves" in found["missing"]
    assert run(["pools", "--pool", "antpool", "--db", "bundled", "--json"]) == 0
    bundled = json.loads(capsys.readouterr().out)
    assert bundled["seen"] is None
    assert bundled["stale"] is None
    assert set(bundled["missing"]) == {"seen", "stale"}
    assert bundled["moves"]["finding"] in ("moved", "lost", "undecided", "no loss")


def test_the_great_move_of_poolin(capsys: pytest.CaptureFixture[str]) -> None:
    """In September 2022 Poolin froze withdrawals, and its miners left for other pools."""
    arguments = ["pools", "--pool", "poolin", "--db", "bundled", "--at", "2022-09-20"]
    assert run([*arguments, "--span", "10d", "--json"]) == 0
    moves = json.loads(capsys.readouterr().out)["moves"]
    assert moves["finding"] == "moved"
    assert moves["drop_share"]["low"] > 0.2
    assert moves["p_value"] < 0.001


@pytest.mark.parametrize("width", ["80", "120"])
def test_the_page_of_text(
    path: str, width: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert run(["pools", "--pool", "viabtc", "--db", path, "--span", "12h"]) == 0
    shown = capsys.readouterr().out
    assert "not registered" in shown
    assert "1 in vain, 40 in the chain" in shown


def test_the_question_in_python(path: str) -> None:
    with open_observatory(path) as ask:
        found = ask.pool("viabtc", span_s=43_200.0)
    assert found.standing.pool == "viabtc"
    assert found.stale is not None
