"""Bitcoin Core's getnetworkhashps, written out, compared with the unbiased rate.

Core (``rpc/mining.cpp``, ``GetNetworkHashPS``) walks back `lookup` blocks from the tip, takes the
work between the two ends and divides by the latest minus the earliest header time on the way.
"""

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.times import parse_time
from hashquake.datasets.bundled import bundled_blocks
from hashquake.estimate.window import rate_between_blocks, unbiased_rate_between_blocks_hps

LOOKUP = 120


def _getnetworkhashps(blocks: BlockColumns) -> float:
    lookup = len(blocks) - 1
    work_hashes = float(blocks.work_hashes[1:].sum())
    assert lookup > 0
    return work_hashes / float(blocks.header_s.max() - blocks.header_s.min())


def _calm_run() -> BlockColumns:
    """Blocks of one difficulty whose latest header is the last and whose earliest is the first."""
    blocks = bundled_blocks()
    tip = int(np.searchsorted(blocks.header_s, parse_time("2022-01-05T10:45Z")))
    return blocks.take(slice(tip - LOOKUP, tip + 1))


def test_core_is_too_high_by_n_over_n_minus_one() -> None:
    run = _calm_run()
    assert len(set(run.bits.tolist())) == 1
    assert int(run.header_s.argmin()) == 0
    assert int(run.header_s.argmax()) == LOOKUP
    ratio = _getnetworkhashps(run) / unbiased_rate_between_blocks_hps(run)
    assert ratio == pytest.approx(LOOKUP / (LOOKUP - 1))


def test_core_lies_inside_the_interval() -> None:
    run = _calm_run()
    estimate = rate_between_blocks(run)
    assert estimate.n_blocks == LOOKUP + 1
    assert estimate.interval(0.5).holds(_getnetworkhashps(run))


@pytest.mark.parametrize("n_intervals", [2, 3, 10])
def test_the_mean_over_luck_is_the_truth_for_ours_and_too_high_for_core(n_intervals: int) -> None:
    # One over a Gamma variable of shape m has the mean 1 / (m - 1), by quadrature here.
    x = np.linspace(1e-6, 80.0, 2_000_001)
    log_density = (n_intervals - 1) * np.log(x) - x
    density = np.exp(log_density - log_density.max())
    mean_inverse = float((density / x).sum() / density.sum())
    assert (n_intervals - 1) * mean_inverse == pytest.approx(1.0, rel=1e-4)
    assert n_intervals * mean_inverse == pytest.approx(n_intervals / (n_intervals - 1), rel=1e-4)
