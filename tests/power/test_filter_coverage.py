"""Measured against advertised: do the filter's 90 % intervals hold the rate 90 % of the time?

Chains are drawn whole: a rate that drifts, grows, jumps and transients, once as the filter assumes
and once otherwise; blocks with their luck; header times with their noise; difficulties by the
retarget rule.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import EPOCH_BLOCKS, next_bits, work_of_bits_hashes
from hashquake.core.window import Window
from hashquake.estimate.filter import follow, look, start
from hashquake.estimate.fitted import FITTED
from hashquake.estimate.rate_model import RateModel
from hashquake.estimate.smoother import smooth
from hashquake.judge.forecast_backtest import backtest_forecast

Record = Callable[[str, object], None]
pytestmark = pytest.mark.slow
HOUR_S, DAY_S = 3600, 86_400
T0 = 1_600_000_000
BITS = 0x170B8C8B


def log_rates(model: RateModel, hours: int, rng: np.random.Generator) -> np.ndarray:
    """One rate path of the model at every hour, relative to its start."""
    steps = model.drift_log_per_sqrt_day / 24**0.5 * rng.normal(size=hours)
    steps += model.growth_log_per_day / 24
    jumps = rng.random(hours) < model.jumps_per_year / 8766
    sign = np.where(rng.random(hours) < model.jump_up_share, 1.0, -1.0)
    steps += jumps * sign * rng.exponential(model.jump_log, hours)
    if not model.transient_log:
        return np.asarray(np.cumsum(steps))
    kept = np.exp(-HOUR_S / model.transient_s)
    swing = np.empty(hours)
    at = 0.0
    for hour, draw in enumerate(rng.normal(size=hours)):
        at = kept * at + model.transient_log * (1 - kept**2) ** 0.5 * draw
        swing[hour] = at
    return np.asarray(np.cumsum(steps) + swing)


def restarted(paths: np.ndarray, base: float, rng: np.random.Generator) -> np.ndarray:
    """The same log rates, thrown to any share between 1e-4 and 0.3 now and then."""
    moved = paths.copy()
    for hour in np.flatnonzero(rng.random(len(paths)) < FITTED.pool.restarts_per_year / 8766):
        moved[hour:] += rng.uniform(np.log(1e-4), np.log(0.3)) - np.log(base) - moved[hour]
    return moved


def mined(rates_hps: np.ndarray, rng: np.random.Generator) -> BlockColumns:
    """A chain found by pools with these rates, shape (hours, pools)."""
    time_s = T0 + np.arange(len(rates_hps) + 1) * HOUR_S
    total = rates_hps.sum(axis=1)
    hashes = np.concatenate([[0.0], np.cumsum(total * HOUR_S)])
    bits, done = BITS, 0.0
    found, all_bits = [], []
    while True:
        work = work_of_bits_hashes(bits)
        at = done + np.cumsum(rng.exponential(work, EPOCH_BLOCKS))
        if at[-1] >= hashes[-1]:
            break
        times = np.interp(at, hashes, time_s)
        header = np.round(times + rng.normal(-20, 23, EPOCH_BLOCKS)).astype(np.int64)
        found.append(header)
        all_bits.append(np.full(EPOCH_BLOCKS, bits))
        bits = next_bits(bits, timespan_s=int(header[-1] - header[0]))
        done = at[-1]
    header_s = np.concatenate(found)
    hour = np.clip((header_s - T0) // HOUR_S, 0, len(total) - 1)
    share = np.cumsum(rates_hps, axis=1)[hour] / total[hour, None]
    code = (rng.random(len(header_s))[:, None] > share).sum(axis=1)
    pools = rates_hps.shape[1]
    return BlockColumns.build(
        height=np.arange(len(header_s)),
        header_s=header_s,
        bits=np.concatenate(all_bits),
        pool_code=np.minimum(code, pools - 1),
        pool_names=tuple(f"p{at:02d}" for at in range(pools)),
    )


def covered(
    blocks: BlockColumns, rates_hps: np.ndarray, pools: tuple[str, ...], rng: np.random.Generator
) -> np.ndarray:
    """Whether each interval held the rate, every five days; shape (looks, subjects)."""
    state, done, rows = start(FITTED, pools=pools), 0, []
    truth = np.column_stack([rates_hps.sum(axis=1), rates_hps])
    clock = np.maximum.accumulate(blocks.header_s)
    for day in range(60, int((clock[-1] - T0) // DAY_S), 5):
        now = T0 + (day + rng.random()) * DAY_S
        until = int(np.searchsorted(clock, now - 20, side="right"))
        state, done = follow(state, blocks.take(slice(done, until))), until
        quantiles = look(state, now).quantiles_hps
        real = truth[int((now - T0) // HOUR_S)][: len(quantiles)]
        rows.append((quantiles[:, 1] <= real) & (real <= quantiles[:, 5]))
    return np.array(rows)


def network(years: int, rng: np.random.Generator, model: RateModel = FITTED.network) -> np.ndarray:
    paths = log_rates(model, years * 8766, rng)
    return np.asarray(work_of_bits_hashes(BITS) / 600 * np.exp(paths))[:, None]


OTHER_TRANSIENT = replace(FITTED.network, transient_log=0.02, transient_s=0.7 * DAY_S)


@pytest.mark.parametrize("model", [FITTED.network, OTHER_TRANSIENT], ids=["own", "other transient"])
def test_network_intervals_cover(model: RateModel, record_property: Record) -> None:
    rng = np.random.default_rng(20)
    shares = []
    for _ in range(15):
        rates = network(2, rng, model)
        shares.append(covered(mined(rates, rng), rates, (), rng).mean())
    record_property("coverage", float(np.mean(shares)))
    assert 0.87 <= np.mean(shares) <= 0.93


def test_pool_intervals_cover(record_property: Record) -> None:
    rng = np.random.default_rng(21)
    shares = np.array([0.3, 0.2, 0.12, 0.1, 0.08, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01, 0.005])
    names = tuple(f"p{at:02d}" for at in range(len(shares)))
    held = []
    steady = replace(FITTED.pool, growth_log_per_day=0.0)
    for _ in range(4):
        paths = [restarted(log_rates(steady, 2 * 8766, rng), share, rng) for share in shares]
        rates = work_of_bits_hashes(BITS) / 600 * shares * np.exp(np.column_stack(paths))
        held.append(covered(mined(rates, rng), rates, names, rng))
    by_pool = np.concatenate(held).mean(axis=0)[1:]
    record_property("coverage", np.round([by_pool.mean(), *by_pool], 3).tolist())
    assert 0.87 <= by_pool.mean() <= 0.93
    assert (by_pool > 0.82).all()


def test_smoothed_intervals_cover(record_property: Record) -> None:
    rng = np.random.default_rng(22)
    shares = []
    for _ in range(12):
        rates = network(1, rng)
        blocks = mined(rates, rng)
        window = Window(start_s=T0 + 60.0 * DAY_S, end_s=T0 + 300.0 * DAY_S)
        curve = smooth(FITTED, blocks, window=window)
        real = rates[((curve.at_s - T0) // HOUR_S).astype(int), 0]
        low, high = curve.quantiles_hps[:, 1], curve.quantiles_hps[:, 5]
        shares.append(((low <= real) & (real <= high)).mean())
    record_property("coverage", float(np.mean(shares)))
    assert 0.87 <= np.mean(shares) <= 0.93


def test_forecast_intervals_cover(record_property: Record) -> None:
    rng = np.random.default_rng(77)
    held: dict[float, list[bool]] = {}
    for _ in range(8):
        blocks = mined(network(4, rng), rng)
        for row in backtest_forecast(blocks, FITTED)[12:]:  # three epochs to settle
            held.setdefault(row.elapsed_share, []).append(row.low <= row.truth <= row.high)
    covers = {share: float(np.mean(rows)) for share, rows in held.items()}
    record_property("coverage", covers)
    assert all(0.87 <= cover <= 0.93 for cover in covers.values())
