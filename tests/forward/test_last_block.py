"""The last block of an epoch sets the next difficulty; a forecast made then says so."""

import json

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import EPOCH_BLOCKS, difficulty_of_bits, next_bits
from hashquake.core.network import MAIN
from hashquake.datasets.bundled import bundled_blocks
from hashquake.estimate.filter import follow, start
from hashquake.estimate.fitted import FITTED
from hashquake.forward.difficulty_forecast import forecast_difficulty
from hashquake.observatory import open_observatory
from hashquake.serve.cli.app import run

LAST = 719_711  # the last block of the epoch that ended in January 2022


@pytest.fixture(scope="module")
def last_s() -> int:
    blocks = bundled_blocks()
    return int(blocks.header_s[np.flatnonzero(blocks.height == LAST)[0]])


def test_a_block_dated_at_the_instant_is_known_then(last_s: int) -> None:
    assert LAST % EPOCH_BLOCKS == EPOCH_BLOCKS - 1
    blocks = bundled_blocks()
    at = int(np.flatnonzero(blocks.height == LAST)[0])
    first = at - EPOCH_BLOCKS + 1
    bits = next_bits(
        int(blocks.bits[at]), timespan_s=int(blocks.header_s[at] - blocks.header_s[first])
    )
    with open_observatory("bundled") as observatory:
        made = observatory.forecast(float(last_s))
    assert made.is_set
    assert made.height == LAST
    exact = difficulty_of_bits(bits) / difficulty_of_bits(int(blocks.bits[at]))
    assert set(made.next_difficulty_ratio.quantiles.values) == {exact}
    assert exact == difficulty_of_bits(int(blocks.bits[at + 1])) / difficulty_of_bits(
        int(blocks.bits[at])
    )
    (found_s,) = set(made.retarget_s.quantiles.values)
    assert abs(found_s - last_s) < 120


def test_the_command_says_set_and_not_expected(
    last_s: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["forecast", "--at", f"{np.datetime64(last_s, 's')}Z", "--db", "bundled"]) == 0
    shown = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")
    assert f"is set by block {LAST:,}" in shown
    assert "expected" not in shown
    early = f"{np.datetime64(last_s - 7200, 's')}Z"
    assert run(["forecast", "--at", early, "--db", "bundled", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["is_set"] is False


def test_the_forecast_never_falls_under_the_minimum_difficulty() -> None:
    # A chain at the minimum difficulty that finds blocks half as fast as its target asks for.
    n = 600
    bits = 0x1D00FFFF
    blocks = BlockColumns.build(
        height=np.arange(n), header_s=1_231_006_505 + 1200 * np.arange(n), bits=np.full(n, bits)
    )
    state = follow(start(FITTED, pools=(), chain=MAIN), blocks)
    made = forecast_difficulty(state, float(blocks.header_s[-1]))
    assert min(made.next_difficulty_ratio.quantiles.values) >= 1.0
