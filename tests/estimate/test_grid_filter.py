"""The grid against plain loops and closed forms."""

import numpy as np
import pytest
from scipy.stats import poisson

from hashquake.core.errors import UsageError
from hashquake.estimate.grid_filter import (
    Floats,
    advance,
    log_likelihood,
    move,
    shift,
    weigh,
)
from hashquake.estimate.grid_quantiles import read_quantiles
from hashquake.estimate.rate_model import Moves, RateModel, moves_of

WALK = RateModel(
    drift_log_per_sqrt_day=0.02,
    growth_log_per_day=0.003,
    jumps_per_year=40.0,
    jump_log=0.05,
    jump_up_share=0.3,
    restarts_per_year=9.0,
    transient_log=0.0,
    transient_s=0.0,
    cell_log=0.01,
    n_levels=121,
    n_transients=1,
    bin_s=7200,
    start_log=0.0,
    start_sd_log=0.3,
)
TRANSIENT = RateModel(
    drift_log_per_sqrt_day=0.02,
    growth_log_per_day=0.003,
    jumps_per_year=40.0,
    jump_log=0.05,
    jump_up_share=0.3,
    restarts_per_year=0.0,
    transient_log=0.02,
    transient_s=30_000.0,
    cell_log=0.01,
    n_levels=121,
    n_transients=11,
    bin_s=7200,
    start_log=0.0,
    start_sd_log=0.3,
)


def moved(mass: Floats, moves: Moves) -> Floats:
    after: Floats = move(mass[None], moves)[0]
    return after


def twin_of_move(mass: np.ndarray, model: RateModel) -> np.ndarray:
    """Level by level: one cell up or down, jumps as two sweeps, and fresh starts anywhere."""
    levels, transients = mass.shape
    days, years = model.bin_s / 86_400, model.bin_s / (365.25 * 86_400)
    mean = model.growth_log_per_day * days / model.cell_log
    variance = max(model.drift_log_per_sqrt_day**2 * days / model.cell_log**2, abs(mean))
    up, down = (variance + mean) / 2, (variance - mean) / 2
    jump, restart = model.jumps_per_year * years, model.restarts_per_year * years
    fall_off = np.exp(-model.cell_log / model.jump_log)
    turned = mass @ moves_of(model).turn
    out = np.empty_like(mass)
    for k in range(transients):
        rising, falling = np.zeros(levels), np.zeros(levels)
        here = 0.0
        for i in range(levels):
            here = turned[i, k] + fall_off * here
            rising[i] = here
        here = 0.0
        for i in reversed(range(levels)):
            here = turned[i, k] + fall_off * here
            falling[i] = here
        for i in range(levels):
            below = turned[i - 1, k] if i else 0.0
            above = turned[i + 1, k] if i + 1 < levels else 0.0
            walked = (1 - up - down) * turned[i, k] + up * below + down * above
            jumped = model.jump_up_share * rising[i] + (1 - model.jump_up_share) * falling[i]
            out[i, k] = (1 - jump - restart) * walked + jump * (1 - fall_off) * jumped
            out[i, k] += restart * turned.sum() / levels * moves_of(model).rest[k]
    return out


@pytest.mark.parametrize("model", [WALK, TRANSIENT])
def test_a_move_equals_its_twin(model: RateModel) -> None:
    mass = np.random.default_rng(1).random((model.n_levels, model.n_transients))
    expected = twin_of_move(mass, model)
    np.testing.assert_allclose(moved(mass, moves_of(model)), expected, rtol=1e-12)


@pytest.mark.parametrize("model", [WALK, TRANSIENT])
def test_reversed_moves_are_the_adjoint(model: RateModel) -> None:
    rng = np.random.default_rng(2)
    a, b = rng.random((2, model.n_levels, model.n_transients))
    forward = (moved(a, moves_of(model)) * b).sum()
    backward = (a * moved(b, moves_of(model).reversed())).sum()
    assert forward == pytest.approx(backward, rel=1e-12)


def test_a_walk_has_the_mean_and_variance_of_the_model() -> None:
    quiet = RateModel(
        **{
            **{name: getattr(WALK, name) for name in WALK.__slots__},
            "jumps_per_year": 0.0,
            "restarts_per_year": 0.0,
        }
    )
    mass = np.zeros((121, 1))
    mass[60] = 1.0
    for _ in range(12):  # a day of two-hour bins
        mass = moved(mass, moves_of(quiet))
    place = (np.arange(121) - 60) * 0.01
    mean = float(place @ mass[:, 0])
    variance = float((place - mean) ** 2 @ mass[:, 0])
    assert mean == pytest.approx(0.003, rel=1e-9)
    assert variance == pytest.approx(0.02**2, rel=0.02)


