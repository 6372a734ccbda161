"""Print the back-tests of the filter and of the difficulty forecast, and draw the PIT.

python scripts/backtest_filter.py docs/theory/filter_pit.svg
"""

import sys

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from hashquake.core.times import HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.estimate.fitted import FITTED, FITTED_EARLIER_HALF
from hashquake.judge.filter_backtest import HorizonScore, backtest_filter
from hashquake.judge.forecast_backtest import backtest_forecast, score_forecasts

mpl.rcParams["svg.hashsalt"] = "hashquake"  # the same picture from the same numbers
SEED = 20240101


def main(picture: str) -> None:
    """Print both tables and draw the picture."""
    blocks = bundled_blocks()
    window = Window(start_s=parse_time("2024-01-01"), end_s=float(blocks.header_s.max()))
    draws = np.random.default_rng(SEED).random(30_000)
    scores = backtest_filter(blocks, FITTED, window=window, draws=draws)
    print(f"filter, fitted on 2021-2023, scored from 2024 (PIT draws: seed {SEED})")
    for score in scores:
        windows = " ".join(f"{w // HOUR_S} h {s:.4f}" for w, s in score.window_log_scores)
        print(
            f"{score.horizon_s // HOUR_S} h: n {score.n}, filter {score.filter_log_score:.4f}, "
            f"windows {windows}, advantage {score.advantage:.4f} +- {score.advantage_sd:.4f}, "
            f"PIT distance {score.pit.distance:.4f}, p {score.pit.p_value:.2g}, "
            f"central 90 % {score.pit.central_share:.3f}"
        )
    _draw(scores, picture)
    outcomes = backtest_forecast(blocks, FITTED_EARLIER_HALF)
    epochs = sorted({outcome.epoch for outcome in outcomes})
    middle = epochs[len(epochs) // 2]
    later = tuple(outcome for outcome in outcomes if outcome.epoch >= middle)
    for title, chosen in ((f"epochs from {middle}", later), ("all epochs", outcomes)):
        print(f"difficulty forecast, {title}")
        for row in score_forecasts(chosen):
            print(
                f"{row.elapsed_share:.0%}: n {row.n}, CRPS {row.crps_share:.2%}, "
                f"MAE {row.mae_share:.2%}, linear {row.linear_mae_share:.2%}, "
                f"mempool {row.mempool_mae_share:.2%}, 90 % covers {row.coverage_share:.1%}"
            )


def _draw(scores: tuple[HorizonScore, ...], picture: str) -> None:
    figure = Figure(figsize=(9, 2.8))
    axes = figure.subplots(1, len(scores), sharey=True)
    for axis, score in zip(axes, scores, strict=True):
        axis.bar((np.arange(10) + 0.5) / 10, np.array(score.pit.tenths) * 10, 0.09, color="#3a6ea5")
        axis.axhline(1, color="#222", linewidth=0.8)
        axis.set_title(f"{score.horizon_s // HOUR_S} h ahead, n = {score.n:,}", fontsize=10)
        axis.set_xlabel("predicted probability of fewer blocks")
    axes[0].set_ylabel("share of forecasts, 1 = uniform")
    figure.tight_layout()
    figure.savefig(picture, metadata={"Date": None})


if __name__ == "__main__":
    main(sys.argv[1])
