"""The difficulty forecast: exact where it can be, and like simulated epochs where it cannot."""

from dataclasses import replace

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import (
    EPOCH_BLOCKS,
    EPOCH_TARGET_S,
    difficulty_of_bits,
    work_of_bits_hashes,
)
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.network import NETWORKS
from hashquake.datasets.bundled import bundled_blocks
from hashquake.estimate.filter import FilterState, follow, start
from hashquake.estimate.fitted import FITTED
from hashquake.forward.difficulty_forecast import (
    forecast_difficulty,
    ratio_at,
    time_to_retarget_s,
)

BITS = 0x170B8C8B
T0 = 1_600_000_000


def state_at(into_epoch: int, *, gap_s: float = 600.0, before: int = 3000) -> FilterState:
    """A filter that saw a steady chain up to this many blocks into an epoch."""
    n = before + into_epoch + 1
    blocks = BlockColumns.build(
        height=EPOCH_BLOCKS * 400 - before + np.arange(n),
        header_s=T0 + (np.arange(n) * gap_s).astype(np.int64),
        bits=np.full(n, BITS),
    )
    return follow(start(FITTED), blocks)


def test_the_known_retarget_is_exact() -> None:
    blocks = bundled_blocks()
    end = int(np.flatnonzero(blocks.height == 717_695)[0])
    state = follow(start(FITTED), blocks.take(slice(end - 2100, end + 1)))
    forecast = forecast_difficulty(state, state.clock_s)
    values = forecast.next_difficulty_ratio.quantiles.values
    assert len(set(values)) == 1
    after = values[0] * difficulty_of_bits(int(blocks.bits[end]))
    assert after == pytest.approx(24_371_874_614_345.62, rel=1e-14)  # as block 717696 has it
    assert forecast.epoch_share_elapsed == 1.0
    assert forecast.retarget_s.quantiles.median == state.clock_s


def test_a_steady_chain_forecasts_its_own_pace() -> None:
    state = state_at(1007)
    forecast = forecast_difficulty(state, state.clock_s)
    ratio = forecast.next_difficulty_ratio.quantiles
    assert ratio.interval(0.9).holds(2016 / 2015)
    assert ratio.median == pytest.approx(1.0, abs=0.012)
    assert forecast.epoch_share_elapsed == 0.5
    assert forecast.next_difficulty_ratio.target == f"height:{EPOCH_BLOCKS * 401}"
    assert forecast.retarget_s.target == f"height:{EPOCH_BLOCKS * 401 - 1}"
    end = state.clock_s + 1008 * 600
    assert forecast.retarget_s.quantiles.interval(0.5).holds(end)


def test_intervals_shrink_as_the_epoch_goes() -> None:
    widths = []
    for into in (20, 500, 1000, 1800, 2013):
        state = state_at(into)
        interval = forecast_difficulty(state, 0.0).next_difficulty_ratio.quantiles.interval(0.9)
        widths.append(interval.high - interval.low)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.003


def test_silence_puts_the_retarget_off_and_the_difficulty_down() -> None:
    state = state_at(1500)
    now = forecast_difficulty(state, state.clock_s)
    later = forecast_difficulty(state, state.clock_s + 4 * 3600)
    assert later.retarget_s.quantiles.median > now.retarget_s.quantiles.median + 4 * 3600
    assert later.next_difficulty_ratio.quantiles.median < now.next_difficulty_ratio.quantiles.median


def test_the_wait_for_few_blocks_is_a_gamma_time() -> None:
    state = state_at(2013)  # two blocks missing
    levels = np.array([0.05, 0.5, 0.95])
    left_s = time_to_retarget_s(state, state.clock_s, levels)
    draws = np.random.default_rng(6).gamma(2.0, 600.0, 200_000)
    np.testing.assert_allclose(left_s, np.quantile(draws, levels), rtol=0.05)


def test_the_wait_for_many_blocks_is_that_of_simulated_paths() -> None:
    model = replace(
        FITTED.network,
        jumps_per_year=1e-9,
        growth_log_per_day=0.0,
        n_transients=1,
        transient_log=0.0,
        transient_s=0.0,
    )
    state = state_at(100)
    state = replace(
        state,
        parameters=replace(FITTED, network=model),
        tracks=(replace(state.tracks[0], model=model),),
    )
    # The rate is made certain, so that only drift and Poisson noise are left to check.
    track = state.tracks[0]
    mass = np.zeros((1, model.n_levels, 1))
    at = round(np.log(work_of_bits_hashes(BITS) / 600) / model.cell_log) - int(track.origin[0])
    mass[0, at] = 1.0
    open_bin = replace(track.open_bin, blocks=np.zeros(1), exposure=0.0)
    state = replace(state, tracks=(replace(track, mass=mass, open_bin=open_bin),))
    levels = np.array([0.05, 0.5, 0.95])
    left_s = time_to_retarget_s(state, state.clock_s, levels)
    rng = np.random.default_rng(7)
    paths, missing = 4000, EPOCH_BLOCKS - 1 - 100
    rate = np.exp((int(track.origin[0]) + at) * model.cell_log)
    wanted = rng.gamma(missing, 1.0, paths) * work_of_bits_hashes(BITS) / rate
    steps = rng.normal(0, model.drift_log_per_sqrt_day / 24**0.5, (paths, 24 * 20))
    done = np.cumsum(np.exp(np.cumsum(steps, axis=1)) * 3600, axis=1)
    hours_s = np.arange(1, 481) * 3600.0
    simulated = np.array([np.interp(w, d, hours_s) for w, d in zip(wanted, done, strict=True)])
    np.testing.assert_allclose(left_s, np.quantile(simulated, levels), rtol=0.006)


def test_the_clamp_holds_either_way() -> None:
    state = state_at(100)
    assert state.epoch_start_s is not None
    sooner, later = state.epoch_start_s + 20 + np.array([1.0, 1e9])
    assert ratio_at(state, np.array([sooner, later])).tolist() == [4.0, 0.25]
    on_time = np.array([state.epoch_start_s + 20.0 + EPOCH_TARGET_S])
    assert ratio_at(state, on_time)[0] == pytest.approx(1.0, rel=1e-12)


def test_no_forecast_lies_under_the_least_difficulty() -> None:
    state = state_at(100)
    easiest = replace(state, bits=0x1D00FFFF)
    assert state.epoch_start_s is not None
    late = np.array([state.epoch_start_s + 8.0 * EPOCH_TARGET_S])
    assert ratio_at(easiest, late).tolist() == [1.0]
    twice = replace(state, bits=0x1C7FFF80)
    assert ratio_at(twice, late)[0] == pytest.approx(0.5, rel=1e-4)


def test_what_cannot_be_forecast_is_refused() -> None:
    blocks = bundled_blocks().take(slice(0, 300))
    with pytest.raises(NoCoverage) as unseen:
        forecast_difficulty(follow(start(FITTED), blocks), 0.0)
    assert unseen.value.code == "epoch-start-unseen"
    with pytest.raises(NoCoverage):
        forecast_difficulty(start(FITTED), 0.0)
    regtest = replace(state_at(5), chain=NETWORKS["regtest"])
    with pytest.raises(UsageError) as plain:
        forecast_difficulty(regtest, 0.0)
    assert plain.value.code == "no-retargets"
