"""The smoother against dense matrices, and against the past it knows."""

from dataclasses import replace

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import work_of_bits_hashes
from hashquake.core.errors import NoCoverage
from hashquake.core.window import Window
from hashquake.estimate import smoother
from hashquake.estimate.clock import offline_clock_s
from hashquake.estimate.filter import start_tracks
from hashquake.estimate.filter_bins import bins_until
from hashquake.estimate.fitted import FITTED
from hashquake.estimate.grid_filter import move
from hashquake.estimate.grid_quantiles import read_quantiles
from hashquake.estimate.rate_model import moves_of
from hashquake.estimate.smoother import smooth

BITS = 0x170B8C8B
RATE_HPS = work_of_bits_hashes(BITS) / 600
T0 = 1_600_000_000


def fallen(n: int, change: float, at: int, seed: int = 2) -> BlockColumns:
    gaps = np.random.default_rng(seed).exponential(600, n)
    gaps[at:] /= change
    return BlockColumns.build(
        height=700_000 + np.arange(n),
        header_s=T0 + np.cumsum(gaps).astype(np.int64),
        bits=np.full(n, BITS),
    )


def test_it_equals_forward_and_backward_with_dense_matrices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smoother, "_CHUNK", 7)  # so that several chunks meet
    model = replace(
        FITTED.network,
        n_levels=60,
        cell_log=0.03,
        n_transients=1,
        transient_log=0.0,
        transient_s=0.0,
    )
    parameters = replace(FITTED, network=model)
    blocks = fallen(300, 0.7, 150)
    (track,) = start_tracks(parameters, blocks, pools=())
    end_s = float(blocks.header_s[-1])
    (bins,) = bins_until(parameters, blocks, pools=(), until_s=end_s, clock=offline_clock_s)
    n = len(bins)
    matrix = move(np.eye(60)[:, :, None], moves_of(model))[:, :, 0]
    rate = np.exp((track.origin[0] + np.arange(60)) * model.cell_log)
    expected = rate * bins.exposure[:, None]
    logs = bins.blocks * np.log(expected) - expected
    like = np.exp(logs - logs.max(axis=1, keepdims=True))
    before = [track.mass[0, :, 0]]
    for at in range(n):
        now = (before[-1] * like[at]) @ matrix
        before.append(now / now.sum())
    message = np.ones(60)
    rows = []
    for at in reversed(range(n)):
        message = like[at] * (matrix @ message)
        message /= message.sum()
        rows.append(before[at] * message)
    mass = np.array(rows[::-1])[:, :, None]
    dense = read_quantiles(
        mass, np.full(n, track.origin[0]), model.cell_log, np.array([0.05, 0.5, 0.95])
    )
    window = Window(start_s=T0 + 20_000.0, end_s=T0 + 150_000.0)
    curve = smooth(parameters, blocks, window=window)
    first = int(curve.at_s[0]) // model.bin_s - bins.first
    np.testing.assert_allclose(
        curve.quantiles_hps[:, [1, 3, 5]], dense[first : first + len(curve.at_s)], rtol=1e-6
    )


def test_it_knows_a_fall_on_both_sides_and_is_surer_than_the_filter() -> None:
    blocks = fallen(6000, 0.6, 3000)
    fall_s = float(blocks.header_s[3000])
    curve = smooth(
        FITTED, blocks, window=Window(start_s=fall_s - 5 * 86_400, end_s=fall_s + 5 * 86_400)
    )
    before, after = curve.estimate(fall_s - 86_400), curve.estimate(fall_s + 86_400)
    assert before.interval(0.95).holds(RATE_HPS)
    assert after.interval(0.95).holds(0.6 * RATE_HPS)
    assert before.made_by == "smoother/2"
    width = before.interval(0.9).high / before.interval(0.9).low
    assert width < 1.13


def test_a_pool_is_smoothed_like_the_network() -> None:
    blocks = fallen(3000, 1.0, 0).with_pools(["x", "y", "y"] * 1000)
    window = Window(start_s=T0 + 8 * 86_400.0, end_s=T0 + 9 * 86_400.0)
    curve = smooth(FITTED, blocks, window=window, subject="pool:x")
    assert curve.subject == "pool:x"
    assert curve.estimate(T0 + 8.5 * 86_400).interval(0.95).holds(RATE_HPS / 3)


def test_times_the_blocks_do_not_reach_are_refused() -> None:
    blocks = fallen(300, 1.0, 0)
    with pytest.raises(NoCoverage):
        smooth(FITTED, blocks, window=Window(start_s=T0 + 9e6, end_s=T0 + 9.1e6))
    curve = smooth(FITTED, blocks, window=Window(start_s=T0 + 20_000.0, end_s=T0 + 90_000.0))
    with pytest.raises(NoCoverage):
        curve.estimate(T0 + 1e7)


@pytest.mark.parametrize("hours", [0.0, 1.5, 3.0, 5.5, 9.9])
@pytest.mark.parametrize("subject", ["network", "pool:x"])
def test_no_hour_is_missing_wherever_it_lies_in_a_bin(hours: float, subject: str) -> None:
    blocks = fallen(2000, 1.0, 0).with_pools(["x", "y"] * 1000)
    at_s = T0 + 6 * 86_400.0 + hours * 3600.0
    curve = smooth(FITTED, blocks, window=Window(start_s=at_s, end_s=at_s + 1), subject=subject)
    rate_hps = RATE_HPS if subject == "network" else RATE_HPS / 2
    assert curve.estimate(at_s).interval(0.95).holds(rate_hps)


@pytest.mark.parametrize("subject", ["network", "pool:x"])
def test_the_last_block_and_the_silence_after_it_are_reached(subject: str) -> None:
    blocks = fallen(2000, 1.0, 0).with_pools(["x", "y"] * 1000)
    last_s = float(blocks.header_s[-1])

    def at(at_s: float) -> float:
        window = Window(start_s=at_s, end_s=at_s + 1)
        curve = smooth(FITTED, blocks, window=window, subject=subject, until_s=at_s)
        assert curve.window.end_s == pytest.approx(at_s, abs=3600.0)
        return curve.estimate(at_s).interval(0.9).median

    assert at(last_s + 30 * 3600.0) < 0.8 * at(last_s)
    beyond = Window(start_s=last_s + 6 * 3600.0, end_s=last_s + 7 * 3600.0)
    with pytest.raises(NoCoverage):
        smooth(FITTED, blocks, window=beyond, subject=subject)
