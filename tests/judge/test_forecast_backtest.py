"""The back-test of the difficulty forecast: its rivals and its bookkeeping."""

import numpy as np
import pytest

from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.datasets.bundled import bundled_blocks
from hashquake.estimate.fitted import FITTED
from hashquake.judge.forecast_backtest import (
    backtest_forecast,
    linear_ratio,
    mempool_ratio,
    score_forecasts,
)


def test_the_linear_estimate_is_the_pace_so_far() -> None:
    assert linear_ratio(np.array([0, 500, 1000])) == pytest.approx(1.2)
    assert linear_ratio(np.array([0, 1])) == 4.0


@pytest.mark.parametrize(
    ("at", "early_gap_s", "gap_s", "last_ratio", "expected"),
    [
        # The first block of an epoch: 503 gaps before it, taken for 504 blocks.
        (0, 600, 600, 1.0, 504 / 503),
        # Two gaps in the epoch and 501 before, these stretched by a rise of a tenth.
        (2, 500, 700, 1.1, 600 * 504 / (2 * 700 + 501 * 500 * 1.1)),
        # The last block of the early rule: one gap before the epoch is still counted.
        (502, 300, 660, 0.8, 600 * 504 / (502 * 660 + 300 * 0.8)),
        # From the 504th block on: 503 gaps in the epoch, taken for 504 blocks.
        (503, 300, 660, 0.8, 600 * 504 / (503 * 660)),
        (1007, 300, 550, 2.0, 600 * 1008 / (1007 * 550)),
        (2015, 600, 600, 1.0, 2016 / 2015),
        # Never more than fourfold, nor less than a quarter.
        (700, 600, 1, 1.0, 4.0),
        (700, 600, 6_000, 1.0, 0.25),
    ],
)
def test_mempools_estimate_is_its_formula(
    at: int, early_gap_s: int, gap_s: int, last_ratio: float, expected: float
) -> None:
    header_s = 10**9 + np.arange(at + 1) * gap_s
    earlier_s = 10**9 - np.arange(504, 0, -1) * early_gap_s
    made = mempool_ratio(header_s, earlier_s, last_ratio)
    assert made == pytest.approx(expected, rel=1e-12)


def test_mempools_estimate_moves_with_the_clock_until_the_epochs_last_block() -> None:
    earlier_s = np.arange(-504, 0) * 600
    header_s = np.arange(600) * 600
    later = mempool_ratio(header_s, earlier_s, 1.0, now_s=header_s[-1] + 6_000.0)
    assert later == pytest.approx(600 * 600 / (599 * 600 + 6_000), rel=1e-12)
    whole = np.arange(EPOCH_BLOCKS) * 600
    assert mempool_ratio(whole, earlier_s, 1.0, now_s=9e9) == mempool_ratio(whole, earlier_s, 1.0)


def test_a_few_epochs_of_the_record() -> None:
    blocks = bundled_blocks().take(slice(0, 5 * EPOCH_BLOCKS))
    outcomes = backtest_forecast(blocks, FITTED, shares=(0.1, 0.9))
    epochs = sorted({row.epoch for row in outcomes})
    assert epochs == [330, 331, 332, 333]
    full = bundled_blocks()
    for row in outcomes:
        begin = int(np.searchsorted(full.height, row.epoch * EPOCH_BLOCKS))
        ratio = full.work_hashes[begin + EPOCH_BLOCKS] / full.work_hashes[begin]
        assert row.truth == pytest.approx(ratio, rel=1e-12)
        assert row.low < row.median < row.high
    early, late = score_forecasts(outcomes)
    assert (early.elapsed_share, late.elapsed_share, late.n) == (0.1, 0.9, 4)
    assert late.mae_share < early.mae_share
    assert late.mae_share < 0.02
