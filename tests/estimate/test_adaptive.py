"""The filter with learned drift: sure where the hash rate is calm, wide where it is wild."""

from dataclasses import replace

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.estimate.adaptive import adapt, adapted
from hashquake.estimate.filter import follow, look, start
from hashquake.estimate.fitted import FITTED
from hashquake.estimate.volatility import learned, learned_course
from hashquake.forward.difficulty_forecast import forecast_difficulty
from hashquake.forward.null import NullModel, NullState, advance
from hashquake.forward.null import start as start_null


def mined(model: NullModel, *, n_blocks: int, seed: int) -> tuple[BlockColumns, NullState]:
    rng = np.random.default_rng(seed)
    return advance(model, start_null(model, rng), rng, n_blocks=n_blocks)


def width(blocks: BlockColumns) -> float:
    state = follow(start(adapted(FITTED, learned(blocks))), blocks.take(slice(-15_000, None)))
    interval = look(state, state.clock_s).estimate().interval(0.9)
    return float(np.log(interval.high / interval.low))


def test_a_wild_hash_rate_has_a_wider_interval_than_a_calm_one() -> None:
    calm, _ = mined(NullModel(walk_share=0.005), n_blocks=60_000, seed=1)
    wild, _ = mined(NullModel(walk_share=0.03), n_blocks=60_000, seed=1)
    assert width(wild) > 1.5 * width(calm)


def test_sevenfold_growth_a_year_is_not_lagged_behind() -> None:
    model = NullModel(growth_share_per_day=0.0053)
    behind = []
    for seed in range(6):
        blocks, after = mined(model, n_blocks=60_000, seed=seed)
        late = blocks.take(slice(-15_000, None))
        row = []
        for parameters in (FITTED, adapted(FITTED, learned(blocks))):
            state = follow(start(parameters), late)
            row.append(np.log(look(state, state.clock_s).estimate().interval(0.9).median))
        behind.append(after.log_rate + after.transient - np.array(row))
    fitted, learnt = np.array(behind).T
    # What is followed with a gain of some 5 % a day lags by the growth of some days.
    assert (fitted - learnt > 0.01).all()
    assert abs(learnt.mean()) < 0.02


def test_a_forecast_under_fast_growth_expects_it_to_go_on() -> None:
    blocks, _ = mined(NullModel(growth_share_per_day=0.0053), n_blocks=60_000, seed=3)
    end = int(np.flatnonzero(blocks.height % 2016 == 100)[-1])
    known = blocks.take(slice(end - 15_000, end + 1))
    usual = follow(start(FITTED), known)
    learnt = follow(start(adapted(FITTED, learned(blocks.take(slice(0, end + 1))))), known)
    ratios = [forecast_difficulty(s, s.clock_s).next_difficulty_ratio for s in (usual, learnt)]
    assert ratios[1].quantiles.median > ratios[0].quantiles.median + 0.02


def test_a_course_of_drift_never_looks_ahead() -> None:
    blocks, _ = mined(NullModel(), n_blocks=8_000, seed=5)
    counts = (0, 20, 30, 2_000, 2_001, 7_999)
    course = learned_course(blocks, counts)
    for count, drift in zip(counts, course, strict=True):
        known = blocks.take(slice(0, count))
        (alone,) = learned_course(known, (count,))
        assert drift.chance.tolist() == alone.chance.tolist()
        late = replace(
            blocks,
            header_s=blocks.header_s + 500_000 * (blocks.height > blocks.height[0] + count - 1),
        )
        assert learned_course(late, (count,))[0].chance.tolist() == drift.chance.tolist()


def test_a_pool_keeps_its_own_walk_on_top_of_the_networks() -> None:
    drift = learned(BlockColumns.empty())
    made = adapted(FITTED, drift)
    own = FITTED.pool.drift_log_per_sqrt_day**2 - FITTED.network.drift_log_per_sqrt_day**2
    assert made.network.drift_log_per_sqrt_day == pytest.approx(drift.walk, abs=1e-4)
    assert made.pool.drift_log_per_sqrt_day == pytest.approx(
        np.sqrt(made.network.drift_log_per_sqrt_day**2 + own)
    )


def test_a_filter_that_is_adapted_keeps_what_it_knows() -> None:
    blocks, _ = mined(NullModel(), n_blocks=3_000, seed=6)
    state = follow(start(FITTED, pools=("x",)), blocks)
    later = adapt(state, FITTED, learned(blocks))
    assert later.tracks[0].mass is state.tracks[0].mass
    assert later.parameters.network == later.tracks[0].model != state.tracks[0].model
    assert later.parameters.pool == later.tracks[1].model
