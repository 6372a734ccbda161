"""The back-test of the filter on a simulated chain, where the answer is known."""

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.window import Window
from hashquake.estimate.filter_bins import all_bins
from hashquake.estimate.fitted import FITTED
from hashquake.judge.filter_backtest import FIXED_WINDOWS_S, HORIZONS_S, backtest_filter
from hashquake.judge.fit import fit_network, growth_between_ends

T0 = 1_600_000_000
DAY_S = 86_400


def chain(days: int, growth_per_day: float) -> BlockColumns:
    """Blocks without luck, faster by so much a day."""
    hashes = np.arange(days * 144) / 144
    at = np.log1p(hashes * growth_per_day) / growth_per_day if growth_per_day else hashes
    return BlockColumns.build(
        height=1_000_000 + np.arange(len(at)),
        header_s=T0 + (at * DAY_S).astype(np.int64),
        bits=np.full(len(at), 0x170B8C8B),
    )


def test_every_horizon_is_scored_against_every_window() -> None:
    rng = np.random.default_rng(8)
    n = 144 * 80
    blocks = BlockColumns.build(
        height=np.arange(n),
        header_s=T0 + np.cumsum(rng.exponential(600, n)).astype(np.int64),
        bits=np.full(n, 0x170B8C8B),
    )
    window = Window(start_s=T0 + 20.0 * DAY_S, end_s=T0 + 75.0 * DAY_S)
    scores = backtest_filter(blocks, FITTED, window=window, draws=rng.random(2000))
    assert tuple(score.horizon_s for score in scores) == HORIZONS_S
    for score in scores:
        assert tuple(w for w, _ in score.window_log_scores) == FIXED_WINDOWS_S
        assert 0 < score.n <= 220 * 6
        assert score.filter_log_score < 0
    hour, day, week = scores
    assert hour.n > day.n > week.n
    assert dict(day.window_log_scores)[21_600] < day.filter_log_score
    assert 0.8 < day.pit.central_share <= 1
    # A constant rate is what a fortnight's window is made for.
    assert max(day.window_log_scores, key=lambda one: one[1])[0] == 14 * DAY_S


@pytest.mark.parametrize("growth", [0.0, 0.004])
def test_growth_is_the_slope_between_the_ends(growth: float) -> None:
    (bins,) = all_bins(FITTED, chain(90, growth), pools=())
    assert growth_between_ends(bins, 3600) == pytest.approx(growth, abs=1.5e-4)


def test_a_fit_climbs_and_keeps_the_grid() -> None:
    rng = np.random.default_rng(9)
    n = 144 * 60
    blocks = BlockColumns.build(
        height=np.arange(n),
        header_s=T0 + np.cumsum(rng.exponential(600, n)).astype(np.int64),
        bits=np.full(n, 0x170B8C8B),
    )
    fit = fit_network(blocks, FITTED.network, noise=FITTED.noise, evaluations=12)
    assert fit.model.cell_log == FITTED.network.cell_log
    # Nothing drifts here, and the fit finds less drift than the record has.
    assert fit.model.drift_log_per_sqrt_day < FITTED.network.drift_log_per_sqrt_day
    assert fit.evaluations >= 4
