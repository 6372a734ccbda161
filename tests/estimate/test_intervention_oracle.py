"""The banded fit against the same mathematics with dense matrices, and bands against numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hashquake.core.times import DAY_S, HOUR_S
from hashquake.estimate.band import factor, solve
from hashquake.estimate.intervention import NETWORK_STEP, POOL_STEP, Bins, Fitter, StepModel

Floats = NDArray[np.float64]


def dense_fit(
    bins: Bins, model: StepModel, moments_s: tuple[float, ...]
) -> tuple[float, Floats, Floats, Floats]:
    """Rasmussen and Williams 2006, algorithm 3.1, on the covariance of the log rate."""
    middle = (bins.edges_s[1:] + bins.edges_s[:-1]) / 2
    since = (middle - bins.edges_s[0]) / DAY_S
    covariance = 4.0 + model.drift_log_per_sqrt_day**2 * np.minimum.outer(since, since)
    if model.transient_log:
        apart = np.abs(np.subtract.outer(middle, middle))
        covariance = covariance + model.transient_log**2 * np.exp(-apart / model.transient_s)
    low, width = bins.edges_s[:-1], np.diff(bins.edges_s)
    after = np.array([1 - np.clip((at - low) / width, 0, 1) for at in moments_s])
    after = after.reshape(len(moments_s), len(low))
    prior = covariance + model.step_sd_log**2 * after.T @ after
    level = np.log(bins.n_blocks.sum() + 0.5) - np.log(bins.exposure_s_per_hash.sum())
    mean = level + model.growth_log_per_day * (middle - middle.mean()) / DAY_S
    value = mean.copy()
    for _ in range(60):
        expected = np.exp(value) * bins.exposure_s_per_hash
        root = np.sqrt(expected)
        lower = np.linalg.cholesky(np.eye(len(value)) + root[:, None] * prior * root)
        pull = expected * (value - mean) + bins.n_blocks - expected
        inner = np.linalg.solve(lower.T, np.linalg.solve(lower, root * (prior @ pull)))
        weights = pull - root * inner
        value = mean + prior @ weights
    cross = model.step_sd_log**2 * after
    half = np.linalg.solve(lower, root[:, None] * cross.T)
    evidence = np.sum(bins.n_blocks * value - expected) - 0.5 * weights @ (value - mean)
    spread = np.eye(len(moments_s)) * model.step_sd_log**2 - half.T @ half
    return float(evidence - np.log(np.diag(lower)).sum()), cross @ weights, spread, value


def some_bins(seed: int, n_bins: int = 120) -> Bins:
    rng = np.random.default_rng(seed)
    edges_s = np.concatenate([[0.0], np.cumsum(rng.uniform(0.5, 6, n_bins) * HOUR_S)])
    exposure = np.diff(edges_s) / 1e23
    rate_hps = 1e23 / 600 * np.where(edges_s[:-1] < edges_s[n_bins // 2], 1.0, 0.7)
    return Bins(
        edges_s=edges_s,
        n_blocks=rng.poisson(rate_hps * exposure).astype(float),
        exposure_s_per_hash=exposure,
    )


@pytest.mark.parametrize("model", [NETWORK_STEP, POOL_STEP])
@pytest.mark.parametrize("parts", [(), (0.5,), (0.41,), (0.3, 0.8)])
def test_the_band_says_what_the_dense_matrices_say(
    model: StepModel, parts: tuple[float, ...]
) -> None:
    bins = some_bins(seed=7)
    moments_s = tuple(part * float(bins.edges_s[-1]) for part in parts)
    evidence, steps, spread, value = dense_fit(bins, model, moments_s)
    fit = Fitter(bins, model).fit(moments_s)
    # The search stops when no log rate moves by 1e-4; the curvature is that of the last step.
    assert fit.log_evidence == pytest.approx(evidence, abs=2e-3)
    assert fit.steps_log == pytest.approx(steps, abs=1e-5)
    assert fit.covariance == pytest.approx(spread, abs=1e-6)
    assert fit.log_rate == pytest.approx(value, abs=2e-4)


def test_a_fit_does_not_depend_on_the_fits_before_it() -> None:
    bins = some_bins(seed=3)
    middle_s = float(bins.edges_s[60])
    used = Fitter(bins, NETWORK_STEP)
    for at in (10, 90, 60, 30):
        used.fit((float(bins.edges_s[at]), float(bins.edges_s[at + 10])))
    fresh = Fitter(bins, NETWORK_STEP).fit((middle_s,))
    assert used.fit((middle_s,)).log_evidence == pytest.approx(fresh.log_evidence, abs=1e-5)


@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 10**6))
def test_bands_factor_and_solve_as_numpy_does(size: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    lower = np.tril(rng.normal(size=(size, size)))
    lower[np.subtract.outer(np.arange(size), np.arange(size)) >= width] = 0
    np.fill_diagonal(lower, rng.uniform(0.5, 2, size))
    matrix = lower @ lower.T
    band = np.zeros((size, width))
    for back in range(min(width, size)):
        band[back:, back] = np.diagonal(matrix, -back)
    right = rng.normal(size=size)
    expected = np.linalg.solve(matrix, right)
    assert factor(band) == pytest.approx(np.linalg.slogdet(matrix)[1], abs=1e-8)
    solve(band, right)
    assert right == pytest.approx(expected, rel=1e-6, abs=1e-8)
