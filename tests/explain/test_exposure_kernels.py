"""The kernels of the exposure model against plain numpy."""

import numpy as np
import pytest
from scipy import special, stats
from tests.made_outages import make_outage

from hashquake.explain import pool_exposure
from hashquake.explain._exposure_density import (
    Data,
    Hyper,
    log_density,
    log_gamma,
    parts_of,
    product,
)
from hashquake.explain._exposure_draws import HyperPrior, chart_of
from hashquake.explain._exposure_episode import Episode
from hashquake.explain._exposure_paths import _follow, _groups, follow_paths
from hashquake.explain._exposure_reports import place_reports
from hashquake.explain.pool_exposure import ExposurePrior, count_episode

HYPER = Hyper(6.0, 1.0)


def _episode(seed: int = 3, shares: tuple[float, ...] = (0.5, 0.3, 0.2)) -> Episode:
    made = make_outage(np.random.default_rng(seed), shares=shares)
    return count_episode(made.blocks, (made.intensity,), made.coverage)


def _data(*, reported: bool) -> Data:
    made = make_outage(np.random.default_rng(3), shares=(0.5, 0.3, 0.2))
    episode = count_episode(made.blocks, (made.intensity,), made.coverage)
    reports = place_reports(episode, made.reports if reported else ())
    shares = {made.intensity.event: made.map_share}
    return pool_exposure._data(episode, shares, (), reports, ExposurePrior())


