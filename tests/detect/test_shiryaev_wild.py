"""The network drop detector away from its null model: earlier alarms, false clocks, wild years."""

from dataclasses import replace

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.pick import Pick
from hashquake.core.times import DAY_S
from hashquake.detect import _shiryaev_layout as layout
from hashquake.detect import shiryaev_roberts as detector
from hashquake.detect._shiryaev_rebase import level_after
from hashquake.forward.null import NullModel, SimulatedDrop, advance
from hashquake.forward.null import start as start_null
from hashquake.judge.calibration import count_false_alarms


def run(blocks: BlockColumns, threshold: float = 10.4) -> tuple[Pick, ...]:
    return detector.step(detector.start(threshold=threshold), blocks)[1]


def test_a_further_fall_soon_after_an_alarm_is_found() -> None:
    delays = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        state, network = detector.start(threshold=10.9), start_null(NullModel(), rng)
        blocks, network = advance(NullModel(), network, rng, n_blocks=144 * 40)
        state, _ = detector.step(state, blocks)
        first, second = SimulatedDrop(share=0.25, start_s=network.clock_s), None
        while network.clock_s < first.start_s + 12 * DAY_S:
            blocks, network = advance(NullModel(), network, rng, n_blocks=12, drop=second or first)
            state, picks = detector.step(state, blocks)
            if picks and second is None:
                after_s = picks[0].detected_s + 1.5 * DAY_S
                blocks, network = advance(NullModel(), network, rng, n_blocks=160, drop=first)
                state, _ = detector.step(state, blocks)
                second = SimulatedDrop(share=1.0 - 0.75 * 0.65, start_s=network.clock_s)
                assert after_s - DAY_S < second.start_s < after_s + DAY_S
            elif picks and second is not None:
                delays.append(picks[0].detected_s - second.start_s)
                break
    assert len(delays) >= 10
    assert np.median(delays) < 2 * DAY_S


def test_the_level_after_an_alarm_leans_on_the_level_before_it() -> None:
    """The few blocks since the onset look low, for else they would not have alarmed yet."""
    for seed in range(5):
        rng = np.random.default_rng(seed)
        blocks, _ = advance(NullModel(), start_null(NullModel(), rng), rng, n_blocks=5000)
        before, _ = detector.step(detector.start(threshold=10.8), blocks)
        # A silence: of the few blocks since the onset alone, a third or less is left.
        now_s = float(blocks.header_s[-1]) + 12 * 3600.0
        after, picks = detector.step(before, BlockColumns.empty(), now_s)
        assert len(picks) == 1
        shape, level = _baseline(after)
        assert shape > 25.0
        assert 0.55 < level / _baseline(before)[1] < 0.95


def _baseline(state: detector.ShiryaevState) -> tuple[float, float]:
    """Return what the baseline rests on, in blocks, and its level."""
    ring = state.memory.ring
    last = int(state.memory.now[layout.N_BLOCKS]) % ring.shape[1]
    shape, rate = ring[layout.SHAPE, last], ring[layout.RATE, last]
    return float(shape), float(shape / rate)


@pytest.mark.parametrize("threshold", [8.7, 10.8, 12.6])
def test_what_remains_after_an_alarm_has_the_mean_and_variance_of_what_it_may_be(
    threshold: float,
) -> None:
    """Drawn: whether the alarm was false, and if not which of the sizes looked for it was."""
    falls = detector.start(threshold=threshold).tables.falls
    false_per_year = 365.25 * 144 * np.exp(-threshold)
    rng = np.random.default_rng(3)
    sizes = rng.choice(falls[0], 200_000, p=np.exp(falls[2]))
    real = rng.random(len(sizes)) < 1.3 / (1.3 + false_per_year)
    left = np.where(real, sizes, 1.0)
    mean, blocks = level_after(falls, threshold)
    assert mean == pytest.approx(left.mean(), rel=0.002)
    assert blocks == pytest.approx(left.mean() ** 2 / left.var(), rel=0.03)


def test_a_fall_within_hours_of_a_false_alarm_is_found() -> None:
    """At twelve a year most alarms are false: the level before one still counts.

    Were every alarm taken for a fall, half of these falls would take more than a week.
    """
    delays_d = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        state, network = detector.start(threshold=8.7), start_null(NullModel(), rng)
        blocks, network = advance(NullModel(), network, rng, n_blocks=144 * 40)
        state, _ = detector.step(state, blocks)
        picks: tuple[Pick, ...] = ()
        while not picks:
            blocks, network = advance(NullModel(), network, rng, n_blocks=12)
            state, picks = detector.step(state, blocks)
        fall = SimulatedDrop(share=0.35, start_s=network.clock_s)
        blocks, _ = advance(NullModel(), network, rng, n_blocks=144 * 15, drop=fall)
        _, picks = detector.step(state, blocks)
        found_s = min((pick.detected_s for pick in picks), default=np.inf)
        delays_d.append(min(found_s - fall.start_s, 20 * DAY_S) / DAY_S)
    assert np.median(delays_d) < 3.0


def test_a_fall_after_a_recovery_is_found() -> None:
    found = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        network = start_null(NullModel(), rng)
        edges = [20.0 * DAY_S, 24.0 * DAY_S, 28.0 * DAY_S, 31.0 * DAY_S]
        begun_s, parts = network.clock_s, []
        for at, end_s in enumerate(edges):
            drop = SimulatedDrop(share=0.4, start_s=network.clock_s) if at % 2 else None
            while network.clock_s < begun_s + end_s:
                blocks, network = advance(NullModel(), network, rng, n_blocks=6, drop=drop)
                parts.append(blocks)
        picks = run(concatenate(parts))
        found += any(pick.detected_s > begun_s + edges[2] for pick in picks)
    assert found >= 7


@pytest.mark.parametrize(("liars_share", "ahead_s"), [(0.02, 7100), (0.1, 3600), (0.02, -3000)])
def test_a_miner_with_a_false_clock_moves_the_statistic_by_a_bounded_amount(
    liars_share: float, ahead_s: int
) -> None:
    rng = np.random.default_rng(8)
    alarms, honest = 0, 0
    for _ in range(4):
        blocks, _ = advance(NullModel(), start_null(NullModel(), rng), rng, n_blocks=40_000)
        blocks = replace(blocks, seen_s=np.full(len(blocks), np.nan))
        lies = (rng.random(len(blocks)) < liars_share) * ahead_s
        honest += len(run(blocks, 9.0))
        alarms += len(run(replace(blocks, header_s=blocks.header_s + lies), 9.0))
    assert honest > 10
    assert alarms <= 1.3 * honest


def test_false_alarms_depend_little_on_how_wild_the_hash_rate_is() -> None:
    """At some four a year; at 12 a year the wild one alarms 1.5 times as often as the calm one."""
    rates = []
    for walk_share in (0.006, 0.02):
        counted = count_false_alarms(
            detector, threshold=9.8, years=60.0, seed=3, model=NullModel(walk_share=walk_share)
        )
        rates.append(counted.per_year.median)
    # With a fixed drift the second is more than three times the first.
    assert 0.75 < rates[1] / rates[0] < 1.5
