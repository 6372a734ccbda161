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


def test_mempools_estimate_reaches_back_504_blocks_early_on() -> None:
    earlier = np.arange(-504, 0) * 300
    header_s = np.arange(3) * 600
    gaps = 2 * 600 + 502 * 300 * 2.0
    assert mempool_ratio(header_s, earlier, 2.0) == pytest.approx(600 * 504 / gaps)
    late = np.arange(504) * 500
    assert mempool_ratio(late, earlier, 2.0) == linear_ratio(late)


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