@pytest.mark.parametrize("x", [6e-6, 0.003, 0.4, 1.0, 1.4616321449683622, 5.9, 8.1, 80.0, 1e5])
def test_the_log_gamma_and_its_slope_are_scipys(x: float) -> None:
    value, slope = log_gamma(x)
    assert value == pytest.approx(float(special.gammaln(x)), rel=1e-12, abs=1e-12)
    assert slope == pytest.approx(float(special.digamma(x)), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("n", [1, 3, 4, 7, 50])
def test_a_product_is_numpys(n: int) -> None:
    rng = np.random.default_rng(n)
    columns, vector, out = rng.normal(size=(n, 5)), rng.normal(size=n), np.empty(5)
    product(columns, vector, out)
    assert out == pytest.approx(columns.T @ vector, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("reported", [False, True])
def test_the_density_is_the_one_written_down(reported: bool) -> None:
    data = _data(reported=reported)
    rng = np.random.default_rng(1)
    at = parts_of(data)
    found, written = [], []
    for _ in range(4):
        vector = chart_of(data, HYPER).centre + 0.1 * rng.normal(size=at.end)
        found.append(log_density(data, HYPER, vector, np.empty(at.end)))
        written.append(_written(data, vector))
    # Both leave out constants of their own.
    assert np.diff(found) == pytest.approx(np.diff(written), abs=1e-8)


def _written(data: Data, vector: np.ndarray) -> float:
    at = parts_of(data)
    rates = vector[: at.bias]
    total = (
        -0.5
        * (rates - data.rate_mean.ravel())
        @ data.rate_precision
        @ (rates - data.rate_mean.ravel())
    )
    rate = rates.reshape(data.rate_mean.shape)
    bias = vector[at.bias : at.exposure]
    exposed, complete, place = (
        special.expit(part)
        for part in (
            vector[at.exposure : at.complete],
            vector[at.complete : at.place],
            vector[at.place :],
        )
    )
    mean = special.expit(vector[at.place] + HYPER.pull * data.lean[:, 0])
    beta = stats.beta(HYPER.concentration * mean, HYPER.concentration * (1 - mean))
    total += (beta.logpdf(exposed) + np.log(exposed * (1 - exposed))).sum()
    total += np.sum(stats.norm.logpdf(vector[at.complete : at.place], 0.6, 1.5))
    total += np.sum(stats.norm.logpdf(vector[at.place :], data.map_logit, data.map_sd))
    assert place.shape == (1,)
    left = 1 - complete[0] * exposed[:, None] * data.dark[0]
    dark = rate[:, -len(data.exposure) :]
    total += stats.poisson.logpmf(data.n_blocks, np.exp(dark) * data.exposure * left).sum()
    if len(bias):
        told = rate + bias[:, None]
        told[:, 1:] += np.log(left)
        total += np.sum(stats.t.logpdf(data.reported, 4, told, data.report_scale))
        total += np.sum(stats.norm.logpdf(bias))
    return float(total)


@pytest.mark.parametrize("reported", [False, True])
def test_the_gradient_is_the_densitys_and_the_mode_is_one(reported: bool) -> None:
    data = _data(reported=reported)
    mode = chart_of(data, HYPER).centre
    slope, spare = np.empty(len(mode)), np.empty(len(mode))
    log_density(data, HYPER, mode, slope)
    assert np.abs(slope).max() < 0.02
    vector = mode + 0.05 * np.random.default_rng(2).normal(size=len(mode))
    log_density(data, HYPER, vector, slope)
    for i in range(len(mode)):
        step = np.zeros(len(mode))
        step[i] = 1e-5
        rise = log_density(data, HYPER, vector + step, spare)
        rise -= log_density(data, HYPER, vector - step, spare)
        assert slope[i] == pytest.approx(rise / 2e-5, abs=1e-3)


def test_paths_are_what_dense_algebra_gives() -> None:
    episode = _episode(shares=(0.7, 0.3))
    groups = _groups(episode, 0.0)
    mean, covariance, _ = _follow(episode, groups, 0.02)
    dense_mean, dense_covariance = _dense(episode, groups, 0.02)
    assert mean == pytest.approx(dense_mean, abs=1e-6)
    assert covariance == pytest.approx(dense_covariance, rel=1e-6)


def _dense(episode: Episode, groups: np.ndarray, moves: float) -> tuple[np.ndarray, np.ndarray]:
    """Covariances of the walks written out, Newton's method on all log rates at once."""
    n_pools, n_cells = episode.n_blocks.shape
    days = (episode.edges_s[1:] + episode.edges_s[:-1]) / 2 / 86_400.0
    days_since = days - days[0]
    common = np.minimum.outer(days_since, days_since)
    transient = 0.02**2 * np.exp(-np.abs(np.subtract.outer(days, days)) / 0.7)
    against = np.eye(n_pools) - np.outer(np.ones(n_pools), episode.share_before)
    pools = 0.009**2 * np.ones((n_pools, n_pools)) + moves**2 * against @ against.T
    prior = np.kron(pools, common) + np.kron(np.ones((n_pools, n_pools)), transient)
    prior += np.kron(4.0 * np.eye(n_pools), np.ones((n_cells, n_cells)))
    onset_d = episode.intensities[0].span.start_s / 86_400.0
    centre = (np.log(episode.share_before)[:, None] + 0.001 * (days - onset_d)).ravel()
    counts = np.where(episode.lit, episode.n_blocks, 0.0).ravel()
    exposure = np.tile(np.where(episode.lit, episode.exposure, 0.0), n_pools)
    precision = np.linalg.inv(prior)
    x = centre.copy()
    for _ in range(30):
        expected = exposure * np.exp(x)
        curve = precision + np.diag(expected)
        x = x + np.linalg.solve(curve, counts - expected - precision @ (x - centre))
    sums = np.kron(np.eye(n_pools), groups)
    return sums @ x, sums @ np.linalg.inv(curve) @ sums.T


def test_machines_that_change_pool_cancel_in_the_total() -> None:
    episode = _episode(shares=(0.4, 0.35, 0.25))
    groups = _groups(episode, 0.0)
    weight = episode.share_before
    sds = []
    for moves in (0.01, 0.04):
        _, covariance, _ = _follow(episode, groups, moves)
        each = covariance[:: len(groups), :: len(groups)]
        sds.append((np.sqrt(weight @ each @ weight), np.sqrt(each[0, 0])))
    (calm_total, calm_pool), (busy_total, busy_pool) = sds
    assert busy_pool > 1.2 * calm_pool
    assert busy_total == pytest.approx(calm_total, rel=0.03)


def test_the_size_of_the_moves_is_read_off_the_lit_time() -> None:
    chances = []
    for moves in (0.003, 0.08):
        made = make_outage(np.random.default_rng(5), moves=moves, shares=(0.5, 0.5))
        episode = count_episode(made.blocks, (made.intensity,), made.coverage)
        chances.append(follow_paths(episode).walk_chance)
    assert chances[0][0] > chances[0][2]
    assert chances[1][2] > 0.9


def test_the_hyperprior_draws_what_its_density_says() -> None:
    prior = HyperPrior()
    rng = np.random.default_rng(4)
    draws = np.array([prior.draw(rng) for _ in range(4000)])
    assert np.median(draws[:, 0]) == pytest.approx(prior.concentration, rel=0.05)
    assert draws[:, 1].std() == pytest.approx(prior.pull_sd, rel=0.05)
    assert prior.log_density(Hyper(prior.concentration, prior.pull)) == 0.0