def test_the_transient_forgets_and_keeps_its_spread() -> None:
    moves = moves_of(TRANSIENT)
    place = (np.arange(11) - 5) * 0.01
    np.testing.assert_allclose(moves.rest @ moves.turn, moves.rest, atol=1e-12)
    far = np.zeros(11)
    far[8] = 1.0
    assert float(far @ moves.turn @ place) == pytest.approx(0.03 * np.exp(-7200 / 30_000), rel=0.1)


@pytest.mark.parametrize(("blocks", "exposure"), [(0, 3.0), (7, 5.0), (900, 850.0), (40, 2.0)])
def test_likelihood_equals_poisson(blocks: int, exposure: float) -> None:
    cell, first, n = 0.05, -40, 90
    place = np.asarray((first + np.arange(n)) * cell, dtype=np.float64)
    log_like = log_likelihood(place[None], np.array([[float(blocks)]]), np.array([exposure]), 0.0)[
        0, 0
    ]
    expected = np.asarray(poisson.logpmf(blocks, np.exp(place) * exposure))
    assert int(np.argmax(log_like)) == int(np.argmax(expected))
    np.testing.assert_allclose(
        log_like - log_like.max(), expected - expected.max(), rtol=1e-9, atol=1e-9
    )


def test_evidence_is_the_log_probability_of_the_counts() -> None:
    mass = np.full((1, 121, 1), 1 / 121)
    evidence = np.zeros(1)
    rates = np.exp((-60 + np.arange(121)) * 0.01)
    expected = np.log(poisson.pmf(5, rates * 4.0).mean())
    weigh(mass, np.array([-60]), evidence, np.array([5.0]), 4.0, 0.0, 0.01)
    assert evidence[0] == pytest.approx(expected, rel=1e-12)
    assert mass.sum() == pytest.approx(1.0)


def test_the_grid_follows_a_rate_that_leaves_it() -> None:
    model = WALK
    mass = np.full((1, 121, 1), 1 / 121)
    origin, evidence = np.array([-60]), np.zeros(1)
    counts = np.full((200, 1), 1000.0)
    exposure = np.full(200, 1000.0 / np.exp(1.5))
    advance(mass, origin, evidence, counts, exposure, moves_of(model), 0.01)
    median = read_quantiles(mass, origin, 0.01, np.array([0.5]))[0, 0]
    assert median == pytest.approx(np.exp(1.5), rel=0.02)


def test_a_flood_of_blocks_leaves_a_distribution() -> None:
    mass = np.full((1, 121, 1), 1 / 121)
    weigh(mass, np.array([-60]), np.zeros(1), np.array([1e6]), 1.0, 0.0, 0.01)
    assert mass.sum() == pytest.approx(1.0)
    assert int(np.argmax(mass[0])) == 120


def test_blocks_that_nothing_believed_allows_begin_afresh() -> None:
    mass = np.zeros((1, 121, 1))
    mass[0, 60] = 1.0
    weigh(mass, np.array([-60]), np.zeros(1), np.array([2e4]), 2e4 / np.exp(0.3), 0.0, 0.01)
    assert mass.sum() == pytest.approx(1.0)
    assert read_quantiles(mass, np.array([-60]), 0.01, np.array([0.5]))[0, 0] == pytest.approx(
        np.exp(0.3), rel=0.01
    )


def test_shift_moves_the_window_and_drops_what_leaves_it() -> None:
    mass = np.arange(5.0)[:, None]
    shift(mass, 2)
    assert mass[:, 0].tolist() == [2.0, 3.0, 4.0, 0.0, 0.0]
    shift(mass, -1)
    assert mass[:, 0].tolist() == [0.0, 2.0, 3.0, 4.0, 0.0]


def test_quantiles_read_level_and_transient_together() -> None:
    mass = np.zeros((1, 3, 3))
    mass[0, 1] = [0.25, 0.5, 0.25]
    at = np.array([0.125, 0.5, 0.875])
    read = np.log(read_quantiles(mass, np.array([9]), 0.1, at))[0]
    np.testing.assert_allclose(read, [0.9, 1.0, 1.1], atol=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_transients": 2},
        {"n_transients": 3},
        {"bin_s": 864_000},
        {"transient_log": 0.02, "n_transients": 5, "transient_s": 9.0},
    ],
)
def test_a_model_its_grid_cannot_carry_is_refused(wrong: dict[str, float]) -> None:
    values = {name: getattr(WALK, name) for name in WALK.__slots__}
    with pytest.raises(UsageError) as caught:
        RateModel(**{**values, **wrong})
    assert caught.value.code == "rate-model"
